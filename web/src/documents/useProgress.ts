// How far the documents are that are being read: asked for while there are any, less often when nothing moves.
import { useCallback, useEffect, useRef, useState } from "react";
import { useApi } from "../session/signed_in";
import type { DocumentEntry, DocumentPage } from "./entries";
import { secondsLeft, shareOf, withSight, type Sight } from "./pace";

export interface ReadingProgress {
  /** How many documents wait or are being read. */
  due: number;
  /** There are more than are counted. */
  more: boolean;
  secondsLeft: number | null;
  /** Looks again soon, since work has been given: on these documents, which may be over before it is seen. */
  wake(documentIds?: readonly string[]): void;
}

const SOON_MS = 3_000;
const LATEST_MS = 20_000;
const SLOWER = 1.5;
const PAGES = 5;
// What was given can take moments to be seen: so often is looked for it.
const ROUNDS_AFTER_WORK = 5;
const LOOKED_AT_ONCE = 10;
// When a document that work was given on is looked at by itself, and of how many that is done.
const LOOKED_AT_MS = [0, 6_000];
const MOST_LOOKED = 200;

/** `seen` is told of each document that is due, `over` of one that no longer is. */
export function useProgress(seen: (entry: DocumentEntry) => void, over: (documentId: string) => Promise<void>): ReadingProgress {
  const api = useApi();
  const [state, setState] = useState<Omit<ReadingProgress, "wake">>({ due: 0, more: false, secondsLeft: null });
  const told = useRef({ seen, over });
  told.current = { seen, over };
  const woken = useRef<ReadingProgress["wake"]>(() => undefined);

  useEffect(() => {
    const control = new AbortController();
    let timer = 0;
    let wait = SOON_MS;
    let rounds = 1;
    let running = false;
    let sights: Sight[] = [];
    let before = new Map<string, number>();
    const gone: string[] = [];
    let given: { id: string; time: number }[] = [];

    async function due(): Promise<{ entries: DocumentEntry[]; more: boolean }> {
      const entries = new Map<string, DocumentEntry>();
      let more = false;
      for (const status of ["pending", "indexing"]) {
        let cursor: string | null = "";
        for (let page = 0; page < PAGES && cursor !== null; page++) {
          const found: DocumentPage = await api.get("/v1/documents", { status, limit: 100, cursor }, control.signal);
          for (const entry of found.documents) entries.set(entry.document_id, entry);
          cursor = found.cursor;
        }
        more ||= cursor !== null;
      }
      return { entries: [...entries.values()], more };
    }

    async function look(): Promise<void> {
      const { entries, more } = await due();
      const done = new Map(entries.map((entry) => [entry.document_id, shareOf(entry.progress)]));
      const moved = done.size !== before.size || [...done].some(([id, share]) => before.get(id) !== share);
      // Where not all are counted, one that is not seen need not be done.
      if (!more) gone.push(...[...before.keys()].filter((id) => !done.has(id)));
      const now = Date.now();
      gone.push(...new Set(given.flatMap(({ id, time }) => (time <= now && !gone.includes(id) ? id : []))));
      given = given.filter(({ time }) => time > now);
      sights = more ? [] : withSight(sights, { time: now, done });
      before = done;
      for (const entry of entries) told.current.seen(entry);
      for (let asked = 0; gone.length > 0 && asked < LOOKED_AT_ONCE; asked++) {
        await told.current.over(gone[0]!);
        gone.shift();
      }
      wait = moved ? SOON_MS : Math.min(wait * SLOWER, LATEST_MS);
      rounds = entries.length > 0 || gone.length > 0 || given.length > 0 ? Math.max(rounds, 1) : rounds - 1;
      setState({ due: entries.length, more, secondsLeft: secondsLeft(sights) });
    }

    async function round(): Promise<void> {
      if (running || control.signal.aborted) return;
      // Who does not look does not need to know; coming back, the view asks at once.
      if (document.visibilityState === "hidden") return;
      running = true;
      try {
        await look();
      } catch {
        wait = Math.min(wait * 2, LATEST_MS);
      } finally {
        running = false;
      }
      clearTimeout(timer);
      if (rounds > 0 && !control.signal.aborted) timer = window.setTimeout(() => void round(), wait);
    }
    function wake(documentIds: readonly string[] = []): void {
      const now = Date.now();
      for (const id of documentIds)
        if (given.length < MOST_LOOKED) given.push(...LOOKED_AT_MS.map((later) => ({ id, time: now + later })));
      // Said at once: by the time of the first look, what is short may have been read.
      const waiting = new Set(given.map(({ id }) => id)).size;
      setState((state) => ({ ...state, due: Math.max(state.due, waiting) }));
      rounds = ROUNDS_AFTER_WORK;
      wait = SOON_MS;
      clearTimeout(timer);
      timer = window.setTimeout(() => void round(), SOON_MS / 3);
    }
    const visible = () => void round();
    woken.current = wake;
    document.addEventListener("visibilitychange", visible);
    void round();
    return () => {
      control.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", visible);
    };
  }, [api]);

  return { ...state, wake: useCallback((documentIds?: readonly string[]) => woken.current(documentIds), []) };
}
