// The filters of the next questions: departments, tags, dates, one document, and the answers' length.
import { useEffect, useId, useState, type KeyboardEvent } from "react";
import type { Style } from "../api/types";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { useApi } from "../session/signed_in";
import { countOf, isCrossed, NOTHING, type Narrowing } from "./filters";

interface Props {
  narrowing: Narrowing;
  change: (narrowing: Narrowing) => void;
}

export function FilterPanel({ narrowing, change }: Props) {
  const texts = useTexts({ en, id });
  const known = useKnownNames();
  return (
    <div className="filters card stack">
      <p className="small quiet flat">{texts.filtersWhy}</p>
      <div className="filters-fields">
        <Names
          label={texts.departments}
          chosen={narrowing.departments}
          known={known.departments}
          change={(departments) => change({ ...narrowing, departments })}
        />
        <Names
          label={texts.tags}
          chosen={narrowing.tags}
          known={known.tags}
          change={(tags) => change({ ...narrowing, tags })}
        />
        <label className="field">
          <span>{texts.from}</span>
          <input
            className="input"
            type="date"
            value={narrowing.from}
            onChange={(event) => change({ ...narrowing, from: event.target.value })}
          />
        </label>
        <label className="field">
          <span>{texts.until}</span>
          <input
            className="input"
            type="date"
            value={narrowing.until}
            aria-invalid={isCrossed(narrowing)}
            onChange={(event) => change({ ...narrowing, until: event.target.value })}
          />
        </label>
        <label className="field">
          <span>{texts.style}</span>
          <select
            className="select"
            value={narrowing.style ?? "default"}
            onChange={(event) =>
              change({ ...narrowing, style: event.target.value === "default" ? null : (event.target.value as Style) })
            }
          >
            {(["default", "concise", "detailed", "summary"] as const).map((style) => (
              <option key={style} value={style}>
                {texts.styles[style]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p role="alert" className="small flat">
        {isCrossed(narrowing) && texts.datesCrossed}
      </p>
      {countOf(narrowing) > 0 && (
        <button type="button" className="button-link" onClick={() => change({ ...NOTHING, style: narrowing.style })}>
          {texts.clearFilters}
        </button>
      )}
    </div>
  );
}

interface NamesProps {
  label: string;
  chosen: readonly string[];
  known: readonly string[];
  change: (chosen: readonly string[]) => void;
}

function Names({ label, chosen, known, change }: NamesProps) {
  const texts = useTexts({ en, id });
  const [typed, setTyped] = useState("");
  const list = useId();
  const input = useId();

  function add() {
    const name = typed.trim();
    if (!name) return;
    if (!chosen.includes(name) && chosen.length < 50) change([...chosen, name]);
    setTyped("");
  }
  function pressed(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    add();
  }

  return (
    <div className="field">
      <label htmlFor={input}>
        <strong>{label}</strong>
      </label>
      <div className="filters-add">
        <input
          id={input}
          className="input"
          list={list}
          value={typed}
          maxLength={200}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={pressed}
        />
        <button type="button" className="button-plain" onClick={add} aria-label={`${texts.add}: ${label}`}>
          <Icon name="plus" />
        </button>
      </div>
      <datalist id={list}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Chips names={chosen} remove={(name) => change(chosen.filter((each) => each !== name))} />
    </div>
  );
}

export function Chips({ names, remove }: { names: readonly string[]; remove: (name: string) => void }) {
  const texts = useTexts({ en, id });
  return names.length === 0 ? null : (
    <ul className="chips">
      {names.map((name) => (
        <li key={name} className="chip">
          <bdi>{name}</bdi>
          <button type="button" aria-label={texts.remove(name)} onClick={() => remove(name)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

interface Described {
  metadata: { department: string | null; tags: string[] };
}
// Names to choose from are a help: those of so many documents are enough.
const PAGES = 3;

/** The departments and tags of the documents that the reader may see; none where they cannot be had. */
function useKnownNames(): { departments: string[]; tags: string[] } {
  const api = useApi();
  const [known, setKnown] = useState<{ departments: string[]; tags: string[] }>({ departments: [], tags: [] });
  useEffect(() => {
    const control = new AbortController();
    const departments = new Set<string>();
    const tags = new Set<string>();
    async function read() {
      let cursor: string | null = "";
      for (let page = 0; page < PAGES && cursor !== null; page++) {
        const found: { documents: Described[]; cursor: string | null } = await api.get(
          "/v1/documents",
          { limit: 100, cursor },
          control.signal,
        );
        for (const { metadata } of found.documents) {
          if (metadata.department) departments.add(metadata.department);
          for (const tag of metadata.tags) tags.add(tag);
        }
        cursor = found.cursor;
      }
      setKnown({ departments: [...departments].sort(), tags: [...tags].sort() });
    }
    read().catch(() => undefined);
    return () => control.abort();
  }, [api]);
  return known;
}
