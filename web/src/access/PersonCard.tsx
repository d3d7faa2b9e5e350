// Somebody who signs in: groups, whether that is permitted, and removal.
import { useId, useRef, useState, type FormEvent } from "react";
import { access as en } from "../language/en/access";
import { layout as layoutEn } from "../language/en/layout";
import { access as id } from "../language/id/access";
import { layout as layoutId } from "../language/id/layout";
import { useFormats, useTexts } from "../language/language";
import { Confirm } from "../layout/Confirm";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { sameNames } from "./client_draft";
import { pathOf, type Person } from "./entries";
import { GroupChoice } from "./GroupChoice";
import { useList } from "./useList";
import { useSending } from "./useSending";

interface Props {
  person: Person;
  groups: readonly string[];
  managed: boolean;
  /** Whether it is who is signed in here. */
  own: boolean;
  changed: (person: Person) => void;
  removed: () => void;
}

export function PersonCard({ person, groups, managed, own, changed, removed }: Props) {
  const texts = useTexts({ en, id });
  const layout = useTexts({ en: layoutEn, id: layoutId });
  const { date } = useFormats();
  const list = useList();
  const api = useApi();
  const { busy, problem, send } = useSending();
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const [asking, setAsking] = useState<"remove" | "stop" | null>(null);
  const groupsButton = useRef<HTMLButtonElement>(null);
  const form = useId();
  const told = texts.person;
  const { email } = person;
  const state = person.enabled ? (person.invited ? "invited" : "enabled") : "disabled";

  const change = (body: { groups?: readonly string[]; enabled?: boolean }) =>
    send(async () => changed(await api.send<Person>("PATCH", pathOf("people", email), { body })));
  function close() {
    setChosen(null);
    groupsButton.current?.focus();
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!chosen || sameNames(chosen, person.groups) || (await change({ groups: chosen }))) close();
  }
  function remove() {
    setAsking(null);
    const sent = send(async () => {
      await api.send("DELETE", pathOf("people", email));
      removed();
    });
    // The question had the focus; who is gone gives it to the heading.
    void sent.then((done) => done || groupsButton.current?.focus());
  }
  function enable(enabled: boolean) {
    setAsking(null);
    void change({ enabled }).then(() => groupsButton.current?.focus());
  }

  return (
    <li className="card stack">
      <h3>
        <bdi>{email}</bdi>
      </h3>
      <dl className="facts">
        <div>
          <dt>{texts.groups.title}</dt>
          <dd>
            <bdi>{person.groups.length > 0 ? list(person.groups) : texts.groups.noneGiven}</bdi>
          </dd>
        </div>
        <div>
          <dt>{told.state}</dt>
          <dd data-state={state}>{told.states[state]}</dd>
        </div>
        <div>
          <dt>{told.since}</dt>
          <dd>{date(person.created_at)}</dd>
        </div>
      </dl>
      {own && <p className="small quiet flat">{told.own}</p>}
      {problem && <ProblemNotice problem={problem} />}
      {managed && (
        <div className="row" role="group" aria-label={told.options(email)}>
          <button
            ref={groupsButton}
            type="button"
            className="button-plain"
            aria-expanded={chosen !== null}
            aria-controls={form}
            onClick={() => (chosen ? close() : setChosen(person.groups))}
          >
            {told.changeGroups}
          </button>
          <button
            type="button"
            className="button-plain"
            disabled={busy}
            onClick={() => (person.enabled ? setAsking("stop") : enable(true))}
          >
            {person.enabled ? told.disable : told.enable}
          </button>
          <button type="button" className="button-danger" disabled={busy} onClick={() => setAsking("remove")}>
            {told.remove}
          </button>
        </div>
      )}
      <div id={form} hidden={chosen === null}>
        {chosen && (
          <form className="stack access-form" onSubmit={(event) => void submit(event)}>
            <GroupChoice known={groups} chosen={chosen} change={setChosen} why={told.groupsWhy} />
            <div className="row">
              <button type="submit" className="button" disabled={busy}>
                {layout.save}
              </button>
              <button type="button" className="button-plain" onClick={close}>
                {layout.cancel}
              </button>
            </div>
          </form>
        )}
      </div>
      {asking && (
        <Confirm
          question={asking === "remove" ? told.removeSure(email) : told.disableSure(email)}
          action={asking === "remove" ? told.remove : told.disable}
          confirmed={() => (asking === "remove" ? remove() : enable(false))}
          cancelled={() => setAsking(null)}
        />
      )}
    </li>
  );
}
