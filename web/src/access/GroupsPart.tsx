// The groups that there are, and who is in them.
import { useLoaded } from "../api/useLoaded";
import { access as en } from "../language/en/access";
import { access as id } from "../language/id/access";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import type { Client, Groups, People } from "./entries";
import { useList } from "./useList";

export function GroupsPart() {
  const texts = useTexts({ en, id });
  const groups = useLoaded<Groups>("/v1/groups");
  const clients = useLoaded<{ clients: Client[] }>("/v1/clients");
  const people = useLoaded<People>("/v1/people");
  const list = useList();
  const told = texts.groups;
  const all = [groups, clients, people] as const;
  const named = (names: readonly string[]) => (names.length > 0 ? list(names) : "–");
  return (
    <section className="stack" aria-labelledby="groups" aria-busy={all.some((each) => each.loading)}>
      <h2 id="groups">{texts.parts.groups}</h2>
      <p className="quiet flat">{told.why}</p>
      <p role="status" className="small flat">
        {all.some((each) => each.loading) && texts.loading}
      </p>
      {all.map(
        ({ problem, again }, place) => problem && <ProblemNotice key={place} problem={problem} again={again} />,
      )}
      {groups.value && groups.value.groups.length === 0 && <p>{told.none}</p>}
      {groups.value && groups.value.groups.length > 0 && (
        <div className="table-wide" tabIndex={0} role="group" aria-label={texts.parts.groups}>
          <table>
            <caption className="unseen">{texts.parts.groups}</caption>
            <thead>
              <tr>
                <th scope="col">{told.group}</th>
                <th scope="col">{texts.parts.clients}</th>
                <th scope="col">{texts.parts.people}</th>
              </tr>
            </thead>
            <tbody>
              {groups.value.groups.map((group) => (
                <tr key={group}>
                  <th scope="row">
                    <bdi>{group}</bdi>
                  </th>
                  <td>
                    <bdi>{named(membersOf(group, clients.value?.clients ?? [], (one) => one.name))}</bdi>
                  </td>
                  <td>
                    {groups.value?.for_people.includes(group) ? (
                      <bdi>{named(membersOf(group, people.value?.people ?? [], (one) => one.email))}</bdi>
                    ) : (
                      <span className="quiet">{told.notForPeople}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** The names of who is in a group; "*" is in all of them. Groups are one whatever their case. */
export function membersOf<T extends { groups: string[] }>(group: string, entries: readonly T[], name: (entry: T) => string): string[] {
  const wanted = group.normalize("NFC").toLowerCase();
  const holds = (each: string) => each === "*" || each.normalize("NFC").toLowerCase() === wanted;
  return entries.filter((entry) => entry.groups.some(holds)).map(name);
}
