// The documents that fit what is asked for, page by page, and what becomes of each of them.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { asProblem, type Problem } from "../api/problem";
import { useApi } from "../session/signed_in";
import { pathOf, type DocumentEntry, type DocumentPage, type Receipt, type State } from "./entries";

export interface Asked {
  status: State | "";
  department: string;
  tag: string;
  text: string;
}
export const EVERYTHING: Asked = { status: "", department: "", tag: "", text: "" };
export const isEverything = (asked: Asked): boolean => Object.values(asked).every((each: string) => !each.trim());

export interface Documents {
  entries: readonly DocumentEntry[] | null;
  more: boolean;
  /** How many pages were loaded since the list was asked for. */
  pages: number;
  loading: boolean;
  problem: Problem | null;
  loadMore(): void;
  reload(): void;
  /** Shows the document as it is told here; one that is not listed comes first, if it is to be added. */
  tell(entry: DocumentEntry, add?: boolean): void;
  /** Asks for the document, and shows it as it is; whether there is one. */
  look(documentId: string, add?: boolean): Promise<boolean>;
  /** Takes erased documents off; what was told of them before is not listed again. */
  drop(receipts: readonly Pick<Receipt, "document_id" | "finished_at">[]): void;
}

const PAGE = 50;
const TYPING_MS = 350;
// Pages can be empty and not the last: so many are asked for without a further click.
const EMPTY_PAGES = 10;

export function useDocuments(asked: Asked): Documents {
  const api = useApi();
  const [entries, setEntries] = useState<readonly DocumentEntry[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [pages, setPages] = useState(0);
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const request = useRef<AbortController | null>(null);
  // When each was erased: an answer that was under way then still tells of it.
  const erased = useRef(new Map<string, number>());
  const isThere = useCallback(
    ({ document_id, updated_at }: DocumentEntry) => !(Date.parse(updated_at) <= (erased.current.get(document_id) ?? -Infinity)),
    [],
  );
  const { status, department, tag, text } = asked;
  const query = useMemo(
    () => ({ status, department: department.trim(), tag: tag.trim(), text: text.trim(), limit: PAGE }),
    [status, department, tag, text],
  );

  const load = useCallback(
    async (from: string) => {
      request.current?.abort();
      const control = new AbortController();
      request.current = control;
      setLoading(true);
      setProblem(null);
      try {
        let page = await api.get<DocumentPage>("/v1/documents", { ...query, cursor: from }, control.signal);
        for (let empty = 0; page.documents.length === 0 && page.cursor && empty < EMPTY_PAGES; empty++)
          page = await api.get<DocumentPage>("/v1/documents", { ...query, cursor: page.cursor }, control.signal);
        if (control.signal.aborted) return;
        const there = page.documents.filter(isThere);
        setEntries((known) => (from ? merged(known ?? [], there) : there));
        setCursor(page.cursor);
        setPages((known) => (from ? known + 1 : 1));
      } catch (error) {
        if (!control.signal.aborted) setProblem(asProblem(error));
      } finally {
        if (request.current === control) setLoading(false);
      }
    },
    [api, isThere, query],
  );
  const first = useRef(true);
  useEffect(() => {
    const wait = setTimeout(() => void load(""), first.current ? 0 : TYPING_MS);
    first.current = false;
    return () => {
      clearTimeout(wait);
      request.current?.abort();
      // It stays loading until the next list is there: the cursor is of the one before.
      request.current = null;
    };
  }, [load]);

  const tell = useCallback((entry: DocumentEntry, add = false) => {
    if (!isThere(entry)) return;
    setEntries((known) => {
      const at = (known ?? []).findIndex((each) => each.document_id === entry.document_id);
      // Before the first page is there, nothing is missing in it.
      if (at < 0) return add && known ? [entry, ...known] : known;
      // What a search found in it stays: a single document is told without.
      return known!.map((each, index) => (index === at ? { ...entry, matches: entry.matches.length > 0 ? entry.matches : each.matches } : each));
    });
  }, [isThere]);
  const look = useCallback(
    async (documentId: string, add = false) => {
      try {
        tell(await api.get<DocumentEntry>(pathOf(documentId)), add);
        return true;
      } catch (error) {
        // It may be gone, or not be there yet.
        if (asProblem(error).status !== 404) throw error;
        return false;
      }
    },
    [api, tell],
  );

  return {
    entries,
    more: cursor !== null,
    pages,
    loading,
    problem,
    loadMore: useCallback(() => void (cursor && load(cursor)), [cursor, load]),
    reload: useCallback(() => void load(""), [load]),
    tell,
    look,
    drop: useCallback(
      (receipts) => {
        for (const { document_id, finished_at } of receipts) erased.current.set(document_id, Date.parse(finished_at));
        setEntries((known) => known?.filter(isThere) ?? known);
      },
      [isThere],
    ),
  };
}

function merged(known: readonly DocumentEntry[], more: readonly DocumentEntry[]): DocumentEntry[] {
  const ids = new Set(known.map((each) => each.document_id));
  return [...known, ...more.filter((each) => !ids.has(each.document_id))];
}
