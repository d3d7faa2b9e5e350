// Where in its document a source stands, in words.
import type { Locator } from "../api/types";

export interface PlaceWords {
  page: (number: number) => string;
  slide: (number: number) => string;
  sheet: (name: string) => string;
  row: (number: number) => string;
}

/** The place; headings without the document's own title, which stands beside it. */
export function placeOf(locator: Locator, words: PlaceWords, title = ""): string {
  const parts: string[] = [];
  if (locator.page !== null) parts.push(words.page(locator.page));
  if (locator.slide !== null) parts.push(words.slide(locator.slide));
  if (locator.sheet !== null) parts.push(words.sheet(locator.sheet));
  if (locator.row !== null) parts.push(words.row(locator.row));
  const headings = locator.heading.filter((heading, level) => level > 0 || heading !== title);
  if (headings.length > 0) parts.push(headings.join(" › "));
  return parts.join(", ");
}
