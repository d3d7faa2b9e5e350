// The rows of a sheet, as lines whose cells stand in their columns.
import { named, textOf } from "./office_xml";

// Further to the right than this a cell follows the one before: nobody reads thousands of empty columns.
const MOST_EMPTY = 100;
// Of Excel's own formats those of dates and times (ECMA-376, part 1, 18.8.30).
const DATES = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);
const DAY_MS = 86_400_000;
// Day 0 of Excel's calendar, which counts a 29 February 1900 that never was.
const DAY_0 = Date.UTC(1899, 11, 30);

/** Which of a workbook's cell formats show dates, by their number. */
export function stylesOf(styles: Document | null): ReadonlySet<number> {
  const own = new Map(
    named(styles, "numFmt").map((each) => [Number(each.getAttribute("numFmtId")), each.getAttribute("formatCode") ?? ""]),
  );
  const formats = named(named(styles, "cellXfs")[0] ?? null, "xf");
  return new Set(
    formats.flatMap((each, at) => {
      const number = Number(each.getAttribute("numFmtId"));
      // Without what is quoted or in brackets, these letters are of dates and times alone.
      const code = (own.get(number) ?? "").replace(/"[^"]*"|\[[^\]]*\]|\\./g, "");
      return DATES.has(number) || /[dmyhs]/i.test(code) ? [at] : [];
    }),
  );
}

/** The rows that say anything, their cells parted by tabs, an empty one too. */
export function rowsOf(sheet: Document, shared: readonly string[], dates: ReadonlySet<number>): string[] {
  return named(sheet, "row")
    .map((row) => {
      const cells: string[] = [];
      for (const cell of named(row, "c")) {
        const missing = columnOf(cell.getAttribute("r") ?? "") - cells.length;
        if (missing > 0) cells.push(...Array<string>(Math.min(missing, MOST_EMPTY)).fill(""));
        cells.push(valueOf(cell, shared, dates));
      }
      return cells.join("\t").trimEnd();
    })
    .filter((line) => line.trim());
}

/** The column of a cell's name such as AB7, from 0; -1 if it says none. */
function columnOf(name: string): number {
  const letters = /^[A-Z]{1,3}/.exec(name)?.[0] ?? "";
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function valueOf(cell: Element, shared: readonly string[], dates: ReadonlySet<number>): string {
  const inline = named(cell, "is")[0];
  if (inline) return textOf(inline);
  const value = named(cell, "v")[0]?.textContent ?? "";
  const kind = cell.getAttribute("t") ?? "n";
  if (kind === "s") return shared[Number(value)] ?? "";
  const formula = named(cell, "f")[0]?.textContent;
  if (!value) return formula ? `=${formula}` : "";
  return kind === "n" && dates.has(Number(cell.getAttribute("s") ?? 0)) ? asDate(Number(value)) : value;
}

function asDate(days: number): string {
  const time = new Date(DAY_0 + Math.round(days * DAY_MS));
  if (Number.isNaN(time.getTime())) return String(days);
  const [date, clock] = time.toISOString().split("T") as [string, string];
  return Number.isInteger(days) ? date : days < 1 ? clock.slice(0, 8) : `${date} ${clock.slice(0, 8)}`;
}
