// Reads tables that are written with separators (RFC 4180, with other separators too).

export interface Row {
  /** Its number in the file, from 1; empty lines count, as spreadsheets show them. */
  number: number;
  cells: string[];
}

const SEPARATORS = [",", ";", "\t", "|"] as const;

/** The rows of a table, at most `most`; what is open at the end is taken as it is. */
export function rowsOf(text: string, most = 200_000): Row[] {
  const separator = separatorOf(text);
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = "";
  let number = 1;
  const endRow = () => {
    cells.push(cell);
    if (cells.length > 1 || cell !== "") rows.push({ number, cells });
    number += 1;
    cells = [];
    cell = "";
  };
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length && rows.length < most) {
    const character = text[at]!;
    if (character === '"' && cell === "") {
      const [quoted, behind] = quotedFrom(text, at + 1);
      cell = quoted;
      at = behind;
    } else if (character === separator) {
      cells.push(cell);
      cell = "";
      at += 1;
    } else if (character === "\n" || character === "\r") {
      endRow();
      at += character === "\r" && text[at + 1] === "\n" ? 2 : 1;
    } else {
      const end = nextOf(text, at, separator);
      cell += text.slice(at, end);
      at = end;
    }
  }
  if ((cell !== "" || cells.length > 0) && rows.length < most) endRow();
  return rows;
}

function quotedFrom(text: string, from: number): [string, number] {
  const parts: string[] = [];
  let at = from;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) return [parts.join("") + text.slice(at), text.length];
    parts.push(text.slice(at, end));
    if (text[end + 1] !== '"') return [parts.join(""), end + 1];
    parts.push('"');
    at = end + 2;
  }
}

function nextOf(text: string, from: number, separator: string): number {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return at;
}

/** The separator that stands most often in the first lines. */
function separatorOf(text: string): string {
  const begin = text.slice(0, 4_000).split("\n", 10).join("\n");
  const counts = SEPARATORS.map((separator) => begin.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))]!;
}
