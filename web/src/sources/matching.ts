// Finds a quote in a document's text as a program took it out: other spaces, hyphens and ligatures.

/** A part of one of the runs of text, from `begin` to before `end`, in UTF-16 units. */
export interface Part {
  run: number;
  begin: number;
  end: number;
}

// A piece of a quote that is shorter says nothing of where it stands.
const SHORTEST_PIECE = 8;

interface Letters {
  text: string;
  /** For each unit of the text, the run that it is of, and where it begins and ends there. */
  run: number[];
  begin: number[];
  end: number[];
}

/**
 * Where the quote stands: all of it, else those of its sentences and lines that are found.
 *
 * Only letters and digits are compared, without case and in their compatible form (NFKC), so that a
 * word which is hyphenated at the end of a line is the word, and "ﬁ" is "fi".
 */
export function findQuote(runs: readonly string[], quote: string): Part[] {
  const letters = lettersOf(runs);
  const whole = lettersIn(quote);
  if (!whole) return [];
  const at = letters.text.indexOf(whole);
  if (at >= 0) return partsOf(letters, at, at + whole.length);
  const found: Part[] = [];
  let behind = 0;
  for (const piece of quote.split(/\n+|(?<=[.!?;:])\s+/)) {
    const wanted = lettersIn(piece);
    if (wanted.length < SHORTEST_PIECE) continue;
    let place = letters.text.indexOf(wanted, behind);
    if (place < 0) place = letters.text.indexOf(wanted);
    if (place < 0) continue;
    found.push(...partsOf(letters, place, place + wanted.length));
    behind = place + wanted.length;
  }
  return merged(found);
}

/** The letters and digits of a text, as they are compared. */
export function lettersIn(text: string): string {
  return lettersOf([text]).text;
}

function lettersOf(runs: readonly string[]): Letters {
  const letters: Letters = { text: "", run: [], begin: [], end: [] };
  const parts: string[] = [];
  runs.forEach((text, run) => {
    let at = 0;
    for (const character of text) {
      const compared = character.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
      for (let unit = 0; unit < compared.length; unit++) {
        letters.run.push(run);
        letters.begin.push(at);
        letters.end.push(at + character.length);
      }
      parts.push(compared);
      at += character.length;
    }
  });
  letters.text = parts.join("");
  return letters;
}

function partsOf(letters: Letters, from: number, until: number): Part[] {
  const parts: Part[] = [];
  for (let unit = from; unit < until; unit++) {
    const run = letters.run[unit]!;
    const last = parts.at(-1);
    if (last?.run === run) last.end = letters.end[unit]!;
    else parts.push({ run, begin: letters.begin[unit]!, end: letters.end[unit]! });
  }
  return parts;
}

function merged(parts: readonly Part[]): Part[] {
  const all: Part[] = [];
  for (const part of [...parts].sort((one, other) => one.run - other.run || one.begin - other.begin)) {
    const last = all.at(-1);
    if (last && last.run === part.run && part.begin <= last.end) last.end = Math.max(last.end, part.end);
    else all.push({ ...part });
  }
  return all;
}

/** A run's text cut where its marked parts begin and end. */
export function cutAt(text: string, parts: readonly Part[]): { text: string; marked: boolean }[] {
  const cut: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const { begin, end } of parts) {
    if (begin > at) cut.push({ text: text.slice(at, begin), marked: false });
    cut.push({ text: text.slice(begin, end), marked: true });
    at = end;
  }
  if (at < text.length) cut.push({ text: text.slice(at), marked: false });
  return cut;
}
