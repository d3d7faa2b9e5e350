"""Hidden rows and columns of workbooks are left out, and said so; all else stays where it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.worksheet.table import Table

from nexus.errors import EmptyDocument
from nexus.ingestion.parsing import parse
from nexus.models import ParsedDocument
from tests.unit.documents_made import LIMIT, lines, ods, read

ROWS = [("Nama", "Gaji", "Unit"), ("Sari", 9000, "A"), ("Budi", 8000, "B"), ("Agus", 7000, "C")]


def book(hide: Callable[[Any], None], top: int = 0, left: int = 0) -> bytes:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.title = "Pegawai & unit"
    for at, row in enumerate(ROWS, start=1 + top):
        for column, value in enumerate(row, start=1 + left):
            sheet.cell(at, column, value)
    hide(sheet)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _column(sheet: Any) -> None:
    sheet.column_dimensions["B"].hidden = True


def _group(sheet: Any) -> None:
    sheet.column_dimensions.group("B", "B", hidden=True)


@pytest.mark.parametrize("hide", [_column, _group])
def test_a_hidden_column_is_left_out(hide: Callable[[Any], None]) -> None:
    found = read(book(hide), "a.xlsx")
    assert lines(found) == [
        "Nama: Sari; Unit: A", "Nama: Budi; Unit: B", "Nama: Agus; Unit: C",
    ]  # fmt: skip
    (told,) = found.warnings
    assert told.what == "hidden columns are left out"
    assert told.where == "sheet Pegawai & unit, columns B"


def test_hidden_rows_are_left_out_and_the_others_keep_their_numbers() -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[6].hidden = True

    found = read(book(hide, top=3, left=2), "a.xlsx")
    assert [(one.locator.row, one.text) for one in found.texts] == [
        (5, "Nama: Sari; Gaji: 9000; Unit: A"),
        (7, "Nama: Agus; Gaji: 7000; Unit: C"),
    ]
    assert found.warnings[0].where == "sheet Pegawai & unit, rows 6"


def test_rows_that_a_filter_hides_are_left_out_too() -> None:
    def hide(sheet: Any) -> None:
        sheet.auto_filter.ref = "A1:C4"
        sheet.auto_filter.add_filter_column(2, ["A"])
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True

    found = read(book(hide), "a.xlsx")
    assert lines(found) == ["Nama: Sari; Gaji: 9000; Unit: A"]
    assert found.warnings[0].where.endswith("rows 3–4")


def test_hidden_columns_beside_the_cells_say_nothing() -> None:
    def hide(sheet: Any) -> None:
        sheet.column_dimensions.group("H", "XFD", hidden=True)

    found = read(book(hide), "a.xlsx")
    assert len(found.texts) == 3
    assert found.warnings == ()


def test_hidden_cells_of_an_ods_are_left_out() -> None:
    def row(values: tuple[object, ...], said: str) -> str:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p>'
            "</table:table-cell>"
            for value in values
        )
        return f"<table:table-row{said}>{cells}</table:table-row>"

    hidden = ' table:visibility="collapse"'
    rows = "".join(row(values, hidden if at == 2 else "") for at, values in enumerate(ROWS))
    found = read(ods(rows), "a.ods")
    assert not any("Budi" in text for text in lines(found))
    assert any("Agus" in text for text in lines(found))
    assert "rows 3" in found.warnings[0].where


def _asked(content: bytes) -> ParsedDocument:
    return parse(content, "a.xlsx", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT, read_hidden=True)


def test_hidden_cells_and_sheets_are_read_where_asked_for() -> None:
    def hide(sheet: Any) -> None:
        _column(sheet)
        sheet.row_dimensions[3].hidden = True
        sheet.parent.create_sheet("Lain").append(["x"])
        sheet.sheet_state = "hidden"

    found = _asked(book(hide))
    assert "Nama: Budi; Gaji: 8000; Unit: B" in lines(found)
    assert found.warnings == ()


def test_a_workbook_of_which_all_is_hidden_is_refused_by_that_name() -> None:
    def hide(sheet: Any) -> None:
        sheet.parent.create_sheet("Kosong")
        sheet.sheet_state = "veryHidden"

    with pytest.raises(EmptyDocument, match="Sheet Pegawai & unit: a hidden sheet is left out"):
        read(book(hide), "a.xlsx")


WHITES = {"value": Color(rgb="FFFFFFFF"), "theme": Color(theme=0), "index": Color(indexed=9)}


@pytest.mark.parametrize("way", WHITES)
def test_white_cells_are_left_out(way: str) -> None:
    def hide(sheet: Any) -> None:
        sheet["B3"].font = Font(color=WHITES[way])

    found = read(book(hide), "a.xlsx")
    assert lines(found)[1] == "Nama: Budi; Unit: B"
    assert (found.warnings[0].what, found.warnings[0].where) == (
        "hidden text is left out",
        "sheet Pegawai & unit",
    )
    assert lines(_asked(book(hide)))[1] == "Nama: Budi; Gaji: 8000; Unit: B"


def _on_blue(sheet: Any) -> None:
    sheet["B3"].font = Font(color="FFFFFFFF")
    sheet["B3"].fill = PatternFill("solid", fgColor="FF1F4E79")


def _in_a_table(sheet: Any) -> None:
    sheet["B3"].font = Font(color="FFFFFFFF")
    sheet.add_table(Table(displayName="T", ref="A1:C4"))


def _shaded(sheet: Any) -> None:
    sheet["B3"].font = Font(color=Color(theme=0, tint=-0.5))


@pytest.mark.parametrize("show", [_on_blue, _in_a_table, _shaded])
def test_white_cells_on_what_may_be_dark_are_read(show: Callable[[Any], None]) -> None:
    found = read(book(show), "a.xlsx")
    assert lines(found)[1] == "Nama: Budi; Gaji: 8000; Unit: B"
    assert found.warnings == ()
