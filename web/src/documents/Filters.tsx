// Which documents are listed: by a text in them, their state, department and tag.
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";
import { STATES } from "./entries";
import type { KnownNames } from "./known_names";
import { EVERYTHING, isEverything, type Asked } from "./useDocuments";

interface Props {
  asked: Asked;
  known: KnownNames;
  change: (asked: Asked) => void;
}

export function Filters({ asked, known, change }: Props) {
  const texts = useTexts({ en, id });
  return (
    <div role="search" className="documents-filters">
      <label className="field documents-search">
        <span>{texts.search}</span>
        <input
          type="search"
          className="input"
          value={asked.text}
          maxLength={200}
          onChange={(event) => change({ ...asked, text: event.target.value })}
        />
      </label>
      <label className="field">
        <span>{texts.state}</span>
        <select
          className="select"
          value={asked.status}
          onChange={(event) => change({ ...asked, status: event.target.value as Asked["status"] })}
        >
          <option value="">{texts.anyState}</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {texts.states[state]}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{texts.fields.department}</span>
        <input
          className="input"
          list="documents-departments"
          value={asked.department}
          maxLength={500}
          onChange={(event) => change({ ...asked, department: event.target.value })}
        />
      </label>
      <label className="field">
        <span>{texts.tag}</span>
        <input
          className="input"
          list="documents-tags"
          value={asked.tag}
          maxLength={500}
          onChange={(event) => change({ ...asked, tag: event.target.value })}
        />
      </label>
      <datalist id="documents-departments">
        {known.departments.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id="documents-tags">
        {known.tags.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {!isEverything(asked) && (
        <button type="button" className="button-plain" onClick={() => change(EVERYTHING)}>
          {texts.clearFilters}
        </button>
      )}
    </div>
  );
}
