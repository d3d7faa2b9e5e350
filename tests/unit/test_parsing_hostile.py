"""No bytes, however broken or hostile, get anything out of parsing but DocumentRejected."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexus.errors import (
    CorruptDocument,
    DocumentRejected,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    UnsupportedFormat,
)
from nexus.ingestion.parsing import parse
from tests.formats.feature import GOLDEN
from tests.unit import documents_made as made
from tests.unit.documents_made import LIMIT, lines, read

CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PATHS = ["a.pdf", "a.docx", "a.pptx", "a.xlsx", "a.csv", "a.html", "a.md", "a.txt", "a"]
VALID = {
    "a.pdf": made.pdf([[(700, "A page of text")], [(700, "Another")]], title="T"),
    "a.docx": made.word(),
    "a.pptx": made.slides(),
    "a.xlsx": made.workbook([["Program", "Fee"], ["Law", 9]]),
    "a.ods": made.ods("<table:table-row><table:table-cell/></table:table-row>"),
    "a.html": b"<html><body><h1>H</h1><table><tr><td>a<td>b</table><p>text</html>",
    "a.md": b"---\ntitle: x\n---\n# H\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n",
    "a.csv": b'a;b\n"x";1\ny;2\n',
    "a.txt": "Café\n\nüber".encode("utf-16"),
}
quick = settings(deadline=5000, max_examples=120, suppress_health_check=list(HealthCheck))


def _survives(content: bytes, path: str) -> None:
    with contextlib.suppress(DocumentRejected):
        document = read(content, path)
        assert all(text.text for text in document.texts)


@quick
@given(st.binary(max_size=2000), st.sampled_from(PATHS))
def test_random_bytes(content, path):
    _survives(content, path)


@quick
@given(st.text(max_size=500), st.sampled_from(PATHS), st.sampled_from(["utf-8", "utf-16"]))
def test_random_text(content, path, encoding):
    _survives(content.encode(encoding, errors="ignore"), path)


@quick
@given(st.sampled_from(sorted(VALID)), st.floats(0, 1), st.data())
def test_truncated_and_flipped_files(path, cut, data):
    content = bytearray(VALID[path])
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    _survives(bytes(content), path)
    _survives(bytes(content[: int(len(content) * cut)]), path)


@quick
@given(st.sampled_from(["a.docx", "a.pptx", "a.xlsx"]), st.data())
def test_damaged_parts_in_a_whole_zip(path, data):
    with zipfile.ZipFile(io.BytesIO(VALID[path])) as archive:
        part = data.draw(st.sampled_from(archive.namelist()))
        content = bytearray(archive.read(part))
    for _ in range(data.draw(st.integers(1, 4))):
        if content:
            at = data.draw(st.integers(0, len(content) - 1))
            content[at] = data.draw(st.integers(0, 255))
    _survives(made.repacked(VALID[path], part, bytes(content)), path)


def test_a_zip_bomb_is_refused_unopened():
    bomb = made.repacked(made.word(), "word/bomb.xml", b" " * 18_000_000)
    started = time.monotonic()
    with pytest.raises(DocumentTooLarge, match="split"):
        read(bomb)
    with pytest.raises(DocumentTooLarge, match="split"):
        parse(made.word(), "a.docx", "", max_bytes=LIMIT, max_unpacked_bytes=10_000)
    with pytest.raises(DocumentTooLarge, match="larger than"):
        parse(b"x" * 100, "a.txt", "", max_bytes=99, max_unpacked_bytes=LIMIT)
    assert time.monotonic() - started < 20  # unpacking it would take minutes


def test_an_entry_that_understates_its_size_is_refused():
    content = bytearray(made.word())
    central = content.rfind(b"PK\x01\x02")
    size = int.from_bytes(content[central + 24 : central + 28], "little")
    content[central + 24 : central + 28] = (size // 2).to_bytes(4, "little")
    with pytest.raises(CorruptDocument):
        read(bytes(content), "a.docx")


def test_a_sheet_of_far_off_cells_is_refused_before_it_takes_all_memory():
    rows = [["x"]]
    content = made.workbook(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    vast = sheet.replace(b'r="A1"', b'r="XFD1048576"')
    assert vast != sheet
    with pytest.raises(DocumentTooLarge, match="rows"):
        read(made.repacked(content, "xl/worksheets/sheet1.xml", vast))
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p/></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="99999">{cell}</table:table-row>'
    with pytest.raises(DocumentTooLarge, match="rows"):
        read(made.ods(row))


def test_a_sheet_with_an_element_left_open_is_closed_before_it_is_read():
    with pytest.raises(EmptyDocument, match="damaged part is read as far as it goes"):
        read(made.ods("<table:table-row><table:table-cell/>"), "a.ods")


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
)
DOCTYPE = b'<!DOCTYPE x [%s<!ENTITY file SYSTEM "file:///etc/passwd">]>' % LAUGHS


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("a.docx", "word/document.xml"), ("a.pptx", "ppt/slides/slide1.xml"),
        ("a.xlsx", "xl/workbook.xml"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_office_xml_with_entities_is_refused(path, part, encoding):
    with zipfile.ZipFile(io.BytesIO(VALID[path])) as archive:
        body = archive.read(part).partition(b"?>")[2].decode()
    text = f'<?xml version="1.0" encoding="{encoding}"?>{DOCTYPE.decode()}{body}'
    with pytest.raises(CorruptDocument):
        read(made.repacked(VALID[path], part, text.encode(encoding)), path)


def test_entities_in_other_xml_are_not_resolved():
    svg = b'<?xml version="1.0"?>' + DOCTYPE + b"<svg><text>hello &l9; &file;</text></svg>"
    assert lines(read(svg, "a.svg")) == ["hello &l9; &file;"]


def test_a_page_nested_without_end_is_refused_in_time():
    started = time.monotonic()
    with pytest.raises(CorruptDocument, match="deeply"):
        read(b"<html>" + b"<div>" * 200_000 + b"x", "a.html")
    assert time.monotonic() - started < 30  # it took minutes once


@pytest.mark.parametrize(
    ("stream", "path", "kind", "says"),
    [
        ("EncryptedPackage", "a.docx", EncryptedDocument, "password"),
        ("WordDocument", "a.doc", UnsupportedFormat, "DOCX"),
        ("PowerPoint Document", "a.ppt", UnsupportedFormat, "PPTX"),
        ("Workbook", "a.xls", CorruptDocument, "save it again"),
        ("__properties", "a.msg", UnsupportedFormat, "upload PDF"),
    ],
)
def test_old_and_protected_office_files_say_what_to_do(stream, path, kind, says):
    content = CFB + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 512
    with pytest.raises(kind, match=says):
        read(content, path)


@pytest.mark.parametrize("number", ["9" * 5_000, "²", "٣", "-1", "1.5", "x"])
def test_a_number_that_no_table_can_mean_costs_no_word_of_it(number: str) -> None:
    page = f'<table><tr><td colspan="{number}">Law<td rowspan="{number}">nine</table>'
    assert "Law" in " ".join(lines(read(page.encode(), "a.html")))
    document = zipfile.ZipFile(io.BytesIO(made.word())).read("word/document.xml").decode()
    document = document.replace("<w:tcPr>", f'<w:tcPr><w:gridSpan w:val="{number}"/>')
    document = document.replace("<w:p>", f'<w:p><w:pPr><w:outlineLvl w:val="{number}"/></w:pPr>')
    changed = made.repacked(made.word(), "word/document.xml", document.encode())
    assert number in document
    assert lines(read(changed, "a.docx"))


def test_a_sheet_whose_row_has_5_000_digits_is_too_large() -> None:
    book = made.workbook([["Program", "Fee"], ["Law", 9]])
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    endless = sheet.replace('r="2"', f'r="{"9" * 5_000}"').encode()
    with pytest.raises(DocumentTooLarge):
        read(made.repacked(book, "xl/worksheets/sheet1.xml", endless), "a.xlsx")


def test_a_long_column_name_is_not_repeated_in_full_in_every_row() -> None:
    table = f"{'Name ' * 20_000},Fee\n" + "Law,nine\n" * 2_000
    assert sum(map(len, lines(read(table.encode(), "a.csv")))) < 1_000_000


def test_a_compound_file_whose_sectors_go_in_a_circle_is_refused():
    """calamine would follow it until all memory is taken."""
    whole = (GOLDEN / "workbooks" / "fees.xls").read_bytes()
    assert read(whole, "fees.xls").texts
    table = (int.from_bytes(whole[0x4C:0x50], "little") + 1) * 512
    for sector in range(3):  # each comes back to itself
        circle = bytearray(whole)
        circle[table + 4 * sector : table + 4 * sector + 4] = sector.to_bytes(4, "little")
        with pytest.raises(CorruptDocument, match="damaged"):
            read(bytes(circle), "fees.xls")
