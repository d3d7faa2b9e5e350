// The lines of a stored version, where they can be had: of texts as they are, of PDFs as pdf.js reads them, of
// office files as these hold them.
import type { Api } from "../api/client";
import { Problem } from "../api/problem";
import { addressOf, bytesAt, textAt } from "../sources/content";

const TEXTS = new Set(
  "txt text md markdown rst log csv tsv json jsonl xml html htm yaml yml toml ini srt vtt tex eml mht mhtml".split(" "),
);
// More pages are not compared: nobody reads so long a list of changes.
const MOST_PAGES = 500;
const LONGEST_LINE = 2_000;

const OFFICE = new Set("docx docm dotx pptx pptm ppsx xlsx xlsm odt ods odp".split(" "));
const LARGEST_OFFICE_FILE = 60_000_000;

export type Comparable = "text" | "pdf" | "office" | null;

/** How the versions of a document at this path can be compared; null where they cannot. */
export function comparable(path: string): Comparable {
  const ending = /\.([a-z0-9]{1,10})$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  if (ending === "pdf") return "pdf";
  return TEXTS.has(ending) ? "text" : OFFICE.has(ending) ? "office" : null;
}

/** The lines of a version. Raises Problem, or AbortError. */
export async function linesOf(api: Api, documentId: string, path: string, version: string, signal: AbortSignal): Promise<string[]> {
  const { url } = await addressOf(api, documentId, version, signal);
  const how = comparable(path);
  if (how === "text") return linesIn(await textAt(url, signal));
  try {
    return how === "office" ? await linesOfOffice(url, signal) : await pdfLines(url, signal);
  } catch (error) {
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
    if (error instanceof Problem) throw error;
    throw new Problem("unreadable", { detail: String(error) });
  }
}

/** Lines without what does not show at their end; a very long one is cut where words end. */
export function linesIn(text: string): string[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines.flatMap((line) => {
    const parts: string[] = [];
    for (let at = 0; at < line.length || at === 0; at += LONGEST_LINE) parts.push(line.slice(at, at + LONGEST_LINE).trimEnd());
    return parts;
  });
}

async function linesOfOffice(address: string, signal: AbortSignal): Promise<string[]> {
  const { bytes, size } = await bytesAt(address, LARGEST_OFFICE_FILE, signal);
  if (size > LARGEST_OFFICE_FILE) throw new Error("It is too large to be compared here.");
  const { officeLines } = await import("./office_text");
  return linesIn(officeLines(new Uint8Array(await new Blob(bytes).arrayBuffer())).join("\n"));
}

async function pdfLines(address: string, signal: AbortSignal): Promise<string[]> {
  const { open } = await import("../sources/pdf");
  const task = open(address);
  const stop = () => void task.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const pdf = await task.promise;
    const lines: string[] = [];
    for (let number = 1; number <= Math.min(pdf.numPages, MOST_PAGES) && !signal.aborted; number++) {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      let line = "";
      for (const item of items) {
        if (!("str" in item)) continue;
        line += item.str;
        if (!item.hasEOL) continue;
        if (line.trim()) lines.push(line.trim());
        line = "";
      }
      if (line.trim()) lines.push(line.trim());
      page.cleanup();
    }
    return lines;
  } finally {
    signal.removeEventListener("abort", stop);
    void task.destroy();
  }
}
