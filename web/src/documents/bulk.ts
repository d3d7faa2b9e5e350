// Does one thing to many documents, two at a time, and tells of each whether it was done.
import { asProblem, wasStopped, type Problem } from "../api/problem";

export interface Outcome<T> {
  done: { id: string; result: T }[];
  failed: { id: string; problem: Problem }[];
  /** Those that nothing was done to, because it was stopped. */
  left: string[];
}

const TOGETHER = 2;
const ATTEMPTS = 4;
const LONGEST_S = 30;

interface Means {
  signal: AbortSignal;
  /** Called after each document with how many are over. */
  told: (over: number) => void;
  pause?: (ms: number) => Promise<void>;
}

/** Raises nothing: what went wrong stands beside the document. */
export async function inBulk<T>(
  ids: readonly string[],
  act: (id: string) => Promise<T>,
  { signal, told, pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }: Means,
): Promise<Outcome<T>> {
  const outcome: Outcome<T> = { done: [], failed: [], left: [] };
  const waiting = [...ids];

  async function one(id: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        outcome.done.push({ id, result: await act(id) });
        return;
      } catch (error) {
        if (wasStopped(error)) return void outcome.left.push(id);
        const problem = asProblem(error);
        // Over the rate, which passes.
        if (problem.status !== 429 || attempt === ATTEMPTS || signal.aborted) {
          outcome.failed.push({ id, problem });
          return;
        }
        await pause(Math.min(problem.retryAfterS ?? attempt, LONGEST_S) * 1_000);
      }
    }
  }
  async function work(): Promise<void> {
    while (!signal.aborted) {
      const id = waiting.shift();
      if (id === undefined) return;
      await one(id);
      told(outcome.done.length + outcome.failed.length);
    }
  }
  await Promise.all(Array.from({ length: TOGETHER }, work));
  outcome.left.push(...waiting);
  return outcome;
}
