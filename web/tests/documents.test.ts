import { describe, expect, test } from "vitest";
import { Problem } from "../src/api/problem";
import { inBulk } from "../src/documents/bulk";
import { changesFor, opens, type Wanted } from "../src/documents/bulk_changes";
import { differences, withSurroundings } from "../src/documents/differences";
import type { Metadata } from "../src/documents/entries";
import { secondsLeft, shareOf, uploadSecondsLeft, withSight, type Sight } from "../src/documents/pace";
import { asFile } from "../src/documents/Receipts";
import { extentOf, NONE, toggled, toggledAll, within } from "../src/documents/selection";
import { comparable, linesIn } from "../src/documents/version_text";

describe("the time that is left", () => {
  const sight = (time: number, done: Record<string, number>): Sight => ({ time, done: new Map(Object.entries(done)) });

  test("follows from how many documents were done", () => {
    const sights = [sight(0, { a: 0, b: 0, c: 0 }), sight(10_000, { b: 0, c: 0 })];
    expect(secondsLeft(sights)).toBe(20);
  });
  test("counts parts of documents, and what came meanwhile", () => {
    const sights = [sight(0, { a: 0.5 }), sight(10_000, { a: 0.75, b: 0, c: 0 })];
    expect(secondsLeft(sights)).toBeCloseTo((2.25 / 0.25) * 10);
  });
  test("is unknown while nothing moves, or too little was seen", () => {
    expect(secondsLeft([])).toBeNull();
    expect(secondsLeft([sight(0, { a: 0 })])).toBeNull();
    expect(secondsLeft([sight(0, { a: 0 }), sight(500, {})])).toBeNull();
    expect(secondsLeft([sight(0, { a: 0.5 }), sight(9_000, { a: 0.5 })])).toBeNull();
    // One that begins anew has lost what was done, and takes nothing from the pace.
    expect(secondsLeft([sight(0, { a: 0.5, b: 0 }), sight(10_000, { a: 0 })])).toBe(10);
  });
  test("forgets what was long ago, and all where the queue was empty", () => {
    const old = [sight(0, { a: 0 })];
    expect(withSight(old, sight(200_000, { a: 0 }))).toHaveLength(1);
    expect(withSight(old, sight(1_000, { a: 0 }))).toHaveLength(2);
    expect(withSight(old, sight(1_000, {}))).toEqual([]);
  });
  test("of an upload follows from what has gone", () => {
    expect(uploadSecondsLeft(100, 10, 300)).toBe(30);
    expect(uploadSecondsLeft(0, 10, 300)).toBeNull();
    expect(uploadSecondsLeft(100, 0.5, 300)).toBeNull();
  });
  test("takes parts that are not counted for nothing done", () => {
    expect(shareOf({ parts_done: 0, parts: 0 })).toBe(0);
    expect(shareOf({ parts_done: 3, parts: 4 })).toBe(0.75);
    expect(shareOf({ parts_done: 5, parts: 4 })).toBe(1);
  });
});

describe("the differences of two texts", () => {
  const kinds = (before: string, after: string) => differences([...before], [...after]).map(({ kind, text }) => `${{ same: " ", added: "+", removed: "-" }[kind]}${text}`);

  test("are the fewest lines", () => {
    expect(kinds("abc", "abc")).toEqual([" a", " b", " c"]);
    expect(kinds("abc", "axc")).toEqual([" a", "-b", "+x", " c"]);
    expect(kinds("", "ab")).toEqual(["+a", "+b"]);
    expect(kinds("ab", "")).toEqual(["-a", "-b"]);
    expect(kinds("abcabba", "cbabac").filter((line) => !line.startsWith(" "))).toHaveLength(5);
  });
  test("number the lines of both", () => {
    expect(differences(["a", "b"], ["x", "b"])).toEqual([
      { kind: "removed", text: "a", before: 1, after: null },
      { kind: "added", text: "x", before: null, after: 1 },
      { kind: "same", text: "b", before: 2, after: 2 },
    ]);
  });
  test("give both texts again, whatever they are", () => {
    let state = 7;
    const random = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most;
    for (let round = 0; round < 300; round++) {
      const text = () => Array.from({ length: random(30) }, () => "abcd"[random(4)]!);
      const [before, after] = [text(), text()];
      const lines = differences(before, after);
      expect(lines.filter(({ kind }) => kind !== "added").map(({ text }) => text)).toEqual(before);
      expect(lines.filter(({ kind }) => kind !== "removed").map(({ text }) => text)).toEqual(after);
      expect(lines.filter(({ before }) => before !== null).map(({ before }) => before)).toEqual(before.map((_, at) => at + 1));
    }
  });
  test("are bounded: of texts with nothing in common all is replaced", () => {
    const many = (name: string) => Array.from({ length: 5_000 }, (_, at) => `${name}${at}`);
    const lines = differences(many("a"), many("b"));
    expect(lines).toHaveLength(10_000);
    expect(lines[0]!.kind).toBe("removed");
  });
  test("are shown with some lines around them", () => {
    const lines = differences([..."abcdefghij"], [..."abcdeXghij"]);
    expect(withSurroundings(lines, 1).map((line) => (line.kind === "skipped" ? line.count : line.text))).toEqual([4, "e", "f", "X", "g", 3]);
    expect(withSurroundings(differences(["a"], ["a"]))).toEqual([{ kind: "skipped", count: 1 }]);
  });
  test("can be told of texts and PDFs, not of other formats", () => {
    expect(["a/b.MD", "a.pdf", "a.docx", "a.doc", "a"].map(comparable)).toEqual(["text", "pdf", "office", null, null]);
    expect(linesIn("\ufeffa \r\nb\n")).toEqual(["a", "b"]);
    expect(linesIn("x".repeat(4_500)).map((line) => line.length)).toEqual([2_000, 2_000, 500]);
  });
});

describe("the selection", () => {
  const shown = ["a", "b", "c", "d"];
  test("takes one more, one less, and a range", () => {
    const one = toggled(NONE, "b", shown, false);
    const range = toggled(one, "d", shown, true);
    expect([...range.ids]).toEqual(["b", "c", "d"]);
    expect([...toggled(range, "b", shown, true).ids]).toEqual([]);
    expect([...toggled(range, "c", shown, false).ids]).toEqual(["b", "d"]);
    expect([...toggled(NONE, "c", shown, true).ids]).toEqual(["c"]);
  });
  test("takes all, and none of all", () => {
    const all = toggledAll(NONE, shown);
    expect(extentOf(all, shown)).toBe("all");
    expect(toggledAll(all, shown)).toBe(NONE);
    expect(extentOf(toggled(NONE, "a", shown, false), shown)).toBe("some");
    expect(extentOf(NONE, [])).toBe("none");
  });
  test("holds nothing that is out of sight", () => {
    const all = toggledAll(NONE, shown);
    expect([...within(all, ["b", "x"]).ids]).toEqual(["b"]);
    expect(within(all, shown)).toBe(all);
  });
});

describe("what is done to many documents", () => {
  const none = new AbortController().signal;
  const told = () => undefined;
  test("says of each whether it was done", async () => {
    const act = async (id: string) => {
      if (id === "b") throw new Problem("refused", { status: 409, detail: "Changed." });
      return id.toUpperCase();
    };
    const over: number[] = [];
    const outcome = await inBulk(["a", "b", "c"], act, { signal: none, told: (count) => over.push(count) });
    expect(outcome.done.map(({ result }) => result).sort()).toEqual(["A", "C"]);
    expect(outcome.failed).toMatchObject([{ id: "b", problem: { status: 409 } }]);
    expect(over.at(-1)).toBe(3);
  });
  test("waits where it is over the rate", async () => {
    let times = 0;
    const pauses: number[] = [];
    const act = async () => {
      if (++times < 3) throw new Problem("refused", { status: 429, retryAfterS: 2 });
    };
    const outcome = await inBulk(["a"], act, { signal: none, told, pause: async (ms) => void pauses.push(ms) });
    expect(outcome.failed).toEqual([]);
    expect(pauses).toEqual([2_000, 2_000]);
  });
  test("stops where it is told to, and says what is left", async () => {
    const control = new AbortController();
    const outcome = await inBulk(["a", "b", "c", "d"], async () => control.abort(), { signal: control.signal, told });
    expect(outcome.done.length).toBeLessThan(4);
    expect(outcome.done.length + outcome.left.length).toBe(4);
  });

  const metadata: Metadata = { title: null, author: null, department: "HR", date: null, tags: ["a", "b"], url: null, groups: ["hr"] };
  const wanted = (some: Partial<Wanted>): Wanted => ({ action: "tags", department: "", names: [], manner: "replace", ...some });
  test("replaces, adds and takes names, and changes nothing that is so already", () => {
    expect(changesFor(metadata, wanted({ names: ["c"] }))).toEqual({ tags: ["c"] });
    expect(changesFor(metadata, wanted({ names: ["B", "c"], manner: "add" }))).toEqual({ tags: ["a", "b", "c"] });
    expect(changesFor(metadata, wanted({ names: ["A"], manner: "take" }))).toEqual({ tags: ["b"] });
    expect(changesFor(metadata, wanted({}))).toEqual({ tags: null });
    expect(changesFor(metadata, wanted({ names: ["a"], manner: "add" }))).toBeNull();
    expect(changesFor(metadata, wanted({ action: "department", department: " HR " }))).toBeNull();
    expect(changesFor(metadata, wanted({ action: "department" }))).toEqual({ department: null });
    expect(changesFor(metadata, wanted({ action: "erase" }))).toBeNull();
  });
  test("says where it would show a document to everybody", () => {
    expect(opens(metadata, wanted({ action: "groups" }))).toBe(true);
    expect(opens(metadata, wanted({ action: "groups", names: ["HR"], manner: "take" }))).toBe(true);
    expect(opens(metadata, wanted({ action: "groups", names: ["it"] }))).toBe(false);
    expect(opens({ ...metadata, groups: [] }, wanted({ action: "groups" }))).toBe(false);
    expect(opens(metadata, wanted({ names: [] }))).toBe(false);
  });
});

describe("receipts", () => {
  test("are kept as the API told them", async () => {
    const receipt = { document_id: "d", path: "p", title: "T", started_at: "", finished_at: "", duration_ms: 1, complete: true, items: [] };
    expect(JSON.parse(await asFile([receipt]).text())).toEqual({ receipts: [receipt] });
  });
});
