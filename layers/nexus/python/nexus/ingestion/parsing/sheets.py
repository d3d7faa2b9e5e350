"""Reads workbooks (XLSX, XLS, ODS): each row with its column names, its sheet and its number."""

from __future__ import annotations

import io

from nexus.errors import CorruptDocument, EncryptedDocument
from nexus.ingestion.parsing.grids import refuse_traps
from nexus.ingestion.parsing.sheet_grids import SheetGrid, grid_of
from nexus.ingestion.parsing.sheet_looks import WorkbookLooks
from nexus.ingestion.parsing.tables import lines_of
from nexus.models import LocatedText, Locator, ParsedDocument, ReadingWarning


def read(content: bytes) -> ParsedDocument:
    """The rows of all visible sheets. Raises only kinds of DocumentRejected."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    refuse_traps(content)
    texts: list[LocatedText] = []
    warnings: list[ReadingWarning] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            sheets = [one for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
            visible = [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible]
            if visible and len(visible) < len(sheets):
                warnings.append(_hidden_sheets(len(sheets) - len(visible)))
            looks = WorkbookLooks(content)
            for name in visible:
                grid = grid_of(workbook.get_sheet_by_name(name), looks.sheet(name))
                texts += [
                    LocatedText(line, Locator(sheet=name, row=grid.numbers[at] + 1))
                    for at, line in lines_of(grid.rows, grid.looks)
                ]
                warnings += _warnings(grid, name)
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
    return ParsedDocument(tuple(texts), pages=max(len(visible), 1), warnings=tuple(warnings))


def _hidden_sheets(count: int) -> ReadingWarning:
    return ReadingWarning(
        f"{_counted(count, 'hidden sheet')} not read",
        "",
        "If they should be found, unhide them, save the workbook and upload it again.",
    )


def _warnings(sheet: SheetGrid, name: str) -> list[ReadingWarning]:
    """What of a sheet was not read."""
    found = []
    if sheet.hidden_rows or sheet.hidden_columns:
        hidden = [
            _counted(count, what)
            for count, what in (
                (sheet.hidden_rows, "hidden row"),
                (sheet.hidden_columns, "hidden column"),
            )
            if count
        ]
        found.append(
            ReadingWarning(
                f"{' and '.join(hidden)} not read",
                f"sheet {name}",
                "If they should be found, unhide them, save the workbook and upload it again.",
            )
        )
    if sheet.uncalculated:
        row, column = sheet.uncalculated[0]
        found.append(
            ReadingWarning(
                f"{_counted(len(sheet.uncalculated), 'formula')} without a stored result",
                f"sheet {name}, {_letters(column)}{row + 1}",
                "Open the workbook in a spreadsheet program, save it there and upload it again.",
            )
        )
    return found


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count > 1)}"


def _letters(column: int) -> str:
    """The name of a column, counted from 0, as spreadsheets show it."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
