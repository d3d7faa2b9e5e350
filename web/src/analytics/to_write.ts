// The gaps as a list of what to write, for an editor (Markdown) or a spreadsheet (CSV).
import type { Cluster } from "./figures";

export interface Headings {
  title: string;
  wordless: string;
  counts: (count: number, refused: number, disliked: number) => string;
  also: string;
  closest: string;
  columns: readonly string[];
}

/** A list with a box to tick for each gap. */
export function asMarkdown(clusters: readonly Cluster[], told: Headings): string {
  const lines = clusters.flatMap((cluster) => {
    const [first, ...others] = cluster.examples.map((text) => escaped(oneLine(text)));
    return [
      `- [ ] ${first ? `**${first}**` : told.wordless} (${told.counts(cluster.count, cluster.refused, cluster.disliked)})`,
      ...others.map((text) => `  - ${told.also}: ${text}`),
      ...cluster.documents.map(({ title, path }) => `  - ${told.closest}: ${escaped(oneLine(title))} (${escaped(oneLine(path))})`),
    ];
  });
  return `# ${escaped(told.title)}\n\n${lines.join("\n")}\n`;
}

/** A table with a byte order mark, without which spreadsheets take it for another encoding (RFC 4180). */
export function asCsv(clusters: readonly Cluster[], told: Headings): string {
  const rows = clusters.map(({ count, refused, disliked, examples, documents }) => [
    String(count),
    String(refused),
    String(disliked),
    harmless(examples),
    harmless(documents.map((each) => each.path)),
  ]);
  const written = [told.columns.map((name) => harmless([name])), ...rows].map((row) => row.map(quoted).join(","));
  return `\ufeff${written.join("\r\n")}\r\n`;
}

// What a cell begins with that a spreadsheet takes for a formula (OWASP, "CSV Injection").
const FORMULA = /(^|[;\n])(["' ]*)(?=[=+\-@＝＋－＠])/g;

/** Texts of others as the lines of a cell. An apostrophe stands before whatever could begin a formula,
 * also behind what separates cells in other countries' spreadsheets. */
export function harmless(texts: readonly string[]): string {
  return texts.map(oneLine).join("\n").replace(FORMULA, "$1'$2");
}

function quoted(cell: string): string {
  return /[",;\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function oneLine(text: string): string {
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, " ").trim();
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~!&]/g, "\\$&");
}
