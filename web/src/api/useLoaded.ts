// Something that the API tells, read when a view shows it, and again when it is asked to.
import { useCallback, useEffect, useState } from "react";
import { useApi } from "../session/signed_in";
import { written, type Query } from "./client";
import { asProblem, wasStopped, type Problem } from "./problem";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  loading: boolean;
  again(): void;
  /** Puts what a change answered in the place of what was read. */
  put(change: (value: T) => T): void;
}

/** What a path tells for a query; while another query is read, the value of the one before stays. */
export function useLoaded<T>(path: string, query: Query = {}): Loaded<T> {
  const api = useApi();
  const address = path + written(query);
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loading, setLoading] = useState(true);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const control = new AbortController();
    setLoading(true);
    setProblem(null);
    api.get<T>(address, {}, control.signal).then(
      (found) => {
        if (control.signal.aborted) return;
        setValue(found);
        setLoading(false);
      },
      (error: unknown) => {
        if (wasStopped(error) || control.signal.aborted) return;
        setValue(null);
        setProblem(asProblem(error));
        setLoading(false);
      },
    );
    return () => control.abort();
  }, [api, address, attempt]);

  return {
    value,
    problem,
    loading,
    again: useCallback(() => setAttempt((count) => count + 1), []),
    put: useCallback((change: (value: T) => T) => setValue((known) => (known === null ? known : change(known))), []),
  };
}
