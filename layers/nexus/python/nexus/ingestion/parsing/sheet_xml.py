"""Reads workbooks that are saved as XML Spreadsheet 2003, as many programs export them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from nexus.errors import DocumentTooLarge
from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.hidden import hidden_text, is_near_white, left_out
from nexus.ingestion.parsing.hidden_cells import HiddenCells, cells_left_out
from nexus.ingestion.parsing.number_formats import shown
from nexus.ingestion.parsing.table_lines import CellText, located, said_again
from nexus.ingestion.parsing.tables import lines_of
from nexus.models import LocatedText, Locator, ParsedDocument, ReadingWarning

_S = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_NOT_CALCULATED = "(not calculated)"
_MOST_CELLS = 4_000_000
# Cells that go on downwards at once; each row looks at all of them.
_MOST_DOWN = 256
_FURTHEST = {"row": 1_048_576, "column": 16_384}
# The formats that Excel calls by a name.
_CODES = {
    "Percent": "0.00%", "Fixed": "0.00", "Standard": "#,##0.00", "Scientific": "0.00E+00",
    "Currency": "$#,##0.00", "Euro Currency": "€#,##0.00",
}  # fmt: skip
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.\d+)?")
# A time without a day counts from the day before Excel's first.
_NO_DAY = "1899-12-31"


@dataclass(frozen=True, slots=True)
class _Style:
    code: str = ""
    is_bold: bool = False
    is_filled: bool = False
    is_white: bool = False


@dataclass(slots=True)
class _Grid:
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    emphasised: set[tuple[int, int]] = field(default_factory=set)
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    white: int = 0

    def hides(self, column: int, style: _Style, hidden: set[int]) -> bool:
        """Whether a cell that holds something is hidden; what is, is counted."""
        if column in hidden:
            self.hidden_columns.add(column)
            return True
        is_white = style.is_white and not style.is_filled
        self.white += is_white
        return is_white


def read(root: Any, *, read_hidden: bool = False) -> ParsedDocument:
    """The rows of all sheets that are not hidden, with their columns' names.

    Raises DocumentTooLarge if a sheet spans more than four million cells.
    """
    styles = _styles(root)
    texts: list[LocatedText] = []
    warnings: list[ReadingWarning] = []
    pages = 0
    for sheet in root.iterchildren(f"{_S}Worksheet"):
        name = squeeze(clean(sheet.get(f"{_S}Name", "")))
        visible = sheet.findtext(f"{_X}WorksheetOptions/{_X}Visible", "")
        if visible in ("SheetHidden", "SheetVeryHidden") and not read_hidden:
            warnings.append(left_out("a hidden sheet is", f"sheet {name}"))
            continue
        pages += 1
        table = sheet.find(f"{_S}Table")
        if table is None:
            continue
        grid = _grid(table, styles, read_hidden=read_hidden)
        texts += [
            located(line, Locator(sheet=name, row=grid.numbers[at] + 1))
            for at, line in lines_of(grid.rows, Looks((), grid.emphasised, grid.spans))
        ]
        if grid.hidden_rows or grid.hidden_columns:
            hidden = HiddenCells(frozenset(grid.hidden_rows), frozenset(grid.hidden_columns))
            warnings.append(cells_left_out(name, hidden))
        if grid.white:
            warnings.append(hidden_text(grid.white, f"sheet {name}"))
    return ParsedDocument(tuple(texts), pages=max(pages, 1), warnings=tuple(warnings))


def _styles(root: Any) -> dict[str, _Style]:
    found: dict[str, _Style] = {}
    for one in root.iterfind(f"{_S}Styles/{_S}Style"):
        parent = found.get(one.get(f"{_S}Parent", ""), _Style())
        font, fill, code = (one.find(f"{_S}{tag}") for tag in ("Font", "Interior", "NumberFormat"))
        format_ = parent.code if code is None else code.get(f"{_S}Format", "")
        is_filled = parent.is_filled
        if fill is not None:
            colour = fill.get(f"{_S}Color", "")
            is_filled = fill.get(f"{_S}Pattern", "None") != "None" and not is_near_white(colour)
        found[one.get(f"{_S}ID", "")] = _Style(
            _CODES.get(format_, format_),
            parent.is_bold if font is None else font.get(f"{_S}Bold") == "1",
            is_filled,
            parent.is_white if font is None else is_near_white(font.get(f"{_S}Color", "")),
        )
    return found


def _grid(table: Any, styles: dict[str, _Style], *, read_hidden: bool) -> _Grid:
    grid = _Grid()
    hidden = set[int]()
    at = 0
    for column in table.iterchildren(f"{_S}Column"):
        at = _index(column, at, "column")
        span = min(_number(column, "Span"), _FURTHEST["column"])
        end = min(at + span + 1, _FURTHEST["column"])  # or each of many would hide all there are
        if column.get(f"{_S}Hidden") == "1" and not read_hidden:
            hidden.update(range(at, end))
        at = end
    down: dict[int, tuple[int, str]] = {}
    cells = number = 0
    for row in table.iterchildren(f"{_S}Row"):
        number = _index(row, number, "row")
        if grid.numbers and number > grid.numbers[-1] + 1:
            grid.rows.append([])
            grid.numbers.append(number - 1)
        if row.get(f"{_S}Hidden") == "1" and not read_hidden:
            if row.find(f"{_S}Cell/{_S}Data") is not None:
                grid.hidden_rows.add(number)
        else:
            line = _row(row, styles, grid, down, hidden if not read_hidden else None)
            cells += len(line)
            if cells > _MOST_CELLS:
                raise DocumentTooLarge("The workbook has too many cells: split it.")
            grid.rows.append(line)
            grid.numbers.append(number)
        number += 1 + min(_number(row, "Span"), _FURTHEST["row"])
    return grid


def _row(
    row: Any,
    styles: dict[str, _Style],
    grid: _Grid,
    down: dict[int, tuple[int, str]],
    hidden: set[int] | None,
) -> list[str]:
    """The cells of a row; `hidden` are the columns that are, None to read all."""
    line: list[str] = []
    place = len(grid.rows)
    at = 0
    said: dict[int, str] = {}
    for cell in row.iterchildren(f"{_S}Cell"):
        while not cell.get(f"{_S}Index") and at in down:
            at += 1
        at = _index(cell, at, "column")
        style = styles.get(cell.get(f"{_S}StyleID", row.get(f"{_S}StyleID", "")), _Style())
        text = _text(cell, style.code)
        wide = min(_number(cell, "MergeAcross"), _FURTHEST["column"])
        if text and (hidden is None or not grid.hides(at, style, hidden)):
            said[at] = text
            if style.is_bold or style.is_filled:
                grid.emphasised.add((place, at))
        tall = min(_number(cell, "MergeDown"), _FURTHEST["row"])
        if wide or tall:
            grid.spans[place, at] = (tall + 1, wide + 1)
        if tall and len(down) < _MOST_DOWN:
            down[at] = (tall + 1, said.get(at, ""))
        at += wide + 1
    _go_down(down, said)
    for column in sorted(said):
        line += [""] * (column - len(line)) + [said[column]]
    return line


def _go_down(down: dict[int, tuple[int, str]], said: dict[int, str]) -> None:
    """Says in a row the cells above that are merged over it."""
    for column, (left, text) in list(down.items()):
        if text:
            said.setdefault(column, said_again(text))
        down[column] = (left - 1, text)
        if left <= 1:
            del down[column]


def _text(cell: Any, code: str) -> str:
    data = cell.find(f"{_S}Data")
    if data is None:
        return _NOT_CALCULATED if cell.get(f"{_S}Formula") else ""
    text = squeeze(clean("".join(data.itertext())))
    match data.get(f"{_S}Type"):
        case "Number":
            try:
                number = float(text)
            except ValueError:
                return text
            is_shown = code and code != "General" and isfinite(number)
            formatted = shown(number, code) if is_shown else None
            return CellText(text if formatted is None else formatted, is_number=True)
        case "DateTime":
            return _time(text)
        case "Boolean":
            return "TRUE" if text == "1" else "FALSE"
    return text


def _time(text: str) -> str:
    """A moment as a day, as an hour if its day is none, or as both."""
    found = _DAY.match(text)
    if found is None:
        return text
    day, minutes, seconds = found.groups()
    clock = minutes + (seconds if seconds and seconds != ":00" else "")
    if day == _NO_DAY:
        return clock
    return day if clock == "00:00" else f"{day} {clock}"


def _index(element: Any, expected: int, kind: str) -> int:
    """The place of a row, cell or column from 0: the next, unless it says another further on."""
    given = _number(element, "Index") - 1
    return min(max(given, expected), _FURTHEST[kind])


def _number(element: Any, name: str) -> int:
    value = element.get(f"{_S}{name}", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0
