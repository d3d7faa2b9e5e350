// The form of a client: a new one, or the rights and the budget of one that there is.
import { useId, useState, type FormEvent } from "react";
import type { Problem } from "../api/problem";
import { access as en } from "../language/en/access";
import { layout as layoutEn } from "../language/en/layout";
import { access as id } from "../language/id/access";
import { layout as layoutId } from "../language/id/layout";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { isCap, type ClientDraft } from "./client_draft";
import { CAPS, type Client, type Role } from "./entries";
import { Field } from "./Field";
import { GroupChoice } from "./GroupChoice";
import { useList } from "./useList";

interface Props {
  /** The client that is changed; null for a new one. */
  client: Client | null;
  begin: ClientDraft;
  groups: readonly string[];
  departments: readonly string[];
  busy: boolean;
  problem: Problem | null;
  save: (draft: ClientDraft) => void;
  cancel: () => void;
}

export function ClientForm({ client, begin, groups, departments, busy, problem, save, cancel }: Props) {
  const texts = useTexts({ en, id });
  const layout = useTexts({ en: layoutEn, id: layoutId });
  const list = useList();
  const [draft, setDraft] = useState(begin);
  const known = useId();
  const told = texts.client;
  const put = (change: Partial<ClientDraft>) => setDraft({ ...draft, ...change });
  const wrong = CAPS.filter((cap) => !isCap(cap, draft.budget[cap]));

  const departmentWhy = [
    client && client.departments.length > 1 ? told.severalDepartments(list(client.departments)) : told.departmentWhy,
    client && client.tags.length > 0 ? told.tagsStay(list(client.tags)) : "",
  ].join(" ");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!busy && wrong.length === 0) save(draft);
  }

  return (
    <form className="stack access-form" onSubmit={submit} autoComplete="off">
      {problem && <ProblemNotice problem={problem} />}
      {!client && (
        <Field label={told.name} why={told.nameWhy}>
          {(ties) => (
            <input
              {...ties}
              className="input"
              value={draft.name}
              onChange={(event) => put({ name: event.target.value })}
              required
              maxLength={64}
              pattern="[^\/]*[^\/\s][^\/]*"
              autoFocus
            />
          )}
        </Field>
      )}
      <Field label={told.role} why={texts.roleMeans[draft.role]}>
        {(ties) => (
          <select
            {...ties}
            className="select"
            value={draft.role}
            autoFocus={client !== null}
            onChange={(event) => put({ role: event.target.value as Role })}
          >
            {(["user", "admin"] as const).map((role) => (
              <option key={role} value={role}>
                {texts.roles[role]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={told.department} why={departmentWhy}>
        {(ties) => (
          <input
            {...ties}
            className="input"
            list={known}
            value={draft.department}
            onChange={(event) => put({ department: event.target.value })}
            maxLength={500}
          />
        )}
      </Field>
      <datalist id={known}>
        {departments.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <GroupChoice known={groups} chosen={draft.groups} change={(chosen) => put({ groups: chosen })} why={told.groupsWhy} />
      <fieldset className="choice">
        <legend>{told.budget}</legend>
        <p className="small quiet flat">{told.budgetWhy}</p>
        <div className="access-caps">
          {CAPS.map((cap) => (
            <label key={cap} className="field">
              <span>{texts.caps[cap]}</span>
              <input
                className="input"
                type="number"
                inputMode="decimal"
                min={0}
                max={1e12}
                step={cap.startsWith("dollars") ? "any" : 1}
                value={draft.budget[cap]}
                aria-invalid={wrong.includes(cap)}
                onChange={(event) => put({ budget: { ...draft.budget, [cap]: event.target.value } })}
              />
            </label>
          ))}
        </div>
      </fieldset>
      <div className="row">
        <button type="submit" className="button" disabled={busy}>
          {client ? layout.save : told.create}
        </button>
        <button type="button" className="button-plain" onClick={cancel}>
          {layout.cancel}
        </button>
      </div>
    </form>
  );
}
