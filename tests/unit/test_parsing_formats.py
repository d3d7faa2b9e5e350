"""Every format keeps its words, its places and the meaning of its rows."""

from __future__ import annotations

import datetime
import io
import subprocess
import sys
from collections.abc import Sequence

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from nexus.errors import CorruptDocument, EmptyDocument, UnsupportedFormat
from nexus.models import Locator
from tests.unit import documents_made as made
from tests.unit.documents_made import lines, read


def test_word_keeps_heading_paths_table_headers_merged_and_nested_cells():
    document = read(made.word(), "panduan.docx")
    assert document.title == "Buku Panduan"
    assert [(text.locator.heading[1:], text.text) for text in document.texts] == [
        ((), "RUNNING HEADER"),
        (("Pendaftaran",), "Syarat masuk: ijazah SMA."),
        (("Pendaftaran", "Biaya"), "Program: Hukum; Biaya: Rp 9.000.000; Batas: 2 April"),
        (
            ("Pendaftaran", "Biaya"),
            "Program: Hukum; Biaya: 12; Batas: 3 (Gelombang: Kedua; Kuota: 40)",
        ),
        (("Kosong",), "Kosong"),
        (("Lain",), "Penutup."),
    ]


def test_slides_keep_their_number_title_tables_and_notes():
    document = read(made.slides(), "deck.pptx")
    first = Locator(slide=1, heading=("Perpustakaan",))
    assert [text.locator for text in document.texts[:3]] == [first] * 3
    assert lines(document) == [
        "Jam buka 08.00", "Hari: Senin; Jam: 8", "Catatan pembicara", "Terima kasih",
    ]  # fmt: skip
    assert document.pages == 3


def test_workbook_rows_say_their_headers_numbers_dates_sheet_and_row():
    day = datetime.datetime(2025, 3, 1)  # noqa: DTZ001 - cells have no time zone
    rows: list[list[object]] = [
        ["Biaya kuliah 2025"],
        ["Program", "Biaya", "Batas", "Porsi"],
        ["Hukum", 9000000.0, day, 0.1 + 0.2],
        [],
        [None, 12.5, day.replace(hour=14, minute=30), None],
    ]
    document = read(made.workbook(rows, merge="A3:A5"), "biaya.xlsx")
    assert [(t.locator.sheet, t.locator.row, t.text) for t in document.texts] == [
        ("Biaya", 1, "Biaya kuliah 2025"),
        ("Biaya", 3, "Program: Hukum; Biaya: 9000000; Batas: 2025-03-01; Porsi: 0.3"),
        ("Biaya", 4, "Program: Hukum"),
        ("Biaya", 5, "Program: Hukum; Biaya: 12.5; Batas: 2025-03-01 14:30:00"),
    ]


def test_opendocument_sheet_with_repeated_rows_and_a_million_empty_ones():
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    tail = '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
    rows = (
        f"<table:table-row>{cell.format('Program')}{cell.format('Fee')}{tail}"
        f'<table:table-row table:number-rows-repeated="2">{cell.format("Law")}'
        f"{cell.format('nine')}{tail}"
        f'<table:table-row table:number-rows-repeated="1048570">{tail}'
    )
    document = read(made.ods(rows), "fees.ods")
    assert lines(document) == ["Program: Law; Fee: nine"] * 2
    assert [text.locator.row for text in document.texts] == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_delimited_rows_in_any_dialect(delimiter, encoding):
    rows = [
        ["Nama", "Kota asal", "Nilai"],
        ["Zoë", "a, b; c", "3,5"],
        ["", "", ""],
        ["Bé", "x", "4"],
    ]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    document = read(text.encode(encoding), "nilai.csv")
    assert [(t.locator.row, t.text) for t in document.texts] == [
        (2, "Nama: Zoë; Kota asal: a, b; c; Nilai: 3,5"),
        (4, "Nama: Bé; Kota asal: x; Nilai: 4"),
    ]


def test_a_list_of_pairs_has_no_header_and_loses_nothing():
    document = read(b"Opening hours,8-17\nClosed,Sunday\n", "hours.csv")
    assert lines(document) == ["Opening hours: 8-17", "Closed: Sunday"]


def test_html_keeps_headings_and_tables_and_drops_the_furniture():
    page = """<!doctype html><html><head><meta charset=iso-8859-1><title>Café  guide</title>
    <style>STYLE</style></head><body><nav>NAV</nav><h1>Kampus</h1><p>Hello <b>wor</b>ld<br>caf\xe9
    <ul><li>one<li>two</ul><h2>Fees</h2><table><tr><th>Program<th>Fee</tr>
    <tr><td rowspan=2>Law<td>9</tr><tr><td>10</tr></table>
    <table><tr><td><h3>Deep</h3>layout</table><script>SCRIPT</script><aside>ASIDE</aside>
    <footer>FOOT</footer><p hidden>HID</p></body></html>"""
    document = read(page.encode("latin-1"), "page.php", "text/html")
    assert document.title == "Café guide"
    assert [(text.locator.heading, text.text) for text in document.texts] == [
        (("Kampus",), "Hello world\ncafé"),
        (("Kampus",), "one"),
        (("Kampus",), "two"),
        (("Kampus", "Fees"), "Program: Law; Fee: 9"),
        (("Kampus", "Fees"), "Program: Law; Fee: 10"),
        (("Kampus", "Fees", "Deep"), "layout"),
    ]


def test_markdown_keeps_headings_tables_and_code():
    source = """---
title: "Panduan"
---
# Top
intro <!-- gone --> text
## Sub ##
```python
# not a heading
```
Setext
------
| A | B |
|---|---|
| 1 | x \\| y |

#hashtag
"""
    document = read(source.encode(), "a.md")
    assert document.title == "Panduan"
    assert [(text.locator.heading, text.text) for text in document.texts] == [
        (("Top",), "intro  text"),
        (("Top", "Sub"), "```python\n# not a heading\n```"),
        (("Top", "Setext"), "A: 1; B: x | y"),
        (("Top", "Setext"), "#hashtag"),
    ]


WESTERN = "Café près de l'université : le déjeuner coûte neuf euros."
JAPANESE = "図書館の開館時間は午前九時から午後八時までです。学生証を持参してください。"
RUSSIAN = "Библиотека открыта с девяти утра до восьми вечера."
POLISH = "Książki wypożycza się na miesiąc od dziewiątej rano."
INDONESIAN = "Perpustakaan buka pukul 08.00, kecuali hari Jumat."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WESTERN, "utf-16"), (WESTERN, "utf-16-be"), (WESTERN, "utf-32"), (WESTERN, "latin-1"),
        (WESTERN, "utf-8-sig"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"), (RUSSIAN, "cp1251"),
        (POLISH, "iso-8859-2"), (POLISH, "cp1250"), (INDONESIAN, "utf-16-le"),
        (INDONESIAN, "ascii"),
    ],
)  # fmt: skip
def test_plain_text_in_any_encoding(text, encoding):
    assert lines(read(f"{text}\r\n\r\n{text}".encode(encoding), "a.txt")) == [text, text]


def test_texts_hold_no_control_characters_and_are_composed():
    dirty = "e\u0301tude\x01\x7f a\u00a0b\ufeff\u200bc " + "word " * 40
    assert lines(read(dirty.encode(), "a.txt"))[0].startswith("étude a bc word")


def test_bytes_decide_before_the_name():
    assert read(made.word(), "renamed.pdf").title == "Buku Panduan"
    assert lines(read(b"<html><body><p>table</p></body></html>", "old.xls")) == ["table"]


@pytest.mark.parametrize(
    ("content", "path", "kind", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.png", UnsupportedFormat, "OCR"),
        (bytes(range(256)) * 20, "a.txt", UnsupportedFormat, "upload PDF"),
        (b"{\\rtf1 }", "a.rtf", EmptyDocument, "no text"),
        (b"text", "a.pdf", CorruptDocument, "save it again"),
        (b"7z\xbc\xaf\x27\x1c\0\4" + b"\7" * 300, "a.pdf", UnsupportedFormat, "archive .7Z."),
        (b"MZ\x90\0\3\0\0\0" + bytes(range(256)), "a.docx", UnsupportedFormat, "a program"),
        (b"\x1f\x8b\x08\0\0\0\0\0" * 9, "a.gz", UnsupportedFormat, "unpack"),
        (made.zipped({"mimetype": "application/vnd.oasis.opendocument.graphics"}), "a.odg",
         UnsupportedFormat, "PDF"),
        (b"", "a.txt", EmptyDocument, "empty"),
        (b" \n ", "a.txt", EmptyDocument, "empty"),
        (b"<html><nav>x</nav></html>", "a.html", EmptyDocument, "no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(content, path, kind, says):
    with pytest.raises(kind, match=says):
        read(content, path)


def test_parsers_are_imported_only_when_needed():
    code = (
        "import sys; from nexus.ingestion.parsing import parse;"
        "parse(b'x', 'a.txt', '', max_bytes=9, max_unpacked_bytes=9);"
        "parsers = {'docx', 'pptx', 'pypdfium2', 'selectolax', 'python_calamine'};"
        "sys.exit(bool(parsers & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], check=False, env=environment)
    assert done.returncode == 0


def test_a_text_of_cells_between_tabs_is_a_table():
    table = "Nama\tKota\tSkor\r\nElodie\tLyon\t88\r\nŁukasz\tGdańsk\t91"
    for encoding in ("utf-16", "utf-8"):
        document = read(table.encode(encoding), "a.txt")
        assert lines(document)[-1] == "Nama: Łukasz; Kota: Gdańsk; Skor: 91"
    listing = "\tindented code\n\tmore of it\nand words\tbetween\n"
    assert "Header" not in lines(read(listing.encode(), "a.txt"))[0]


def test_xml_keeps_titles_and_what_is_marked_as_characters():
    record = b"<books><book><title>Tea</title><price>7</price><![CDATA[Raw & data]]></book></books>"
    assert lines(read(record, "a.xml")) == ["title: Tea\nprice: 7\nRaw & data"]
    text = b"<doc><title>Tea</title><p>Drink <b>hot</b> and <![CDATA[<slow>]]> or not.</p></doc>"
    document = read(text, "a.xml")
    assert (document.texts[0].locator.heading, lines(document)) == (
        ("Tea",),
        ["Drink hot and <slow> or not."],
    )


def _word_table(rows: Sequence[tuple[str, ...]], coloured: int) -> list[str]:
    """The lines of a Word document of a table of which one row is coloured."""
    document = docx.Document()
    table = document.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    for cell in table.rows[coloured].cells:
        shading = OxmlElement("w:shd")
        shading.set(qn("w:fill"), "D9E2F3")
        cell._tc.get_or_add_tcPr().append(shading)
    file = io.BytesIO()
    document.save(file)
    return lines(read(file.getvalue(), "a.docx"))


def test_filled_cells_of_a_word_table_are_its_names():
    assert _word_table([("Dock", "Depth"), ("D1", "4 m")], 0) == ["Dock: D1; Depth: 4 m"]


@pytest.mark.parametrize("width", [2, 3])
def test_a_first_record_of_a_word_table_that_is_coloured_names_nothing(width: int):
    rows = [("North", "Ann", "open"), ("South", "Bob", "open"), ("East", "Cid", "closed")]
    cut = [row[:width] for row in rows]
    assert _word_table(cut, 0) == _word_table(cut, 1)
    assert not any("North: South" in line for line in _word_table(cut, 0))
