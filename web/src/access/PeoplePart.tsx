// The people of the tenant: listed, added, their groups changed, kept from signing in, removed.
import { useRef, useState, type FormEvent } from "react";
import { useLoaded } from "../api/useLoaded";
import { access as en } from "../language/en/access";
import { layout as layoutEn } from "../language/en/layout";
import { access as id } from "../language/id/access";
import { layout as layoutId } from "../language/id/layout";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useSignedIn } from "../session/signed_in";
import type { Groups, People, Person } from "./entries";
import { GroupChoice } from "./GroupChoice";
import { PersonCard } from "./PersonCard";
import { useAttempt } from "./useAttempt";
import { useSending } from "./useSending";

// From so many people on, a list is searched.
const MANY = 8;

export function PeoplePart() {
  const texts = useTexts({ en, id });
  const { me } = useSignedIn();
  const people = useLoaded<People>("/v1/people");
  const groups = useLoaded<Groups>("/v1/groups");
  const [adding, setAdding] = useState(false);
  const [said, setSaid] = useState("");
  const [wanted, setWanted] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const told = texts.person;
  const managed = people.value?.managed ?? false;
  const known = people.value?.people ?? [];
  const text = wanted.trim().toLowerCase();
  const shown = known.filter((each) => [each.email, ...each.groups].some((name) => name.toLowerCase().includes(text)));
  const forPeople = groups.value?.for_people ?? [];

  function stopAdding() {
    setAdding(false);
    addButton.current?.focus();
  }

  return (
    <section className="stack" aria-labelledby="people" aria-busy={people.loading}>
      <div className="row access-head">
        <h2 id="people" ref={heading} tabIndex={-1}>
          {texts.parts.people}
        </h2>
        {managed && (
          <button
            ref={addButton}
            type="button"
            className="button"
            aria-expanded={adding}
            onClick={() => (adding ? stopAdding() : setAdding(true))}
          >
            <Icon name="plus" />
            {told.add}
          </button>
        )}
      </div>
      {people.value && <p className={managed ? "quiet flat" : "access-note flat"}>{managed ? told.why : told.elsewhere}</p>}
      <p role="status" className="small flat">
        {people.loading ? texts.loading : said}
      </p>
      {managed && adding && (
        <div className="card">
          <AddForm
            groups={forPeople}
            cancel={stopAdding}
            added={(person) => {
              people.put((value) => ({ ...value, people: sortedIn(value.people, person) }));
              setSaid(told.added(person.email));
              stopAdding();
            }}
          />
        </div>
      )}
      {people.problem && <ProblemNotice problem={people.problem} again={people.again} />}
      {groups.problem && <ProblemNotice problem={groups.problem} again={groups.again} />}
      {known.length >= MANY && (
        <label className="field access-search">
          <span>{told.search}</span>
          <input className="input" type="search" value={wanted} onChange={(event) => setWanted(event.target.value)} />
        </label>
      )}
      {people.value && managed && shown.length === 0 && <p>{known.length === 0 ? told.none : told.noneFound}</p>}
      <ul className="access-list">
        {shown.map((person) => (
          <PersonCard
            key={person.email}
            person={person}
            groups={forPeople}
            managed={managed}
            own={me.kind === "person" && me.name.toLowerCase() === person.email.toLowerCase()}
            changed={(now) => {
              people.put((value) => ({ ...value, people: sortedIn(value.people, now) }));
              setSaid(told.changed(now.email));
            }}
            removed={() => {
              people.put((value) => ({ ...value, people: value.people.filter((each) => each.email !== person.email) }));
              setSaid(told.removed(person.email));
              heading.current?.focus();
            }}
          />
        ))}
      </ul>
    </section>
  );
}

function sortedIn(people: readonly Person[], person: Person): Person[] {
  const others = people.filter((each) => each.email !== person.email);
  return [...others, person].sort((a, b) => (a.email < b.email ? -1 : 1));
}

interface AddProps {
  groups: readonly string[];
  added: (person: Person) => void;
  cancel: () => void;
}

function AddForm({ groups, added, cancel }: AddProps) {
  const texts = useTexts({ en, id }).person;
  const layout = useTexts({ en: layoutEn, id: layoutId });
  const { api } = useSignedIn();
  const [email, setEmail] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { busy, problem, send } = useSending();
  const attempt = useAttempt();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const body = { email: email.trim(), groups: chosen };
    await send(async () => added(await api.send<Person>("POST", "/v1/people", { body, headers: attempt(body) })));
  }
  return (
    <form className="stack access-form" onSubmit={(event) => void submit(event)} autoComplete="off">
      {problem && <ProblemNotice problem={problem} />}
      <label className="field">
        <span>{texts.email}</span>
        <input
          className="input"
          type="email"
          value={email}
          required
          maxLength={254}
          autoFocus
          onChange={(event) => setEmail(event.target.value)}
        />
      </label>
      <GroupChoice known={groups} chosen={chosen} change={setChosen} why={texts.groupsWhy} />
      <div className="row">
        <button type="submit" className="button" disabled={busy}>
          {texts.invite}
        </button>
        <button type="button" className="button-plain" onClick={cancel}>
          {layout.cancel}
        </button>
      </div>
    </form>
  );
}
