// Asks, stops, asks again and continues: the state of the conversation that is on the screen.
import { useCallback, useEffect, useRef, useState } from "react";
import { moveChoice } from "../agents/choosing";
import { asProblem, Problem, wasStopped } from "../api/problem";
import type { Conversation } from "../api/types";
import { goTo } from "../layout/route";
import { useApi } from "../session/signed_in";
import { begun, ended, exchangesOf, isUnderWay, requestOf, told, type Exchange, type Wanted } from "./thread";
import { forgetUnanswered, keepUnanswered, keptUnanswered } from "./unsent";

export interface Thread {
  conversationId: string;
  exchanges: readonly Exchange[];
  loading: boolean;
  problem: Problem | null;
  running: boolean;
  ask(wanted: Wanted): void;
  /** Asks a question of the thread again: in its place where it has no whole answer, else behind. */
  askAgain(exchange: Exchange): void;
  /** Takes an exchange without a whole answer off the screen. */
  drop(exchange: Exchange): void;
  stop(): void;
  reload(): void;
}

/** The thread of a conversation; "" is a new one. `answered` is called after each answer. */
export function useThread(conversationId: string, answered: () => void): Thread {
  const api = useApi();
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([]);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [wanted, setWanted] = useState(0);
  const running = useRef<AbortController | null>(null);
  // The conversation that the exchanges belong to: a new one gets its id with its first answer.
  const shown = useRef<string | null>(null);
  const reloads = useRef(0);

  const change = useCallback((id: string, how: (exchange: Exchange) => Exchange) => {
    setExchanges((all) => all.map((each) => (each.id === id ? how(each) : each)));
  }, []);

  useEffect(() => {
    // A fault of storage, such as a full one, must not take the conversation with it.
    try {
      if (shown.current !== null) keepUnanswered(shown.current, exchanges);
    } catch {
      return;
    }
  }, [exchanges]);

  useEffect(() => {
    if (shown.current === conversationId && wanted === reloads.current) return;
    reloads.current = wanted;
    running.current?.abort();
    running.current = null;
    const kept = keptUnanswered(conversationId);
    shown.current = conversationId;
    setProblem(null);
    setExchanges(kept);
    if (!conversationId) return setLoading(false);
    const loadingOf = new AbortController();
    let loaded = false;
    setLoading(true);
    api
      .get<Conversation>(`/v1/conversations/${encodeURIComponent(conversationId)}`, {}, loadingOf.signal)
      .then((found) => {
        const known = exchangesOf(found);
        const ids = new Set(known.map((each) => each.messageId));
        setExchanges([...known, ...kept.filter((each) => !ids.has(each.messageId))]);
      })
      .catch((error: unknown) => {
        if (!wasStopped(error)) setProblem(asProblem(error));
      })
      .finally(() => {
        if (loadingOf.signal.aborted) return;
        loaded = true;
        setLoading(false);
      });
    return () => {
      loadingOf.abort();
      if (!loaded && shown.current === conversationId) shown.current = null;
    };
  }, [api, conversationId, wanted]);

  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback(
    async (exchange: Exchange, before: Exchange = exchange) => {
      const control = new AbortController();
      running.current = control;
      let now = exchange;
      try {
        const conversation = shown.current ?? "";
        if (exchange.recording) {
          const { answeredAloud } = await import("../audio/sending");
          const spoken = await answeredAloud(api, exchange, exchange.recording, conversation, control.signal);
          now = spoken;
          change(exchange.id, () => spoken);
        } else {
          const body = requestOf(exchange, conversation);
          const headers = { "Idempotency-Key": exchange.attempt };
          for await (const event of api.stream("/v1/chat/stream", { body, headers, signal: control.signal })) {
            now = told(now, event);
            // What came with an earlier try stays until there is more than nothing of this one.
            const next = now.parts.length > 0 ? now : { ...now, parts: before.parts, sources: before.sources };
            change(exchange.id, () => next);
          }
        }
        if (now.progress !== "answered") throw new Problem("broken");
        if (running.current === control && shown.current === "") {
          forgetUnanswered("");
          shown.current = now.conversationId;
          moveChoice(now.conversationId);
          goTo(`#/c/${encodeURIComponent(now.conversationId)}`, true);
        }
        answered();
      } catch (error) {
        const byAsker = wasStopped(error);
        change(exchange.id, (each) => ended(each, error, byAsker));
      } finally {
        if (running.current === control) running.current = null;
      }
    },
    [answered, api, change],
  );

  const ask = useCallback(
    (wanted: Wanted) => {
      if (running.current) return;
      const exchange = begun(crypto.randomUUID(), { ...wanted, attempt: crypto.randomUUID() }, shown.current ?? "");
      setExchanges((all) => [...all, exchange]);
      void run(exchange);
    },
    [run],
  );

  const askAgain = useCallback(
    (exchange: Exchange) => {
      if (running.current) return;
      if (exchange.progress === "answered") return ask(exchange);
      // After a fault the same attempt is sent, which is not answered or paid for twice; so is what can
      // be done once, and what was spoken, even where somebody stopped it.
      const isSame = exchange.progress === "failed" || exchange.decision || exchange.recording;
      const attempt = isSame && exchange.attempt ? exchange.attempt : crypto.randomUUID();
      const { parts, sources } = exchange;
      const again = begun(exchange.id, { ...exchange, attempt }, shown.current ?? "");
      change(exchange.id, () => ({ ...again, parts, sources }));
      void run(again, exchange);
    },
    [ask, change, run],
  );

  return {
    conversationId,
    exchanges,
    loading,
    problem,
    running: exchanges.some(isUnderWay),
    ask,
    askAgain,
    drop: useCallback((exchange) => {
      forgetUnanswered(shown.current ?? ""); // the others, if any, are kept anew
      setExchanges((all) => all.filter((each) => each.id !== exchange.id));
    }, []),
    stop: useCallback(() => running.current?.abort(), []),
    reload: useCallback(() => setWanted((count) => count + 1), []),
  };
}
