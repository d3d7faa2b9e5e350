// What a client may see, which keys it has, and what it has spent of its budget.
import { access as en } from "../language/en/access";
import { access as id } from "../language/id/access";
import { useFormats, useTexts } from "../language/language";
import { usesOf, type Use } from "./client_draft";
import type { Client, Key } from "./entries";
import { useList } from "./useList";

export function ClientFacts({ client }: { client: Client }) {
  const texts = useTexts({ en, id });
  const { number, dollars, percent, date, time } = useFormats();
  const list = useList();
  const told = texts.client;
  const groups = client.groups.map((name) => (name === "*" ? texts.groups.all : name));
  const uses = usesOf(client);
  const amount = (cap: string, value: number) => (cap.startsWith("dollars") ? dollars(value) : number(value));
  const use = ({ cap, most, spent }: Use) =>
    spent === null
      ? told.most(amount(cap, most))
      : told.spentOf(amount(cap, spent), amount(cap, most), percent(most > 0 ? spent / most : 1));
  const key = (one: Key) => {
    if (one.ends_at === null) return told.keyStates[one.state];
    return one.state === "ended" ? told.keyEnded(time(one.ends_at)) : `${told.keyStates[one.state]} ${told.keyEnds(time(one.ends_at))}`;
  };
  return (
    <dl className="facts">
      <div>
        <dt>{told.departments}</dt>
        <dd>
          <bdi>{client.departments.length > 0 ? list(client.departments) : told.allDepartments}</bdi>
        </dd>
      </div>
      {client.tags.length > 0 && (
        <div>
          <dt>{told.tags}</dt>
          <dd>
            <bdi>{list(client.tags)}</bdi>
          </dd>
        </div>
      )}
      <div>
        <dt>{texts.groups.title}</dt>
        <dd>
          <bdi>{groups.length > 0 ? list(groups) : texts.groups.noneGiven}</bdi>
        </dd>
      </div>
      <div>
        <dt>{told.spent}</dt>
        <dd>
          {client.spent
            ? told.month(dollars(client.spent.dollars), number(client.spent.requests), number(client.spent.tokens))
            : told.nothingSpent}
        </dd>
      </div>
      <div>
        <dt>{told.budget}</dt>
        <dd>
          {uses.length === 0 && told.noBudget}
          {uses.map((one) => (
            <p key={one.cap} className="flat">
              {texts.caps[one.cap]}: {use(one)}
              {one.spent !== null && <Gauge share={one.most > 0 ? one.spent / one.most : 1} />}
            </p>
          ))}
        </dd>
      </div>
      <div>
        <dt>{told.keys}</dt>
        <dd>
          <ul className="facts-keys">
            {client.keys.map((one) => (
              <li key={one.id} data-state={one.state}>
                <code>{one.id}</code> {told.keyMade(date(one.created_at))} {key(one)}
              </li>
            ))}
          </ul>
        </dd>
      </div>
    </dl>
  );
}

/** What is spent of a cap; the words beside it say the same. */
function Gauge({ share }: { share: number }) {
  const shown = Math.min(1, share);
  return (
    <svg className="gauge" data-full={share >= 0.9} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className="gauge-whole" width="100" height="6" />
      <rect className="gauge-part" width={100 * shown} height="6" />
    </svg>
  );
}
