import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { officeLines } from "../src/documents/office_text";

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const file = (parts: Record<string, string>) => zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));

describe("the lines of an office file", () => {
  test("of Word are its paragraphs and the cells of its tables, without what was deleted", () => {
    const body = `<w:document ${W}><w:body>
      <w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Fees</w:t></w:r></w:p>
      <w:p><w:r><w:t xml:space="preserve">A room </w:t></w:r><w:del><w:r><w:delText>costs 10</w:delText></w:r></w:del><w:ins><w:r><w:t>costs 12</w:t></w:r></w:ins><w:r><w:tab/><w:t>a day</w:t></w:r></w:p>
      <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Bed</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/>
    </w:body></w:document>`;
    expect(officeLines(file({ "word/document.xml": body, "word/styles.xml": "<not xml" }))).toEqual(["Fees", "A room costs 12 a day", "Bed"]);
  });

  test("of slides are theirs in the order of the slides", () => {
    const slide = (text: string) => `<p:sld xmlns:p="p" xmlns:a="a"><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sld>`;
    expect(officeLines(file({ "ppt/slides/slide10.xml": slide("ten"), "ppt/slides/slide2.xml": slide("two") }))).toEqual(["two", "ten"]);
  });

  test("of sheets are the rows, with the texts that cells share", () => {
    const shared = `<sst xmlns="s"><si><t>Name</t></si><si><r><t>Bu</t></r><r><t>di</t></r><rPh><t>reading</t></rPh></si></sst>`;
    const sheet = `<worksheet xmlns="s"><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c><v>7</v></c></row><row/><row><c t="inlineStr"><is><t>x &amp; y</t></is></c></row></sheetData></worksheet>`;
    expect(officeLines(file({ "xl/sharedStrings.xml": shared, "xl/worksheets/sheet1.xml": sheet }))).toEqual(["Name\tBudi\t7", "x & y"]);
  });

  test("of OpenDocument are paragraphs and headings, with their spans", () => {
    const content = `<office:document-content xmlns:office="o" xmlns:text="t"><office:body>
      <text:h>Title</text:h><text:p>one <text:span>two</text:span><text:s/>three<text:line-break/>four</text:p></office:body></office:document-content>`;
    expect(officeLines(file({ "content.xml": content }))).toEqual(["Title", "one two three four"]);
  });

  test("of what is none, damaged or made to grow there are none", () => {
    expect(() => officeLines(strToU8("no archive"))).toThrow();
    expect(() => officeLines(file({ "readme.xml": "<a/>" }))).toThrow("no text");
    expect(() => officeLines(file({ "word/document.xml": "<w:document" }))).toThrow("damaged");
    expect(() => officeLines(file({ "word/document.xml": '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>' }))).toThrow("damaged");
    expect(() => officeLines(zipSync({ "word/document.xml": new Uint8Array(41_000_000) }))).toThrow("too large");
  });
});
