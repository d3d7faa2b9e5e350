"""Reads workbooks (XLSX, XLS, ODS): each row with its column names, its sheet and its number."""

from __future__ import annotations

import io
from functools import cache

from nexus.errors import CorruptDocument, EncryptedDocument
from nexus.ingestion.parsing.grids import refuse_traps
from nexus.ingestion.parsing.hidden import hidden_text, left_out, struck_text
from nexus.ingestion.parsing.hidden_cells import (
    NOTHING,
    cells_left_out,
    column_letters,
    ods_hidden_cells,
)
from nexus.ingestion.parsing.ods_cells import ods_sheets
from nexus.ingestion.parsing.sheet_grids import SheetGrid, grid_of
from nexus.ingestion.parsing.sheet_looks import SheetLooks, WorkbookLooks, looks_of
from nexus.ingestion.parsing.sheet_notes import SheetNotes
from nexus.ingestion.parsing.table_lines import located
from nexus.ingestion.parsing.tables import lines_of
from nexus.models import LocatedText, Locator, ParsedDocument, ReadingWarning


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
            names = []
            for one in workbook.sheets_metadata:
                if one.typ != SheetTypeEnum.WorkSheet:
                    continue
                if one.visible == SheetVisibleEnum.Visible or read_hidden:
                    names.append(one.name)
                else:
                    warnings.append(left_out("a hidden sheet is", f"sheet {one.name}"))
            looks = looks_of(content)
            hidden = ods_hidden_cells(content)
            of_ods = ods_sheets(content)
            paths = looks.parts if isinstance(looks, WorkbookLooks) else {}
            notes = SheetNotes(content, paths, read_hidden=read_hidden)
            for name in names:
                of_sheet = None if read_hidden else hidden.get(name, NOTHING)
                sheet = workbook.get_sheet_by_name(name)
                look = looks.sheet(name)
                grid = grid_of(sheet, look, of_sheet, of_ods.get(name))
                texts += [
                    located(line, Locator(sheet=name, row=grid.numbers[at] + 1))
                    for at, line in lines_of(grid.rows, grid.looks)
                ]
                warnings += _warnings(grid, name)
                if isinstance(look, SheetLooks):
                    said, untold = notes.of(name, grid.unseen, cache(look.has_fills))
                    texts += said
                    warnings += untold
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
    return ParsedDocument(tuple(texts), pages=max(len(names), 1), warnings=tuple(warnings))


def _warnings(sheet: SheetGrid, name: str) -> list[ReadingWarning]:
    """What of a sheet was not read."""
    found = []
    if sheet.hidden != NOTHING:
        found.append(cells_left_out(name, sheet.hidden))
    if sheet.white:
        found.append(hidden_text(sheet.white, f"sheet {name}"))
    if sheet.is_struck:
        found.append(struck_text(f"sheet {name}"))
    if sheet.uncalculated:
        row, column = sheet.uncalculated[0]
        count = len(sheet.uncalculated)
        found.append(
            ReadingWarning(
                f"{count} formula{'s' * (count > 1)} without a stored result",
                f"sheet {name}, {column_letters(column)}{row + 1}",
                "Open the workbook in a spreadsheet program, save it there and upload it again.",
            )
        )
    return found
