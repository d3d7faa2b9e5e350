// The lines of an office file: of Word and OpenDocument its paragraphs, of slides their texts, of sheets their rows.
import { Unzip, UnzipInflate } from "fflate";
import { named, paragraphsOf, textOf } from "./office_xml";
import { rowsOf, stylesOf } from "./sheet_rows";

// What holds the text, and what says in which order: neither pictures nor the looks of it.
const PARTS =
  /^(?:word\/(?:document\d*|footnotes|endnotes)|ppt\/(?:presentation|_rels\/presentation|slides\/slide\d+|notesSlides\/notesSlide\d+)|xl\/(?:workbook|_rels\/workbook|sharedStrings|styles|worksheets\/sheet\d*)|content)\.xml(?:\.rels)?$/;
// A file that unpacks to more is not compared here: it would fill the tab's memory.
const MOST_BYTES = 40_000_000;
const AT_ONCE = 65_536;

/** The file's lines, in the order in which a reader sees its parts. Raises an Error where it is none, or too large. */
export function officeLines(file: Uint8Array): string[] {
  const parts = unpacked(file);
  const part = (name: string): Document | null => (parts.has(name) ? parsed(parts.get(name)!) : null);
  const ordered = inOrder(part, "ppt/presentation.xml", "sldId") ?? inOrder(part, "xl/workbook.xml", "sheet") ?? [];
  const known = new Set(ordered.map(({ path }) => path));
  const others = [...parts.keys()]
    .filter((name) => !known.has(name) && !/(?:presentation|workbook|sharedStrings|styles)\.xml(?:\.rels)?$/.test(name))
    .sort(new Intl.Collator("en", { numeric: true }).compare);
  if (ordered.length + others.length === 0) throw new Error("It holds no text that could be compared.");
  const shared = named(part("xl/sharedStrings.xml"), "si").map(textOf);
  const styles = stylesOf(part("xl/styles.xml"));
  return [...ordered, ...others.map((path) => ({ path, name: "" }))].flatMap(({ path, name }) => {
    const tree = part(path);
    if (!tree) return [];
    if (!path.startsWith("xl/")) return paragraphsOf(tree.documentElement);
    const rows = rowsOf(tree, shared, styles);
    return name ? [`# ${name}`, ...rows] : rows;
  });
}

/** The parts that hold the text, unpacked piece by piece, since a file can say less of its size than there is. */
function unpacked(file: Uint8Array): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array[]>();
  let bytes = 0;
  const unzip = new Unzip((entry) => {
    if (!PARTS.test(entry.name)) return;
    const pieces: Uint8Array[] = [];
    entry.ondata = (error, piece) => {
      if (error) throw error;
      bytes += piece.length;
      if (bytes > MOST_BYTES) throw new Error("It is too large to be compared here.");
      pieces.push(piece);
    };
    found.set(entry.name, pieces);
    entry.start();
  });
  unzip.register(UnzipInflate);
  for (let at = 0; at < file.length; at += AT_ONCE) unzip.push(file.subarray(at, at + AT_ONCE), at + AT_ONCE >= file.length);
  return new Map([...found].map(([name, pieces]) => [name, joined(pieces)]));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function parsed(part: Uint8Array): Document {
  const text = new TextDecoder().decode(part);
  // No office program writes one; whoever does wants it to grow.
  if (text.includes("<!DOCTYPE")) throw new Error("A part of it is damaged.");
  const tree = new DOMParser().parseFromString(text, "application/xml");
  if (tree.getElementsByTagName("parsererror").length > 0) throw new Error("A part of it is damaged.");
  return tree;
}

/** The slides or sheets that the main part lists, with their names; null where there is no such part. */
function inOrder(part: (name: string) => Document | null, main: string, element: string) {
  const list = part(main);
  const links = part(main.replace(/([^/]+)$/, "_rels/$1.rels"));
  if (!list || !links) return null;
  const folder = main.replace(/[^/]+$/, "");
  const targets = new Map(named(links, "Relationship").map((each) => [each.getAttribute("Id"), each.getAttribute("Target") ?? ""]));
  return named(list, element).flatMap((each) => {
    const link = [...each.attributes].find(({ prefix, localName }) => prefix && localName === "id");
    const target = targets.get(link?.value ?? "");
    if (!target) return [];
    return [{ path: target.startsWith("/") ? target.slice(1) : folder + target, name: each.getAttribute("name") ?? "" }];
  });
}
