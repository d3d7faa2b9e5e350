// Writes an action's arguments so that what is read is what will be sent: nothing is hidden or rounded.

// Controls, marks that turn the direction of text, blanks without width, and tags (Unicode 16, 23.2 and 23.9).
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** A text in which signs that cannot be seen stand as their code, such as [U+202E]. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (sign) => `[U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`);
}

export interface Words {
  yes: string;
  no: string;
  nothing: string;
}

/** A value in words where it has some, else as JSON. */
export function readable(value: unknown, words: Words): string {
  if (value === null || value === undefined || value === "") return words.nothing;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "string") return visible(value);
  if (typeof value === "object") return visible(JSON.stringify(value, null, 2));
  return String(value);
}

/** JSON as it stands: a number that would be rounded or rewritten is kept as its digits. */
export function parsedExactly(json: string): unknown {
  // The third argument is newer than some browsers (TC39 "JSON.parse source text access"): there a number is as it is.
  return JSON.parse(json, function (this: unknown, _name: string, value: unknown, context?: { source?: string }) {
    const source = context?.source;
    return typeof value === "number" && source !== undefined && String(value) !== source ? source : value;
  } as (this: unknown, name: string, value: unknown) => unknown);
}
