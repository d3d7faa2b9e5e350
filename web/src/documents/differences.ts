// The lines by which two texts differ, by Myers' algorithm (An O(ND) difference algorithm, 1986).

export interface Line {
  kind: "same" | "removed" | "added";
  text: string;
  /** The line's number in the text before and in the one after, from 1; null where it is not in it. */
  before: number | null;
  after: number | null;
}

// Where two texts have more changes, the rest is shown as replaced as a whole: memory grows by the square.
const MOST_CHANGES = 1_500;

/** The lines of both texts in order. */
export function differences(before: readonly string[], after: readonly string[]): Line[] {
  let begin = 0;
  while (begin < before.length && begin < after.length && before[begin] === after[begin]) begin++;
  let end = 0;
  const most = Math.min(before.length, after.length) - begin;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const lines: Line[] = [];
  let old = 0;
  let fresh = 0;
  const add = (kind: Line["kind"]) => {
    const text = (kind === "added" ? after[fresh] : before[old])!;
    lines.push({ kind, text, before: kind === "added" ? null : ++old, after: kind === "removed" ? null : ++fresh });
  };
  for (let at = 0; at < begin; at++) add("same");
  const middle = steps(before.slice(begin, before.length - end), after.slice(begin, after.length - end));
  for (const kind of middle) add(kind);
  for (let at = 0; at < end; at++) add("same");
  return lines;
}

function steps(before: readonly string[], after: readonly string[]): Line["kind"][] {
  const replaced = () => [...before.map(() => "removed" as const), ...after.map(() => "added" as const)];
  const most = Math.min(before.length + after.length, MOST_CHANGES);
  // How far into `before` each diagonal comes with so many changes; diagonal k is at k + most + 1.
  const middle = most + 1;
  const reach = new Int32Array(2 * most + 3);
  const traces: Int32Array[] = [];
  for (let changes = 0; changes <= most; changes++) {
    traces.push(reach.slice(middle - changes - 1, middle + changes + 2));
    for (let k = -changes; k <= changes; k += 2) {
      const down = k === -changes || (k !== changes && reach[middle + k - 1]! < reach[middle + k + 1]!);
      let x = down ? reach[middle + k + 1]! : reach[middle + k - 1]! + 1;
      let y = x - k;
      while (x < before.length && y < after.length && before[x] === after[y]) (x++, y++);
      reach[middle + k] = x;
      if (x >= before.length && y >= after.length) return walked(traces, before.length, after.length);
    }
  }
  return replaced();
}

/** The way back through the traces, the right way round. */
function walked(traces: readonly Int32Array[], width: number, height: number): Line["kind"][] {
  const way: Line["kind"][] = [];
  let x = width;
  let y = height;
  for (let changes = traces.length - 1; changes > 0; changes--) {
    // The trace holds diagonals -changes - 1 to changes + 1.
    const at = (k: number) => traces[changes]![k + changes + 1]!;
    const k = x - y;
    const down = k === -changes || (k !== changes && at(k - 1) < at(k + 1));
    const from = down ? k + 1 : k - 1;
    const fromX = at(from);
    const fromY = fromX - from;
    while (x > fromX && y > fromY) (way.push("same"), x--, y--);
    way.push(down ? "added" : "removed");
    x = fromX;
    y = fromY;
  }
  while (x > 0 && y > 0) (way.push("same"), x--, y--);
  return way.reverse();
}

export type Shown = Line | { kind: "skipped"; count: number };

/** The changed lines with some around them; what lies between is counted. */
export function withSurroundings(lines: readonly Line[], around = 3): Shown[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.kind !== "same") near.fill(1, Math.max(0, at - around), at + around + 1);
  });
  const shown: Shown[] = [];
  let skipped = 0;
  lines.forEach((line, at) => {
    if (!near[at]) return void skipped++;
    if (skipped > 0) shown.push({ kind: "skipped", count: skipped });
    skipped = 0;
    shown.push(line);
  });
  if (skipped > 0) shown.push({ kind: "skipped", count: skipped });
  return shown;
}
