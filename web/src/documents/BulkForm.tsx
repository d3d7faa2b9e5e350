// Asks what is to be done to the chosen documents, and says to how many.
import { useEffect, useRef, useState, type FormEvent } from "react";
import { documents as en } from "../language/en/documents";
import { layout as layoutEn } from "../language/en/layout";
import { documents as id } from "../language/id/documents";
import { layout as layoutId } from "../language/id/layout";
import { useTexts } from "../language/language";
import { changesFor, opens, type BulkAction, type Manner, type Wanted } from "./bulk_changes";
import type { DocumentEntry } from "./entries";
import type { KnownNames } from "./known_names";
import { NamesField, takeTyped } from "./NamesField";

const MANNERS: readonly Manner[] = ["replace", "add", "take"];

interface Props {
  action: BulkAction;
  entries: readonly DocumentEntry[];
  known: KnownNames;
  confirmed: (wanted: Wanted) => void;
  cancelled: () => void;
}

export function BulkForm({ action, entries, known, confirmed, cancelled }: Props) {
  const texts = useTexts({ en, id });
  const layout = useTexts({ en: layoutEn, id: layoutId });
  const dialog = useRef<HTMLDialogElement>(null);
  const [department, setDepartment] = useState("");
  const [names, setNames] = useState<string[]>([]);
  const [manner, setManner] = useState<Manner>("replace");
  const wanted: Wanted = { action, department, names, manner };
  const latest = useRef(wanted);
  latest.current = wanted;
  const changes = action !== "erase" && action !== "reindex";
  const count = changes ? entries.filter(({ metadata }) => changesFor(metadata, wanted)).length : entries.length;
  const opened = entries.filter(({ metadata }) => opens(metadata, wanted)).length;
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  function submit(event: FormEvent) {
    event.preventDefault();
    // What is still being typed may change more documents than were told: it is shown first.
    const before = latest.current.names;
    takeTyped();
    if (latest.current.names === before) confirmed(latest.current);
  }

  const question = texts.bulkQuestions[action](entries.length);
  return (
    <dialog ref={dialog} aria-label={question} onClose={cancelled}>
      <form className="stack" onSubmit={submit}>
        <p className="flat">{question}</p>
        {action === "department" && (
          <label className="field">
            <span>{texts.fields.department}</span>
            <input
              className="input"
              list="documents-departments"
              value={department}
              maxLength={500}
              autoFocus
              onChange={(event) => setDepartment(event.target.value)}
            />
          </label>
        )}
        {(action === "tags" || action === "groups") && (
          <>
            <fieldset className="documents-manner">
              <legend className="unseen">{texts.manner}</legend>
              {MANNERS.map((each) => (
                <label key={each}>
                  <input type="radio" name="manner" checked={manner === each} onChange={() => setManner(each)} />
                  {texts.manners[each]}
                </label>
              ))}
            </fieldset>
            <NamesField
              label={texts.fields[action]}
              names={names}
              known={known[action]}
              change={setNames}
              {...(action === "groups" && { why: texts.groupsWhy })}
            />
          </>
        )}
        {changes && (
          <p role="status" className="small flat">
            {texts.bulkChanges(count, entries.length)}
          </p>
        )}
        {opened > 0 && (
          <p role="alert" className="trouble flat">
            {texts.bulkOpens(opened)}
          </p>
        )}
        <div className="row">
          <button type="button" className="button-plain" autoFocus={!changes} onClick={() => dialog.current?.close()}>
            {layout.cancel}
          </button>
          <button
            type="submit"
            className={action === "erase" ? "button-danger" : "button"}
            disabled={count === 0}
            onMouseDown={(event) => event.preventDefault()}
          >
            {texts.bulkDo[action](count)}
          </button>
        </div>
      </form>
    </dialog>
  );
}
