// Which rows of a table a quote is made of: "Name: value; …", a line for each row.
import { lettersIn } from "./matching";
import type { Row } from "./separated";

/** Indexes of the quoted rows; that of the row with the number told where no row is found by its cells. */
export function quotedRows(rows: readonly Row[], quote: string, number: number | null): number[] {
  const wanted = lettersIn(quote);
  const fits = (row: Row) => {
    const cells = row.cells.map(lettersIn).filter(Boolean);
    return cells.length > 0 && cells.every((cell) => wanted.includes(cell));
  };
  const start = rows.findIndex((row) => row.number === number);
  if (start >= 0 && fits(rows[start]!)) {
    let first = start;
    let last = start;
    while (first > 1 && fits(rows[first - 1]!)) first -= 1;
    while (last + 1 < rows.length && fits(rows[last + 1]!)) last += 1;
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }
  // The first row is the names, which every quoted row holds.
  const found = rows.flatMap((row, index) => (index > 0 && wanted && fits(row) ? [index] : []));
  if (found.length > 0) return found;
  return start >= 0 ? [start] : [];
}
