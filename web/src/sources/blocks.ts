// The passages of a document as a reader sees them: text, and the tables that sheets were.
import type { Locator } from "../api/types";
import type { Told } from "./content";
import { findQuote, type Part } from "./matching";
import { recordsIn } from "./records";

interface TextBlock {
  kind: "text";
  key: number;
  locator: Locator;
  lines: string[];
  parts: Part[];
}
export interface TableBlock {
  kind: "table";
  key: number;
  locator: Locator;
  above: string[];
  names: string[];
  rows: { values: string[]; marked: boolean }[];
}
export type Block = TextBlock | TableBlock;

/** The passages from one on; rows of passages that go on with the same table stand in one. */
export function blocksOf(passages: readonly Told[], from: number, quoted: number, quote: string): Block[] {
  const blocks: Block[] = [];
  passages.forEach(({ text, locator }, index) => {
    const key = from + index;
    const lines = text.split("\n");
    const parts = key === quoted ? findQuote(lines, quote) : [];
    const table = recordsIn(lines);
    if (!table) return blocks.push({ kind: "text", key, locator, lines, parts });
    const marked = new Set(parts.map((part) => part.run));
    const rows = table.rows.map((row) => ({ values: row.values, marked: marked.has(row.line) }));
    const last = blocks.at(-1);
    const goesOn =
      last?.kind === "table" && last.locator.sheet === locator.sheet && last.names.join("\n") === table.names.join("\n");
    if (goesOn) return last.rows.push(...rows);
    return blocks.push({ kind: "table", key, locator, above: table.above, names: table.names, rows });
  });
  return blocks;
}

/** The first passage that holds all of the quote, else that which holds most of its sentences; -1 is none. */
export function placeOfQuote(passages: readonly Told[], quote: string): number {
  let best = -1;
  let most = 0;
  passages.forEach((passage, index) => {
    const marked = findQuote([passage.text], quote).reduce((sum, part) => sum + part.end - part.begin, 0);
    if (marked > most) [best, most] = [index, marked];
  });
  return best;
}
