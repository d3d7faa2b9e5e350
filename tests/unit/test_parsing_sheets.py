"""A workbook is read as its sheets show it, and what they hide is told."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from openpyxl.formatting.rule import ColorScaleRule

from nexus.ingestion.parsing.ods_cells import ods_sheets
from tests.unit.documents_made import lines, ods, read, repacked

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


def _ods_cell(said: str, kind: str = "string", value: str = "", more: str = "") -> str:
    held = f' office:value="{value}"' if value else ""
    return (
        f'<table:table-cell office:value-type="{kind}"{held}{more}><text:p>{said}</text:p>'
        "</table:table-cell>"
    )


def test_an_ods_sheet_s_numbers_are_read_as_it_shows_them() -> None:
    note = "<office:annotation><text:p>REMARK</text:p></office:annotation>"
    rows = [
        [_ods_cell(name) for name in ("Item", "Discount", "Price", "Code", "Count", "Wait")],
        [
            _ods_cell("Tea"),
            _ods_cell("7,5%", "percentage", "0.075").replace("<text:p>", note + "<text:p>"),
            _ods_cell("Rp 1.234,50", "currency", "1234.5"),
            _ods_cell("00042", "float", "42"),
            _ods_cell("1.234", "float", "1234"),
            _ods_cell("30:00", "time", more=' office:time-value="PT30H"'),
        ],
        [
            _ods_cell("Milk"),
            _ods_cell("10%", "percentage", "0.1"),
            _ods_cell("Rp 5,00", "currency", "5", ' table:number-columns-repeated="2"'),
            _ods_cell("2", "float", "2"),
            _ods_cell("", "time"),
        ],
    ]
    content = ods("".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows))
    assert lines(read(content, "a.ods")) == [
        "Item: Tea; Discount: 7,5%; Price: Rp 1.234,50; Code: 00042; Count: 1234; Wait: 30:00",
        "Item: Milk; Discount: 10%; Price: Rp 5,00; Code: Rp 5,00; Count: 2",
    ]


def test_merged_cells_of_an_ods_sheet_are_said_in_each_row() -> None:
    down = ' table:number-rows-spanned="2"'
    rows = [
        [_ods_cell(name) for name in ("Group", "Service", "Price")],
        [_ods_cell("Student", more=down), _ods_cell("Day"), _ods_cell("5", "float", "5")],
        ["<table:covered-table-cell/>", _ods_cell("Month"), _ods_cell("90", "float", "90")],
        [_ods_cell("Guest"), _ods_cell("Day"), _ods_cell("9", "float", "9")],
    ]
    content = ods("".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows))
    assert lines(read(content, "a.ods")) == [
        "Group: Student; Service: Day; Price: 5",
        "Group: Student; Service: Month; Price: 90",
        "Group: Guest; Service: Day; Price: 9",
    ]


def test_cells_that_an_ods_sheet_repeats_without_end_take_little() -> None:
    cell = _ods_cell("5%", "percentage", "0.05", ' table:number-columns-repeated="200"')
    row = f'<table:table-row table:number-rows-repeated="5000">{cell}</table:table-row>'
    found = ods_sheets(ods(row * 3))
    assert sum(len(sheet.shown) for sheet in found.values()) == 200_000


def test_text_boxes_and_the_notes_of_cells_are_read_behind_their_sheet():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("Plan")
    for at, row in enumerate(
        (("Task", "Owner", "Due"), ("Fix lift", "Ann", 9), ("Paint", "Jo", 4))
    ):
        sheet.write_row(at, 0, row)
    sheet.write_comment("C2", "Postponed to the 16th")
    sheet.insert_textbox("F3", "Lift engineer: 0800 77 12")
    book.close()
    found = read(buffer.getvalue(), "a.xlsx")
    assert lines(found)[-2:] == ["Lift engineer: 0800 77 12", "Note on C2: Postponed to the 16th"]
    assert found.texts[-1].locator.sheet == "Plan"


@pytest.mark.parametrize("code", [";;;", '"";"";"";""'])
@pytest.mark.parametrize("is_conditional", [False, True])
def test_cells_in_the_format_that_shows_nothing_are_left_out_and_told(code, is_conditional):
    book = workbook(["Name", "Role"], ["Vera", "Cook"], ["Otto", "Driver"])
    sheet = book.worksheets[0]
    sheet["D2"] = "secret 777"
    sheet["D2"].number_format = code
    if is_conditional:
        scale = ColorScaleRule(
            start_type="min", start_color="FFFFFF", end_type="max", end_color="FF0000"
        )
        sheet.conditional_formatting.add("A1:D9", scale)
    found = read(saved(book), "a.xlsx")
    assert "secret" not in " ".join(lines(found))
    assert [one.what for one in found.warnings] == ["hidden text is left out"]
