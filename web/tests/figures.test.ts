import { describe, expect, test } from "vitest";
import type { Cluster, Day } from "../src/analytics/figures";
import { bucketsOf, dayOf, faultOf, lastDays, lengthOf, periodIn, unitOf } from "../src/analytics/period";
import { axisEnd, ordered, shareOf } from "../src/analytics/shares";
import { asCsv, asMarkdown, harmless } from "../src/analytics/to_write";
import { figureFormats } from "../src/analytics/useFigureFormats";
import { rowsOf } from "../src/sources/separated";

const NOW = Date.parse("2026-11-29T23:30:00Z");
const day = (name: string, answered: number, refused = 0, failed = 0): Day => ({
  day: name, questions: answered + refused + failed, answered, refused, failed, cached: 0, clients: 1, dollars: 0, up: 0, down: 0,
});

describe("a period", () => {
  test("of the last days ends today, in UTC", () => {
    expect(lastDays(7, NOW)).toEqual({ from: "2026-11-23", to: "2026-11-29" });
    expect(lengthOf(lastDays(30, NOW))).toBe(30);
    expect(lastDays(1, NOW)).toEqual({ from: "2026-11-29", to: "2026-11-29" });
  });

  test.each([
    ["missing", "", "2026-11-29"],
    ["missing", "2026-02-30", "2026-11-29"],
    ["missing", "2026-11-01", "yesterday"],
    ["early", "2019-12-31", "2020-02-01"],
    ["late", "2026-11-01", "2026-11-30"],
    ["order", "2026-11-02", "2026-11-01"],
    ["long", "2025-10-25", "2026-11-29"],
    [null, "2025-10-26", "2026-11-29"],
  ])("is %s from %s to %s", (fault, from, to) => expect(faultOf({ from, to }, NOW)).toBe(fault));

  test("of an address is the usual one where that names none that can be asked for", () => {
    expect(periodIn(new URLSearchParams("from=2026-11-01&to=2026-11-02"), NOW)).toEqual({ from: "2026-11-01", to: "2026-11-02" });
    for (const bad of ["", "from=2026-11-05&to=2026-11-02", "from=<script>&to=2026-11-02"])
      expect(periodIn(new URLSearchParams(bad), NOW)).toEqual(lastDays(30, NOW));
  });
});

describe("the bars of a period", () => {
  test("are its days, also those on which nothing was asked", () => {
    const bars = bucketsOf([day("2026-11-02", 3, 1, 1)], { from: "2026-11-01", to: "2026-11-03" });
    expect(bars.map((bar) => [bar.first, bar.questions])).toEqual([["2026-11-01", 0], ["2026-11-02", 5], ["2026-11-03", 0]]);
  });

  test("are weeks from Monday on, then months; the first and last may be cut", () => {
    const weeks = bucketsOf([day("2026-09-06", 1), day("2026-09-07", 2)], { from: "2026-09-02", to: "2026-11-29" });
    expect(unitOf({ from: "2026-09-02", to: "2026-11-29" })).toBe("week");
    expect(weeks[0]).toMatchObject({ first: "2026-09-02", last: "2026-09-06", answered: 1 });
    expect(weeks[1]).toMatchObject({ first: "2026-09-07", last: "2026-09-13", answered: 2 });
    const months = bucketsOf([day("2026-02-28", 1), day("2026-03-01", 2)], { from: "2026-01-15", to: "2026-11-29" });
    expect(months.slice(0, 3).map((bar) => [bar.first, bar.last, bar.answered])).toEqual([
      ["2026-01-15", "2026-01-31", 0], ["2026-02-01", "2026-02-28", 1], ["2026-03-01", "2026-03-31", 2],
    ]);
  });

  test.each([1, 31, 45, 46, 200, 201, 400])("lose no question of %i days", (length) => {
    const period = lastDays(length, NOW);
    const days = Array.from({ length }, (_, back) => day(dayOf(NOW - back * 86_400_000), back % 5, back % 3, back % 2));
    const bars = bucketsOf(days, period);
    for (const kind of ["questions", "answered", "refused", "failed"] as const)
      expect(bars.reduce((sum, bar) => sum + bar[kind], 0)).toBe(days.reduce((sum, one) => sum + one[kind], 0));
    expect([bars[0]!.first, bars.at(-1)!.last]).toEqual([period.from, period.to]);
    expect(bars.length).toBeLessThanOrEqual(45);
  });
});

test("shares are between nothing and all", () => {
  expect([shareOf(1, 4), shareOf(0, 0), shareOf(5, 4), shareOf(-1, 4)]).toEqual([0.25, 0, 1, 0]);
});

test("an axis ends at or above the most, at a number that is read at a glance", () => {
  expect([0, 1, 2, 3, 7, 10, 11, 480, 5001].map(axisEnd)).toEqual([1, 1, 2, 5, 10, 10, 20, 500, 10_000]);
});

test("counts are in order, those of nothing left out", () => {
  expect(ordered({ b: 2, a: 2, c: 9, d: 0 })).toEqual([["c", 9], ["a", 2], ["b", 2]]);
});

describe("figures", () => {
  test("are written as the language does, days in UTC", () => {
    const [en, id] = [figureFormats("en"), figureFormats("id")];
    expect(en.day("2026-11-01")).toBe("Nov 1, 2026");
    expect(id.day("2026-11-01")).toBe("1 Nov 2026");
    expect([en.duration(230), en.duration(1_250), en.duration(12_300)]).toEqual(["0.23 sec", "1.3 sec", "12 sec"]);
    expect(id.duration(1_250)).toBe("1,3 dtk");
    const bucket = { first: "2026-11-02", last: "2026-11-08", questions: 0, answered: 0, refused: 0, failed: 0 };
    expect(en.bucket(bucket, "month")).toBe("Nov 2026");
    expect(en.bucket(bucket, "week")).toMatch(/^Nov 2\s–\s8$/);
  });
});

const told = {
  title: "To write", wordless: "Without words", also: "Also", closest: "Closest",
  counts: (count: number, refused: number, disliked: number) => `${count}/${refused}/${disliked}`,
  columns: ["asked", "refused", "bad", "examples", "documents"],
};
const cluster = (examples: string[], path = "a/b.pdf"): Cluster => ({
  count: 3, refused: 2, disliked: 1, examples, documents: [{ document_id: "d", title: "Leave [2026]", path }],
});

describe("the list to write", () => {
  test("has a box for each gap, with its other words and its closest documents", () => {
    expect(asMarkdown([cluster(["How long is leave?", "Leave\nlength"]), cluster([])], told)).toBe(
      [
        "# To write", "",
        "- [ ] **How long is leave?** (3/2/1)", "  - Also: Leave length", "  - Closest: Leave \\[2026\\] (a/b.pdf)",
        "- [ ] Without words (3/2/1)", "  - Closest: Leave \\[2026\\] (a/b.pdf)", "",
      ].join("\n"),
    );
  });

  test("takes no markup from a question", () => {
    const text = asMarkdown([cluster(["**x**\n# y\n- [x] z <img src=x> [a](javascript:1)"])], told);
    expect(text.split("\n").filter((line) => line.startsWith("#"))).toHaveLength(1);
    expect(text).toContain("\\*\\*x\\*\\* \\# y - \\[x\\] z \\<img src=x\\> \\[a\\](javascript:1)");
  });

  test("is a table that reads back, whatever stands in its cells", () => {
    const text = asCsv([cluster(['He said "no", twice', "second"]), cluster([])], told);
    expect(text.startsWith("\ufeffasked,refused,bad,examples,documents\r\n")).toBe(true);
    expect(rowsOf(text).map((row) => row.cells)).toEqual([
      told.columns,
      ["3", "2", "1", 'He said "no", twice\nsecond', "a/b.pdf"],
      ["3", "2", "1", "", "a/b.pdf"],
    ]);
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '"=1'])("makes %j harmless", (text) => {
    for (const cell of [harmless([text]), harmless(["plain", text]), harmless([`a; ${text}`]), harmless([`a;${text}`])])
      for (const part of cell.split(/[;\n]/)) expect(part.trim()).not.toMatch(/^["\s]*[=+\-@＝＋－＠]/);
  });

  test("leaves other words as they are", () => {
    expect(harmless(["2026-11-01", "a = b + c - d", "ana@example.org"])).toBe("2026-11-01\na = b + c - d\nana@example.org");
  });

  test("is made in time that grows with its length", () => {
    const began = performance.now();
    harmless([" ".repeat(200_000) + "=", ";".repeat(200_000), "\n;\"".repeat(100_000)]);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
