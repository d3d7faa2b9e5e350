// In which order the documents that are loaded are listed; the API tells them in none that says anything.
import type { DocumentEntry, State } from "./entries";

export const ORDERS = ["title", "changed", "trouble", "size"] as const;
/** One of the orders, or "" for the API's own, with what is new on top. */
export type Order = (typeof ORDERS)[number] | "";

/** So many are loaded to be sorted; of more, those that are loaded. */
export const MOST_SORTED = 1000;

const URGENCY: Record<State, number> = { failed: 0, indexing: 1, pending: 2, indexed: 3, deleted: 4 };
const urgency = ({ status, warnings }: DocumentEntry): number => URGENCY[status] - (warnings.length > 0 ? 0.5 : 0);

/** The entries in this order; those that are equal in it by title. */
export function inOrder(entries: readonly DocumentEntry[], order: Order, language: string): readonly DocumentEntry[] {
  if (!order) return entries;
  const letters = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const byTitle = (one: DocumentEntry, other: DocumentEntry) =>
    letters.compare(one.title || one.path, other.title || other.path) || letters.compare(one.path, other.path);
  const compare: Record<Exclude<Order, "">, (one: DocumentEntry, other: DocumentEntry) => number> = {
    title: () => 0,
    changed: (one, other) => Date.parse(other.updated_at) - Date.parse(one.updated_at),
    trouble: (one, other) => urgency(one) - urgency(other),
    size: (one, other) => other.size - one.size,
  };
  return [...entries].sort((one, other) => compare[order](one, other) || byTitle(one, other));
}
