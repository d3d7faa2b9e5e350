// The lines of an office file: of Word and OpenDocument its paragraphs, of slides their texts, of sheets their rows.
import { unzipSync, type Unzipped } from "fflate";

// What holds the text: the body, its notes, the slides and the sheets; neither pictures nor styles.
const PARTS =
  /^(?:word\/(?:document|footnotes|endnotes)|ppt\/slides\/slide\d+|ppt\/notesSlides\/notesSlide\d+|xl\/sharedStrings|xl\/worksheets\/sheet\d+|content)\.xml$/;
// A file that unpacks to more is not compared here: it would fill the tab's memory.
const MOST_BYTES = 40_000_000;

/** The file's lines, in the order of its parts. Raises an Error where it is none, or too large. */
export function officeLines(file: Uint8Array): string[] {
  const parts = unpacked(file);
  const shared = parts["xl/sharedStrings.xml"] ? named(parsed(parts["xl/sharedStrings.xml"]), "si").map(textOf) : [];
  const names = Object.keys(parts)
    .filter((name) => name !== "xl/sharedStrings.xml")
    .sort(new Intl.Collator("en", { numeric: true }).compare);
  return names.flatMap((name) => {
    const part = parsed(parts[name]!);
    return name.startsWith("xl/") ? rowsOf(part, shared) : paragraphsOf(part);
  });
}

function unpacked(file: Uint8Array): Unzipped {
  let bytes = 0;
  const parts = unzipSync(file, {
    filter: ({ name, originalSize }) => {
      if (!PARTS.test(name)) return false;
      bytes += originalSize;
      return bytes <= MOST_BYTES;
    },
  });
  if (bytes > MOST_BYTES) throw new Error("It is too large to be compared here.");
  if (Object.keys(parts).length === 0) throw new Error("It holds no text that could be compared.");
  return parts;
}

function parsed(part: Uint8Array): Document {
  const text = new TextDecoder().decode(part);
  // No office program writes one; whoever does wants it to grow.
  if (text.includes("<!DOCTYPE")) throw new Error("A part of it is damaged.");
  const tree = new DOMParser().parseFromString(text, "application/xml");
  if (tree.getElementsByTagName("parsererror").length > 0) throw new Error("A part of it is damaged.");
  return tree;
}

const named = (place: Document | Element, name: string): Element[] => [...place.getElementsByTagNameNS("*", name)];

/** Paragraphs and headings, each by itself: one that lies in another's text box is a line of its own. */
function paragraphsOf(part: Document): string[] {
  return [...part.getElementsByTagNameNS("*", "*")]
    .filter((each) => each.localName === "p" || each.localName === "h")
    .map(textOf)
    .filter((line) => line.trim());
}

// Deleted text that is still tracked, and what only a program reads.
const UNSEEN = new Set(["del", "delText", "instrText", "annotation", "tracked-changes", "rPh"]);

function textOf(place: Element): string {
  let text = "";
  for (const child of place.childNodes) {
    if (child.nodeType === 3) {
      // Between elements, blanks are the file's layout; OpenDocument writes its text right into the paragraph.
      text += RUN.has(place.localName) ? child.nodeValue : "";
    } else if (child.nodeType === 1) {
      const { localName } = child as Element;
      if (localName === "tab" || localName === "br" || localName === "cr" || localName === "line-break" || localName === "s") text += " ";
      else if (localName !== "p" && localName !== "h" && !UNSEEN.has(localName)) text += textOf(child as Element);
    }
  }
  return text;
}

const RUN = new Set(["t", "p", "h", "span", "a"]);

/** The rows of a sheet that say anything, their cells parted by tabs. */
function rowsOf(part: Document, shared: readonly string[]): string[] {
  return named(part, "row")
    .map((row) =>
      named(row, "c")
        .map((cell) => {
          const value = named(cell, "v")[0]?.textContent ?? "";
          const inline = named(cell, "is")[0];
          if (inline) return textOf(inline);
          return cell.getAttribute("t") === "s" ? (shared[Number(value)] ?? "") : value;
        })
        .join("\t"),
    )
    .filter((line) => line.trim());
}
