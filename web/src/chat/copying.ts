// An answer as plain text with its citations, for pasting elsewhere.
import type { Source } from "../api/types";
import { safeAddress } from "./citations";

/** The answer's text, and below it each source with its place, its quote and its web address if it has one. */
export function withCitations(answer: string, sources: readonly Source[], place: (source: Source) => string): string {
  if (sources.length === 0) return answer;
  const lines = sources.map((source) => {
    const where = [source.title, place(source)].filter(Boolean).join(", ");
    const quote = source.quote.replace(/\s+/g, " ").trim();
    const address = safeAddress(source.link);
    return `[${source.number}] ${where}: “${quote}”${address && ` <${address}>`}`;
  });
  return `${answer}\n\n${lines.join("\n")}`;
}
