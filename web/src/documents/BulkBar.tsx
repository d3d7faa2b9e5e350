// What can be done with the chosen documents, how far it is, and what could not be done.
import { useRef, useState } from "react";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";
import { ServiceWords } from "../layout/ServiceWords";
import { useApi } from "../session/signed_in";
import { inBulk } from "./bulk";
import { changesFor, type BulkAction, type Wanted } from "./bulk_changes";
import { BulkForm } from "./BulkForm";
import { pathOf, type DocumentEntry, type Receipt } from "./entries";
import type { KnownNames } from "./known_names";

const ACTIONS: readonly BulkAction[] = ["reindex", "department", "tags", "groups", "erase"];
const MOST_NAMED = 20;

interface Failed {
  id: string;
  title: string;
  detail: string;
  fault: string;
}

interface Props {
  entries: readonly DocumentEntry[];
  known: KnownNames;
  changed: (entry: DocumentEntry) => void;
  erased: (receipts: readonly Receipt[]) => void;
  /** Chooses these instead. */
  choose: (documentIds: readonly string[]) => void;
}

export function BulkBar({ entries, known, changed, erased, choose }: Props) {
  const texts = useTexts({ en, id });
  const api = useApi();
  const [action, setAction] = useState<BulkAction | null>(null);
  const [running, setRunning] = useState<{ over: number; all: number } | null>(null);
  const [said, setSaid] = useState("");
  const [failed, setFailed] = useState<readonly Failed[]>([]);
  const stop = useRef<AbortController | null>(null);

  async function run(wanted: Wanted) {
    setAction(null);
    setSaid("");
    setFailed([]);
    const control = new AbortController();
    stop.current = control;
    const before = new Map(entries.map((entry) => [entry.document_id, entry]));
    const changes = new Map(entries.map((entry) => [entry.document_id, changesFor(entry.metadata, wanted)]));
    const isChange = wanted.action !== "erase" && wanted.action !== "reindex";
    const ids = [...before.keys()].filter((each) => !isChange || changes.get(each));
    const act = async (documentId: string) => {
      if (wanted.action === "erase") {
        // What was erased has its receipt at once, whatever comes after.
        return erased([await api.send<Receipt>("DELETE", pathOf(documentId))]);
      }
      changed(
        isChange
          ? await api.send<DocumentEntry>("PATCH", pathOf(documentId), { body: changes.get(documentId) })
          : await api.send<DocumentEntry>("POST", pathOf(documentId, ":reindex")),
      );
    };
    setRunning({ over: 0, all: ids.length });
    const outcome = await inBulk(ids, act, {
      signal: control.signal,
      told: (over) => setRunning({ over, all: ids.length }),
    });
    setRunning(null);
    setSaid(texts.bulkDone(outcome.done.length, outcome.left.length));
    setFailed(
      outcome.failed.map(({ id, problem }) => ({
        id,
        title: before.get(id)?.title ?? id,
        detail: problem.detail,
        fault: texts.bulkFaults[problem.kind],
      })),
    );
    choose([...outcome.failed.map((each) => each.id), ...outcome.left]);
  }

  return (
    <div className="documents-bulk">
      {entries.length > 0 && !running && (
        <div className="row" role="toolbar" aria-label={texts.bulk}>
          <strong>{texts.chosen(entries.length)}</strong>
          {ACTIONS.map((each) => (
            <button
              key={each}
              type="button"
              className={each === "erase" ? "button-danger" : "button-plain"}
              onClick={() => setAction(each)}
            >
              {texts.bulkActions[each]}
            </button>
          ))}
          <button type="button" className="button-link" onClick={() => choose([])}>
            {texts.chooseNone}
          </button>
        </div>
      )}
      {running && (
        <div className="row">
          <progress aria-label={texts.working} value={running.over} max={Math.max(running.all, 1)} />
          <span>{texts.bulkProgress(running.over, running.all)}</span>
          <button type="button" className="button-plain" onClick={() => stop.current?.abort()}>
            {texts.stop}
          </button>
        </div>
      )}
      <p role="status" className="flat small">
        {running ? texts.working : said}
      </p>
      {failed.length > 0 && (
        <div role="alert" className="trouble stack">
          <strong>{texts.bulkFailed(failed.length)}</strong>
          <ul className="flat small">
            {failed.slice(0, MOST_NAMED).map((each) => (
              <li key={each.id}>
                <bdi>{each.title}</bdi>: {each.detail ? <ServiceWords>{each.detail}</ServiceWords> : each.fault}
              </li>
            ))}
          </ul>
          {failed.length > MOST_NAMED && <p className="flat small">{texts.andMore(failed.length - MOST_NAMED)}</p>}
          <p className="flat small">{texts.bulkAgain}</p>
        </div>
      )}
      {action && (
        <BulkForm
          action={action}
          entries={entries}
          known={known}
          confirmed={(wanted) => void run(wanted)}
          cancelled={() => setAction(null)}
        />
      )}
    </div>
  );
}
