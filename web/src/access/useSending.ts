// One change that is being sent: whether it is under way, and what went wrong with it.
import { useCallback, useState } from "react";
import { asProblem, type Problem } from "../api/problem";

export interface Sending {
  busy: boolean;
  problem: Problem | null;
  /** Does the work; whether it succeeded. */
  send(work: () => Promise<void>): Promise<boolean>;
}

export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, problem, send };
}
