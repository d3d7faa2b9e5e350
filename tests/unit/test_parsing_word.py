"""Word files are read as their pages show them: numbers, notes, boxes; not what is hidden."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from nexus.errors import EmptyDocument
from nexus.models import ParsedDocument
from tests.unit.documents_made import lines, read
from tests.unit.word_made import item, notes, numbered, p, r, word_of

ARTICLES = (("decimal", "Pasal %1"), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"))


def of(body: str, **given: object) -> ParsedDocument:
    return read(word_of(body, **given), "file.docx")  # type: ignore[arg-type]


def texts(body: str, **given: object) -> list[str]:
    return lines(of(body, **given))


def test_numbers_of_several_levels_stand_where_word_shows_them() -> None:
    body = (
        item("Cuti", 0, style="Heading1")
        + item("Pegawai berhak atas cuti tahunan.", 1)
        + item("Sisa cuti hangus pada bulan Maret.", 1)
        + item("Disiplin", 0, style="Heading1")
        + item("Pegawai dapat diberhentikan bila:", 1)
        + item("mencuri barang;", 2)
        + item("mangkir lima hari.", 2)
        + item("Surat peringatan berlaku enam bulan.", 1)
        + item("Hukuman:", 1)
        + item("teguran;", 2)
    )
    document = of(body, numbering=numbered(*ARTICLES))
    assert [(one.locator.heading[0], one.text) for one in document.texts] == [
        ("Pasal 1 Cuti", "1.1 Pegawai berhak atas cuti tahunan."),
        ("Pasal 1 Cuti", "1.2 Sisa cuti hangus pada bulan Maret."),
        ("Pasal 2 Disiplin", "2.1 Pegawai dapat diberhentikan bila:"),
        ("Pasal 2 Disiplin", "(a) mencuri barang;"),
        ("Pasal 2 Disiplin", "(b) mangkir lima hari."),
        ("Pasal 2 Disiplin", "2.2 Surat peringatan berlaku enam bulan."),
        ("Pasal 2 Disiplin", "2.3 Hukuman:"),
        ("Pasal 2 Disiplin", "(a) teguran;"),
    ]


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        ("upperRoman", "BAB %1", ["BAB I x", "BAB II x", "BAB III x", "BAB IV x"]),
        ("lowerRoman", "%1)", ["i) x", "ii) x", "iii) x", "iv) x"]),
        ("upperLetter", "%1.", ["A. x", "B. x", "C. x", "D. x"]),
        ("decimalZero", "%1", ["01 x", "02 x", "03 x", "04 x"]),
        ("ordinal", "%1", ["1st x", "2nd x", "3rd x", "4th x"]),
        ("bullet", "\uf0b7", ["• x"] * 4),
        ("bullet", "–", ["– x"] * 4),
        ("none", "", ["x"] * 4),
    ],
)
def test_every_format_counts_as_word_does(form: str, text: str, said: list[str]) -> None:
    assert texts(item("x", 0) * 4, numbering=numbered((form, text))) == said


def test_numbers_come_from_a_style_and_the_style_that_it_is_based_on() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/>'
        '<w:basedOn w:val="Clause"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    clause, sub = '<w:pStyle w:val="Clause"/>', '<w:pStyle w:val="Sub"/>'
    off = f'{clause}<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = p("One", clause) + p("Under", sub) + p("Off", off) + p("Two", clause)
    found = texts(body, styles=styles, numbering=numbered(("decimal", "%1."), ("decimal", "%1.%2")))
    assert found == ["1. One", "1.1 Under", "Off", "2. Two"]


def test_a_list_begins_anew_where_its_number_says_so_and_else_goes_on() -> None:
    again = (
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        '<w:num w:numId="8"><w:abstractNumId w:val="1"/></w:num>'
    )
    body = item("a", 0) + item("b", 0) + item("c", 0, 8) + item("d", 0, 7) + item("e", 0, 7)
    found = texts(body, numbering=numbered(("decimal", "%1.")) + again)
    assert found == ["1. a", "2. b", "3. c", "5. d", "6. e"]


def test_numbers_in_tables_and_of_deleted_paragraphs() -> None:
    gone = (
        '<w:p><w:pPr><w:rPr><w:del w:id="1" w:author="x"/></w:rPr><w:numPr><w:ilvl w:val="0"/>'
        '<w:numId w:val="1"/></w:numPr></w:pPr><w:del w:id="2" w:author="x"><w:r><w:delText>gone'
        "</w:delText></w:r></w:del></w:p>"
    )
    row = f"<w:tr><w:tc>{item('Sewa', 0)}</w:tc><w:tc>{p('40')}</w:tc></w:tr>"
    deleted = f'<w:tr><w:trPr><w:del w:id="3" w:author="x"/></w:trPr><w:tc>{p("Old")}</w:tc></w:tr>'
    body = gone + item("First", 0) + f"<w:tbl>{row}{row}{deleted}</w:tbl>"
    found = texts(body, numbering=numbered(("decimal", "%1.")))
    assert found == ["1. First", "2. Sewa: 40", "3. Sewa: 40"]


def test_notes_stand_below_the_paragraph_that_refers_to_them() -> None:
    foot = notes("footnote", {0: "", 2: "Kecuali hari Minggu.", 3: "See table 4."})
    end = notes("endnote", {2: "Decree 5 of 2025."})
    first = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    second = '<w:r><w:footnoteReference w:id="3"/></w:r>'
    third = '<w:r><w:endnoteReference w:id="2"/></w:r>'
    body = (
        p("Aturan", '<w:pStyle w:val="Heading1"/>', second)
        + p("Buka pukul 8", raw=first + r(" sampai 17.") + third)
        + f"<w:tbl><w:tr><w:tc>{p('Fee')}</w:tc><w:tc>{p('900', raw=first)}</w:tc></w:tr></w:tbl>"
    )
    parts = {
        "rId91": ("footnotes", "/word/footnotes.xml", foot),
        "rId92": ("endnotes", "/word/endnotes.xml", end),
    }
    found = of(body, parts=parts)
    assert found.texts[0].locator.heading == ("Aturan",)
    assert lines(found) == [
        "Note 1: See table 4.",
        "Buka pukul 8 sampai 17.\nNote 2: Kecuali hari Minggu.\nEndnote 1: Decree 5 of 2025.",
        "Fee: 900",
    ]


def test_a_note_in_a_table_stands_in_its_cell() -> None:
    foot = notes("footnote", {4: "Half price in the evening."})
    mark = '<w:r><w:footnoteReference w:id="4"/></w:r>'
    row = f"<w:tr><w:tc>{p('Fee')}</w:tc><w:tc>{p('900', raw=mark)}</w:tc></w:tr>"
    parts = {"rId91": ("footnotes", "/word/footnotes.xml", foot)}
    assert texts(f"<w:tbl>{row}</w:tbl>", parts=parts) == [
        "Fee: 900 (Note 1: Half price in the evening.)"
    ]


def test_damaged_notes_are_warned_of_and_fail_nothing() -> None:
    parts = {"rId91": ("footnotes", "/word/footnotes.xml", b"<w:footnotes")}
    found = of(p("The fee is 900."), parts=parts)
    assert lines(found) == ["The fee is 900."]
    assert "footnotes" in found.warnings[0].what


def test_a_damaged_part_is_read_as_far_as_it_goes() -> None:
    made = docx.Document()
    made.add_paragraph("The fee is 900.")
    made.sections[0].footer.paragraphs[0].text = "Revision 7"
    file, broken = io.BytesIO(), io.BytesIO()
    made.save(file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[:-9] if name == "word/footer1.xml" else part)
    found = read(broken.getvalue(), "a.docx")
    assert lines(found) == ["Revision 7", "The fee is 900."]
    assert [one.where for one in found.warnings] == ["part word/footer1.xml"]


def test_comments_are_not_read_and_said_so() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("The fee is 900.")
    made.add_comment(paragraph.runs, text="Is that right?", author="x")
    file = io.BytesIO()
    made.save(file)
    found = read(file.getvalue(), "a.docx")
    assert lines(found) == ["The fee is 900."]
    assert [one.what for one in found.warnings] == ["comments are not read"]


def test_headers_and_footers_are_read_once_without_page_numbers() -> None:
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "Revisi 7"
    table = section.footer.add_table(1, 2, docx.shared.Inches(4))
    table.cell(0, 0).text, table.cell(0, 1).text = "Berlaku", "1 Maret 2026"
    page = section.footer.paragraphs[0]
    page.add_run("Halaman ")
    for kind in ("begin", "instr", "separate", "9", "end"):
        run = page.add_run("9" if kind == "9" else "")
        if kind == "instr":
            field = run._r.makeelement(docx.oxml.ns.qn("w:instrText"))
            field.text = " PAGE "
        else:
            field = run._r.makeelement(docx.oxml.ns.qn("w:fldChar"))
            field.set(docx.oxml.ns.qn("w:fldCharType"), kind)
        if kind != "9":
            run._r.append(field)
    document.add_heading("Cuti", 1)
    document.add_paragraph("Cuti tahunan dua belas hari.")
    document.add_section().header.is_linked_to_previous = True
    file = io.BytesIO()
    document.save(file)
    found = read(file.getvalue(), "a.docx")
    assert lines(found) == [
        "Revisi 7\nBerlaku: 1 Maret 2026",
        "Cuti tahunan dua belas hari.",
    ]


def test_equations_are_typed_on_one_line() -> None:
    def m(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    half = f"<m:f><m:num>{m('a+b')}</m:num><m:den>{m('2')}</m:den></m:f>"
    square = f"<m:sSup><m:e>{m('x')}</m:e><m:sup>{m('2')}</m:sup></m:sSup>"
    root = f"<m:rad><m:deg/><m:e>{m('x+1')}</m:e></m:rad>"
    total = (
        '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>'
        f"<m:sub>{m('i=1')}</m:sub><m:sup>{m('n')}</m:sup><m:e>{m('i')}</m:e></m:nary>"
    )
    grouped = f"<m:d><m:e>{half}</m:e></m:d>"
    body = "".join(
        p("y = ", raw=f"<m:oMathPara><m:oMath>{one}</m:oMath></m:oMathPara>")
        for one in (half, square, root, total, grouped)
    )
    assert texts(body) == [
        "y = (a+b)/2", "y = x^2", "y = √(x+1)", "y = ∑_(i=1)^n i", "y = ((a+b)/2)",
    ]  # fmt: skip


def test_boxes_and_lists_of_a_form_show_what_was_chosen() -> None:
    def field(inner: str) -> str:
        return (
            f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{inner}</w:ffData></w:fldChar></w:r>'
            '<w:r><w:instrText>FORMX</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    entries = '<w:listEntry w:val="Satu"/><w:listEntry w:val="Dua"/>'
    body = (
        p("A ", raw=field('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>'))
        + p("B ", raw=field('<w:checkBox><w:default w:val="0"/></w:checkBox>'))
        + p("C ", raw=field(f'<w:ddList><w:result w:val="1"/>{entries}</w:ddList>'))
        + p("D ", raw=r("o", '<w:rFonts w:ascii="Wingdings"/>'))
        + p("E ", raw='<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>')
        + "<w:sdt><w:sdtContent>" + p("☒ F") + "</w:sdtContent></w:sdt>"
        + p("10", raw=r("3", '<w:vertAlign w:val="superscript"/>') + r(" kg"))
    )  # fmt: skip
    assert texts(body) == ["A ☒", "B ☐", "C Dua", "D ☐", "E ☑", "☒ F", "10³ kg"]


def test_text_boxes_follow_the_paragraph_that_they_hang_on() -> None:
    def box(text: str) -> str:
        inside = f"<w:txbxContent>{p(text)}</w:txbxContent>"
        return (
            "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp><wps:txbx>"
            f"{inside}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict>"
            f"<v:textbox>{inside}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )

    body = p("Biaya", '<w:pStyle w:val="Heading1"/>', box("Bayar di loket 4.")) + p("Lalu pulang.")
    body += p("", raw="<w:r><w:pict><v:textbox><w:txbxContent>" + p("Old box") +
              "</w:txbxContent></v:textbox></w:pict></w:r>")  # fmt: skip
    found = of(body)
    assert [(one.locator.heading, one.text) for one in found.texts] == [
        (("Biaya",), "Bayar di loket 4."),
        (("Biaya",), "Lalu pulang."),
        (("Biaya",), "Old box"),
    ]


def test_charts_and_diagrams_say_what_they_draw() -> None:
    c = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    chart = (
        f'<c:chartSpace xmlns:c="{c}"><c:chart><c:plotArea><c:radarChart><c:ser><c:tx><c:v>Students'
        "</c:v></c:tx><c:cat><c:strLit><c:pt idx='0'><c:v>Law</c:v></c:pt></c:strLit></c:cat>"
        "<c:val><c:numLit><c:formatCode>0.0%</c:formatCode><c:pt idx='0'><c:v>0.125</c:v></c:pt>"
        "</c:numLit></c:val></c:ser></c:radarChart></c:plotArea></c:chart></c:chartSpace>"
    ).encode()
    body = p("Look:", raw='<w:r><w:drawing><c:chart r:id="rId91"/></w:drawing></w:r>')
    body += p("", raw='<w:r><w:drawing><c:chart r:id="rId99"/></w:drawing></w:r>')
    found = of(body, parts={"rId91": ("chart", "/word/charts/chart1.xml", chart)})
    assert lines(found) == ["Look:", "Law; Students: 12.5%"]
    assert [(one.what, one.where) for one in found.warnings] == [("a chart is not read", "chart 2")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.html", b"<h2>Rapat</h2><p>Anggaran 40 juta disetujui.</p>", ["Rapat", "Anggaran 40"]),
        ("a.txt", b"The budget of 40 was approved.", ["The budget of 40 was approved."]),
        ("a.docx", word_of(p("Nested and read.")), ["Nested and read."]),
    ],
)
def test_inserted_files_are_read_where_they_stand(
    name: str, content: bytes, said: list[str]
) -> None:
    body = p("Before.") + '<w:altChunk r:id="rId91"/>' + p("After.")
    found = texts(body, parts={"rId91": ("aFChunk", f"/word/{name}", content)})
    assert found[0] == "Before."
    assert found[-1] == "After."
    assert [one[: len(want)] for one, want in zip(found[1:-1], said, strict=True)] == said


def test_an_inserted_file_that_is_not_read_is_named() -> None:
    parts = {"rId91": ("aFChunk", "/word/a.rtf", b"{\\rtf1 x}")}
    with pytest.raises(EmptyDocument, match=r"inserted file \(RTF\) is not read"):
        of('<w:altChunk r:id="rId91"/>', parts=parts)
