"""Reads workbooks (XLSX, XLS, ODS): each row with its column names, its sheet and its number."""

from __future__ import annotations

import datetime
import io
from typing import TYPE_CHECKING

from nexus.errors import CorruptDocument, EncryptedDocument
from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.delimited import located_rows
from nexus.ingestion.parsing.grids import refuse_traps
from nexus.ingestion.parsing.hidden import left_out
from nexus.ingestion.parsing.hidden_cells import (
    HiddenCells,
    blank,
    cells_left_out,
    hidden_cells,
)
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


def read(content: bytes, *, read_hidden: bool = False) -> ParsedDocument:
    """The rows and columns of all sheets that are not hidden, and of hidden ones if asked for.

    Raises only kinds of DocumentRejected.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    refuse_traps(content)
    texts: list[LocatedText] = []
    warnings: list[ReadingWarning] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            sheets = []
            for sheet in workbook.sheets_metadata:
                if sheet.typ != SheetTypeEnum.WorkSheet:
                    continue
                if sheet.visible == SheetVisibleEnum.Visible or read_hidden:
                    sheets.append(sheet.name)
                else:
                    warnings.append(left_out("a hidden sheet is", f"sheet {sheet.name}"))
            hidden = {} if read_hidden else hidden_cells(content)
            for name in sheets:
                rows, told = _sheet(workbook.get_sheet_by_name(name), hidden.get(name))
                texts += rows
                warnings += told
    except PasswordError as err:
        raise EncryptedDocument(
            "The file is protected by a password: remove the protection and upload it again."
        ) from err
    except BaseException as err:
        # A panic in Rust is a BaseException, so that `except Exception` would let it through.
        if type(err).__name__ != "PanicException":
            raise
        raise CorruptDocument(
            "The workbook is damaged: open it in its own program, save it again and upload that."
        ) from err
    return ParsedDocument(tuple(texts), pages=max(len(sheets), 1), warnings=tuple(warnings))


def _sheet(
    sheet: CalamineSheet, hidden: HiddenCells | None
) -> tuple[list[LocatedText], list[ReadingWarning]]:
    start = sheet.start
    if start is None:
        return [], []
    rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
    # Of merged cells only the first holds the value: rows below it need it to make sense.
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        column = left - start[1]
        if left == right and 0 <= top - start[0] < len(rows) and 0 <= column < len(rows[0]):
            value = rows[top - start[0]][column]
            for row in rows[top - start[0] + 1 : bottom - start[0] + 1]:
                row[column] = row[column] or value
    told = []
    if hidden and blank(rows, hidden, start):
        told.append(cells_left_out(sheet.name, hidden))
    return located_rows(rows, sheet.name, first=start[0] + 1), told


def _cell(value: object) -> str:
    """A cell's value as a person would type it: whole numbers without .0, dates in ISO 8601."""
    if isinstance(value, str):
        return squeeze(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
