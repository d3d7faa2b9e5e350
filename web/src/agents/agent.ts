// An agent's answer as the API tells it: who answers, its steps, and the actions that wait for a word.

export interface Agent {
  name: string;
  title: string;
  description: string;
}

export type StepKind = "route" | "model" | "search" | "tool" | "handoff" | "confirmation";

export interface Step {
  /** Counts the steps of an answer from 1. */
  number: number;
  agent: string;
  kind: StepKind;
  name: string;
  outcome: "ok" | "failed" | "refused" | "waiting";
  took_ms: number;
  detail: string | null;
  /** Absent in a whole answer, whose steps have all ended. */
  ended?: boolean;
}

export interface Action {
  id: string;
  agent: string;
  tool: string;
  title: string;
  /** Exactly what it will be done with. */
  arguments: Record<string, unknown>;
  expires_at: string;
}

/** What a person has decided of an action. */
export interface Decision {
  id: string;
  approved: boolean;
}

/** The steps with one that has begun or ended; one that is known already never begins again. */
export function stepped(steps: readonly Step[], step: Step): readonly Step[] {
  const known = steps.find((each) => each.number === step.number);
  if (!known) return [...steps, step].sort((one, other) => one.number - other.number);
  if (known.ended !== false) return steps;
  return steps.map((each) => (each.number === step.number ? step : each));
}

/** The steps of an answer that is over: none goes on. */
export function settled(steps: readonly Step[]): readonly Step[] {
  return steps.some((step) => step.ended === false) ? steps.filter((step) => step.ended !== false) : steps;
}

export function awaiting(actions: readonly Action[], action: Action): readonly Action[] {
  return actions.some((each) => each.id === action.id) ? actions : [...actions, action];
}

/** Milliseconds until an action's time is over; null where the two clocks cannot agree on it. */
export function timeLeft(action: Action, arrivedAt: number, now: number): number | null {
  const end = Date.parse(action.expires_at);
  // One that came when it was already over says that this machine's clock is wrong: the API will tell.
  if (Number.isNaN(end) || end <= arrivedAt) return null;
  return Math.max(0, end - now);
}
