// A passage of a sheet, "Name: value; Name: value" for each row, as the table that it was.

export interface Records {
  /** Lines above the rows, such as a sheet's title. */
  above: string[];
  names: string[];
  rows: { line: number; values: string[] }[];
}

/** The table in these lines; null where they are anything else, or where a value holds a separator. */
export function recordsIn(lines: readonly string[]): Records | null {
  const pairs = lines.map(pairsIn);
  const start = pairs.findIndex((each) => each !== null);
  if (start < 0 || start > 3) return null;
  const names: string[] = [];
  const rows: Records["rows"] = [];
  for (let line = start; line < lines.length; line++) {
    const found = pairs[line];
    if (!found) {
      if (lines[line]!.trim() === "") continue;
      return null;
    }
    for (const [name] of found) if (!names.includes(name)) names.push(name);
    rows.push({ line, values: [] });
  }
  // Empty cells are left out of a row, so that rows may differ; names that seldom recur are prose.
  if (names.length < 2 || names.length > 2 * Math.max(...rows.map((row) => pairs[row.line]!.length))) return null;
  for (const row of rows) {
    const values = new Map(pairs[row.line]!);
    row.values = names.map((name) => values.get(name) ?? "");
  }
  return { above: lines.slice(0, start).filter((line) => line.trim() !== ""), names, rows };
}

function pairsIn(line: string): [string, string][] | null {
  const parts = line.split("; ");
  if (parts.length < 2) return null;
  const pairs: [string, string][] = [];
  for (const part of parts) {
    const colon = part.indexOf(": ");
    if (colon < 1 || colon > 120) return null;
    pairs.push([part.slice(0, colon), part.slice(colon + 2)]);
  }
  return pairs;
}
