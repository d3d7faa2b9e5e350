import { describe, expect, test } from "vitest";
import { cutAt, findQuote } from "../src/sources/matching";

const marked = (runs: string[], quote: string) =>
  findQuote(runs, quote).map(({ run, begin, end }) => runs[run]!.slice(begin, end));

describe("a quote in the text of a page", () => {
  test("is found over several runs, whatever stands between words", () => {
    const runs = ["The fine for an over-", "due book is", "", "IDR 1,000  per day.", "Other"];
    expect(marked(runs, "an overdue book is IDR 1,000 per day.")).toEqual(["an over", "due book is", "IDR 1,000  per day"]);
  });

  test("is found with ligatures, full-width letters, soft hyphens and another case", () => {
    expect(marked(["The ofﬁce of Ａna re\u00adopens"], "the OFFICE of ana reopens")).toEqual(["The ofﬁce of Ａna re\u00adopens"]);
  });

  test("is found in scripts without blanks", () => {
    expect(marked(["图书馆在", "星期六开放。"], "图书馆在星期六开放")).toEqual(["图书馆在", "星期六开放"]);
  });

  test("that was put together is marked sentence by sentence", () => {
    const runs = ["Fees are due in August.", "A picture stands here.", "Late fees double every month."];
    expect(marked(runs, "Fees are due in August. Late fees double every month. This is not there at all.")).toEqual([
      "Fees are due in August",
      "Late fees double every month",
    ]);
  });

  test("that is not there, or says nothing, marks nothing", () => {
    expect(marked(["Some text"], "Entirely other words.")).toEqual([]);
    expect(marked(["Some text"], " … – ")).toEqual([]);
    expect(marked([], "x")).toEqual([]);
  });

  test("is found in time that grows as the page does", () => {
    const page = Array.from({ length: 5_000 }, () => "aaaaaaaaab ");
    const began = performance.now();
    findQuote(page, "a".repeat(4_000));
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  test("cuts its run where it begins and ends", () => {
    expect(cutAt("abcdef", [{ run: 0, begin: 2, end: 4 }])).toEqual([
      { text: "ab", marked: false },
      { text: "cd", marked: true },
      { text: "ef", marked: false },
    ]);
    expect(cutAt("ab", [])).toEqual([{ text: "ab", marked: false }]);
  });
});
