// How a document is shown, by the ending of its path: as the page of a PDF, a table, or text.

export type Kind = "pdf" | "table" | "text" | "passages";

const TABLES = new Set(["csv", "tsv"]);
const TEXTS = new Set(["txt", "md", "markdown", "text", "log", "rst"]);

export function kindOf(uri: string): Kind {
  const ending = /\.([a-z0-9]{1,10})$/i.exec(uri.split(/[?#]/, 1)[0]!)?.[1]?.toLowerCase() ?? "";
  if (ending === "pdf") return "pdf";
  if (TABLES.has(ending)) return "table";
  return TEXTS.has(ending) ? "text" : "passages";
}
