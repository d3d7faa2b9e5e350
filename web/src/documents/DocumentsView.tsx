// The view of documents, for administrators: what comes in, how far it is, and all that is done with it.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useLanguage, useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { goTo, useRoute } from "../layout/route";
import { useApi } from "../session/signed_in";
import { BulkBar } from "./BulkBar";
import type { Doing } from "./DocumentDetails";
import { DocumentRow } from "./DocumentRow";
import "./documents.css";
import { pathOf, type DocumentEntry, type Receipt } from "./entries";
import { Filters } from "./Filters";
import { knownNames } from "./known_names";
import { inOrder, MOST_SORTED, ORDERS, type Order } from "./orders";
import { Receipts } from "./Receipts";
import { extentOf, NONE, toggled, toggledAll, within } from "./selection";
import { TimeLeft } from "./TimeLeft";
import { UploadPanel } from "./UploadPanel";
import { useUploads } from "./uploads";
import { EVERYTHING, isEverything, useDocuments } from "./useDocuments";
import { useProgress } from "./useProgress";

// A folder of thousands that arrives is counted, not listed.
const MOST_ADDED = 200;
// So many pages are asked for to be sorted: with a rare filter, most of them are empty.
const MOST_PAGES = 40;

export default function DocumentsView() {
  const texts = useTexts({ en, id });
  const api = useApi();
  const open = useRoute().rest[0] ?? "";
  const [asked, setAsked] = useState(EVERYTHING);
  const [order, setOrder] = useState<Order>("");
  const [selection, setSelection] = useState(NONE);
  const [receipts, setReceipts] = useState<readonly Receipt[]>([]);
  const all = useDocuments(asked);
  const { tell, look, drop } = all;
  const unfiltered = isEverything(asked);
  const room = unfiltered && (all.entries?.length ?? 0) < (order === "" ? MOST_ADDED : MOST_SORTED);
  const seen = useCallback((entry: DocumentEntry) => tell(entry, room), [tell, room]);
  const over = useCallback(async (documentId: string) => void (await look(documentId, room)), [look, room]);
  const progress = useProgress(seen, over);
  const { wake } = progress;
  const { queue, state } = useUploads();

  const { language } = useLanguage();
  const entries = useMemo(() => inOrder(all.entries ?? [], order, language), [all.entries, order, language]);
  // What is not loaded cannot be sorted in.
  const toBeSorted = order !== "" && all.more && !all.problem && entries.length < MOST_SORTED && all.pages < MOST_PAGES;
  const { loadMore } = all;
  const goingOn = toBeSorted && !all.loading;
  useEffect(() => {
    if (goingOn) loadMore();
  }, [goingOn, loadMore]);
  const ids = useMemo(() => entries.map((entry) => entry.document_id), [entries]);
  const known = useMemo(() => knownNames(entries), [entries]);
  // Nothing is done to what is out of sight.
  useEffect(() => setSelection((selection) => within(selection, ids)), [ids]);
  const chosen = useMemo(() => entries.filter((entry) => selection.ids.has(entry.document_id)), [entries, selection]);

  const latest = useRef({ ids, open });
  latest.current = { ids, open };

  // What has just been sent is soon due, or read already.
  const followed = useRef(new Set<number>());
  useEffect(() => {
    const fresh = state.uploads.filter(({ key, stage }) => stage === "sent" && !followed.current.has(key));
    for (const { key } of fresh) followed.current.add(key);
    if (fresh.length > 0) wake(fresh.map(({ documentId }) => documentId));
  }, [state.uploads, wake]);
  // A link may lead to a document that is not on the first page.
  const [missing, setMissing] = useState("");
  const lacking = open !== "" && open !== missing && all.entries !== null && !ids.includes(open);
  useEffect(() => {
    if (lacking) look(open, true).then((there) => there || setMissing(open), () => setMissing(open));
  }, [lacking, look, open]);

  const erased = useCallback(
    (told: readonly Receipt[]) => {
      const fresh = new Set(told.map((receipt) => receipt.document_id));
      setReceipts((known) => [...told, ...known.filter((receipt) => !fresh.has(receipt.document_id))]);
      drop(told);
      if (fresh.has(latest.current.open)) goTo("#/documents", true);
    },
    [drop],
  );
  const changed = useCallback(
    (entry: DocumentEntry) => {
      tell(entry);
      wake([entry.document_id]);
    },
    [tell, wake],
  );
  const doing = useMemo<Doing>(
    () => ({
      changed,
      look,
      erase: async (documentIds) => {
        for (const documentId of documentIds) erased([await api.send<Receipt>("DELETE", pathOf(documentId))]);
      },
      replace: ({ path }, file) => queue.add([{ path, file, metadata: {} }]),
    }),
    [api, changed, erased, look, queue],
  );
  const choose = useCallback(
    (documentId: string, range: boolean) =>
      setSelection((selection) => toggled(selection, documentId, latest.current.ids, range)),
    [],
  );
  const toggle = useCallback(
    (documentId: string) =>
      goTo(latest.current.open === documentId ? "#/documents" : `#/documents/${encodeURIComponent(documentId)}`, true),
    [],
  );

  const extent = extentOf(selection, ids);
  return (
    <div className="documents stack">
      <h1>{texts.title}</h1>
      <UploadPanel queue={queue} state={state} known={known} />
      {receipts.length > 0 && (
        <Receipts receipts={receipts} again={(each) => void doing.erase([each]).catch(all.reload)} dismiss={() => setReceipts([])} />
      )}
      <Filters asked={asked} known={known} change={setAsked} />
      <div className="documents-due">
        {/* The time changes at every look: only the number is told to who listens. */}
        <p role="status" className="flat">
          {progress.due > 0 && texts.due(progress.due, progress.more)}
        </p>
        {progress.due > 0 && progress.secondsLeft !== null && (
          <span className="quiet">
            <TimeLeft seconds={progress.secondsLeft} />
          </span>
        )}
      </div>
      {open !== "" && open === missing && <p className="flat">{texts.notThere}</p>}
      {all.problem && <ProblemNotice problem={all.problem} again={all.reload} />}
      <div className="documents-list-head">
        {ids.length > 0 && (
          <label className="row">
            <input
              type="checkbox"
              checked={extent === "all"}
              ref={(box) => {
                if (box) box.indeterminate = extent === "some";
              }}
              onChange={() => setSelection(toggledAll(selection, ids))}
            />
            {texts.chooseAll(ids.length)}
          </label>
        )}
        <div className="row">
          <label className="row">
            <span>{texts.order}</span>
            <select className="select" value={order} onChange={(event) => setOrder(event.target.value as Order)}>
              <option value="">{texts.noOrder}</option>
              {ORDERS.map((each) => (
                <option key={each} value={each}>
                  {texts.orders[each]}
                </option>
              ))}
            </select>
          </label>
          <button type="button" className="button-link" onClick={all.reload}>
            {texts.reload}
          </button>
        </div>
      </div>
      <BulkBar
        entries={chosen}
        known={known}
        changed={changed}
        erased={erased}
        choose={(documentIds) => setSelection({ ids: new Set(documentIds), last: "" })}
      />
      <ul className="documents-list" aria-busy={all.loading}>
        {entries.map((entry) => (
          <DocumentRow
            key={entry.document_id}
            entry={entry}
            chosen={selection.ids.has(entry.document_id)}
            open={entry.document_id === open}
            queueSeconds={entry.status === "pending" ? progress.secondsLeft : null}
            known={known}
            doing={doing}
            choose={choose}
            toggle={toggle}
          />
        ))}
      </ul>
      <p role="status" className="quiet flat">
        {all.loading ? texts.loading : all.entries?.length === 0 && !all.more ? (unfiltered ? texts.none : texts.noneFound) : ""}
      </p>
      {order !== "" && all.more && !toBeSorted && <p className="quiet flat">{texts.sortedOf(entries.length)}</p>}
      {all.more && !all.loading && !toBeSorted && (
        <button type="button" className="button-plain" onClick={all.loadMore}>
          {texts.more}
        </button>
      )}
    </div>
  );
}
