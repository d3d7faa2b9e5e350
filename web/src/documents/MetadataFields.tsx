// What is said of a document, each field changed where it stands.
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from "react";
import { asProblem, type Problem } from "../api/problem";
import { documents as en } from "../language/en/documents";
import { layout as layoutEn } from "../language/en/layout";
import { documents as id } from "../language/id/documents";
import { layout as layoutId } from "../language/id/layout";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import type { Doing } from "./DocumentDetails";
import { pathOf, type Changes, type DocumentEntry, type Metadata } from "./entries";
import type { KnownNames } from "./known_names";
import { NamesField, takeTyped } from "./NamesField";

const FIELDS = ["title", "author", "department", "date", "url", "tags", "groups"] as const;
type Name = (typeof FIELDS)[number];
const TYPES: Partial<Record<Name, string>> = { date: "date", url: "url" };

interface Props {
  entry: DocumentEntry;
  known: KnownNames;
  doing: Doing;
}

export function MetadataFields({ entry, known, doing }: Props) {
  const api = useApi();
  async function change(changes: Changes) {
    try {
      doing.changed(await api.send<DocumentEntry>("PATCH", pathOf(entry.document_id), { body: changes }));
    } catch (error) {
      // Somebody else changed it: what is shown should be what is.
      if (asProblem(error).status === 409) await doing.look(entry.document_id).catch(() => false);
      throw error;
    }
  }
  return (
    <dl className="document-fields">
      {FIELDS.map((name) => (
        <Field key={name} name={name} metadata={entry.metadata} known={known} change={change} />
      ))}
    </dl>
  );
}

interface FieldProps {
  name: Name;
  metadata: Metadata;
  known: KnownNames;
  change: (changes: Changes) => Promise<void>;
}

function Field({ name, metadata, known, change }: FieldProps) {
  const texts = useTexts({ en, id });
  const layout = useTexts({ en: layoutEn, id: layoutId });
  const value = metadata[name];
  const [typed, setTyped] = useState<string | string[] | null>(null);
  const latest = useRef(typed);
  latest.current = typed;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const label = texts.fields[name];
  const editing = typed !== null;
  // Whoever has changed a field by keyboard goes on from where it began.
  const edited = useRef(false);
  useEffect(() => {
    if (edited.current && !editing) button.current?.focus();
    edited.current = editing;
  }, [editing]);

  function leave() {
    setProblem(null);
    setTyped(null);
  }
  async function save(event: FormEvent) {
    event.preventDefault();
    if (Array.isArray(typed)) takeTyped();
    setBusy(true);
    setProblem(null);
    try {
      const now = latest.current;
      const wanted = typeof now === "string" ? now.trim() : (now ?? []);
      if (JSON.stringify(wanted) !== JSON.stringify(value ?? ""))
        await change({ [name]: wanted.length > 0 ? wanted : null });
      setTyped(null);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }
  function pressed(event: KeyboardEvent) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    leave();
  }

  if (!editing)
    return (
      <div className="document-field">
        <dt>{label}</dt>
        <dd>
          <Value name={name} value={value} />
          <button
            type="button"
            ref={button}
            className="button-icon"
            aria-label={texts.change(label)}
            onClick={() => setTyped(value ?? "")}
          >
            <Icon name="edit" />
          </button>
        </dd>
      </div>
    );
  return (
    <div className="document-field">
      <dt className={Array.isArray(typed) ? "unseen" : ""}>{label}</dt>
      <dd>
        <form className="stack" onSubmit={(event) => void save(event)} onKeyDown={pressed}>
          {Array.isArray(typed) ? (
            <NamesField
              label={label}
              names={typed}
              known={name === "tags" ? known.tags : known.groups}
              change={setTyped}
              {...(name === "groups" && { why: texts.groupsWhy })}
              autoFocus
            />
          ) : (
            <input
              className="input"
              type={TYPES[name] ?? "text"}
              aria-label={label}
              value={typed}
              maxLength={name === "url" ? 1_000 : 500}
              list={name === "department" ? "documents-departments" : undefined}
              autoFocus
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
          <div className="row">
            {/* The field is not left by pressing the button, which would move away under the pointer. */}
            <button type="submit" className="button" disabled={busy} onMouseDown={(event) => event.preventDefault()}>
              {layout.save}
            </button>
            <button type="button" className="button-plain" onClick={leave}>
              {layout.cancel}
            </button>
          </div>
          {problem && <ProblemNotice problem={problem} />}
          {problem?.status === 409 && <p className="small flat">{texts.changedMeanwhile}</p>}
        </form>
      </dd>
    </div>
  );
}

function Value({ name, value }: { name: Name; value: string | string[] | null }): ReactNode {
  const texts = useTexts({ en, id });
  if (Array.isArray(value) && value.length > 0)
    return (
      <ul className="chips">
        {value.map((each) => (
          <li key={each} className="chip">
            <bdi>{each}</bdi>
          </li>
        ))}
      </ul>
    );
  if (!value || Array.isArray(value)) return <span className="quiet">{name === "groups" ? texts.seenByAll : texts.notSaid}</span>;
  if (name === "url" && /^https?:\/\//i.test(value))
    return (
      <a href={value} target="_blank" rel="noopener noreferrer">
        <bdi>{value}</bdi>
      </a>
    );
  return <bdi>{value}</bdi>;
}
