// Draws a page of a PDF into an element, lays its text over it, and marks a quote in that.
import { TextLayer, type PDFDocumentProxy } from "pdfjs-dist";
import { cutAt, findQuote } from "./matching";

const DENSEST = 2;

/**
 * Replaces what the element shows by the page, so many CSS pixels wide; gives the first mark, if any.
 *
 * Nothing is shown once the signal is aborted. Raises what pdf.js raises for a broken page.
 */
export async function draw(
  pdf: PDFDocumentProxy,
  number: number,
  width: number,
  sheet: HTMLElement,
  quote: string,
  signal: AbortSignal,
): Promise<HTMLElement | null> {
  const page = await pdf.getPage(number);
  if (signal.aborted) return null;
  const natural = page.getViewport({ scale: 1 });
  const scale = width / natural.width;
  const viewport = page.getViewport({ scale });
  const density = Math.min(globalThis.devicePixelRatio || 1, DENSEST);
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(viewport.width * density);
  canvas.height = Math.floor(viewport.height * density);
  canvas.setAttribute("aria-hidden", "true");
  const task = page.render({
    canvas,
    viewport,
    ...(density !== 1 && { transform: [density, 0, 0, density, 0, 0] }),
  });
  signal.addEventListener("abort", () => task.cancel(), { once: true });
  await task.promise;
  if (signal.aborted) return null;

  const layer = document.createElement("div");
  layer.className = "pdf-text";
  const content = await page.getTextContent();
  if (signal.aborted) return null;
  // By the CSSOM, which a policy without inline style allows.
  sheet.style.setProperty("--total-scale-factor", String(scale));
  sheet.style.setProperty("width", `${Math.floor(viewport.width)}px`);
  sheet.style.setProperty("height", `${Math.floor(viewport.height)}px`);
  sheet.replaceChildren(canvas, layer);
  const text = new TextLayer({ textContentSource: content, container: layer, viewport });
  await text.render();
  return quote ? mark(text.textDivs, text.textContentItemsStr, quote) : null;
}

/** Marks the quote in the runs of text that lie over the page; gives the first mark. */
export function mark(elements: readonly HTMLElement[], runs: readonly string[], quote: string): HTMLElement | null {
  let first: HTMLElement | null = null;
  const parts = findQuote(runs, quote);
  for (const [run, element] of elements.entries()) {
    const own = parts.filter((part) => part.run === run);
    if (own.length === 0) continue;
    const pieces = cutAt(runs[run]!, own).map((cut) => {
      if (!cut.marked) return document.createTextNode(cut.text);
      const marked = document.createElement("mark");
      marked.textContent = cut.text;
      first ??= marked;
      return marked;
    });
    element.replaceChildren(...pieces);
  }
  return first;
}
