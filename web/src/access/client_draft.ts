// A client as it stands in a form, and what of it is sent: of one that there is, only what was changed.
import { CAPS, type Cap, type Client, type Role } from "./entries";

export interface ClientDraft {
  name: string;
  role: Role;
  department: string;
  groups: readonly string[];
  /** Caps as they were typed; "" for none. */
  budget: Readonly<Record<Cap, string>>;
}

export type Budget = Partial<Record<Cap, number>>;

const NO_CAPS = Object.fromEntries(CAPS.map((cap) => [cap, ""])) as Record<Cap, string>;
export const NEW_CLIENT: ClientDraft = { name: "", role: "user", department: "", groups: [], budget: NO_CAPS };
// The API's own limit.
const MOST = 1e12;

export function draftOf({ name, role, department, groups, budget }: Client): ClientDraft {
  const caps = Object.fromEntries(CAPS.map((cap) => [cap, String(budget?.[cap] ?? "")])) as Record<Cap, string>;
  return { name, role, department: department ?? "", groups, budget: caps };
}

/** Whether a cap can be sent as it was typed: nothing, or a number that is whole unless it is of money. */
export function isCap(cap: Cap, typed: string): boolean {
  const text = typed.trim();
  if (text === "") return true;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 && value <= MOST && (cap.startsWith("dollars") || Number.isInteger(value));
}

/** The caps of a draft that is valid; null without any. */
export function budgetOf(budget: ClientDraft["budget"]): Budget | null {
  const caps = CAPS.filter((cap) => budget[cap].trim() !== "").map((cap) => [cap, Number(budget[cap])] as const);
  return caps.length > 0 ? (Object.fromEntries(caps) as Budget) : null;
}

/** The body that makes a client. */
export function bodyOf(draft: ClientDraft): Record<string, unknown> {
  const department = draft.department.trim();
  const budget = budgetOf(draft.budget);
  return {
    name: draft.name.trim(),
    role: draft.role,
    ...(department && { department }),
    groups: draft.groups,
    ...(budget && { budget }),
  };
}

/** The body that changes a client; empty where nothing is to change. What is not sent stays as it is: so does
 * what this form cannot say, such as several departments. */
export function changesOf(client: Client, draft: ClientDraft): Record<string, unknown> {
  const before = draftOf(client);
  const department = draft.department.trim();
  const budget = budgetOf(draft.budget);
  return {
    ...(draft.role !== before.role && { role: draft.role }),
    ...(department !== before.department && { department: department || null }),
    ...(!sameNames(draft.groups, before.groups) && { groups: draft.groups }),
    ...(JSON.stringify(budget) !== JSON.stringify(budgetOf(before.budget)) && { budget }),
  };
}

export function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}

export interface Use {
  cap: Cap;
  most: number;
  /** What of it is spent, where the API counts it: it tells the month's. */
  spent: number | null;
}

/** A client's caps, with what is spent of each. */
export function usesOf({ budget, spent }: Pick<Client, "budget" | "spent">): Use[] {
  return CAPS.flatMap((cap) => {
    const most = budget?.[cap];
    if (most === undefined || most === null) return [];
    const [what, window] = cap.split("_") as ["requests" | "tokens" | "dollars", string];
    return [{ cap, most, spent: window === "month" ? (spent?.[what] ?? 0) : null }];
  });
}
