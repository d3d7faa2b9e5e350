"""Makes one sheet of a workbook a grid of cells as the sheet shows them, without what it hides."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.clock_formats import shown_clock
from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.hidden_cells import NOTHING, HiddenCells
from nexus.ingestion.parsing.number_formats import month_name, shown, shows_only_month
from nexus.ingestion.parsing.ods_cells import OdsSheet
from nexus.ingestion.parsing.row_looks import AnySheetLooks, RowLooks
from nexus.ingestion.parsing.table_lines import CellText, said_again

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_NOT_CALCULATED = "(not calculated)"
_TIMES = (datetime.date, datetime.time, datetime.timedelta)
_Time = datetime.date | datetime.time | datetime.timedelta
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """The shown cells of a sheet as text, row by row, and how they look.

    `numbers` has the number of each row in the sheet, from 0. `uncalculated` are the places in the
    sheet of formulas without a stored result; `hidden` are the rows and columns that were left out
    though they hold something, `unseen` all that are hidden, `white` how many cells were whose
    letters are as white as the sheet, and `is_struck` whether letters are left out that are struck
    out.
    """

    rows: list[list[str]]
    numbers: list[int]
    looks: Looks
    uncalculated: list[_Place]
    hidden: HiddenCells
    white: int = 0
    is_struck: bool = False
    unseen: HiddenCells = NOTHING


def grid_of(
    sheet: CalamineSheet,
    looks: AnySheetLooks,
    hidden: HiddenCells | None,
    of_ods: OdsSheet | None = None,
) -> SheetGrid:
    """The grid of a sheet, up to its last cell that holds something.

    `hidden` is what is known of hidden rows and columns beside the looks; None to show all.
    `of_ods` is what calamine does not tell of a sheet of ODS.
    """
    values: list[list[Any]] = sheet.to_python(skip_empty_area=True) if sheet.start else []
    top, left = sheet.start or (0, 0)
    told = dict(of_ods.shown) if of_ods else {}
    if of_ods and hidden:
        told |= of_ods.unstruck
    for (row_at, column_at), said in told.items():
        if 0 <= row_at - top < len(values) and 0 <= column_at - left < len(values[row_at - top]):
            values[row_at - top][column_at - left] = said
    notable = {row.number: row for row in looks.rows() if row.is_notable()}
    unread = [(row.number, at) for row in notable.values() for at in sorted(row.uncalculated)]
    if unread and not values:
        top, left = unread[0]
    first = min([left, *(column for _, column in unread)])
    behind = max(
        [left + len(row) for row in values[:1]] + [column + 1 for _, column in unread] + [first]
    )
    above = min([top, *(row for row, _ in unread)])
    below = max([top + len(values), *(row + 1 for row, _ in unread)])
    unseen = looks.hidden_columns | hidden.columns if hidden else frozenset()
    columns = [at for at in range(first, behind) if at not in unseen]

    rows: list[list[str]] = []
    numbers: list[int] = []
    emphasised: set[_Place] = set()
    uncalculated: list[_Place] = []
    hidden_rows: set[int] = set()
    white = 0
    is_struck = bool(of_ods and hidden and of_ods.unstruck)
    for number in range(above, below):
        row = values[number - top] if 0 <= number - top < len(values) else []
        look = notable.get(number)
        if hidden and (number in hidden.rows or (look and look.hidden)):
            if any(value != "" for value in row):
                hidden_rows.add(number)
            continue
        if look is None:
            cells = [
                _text(row[at - left], "") if 0 <= at - left < len(row) else "" for at in columns
            ]
        else:
            cells = [_shown(row, at - left, at, look) for at in columns]
            if hidden and look.unstruck:
                is_struck = _take_out_struck(cells, columns, look.unstruck) or is_struck
            if hidden and look.white:
                unseen_here = [p for p, at in enumerate(columns) if at in look.white and cells[p]]
                white += len(unseen_here)
                for place in unseen_here:
                    cells[place] = ""
            emphasised.update(
                (len(rows), place)
                for place, at in enumerate(columns)
                if cells[place] and at in look.emphasised
            )
            uncalculated += [(number, at) for at in columns if at in look.uncalculated]
        rows.append(cells)
        numbers.append(number)
    merged = of_ods.merged if of_ods else (sheet.merged_cell_ranges or ())
    spans = _spread(merged, rows, numbers, columns)
    places = {number: at for at, number in enumerate(numbers)}
    marked = {places[number] for number in looks.named_by if number in places}
    hidden_columns = frozenset(
        at
        for at in unseen
        if first <= at < behind
        and any(0 <= at - left < len(row) and row[at - left] != "" for row in values)
    )
    return SheetGrid(
        rows,
        numbers,
        Looks(marked, emphasised, spans),
        uncalculated,
        HiddenCells(frozenset(hidden_rows), hidden_columns),
        white,
        is_struck,
        HiddenCells(
            frozenset(at for at, look in notable.items() if hidden and look.hidden), unseen
        ),
    )


def _spread(
    merged: Iterable[tuple[_Place, _Place]],
    rows: list[list[str]],
    numbers: list[int],
    columns: list[int],
) -> dict[_Place, tuple[int, int]]:
    """The merged cells by place in the grid; the rows that one covers are given its value.

    Of merged cells only the first holds the value: rows below it need it to make sense.
    """
    spans: dict[_Place, tuple[int, int]] = {}
    row_at = {number: at for at, number in enumerate(numbers)}
    column_at = {column: at for at, column in enumerate(columns)}
    room = len(rows) * len(columns)  # merged cells that overlap, as none should, repeat no more
    for (top, left), (bottom, right) in merged:
        at, column = row_at.get(top), column_at.get(left)
        if at is None or column is None:
            continue
        height = bisect_right(numbers, bottom) - at
        spans[at, column] = (height, bisect_right(columns, right) - column)
        if left == right and height <= room:
            room -= height
            for row in rows[at + 1 : at + height]:
                row[column] = row[column] or said_again(rows[at][column])
    return spans


def _take_out_struck(cells: list[str], columns: list[int], unstruck: dict[int, str]) -> bool:
    """Leaves of the cells of a row what is not struck out; returns whether anything was."""
    is_struck = False
    for place, at in enumerate(columns):
        if at in unstruck and cells[place]:
            cells[place] = squeeze(unstruck[at])
            is_struck = True
    return is_struck


def _shown(row: list[object], place: int, column: int, look: RowLooks) -> str:
    if column in look.uncalculated:
        return _NOT_CALCULATED
    if not 0 <= place < len(row):
        return ""
    return _text(row[place], look.codes.get(column, ""))


def _text(value: object, code: str) -> str:
    """A cell's value as the sheet shows it, but dates in ISO 8601; as typed without a format."""
    if isinstance(value, str):
        return squeeze(clean(value))
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        formatted = shown(value, code) if code else None
        return CellText(_plain(value) if formatted is None else formatted, is_number=True)
    return _time(value, code) if isinstance(value, _TIMES) else str(value)


def _time(value: _Time, code: str) -> str:
    """A time as the sheet shows it, beside a date in ISO 8601."""
    if isinstance(value, datetime.timedelta):
        return shown_clock(value.total_seconds(), code) or str(value)
    if isinstance(value, datetime.time):
        return _clock(value, code)
    if shows_only_month(code):
        return f"{month_name(value.month)} {value.year}"
    if isinstance(value, datetime.datetime) and value.time() != datetime.time():
        return f"{value:%Y-%m-%d} {_clock(value.time(), code)}"
    return value.isoformat()[:10]


def _clock(value: datetime.time, code: str) -> str:
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    kept = "seconds" if value.second or value.microsecond else "minutes"
    return shown_clock(seconds, code) or value.isoformat(kept)


def _plain(value: float) -> str:
    """A number as a person would type it: whole numbers without .0."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.15g}"
