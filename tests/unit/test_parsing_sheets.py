"""A workbook is read as its sheets show it, and what they hide is told."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.unit.documents_made import lines, read, repacked

SAMPLE = Path(__file__).parents[2] / "cli/local/sample_documents/fees-and-scholarships.xlsx"


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook(*rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    return book


def test_every_sheet_of_the_sample_names_its_columns():
    texts = read(SAMPLE.read_bytes(), SAMPLE.name).texts
    assert len({text.locator.sheet for text in texts}) == 5
    for text in texts:
        assert all(": " in part for part in text.text.split("; "))
        assert text.locator.row != 1


def test_formulas_without_a_result_are_counted_and_the_first_is_named():
    book = workbook(["Item", "Price", "Total"], ["Desk", 100, "=B2*2"], ["Lamp", 30, "=B3*2"])
    document = read(saved(book), "a.xlsx")
    assert lines(document)[0] == "Item: Desk; Price: 100; Total: (not calculated)"
    assert document.warnings[0].what == "2 formulas without a stored result"
    assert document.warnings[0].where.endswith(", C2")


@pytest.mark.parametrize("part", [b"<row/>" * 9, b"<!-- <row r='1'><c r='A1'><f> -->"])
def test_xml_that_is_odd_but_well_formed_is_read(part):
    content = saved(workbook(["Item", "Price"], ["Desk", 100]))
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(name)
    changed = sheet.replace(b"</sheetData>", part + b"</sheetData>")
    assert "Item: Desk; Price: 100" in lines(read(repacked(content, name, changed), "a.xlsx"))
