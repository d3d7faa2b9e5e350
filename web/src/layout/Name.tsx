// A name that somebody else chose, in its own direction, and never in another that it orders.

// Embeddings, overrides and isolates (Unicode UAX 9, 2): with them "gpj.exe" reads "exe.jpg".
const ORDERS = /[\u202a-\u202e\u2066-\u2069]/g;

/** The name with a mark in the place of each character that only turns the ones behind it round. */
export const withoutOrders = (text: string): string => text.replace(ORDERS, "\ufffd");

export function Name({ of, className }: { of: string; className?: string }) {
  return <bdi className={className}>{withoutOrders(of)}</bdi>;
}
