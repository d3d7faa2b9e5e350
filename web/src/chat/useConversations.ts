// The conversations of the caller, page by page, and what is done with one of them.
import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import type { ConversationEntry } from "../api/types";
import { useApi } from "../session/signed_in";

interface Page {
  conversations: ConversationEntry[];
  cursor: string | null;
}

export interface Conversations {
  entries: readonly ConversationEntry[] | null;
  more: boolean;
  loading: boolean;
  problem: Problem | null;
  loadMore(): void;
  refresh(): void;
  rename(id: string, title: string): Promise<void>;
  remove(id: string): Promise<void>;
  removeAll(): Promise<void>;
}

/** Those with a text in them, if one is given; the latest first. */
export function useConversations(text: string): Conversations {
  const api = useApi();
  const [entries, setEntries] = useState<readonly ConversationEntry[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const request = useRef<AbortController | null>(null);

  const load = useCallback(
    async (from: string) => {
      request.current?.abort();
      const control = new AbortController();
      request.current = control;
      setLoading(true);
      setProblem(null);
      try {
        const query = { text: text.trim().slice(0, 200), limit: 30, cursor: from };
        let page = await api.get<Page>("/v1/conversations", query, control.signal);
        // A page of a search can be empty and not the last.
        while (page.conversations.length === 0 && page.cursor)
          page = await api.get<Page>("/v1/conversations", { ...query, cursor: page.cursor }, control.signal);
        setEntries((known) => (from ? [...(known ?? []), ...page.conversations] : page.conversations));
        setCursor(page.cursor);
      } catch (error) {
        if (!wasStopped(error)) setProblem(asProblem(error));
      } finally {
        if (request.current === control) setLoading(false);
      }
    },
    [api, text],
  );

  useEffect(() => {
    const wait = setTimeout(() => void load(""), text ? 300 : 0);
    return () => {
      clearTimeout(wait);
      request.current?.abort();
    };
  }, [load, text]);

  const done = useCallback(async (work: () => Promise<void>) => {
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }, []);
  const path = (id: string) => `/v1/conversations/${encodeURIComponent(id)}`;

  return {
    entries,
    more: cursor !== null,
    loading,
    problem,
    loadMore: () => void (cursor && load(cursor)),
    refresh: useCallback(() => void load(""), [load]),
    rename: (id, title) =>
      done(async () => {
        const changed = await api.send<ConversationEntry>("PATCH", path(id), { body: { title } });
        setEntries((known) =>
          (known ?? []).map((each) => (each.conversation_id === id ? { ...each, title: changed.title } : each)),
        );
      }),
    remove: (id) =>
      done(async () => {
        await api.send("DELETE", path(id));
        setEntries((known) => (known ?? []).filter((each) => each.conversation_id !== id));
      }),
    removeAll: () =>
      done(async () => {
        let complete = false;
        while (!complete) ({ complete } = await api.send<{ complete: boolean }>("DELETE", "/v1/conversations"));
        setEntries([]);
        setCursor(null);
      }),
  };
}
