// Which rows of a table a quote is made of: "Name: value; …", a line for each row.
import { lettersIn } from "./matching";
import type { Row } from "./separated";

/** Indexes of the quoted rows; that of the row with the number told where none is found by its cells. */
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
  const nearest = nearestRow(rows, wanted);
  return nearest > 0 ? [nearest] : start >= 0 ? [start] : [];
}

/** The row of whose cells the quote holds most: of one, an answer leaves out what is markup; 0 is none. */
function nearestRow(rows: readonly Row[], wanted: string): number {
  const held = rows.map((row, index) =>
    index > 0 && wanted
      ? row.cells.map(lettersIn).reduce((sum, cell) => sum + (cell && wanted.includes(cell) ? cell.length : 0), 0)
      : 0,
  );
  const most = Math.max(...held, 0);
  return most > 0 ? held.indexOf(most) : 0;
}
