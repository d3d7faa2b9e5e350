// What the XML of an office file says to who reads it.
const ODF_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
// Deleted or moved text that is still tracked, what only a program reads, and what another part says again.
const UNSEEN = new Set(
  "del delText moveFrom instrText annotation tracked-changes note-citation Fallback pPr rPr rPh rt".split(" "),
);
const BLANKS = new Set(["tab", "br", "cr", "line-break", "s"]);

/** The elements of this name, whatever their namespace. */
export const named = (place: Document | Element | null, name: string): Element[] =>
  place ? [...place.getElementsByTagNameNS("*", name)] : [];

/** Paragraphs and headings, each by itself: one that lies in another's text box is a line of its own. */
export function paragraphsOf(place: Element): string[] {
  const lines: string[] = [];
  for (const child of place.children) {
    if (UNSEEN.has(child.localName)) continue;
    if (child.localName === "p" || child.localName === "h") {
      const line = textOf(child);
      if (line.trim()) lines.push(line);
    }
    lines.push(...paragraphsOf(child));
  }
  return lines;
}

/** What an element says, without the paragraphs in it. */
export function textOf(place: Element): string {
  let text = "";
  for (const child of place.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      // Between other elements, blanks are the file's layout.
      text += place.localName === "t" || place.namespaceURI === ODF_TEXT ? child.nodeValue : "";
    } else if (child.nodeType === Node.ELEMENT_NODE) {
      const { localName } = child as Element;
      if (BLANKS.has(localName)) text += " ";
      else if (localName !== "p" && localName !== "h" && !UNSEEN.has(localName)) text += textOf(child as Element);
    }
  }
  return text;
}
