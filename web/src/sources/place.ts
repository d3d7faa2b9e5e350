// Where in its document a source stands, in words.
import type { Locator } from "../api/types";

export interface PlaceWords {
  page: (number: number) => string;
  slide: (number: number) => string;
  sheet: (name: string) => string;
  row: (number: number) => string;
}

export function placeOf(locator: Locator, words: PlaceWords): string {
  const parts: string[] = [];
  if (locator.page !== null) parts.push(words.page(locator.page));
  if (locator.slide !== null) parts.push(words.slide(locator.slide));
  if (locator.sheet !== null) parts.push(words.sheet(locator.sheet));
  if (locator.row !== null) parts.push(words.row(locator.row));
  if (locator.heading.length > 0) parts.push(locator.heading.join(" › "));
  return parts.join(", ");
}
