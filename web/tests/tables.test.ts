import { describe, expect, test } from "vitest";
import { blocksOf, placeOfQuote } from "../src/sources/blocks";
import { recordsIn } from "../src/sources/records";
import { rowsOf } from "../src/sources/separated";
import { quotedRows } from "../src/sources/table_rows";

describe("a table with separators", () => {
  test("has quoted cells with separators, quotes and lines in them", () => {
    expect(rowsOf('a,b\r\n"x, y","say ""no""\nnow"\r\n').map((row) => row.cells)).toEqual([
      ["a", "b"],
      ["x, y", 'say "no"\nnow'],
    ]);
  });

  test.each([";", "\t", "|"])("can be separated by %j", (separator) => {
    expect(rowsOf(`a${separator}b\n1${separator}2,5`).map((row) => row.cells)).toEqual([["a", "b"], ["1", "2,5"]]);
  });

  test("counts empty lines, loses a byte order mark, and takes an open quote to the end", () => {
    expect(rowsOf('\ufeffa,b\n\n1,2\n"open')).toEqual([
      { number: 1, cells: ["a", "b"] },
      { number: 3, cells: ["1", "2"] },
      { number: 4, cells: ["open"] },
    ]);
  });

  test("is read up to a bound", () => expect(rowsOf("1\n".repeat(100), 10)).toHaveLength(10));
});

describe("the quoted rows", () => {
  const rows = rowsOf("Item,Fee\nBook,1000\nDisc,2000\nMap,3000\n");
  test("are those whose cells the quote holds", () => {
    expect(quotedRows(rows, "Item: Disc; Fee: 2000", 3)).toEqual([2]);
    expect(quotedRows(rows, "Item: Book; Fee: 1000\nItem: Disc; Fee: 2000", 2)).toEqual([1, 2]);
  });
  test("are found where the number is of another row", () => expect(quotedRows(rows, "Item: Map; Fee: 3000", 99)).toEqual([3]));
  test("are the nearest where a cell is markup that the quote leaves out", () => {
    const marked = rowsOf('Item,Price,Note\nZebrafish tank,1234000,plain\nAxolotl tank,2234000,<script>alert(9)</script>\n');
    expect(quotedRows(marked, "Item: Axolotl tank; Price: 2234000; Note:", 2)).toEqual([2]);
  });
  test("are that of the number where no cells fit", () => {
    expect(quotedRows(rows, "something else", 3)).toEqual([2]);
    expect(quotedRows(rows, "something else", null)).toEqual([]);
  });
});

describe("a passage of a sheet", () => {
  test("is the table that it was, empty cells too", () => {
    expect(recordsIn(["Fees 2026", "", "Item: Book; Fee: 1000", "Item: Disc; Fee: 2000; Note: new"])).toEqual({
      above: ["Fees 2026"],
      names: ["Item", "Fee", "Note"],
      rows: [
        { line: 2, values: ["Book", "1000", ""] },
        { line: 3, values: ["Disc", "2000", "new"] },
      ],
    });
  });
  test("is text where it is prose", () => {
    expect(recordsIn(["We open at seven; the desk: at eight.", "Then we close."])).toBeNull();
    expect(recordsIn(["Only text"])).toBeNull();
    expect(recordsIn([])).toBeNull();
  });
});

describe("the passages of a document", () => {
  const locator = { page: null, slide: null, sheet: "Fees", row: 2, heading: [] };
  const passages = [
    { text: "Item: Book; Fee: 1000\nItem: Disc; Fee: 2000", locator },
    { text: "Item: Map; Fee: 3000", locator: { ...locator, row: 4 } },
    { text: "Item: Map; Fee: 9000", locator: { ...locator, sheet: "Old" } },
    { text: "Just words.", locator },
  ];
  test("stand in one table where they go on with it", () => {
    const blocks = blocksOf(passages, 0, 1, "Item: Map; Fee: 3000");
    expect(blocks.map((block) => (block.kind === "table" ? block.rows.map((row) => [row.values[1], row.marked]) : block.lines))).toEqual([
      [["1000", false], ["2000", false], ["3000", true]],
      [["9000", false]],
      ["Just words."],
    ]);
  });
  test("are searched for the one that holds most of the quote", () => {
    expect(placeOfQuote(passages, "Item: Map; Fee: 9000")).toBe(2);
    expect(placeOfQuote(passages, "nothing of the kind")).toBe(-1);
  });
});
