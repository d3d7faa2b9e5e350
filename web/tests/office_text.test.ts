import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { officeLines } from "../src/documents/office_text";

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const file = (parts: Record<string, string>) => zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));
const word = (body: string) => file({ "word/document.xml": `<w:document ${W}><w:body>${body}</w:body></w:document>`, "word/styles.xml": "<not xml" });
const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;

describe("the lines of a Word file", () => {
  test("are its paragraphs and the cells of its tables", () => {
    const cells = `<w:tbl><w:tr><w:tc><w:p>${run("Bed")}</w:p></w:tc></w:tr></w:tbl><w:p/>`;
    const heading = `<w:p><w:pPr><w:pStyle w:val="Heading1"/><w:tabs><w:tab w:pos="9"/></w:tabs></w:pPr>${run("Fees")}</w:p>`;
    expect(officeLines(word(`${heading}<w:p>${run("A room ")}<w:r><w:tab/><w:t>a day</w:t></w:r></w:p>${cells}`))).toEqual(["Fees", "A room  a day", "Bed"]);
  });

  test("leave out what was deleted or moved away, and say a text box once", () => {
    const tracked = `<w:p>${run("It ")}<w:del><w:r><w:delText>costs 10</w:delText></w:r></w:del><w:ins>${run("costs 12")}</w:ins><w:moveFrom>${run(" moved")}</w:moveFrom></w:p>`;
    const box = `<w:p><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:txbxContent><w:p>${run("Boxed")}</w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p>${run("Boxed")}</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>`;
    expect(officeLines(word(tracked + box))).toEqual(["It costs 12", "Boxed"]);
  });
});

test("the lines of slides are theirs in the order in which they are shown", () => {
  const slide = (text: string) => `<p:sld xmlns:p="p" xmlns:a="a"><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sld>`;
  const slides = { "ppt/slides/slide10.xml": slide("ten"), "ppt/slides/slide2.xml": slide("two") };
  expect(officeLines(file(slides))).toEqual(["two", "ten"]);
  const list = `<p:presentation xmlns:p="p" ${R}><p:sldIdLst><p:sldId id="1" r:id="rId7"/><p:sldId id="2" r:id="rId3"/></p:sldIdLst></p:presentation>`;
  const links = `<Relationships xmlns="s"><Relationship Id="rId7" Target="slides/slide10.xml"/><Relationship Id="rId3" Target="slides/slide2.xml"/></Relationships>`;
  expect(officeLines(file({ ...slides, "ppt/presentation.xml": list, "ppt/_rels/presentation.xml.rels": links }))).toEqual(["ten", "two"]);
});

describe("the lines of a workbook", () => {
  const shared = `<sst xmlns="s"><si><t>Name</t></si><si><r><t>Bu</t></r><r><t>di</t></r><rPh><t>reading</t></rPh></si></sst>`;
  const book = (rows: string, more: Record<string, string> = {}) =>
    file({ "xl/sharedStrings.xml": shared, "xl/worksheets/sheet1.xml": `<worksheet xmlns="s"><sheetData>${rows}</sheetData></worksheet>`, ...more });

  test("are its rows, with the texts that cells share, each in its column", () => {
    const rows = `<row><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c><c r="D1"><v>7</v></c></row><row/><row><c r="B3" t="inlineStr"><is><t>x &amp; y</t></is></c></row>`;
    expect(officeLines(book(rows))).toEqual(["Name\t\tBudi\t7", "\tx & y"]);
  });

  test("tell a formula that has no result, dates as dates, and the sheet's name", () => {
    const styles = `<styleSheet xmlns="s"><numFmts><numFmt numFmtId="165" formatCode="0.0 &quot;days&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs></styleSheet>`;
    const names = `<workbook xmlns="s" ${R}><sheets><sheet name="Fees" sheetId="1" r:id="r1"/></sheets></workbook>`;
    const links = `<Relationships xmlns="s"><Relationship Id="r1" Target="/xl/worksheets/sheet1.xml"/></Relationships>`;
    const rows = `<row><c r="A1"><f>B1*2</f></c><c r="B1" s="1"><v>45779</v></c><c r="C1" s="2"><v>45779</v></c></row>`;
    const found = officeLines(book(rows, { "xl/styles.xml": styles, "xl/workbook.xml": names, "xl/_rels/workbook.xml.rels": links }));
    expect(found).toEqual(["# Fees", "=B1*2\t2025-05-02\t45779"]);
  });
});

test("the lines of OpenDocument are paragraphs and headings, with fields and without what was deleted", () => {
  const content = `<office:document-content xmlns:office="o" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>
    <text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
    <text:h>Title</text:h><text:p>one <text:span>two</text:span><text:s/>three<text:line-break/>four <text:date>31 May</text:date><office:annotation><text:p>aside</text:p></office:annotation></text:p></office:body></office:document-content>`;
  expect(officeLines(file({ "content.xml": content }))).toEqual(["Title", "one two three four 31 May"]);
});

describe("of what is none, damaged or made to grow there are no lines", () => {
  test.each([
    ["an archive of something else", () => file({ "readme.xml": "<a/>" }), "no text"],
    ["no archive", () => strToU8("no archive"), "no text"],
    ["a cut part", () => file({ "word/document.xml": "<w:document" }), "damaged"],
    ["entities", () => file({ "word/document.xml": '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>' }), "damaged"],
    ["a large part", () => zipSync({ "word/document.xml": new Uint8Array(41_000_000) }), "too large"],
  ])("%s", (_, made, told) => expect(() => officeLines(made())).toThrow(told));

  test("whatever size it claims", () => {
    const honest = zipSync({ "word/document.xml": new Uint8Array(80_000_000) });
    const view = new DataView(honest.buffer, honest.byteOffset);
    const central = view.getUint32(honest.length - 6, true);
    view.setUint32(22, 10, true); // the size in the local header, and in the central directory
    view.setUint32(central + 24, 10, true);
    const begun = performance.now();
    expect(() => officeLines(honest)).toThrow();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
