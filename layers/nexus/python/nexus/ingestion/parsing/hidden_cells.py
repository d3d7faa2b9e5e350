"""Says which rows and columns of a sheet are hidden, and finds those of ODS, untold by calamine.

Those of XLSX are found by nexus.ingestion.parsing.sheet_looks. A row that a filter hides is hidden,
too: the files mark both alike.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from nexus.ingestion.parsing.hidden import left_out
from nexus.models import ReadingWarning

_ODS_TAG = re.compile(rb"<table:(table-row|table-column|table)(?=[\s/>])([^<>]*)>")
_NUMBERS = {
    name: re.compile(rb"""(?<![\w:-])%s\s*=\s*["']([0-9]{1,7})["']""" % name)
    for name in (
        b"table:number-rows-repeated", b"table:number-columns-repeated"
    )
}  # fmt: skip
_ODS_HIDDEN = re.compile(rb"""table:visibility\s*=\s*["'](?:collapse|filter)["']""")
_ODS_NAME = re.compile(rb"""table:name\s*=\s*"([^"<>]{1,400})\"""")
# A sheet has at most 1,048,576 rows and 16,384 columns; ODS repeats beyond what is filled.
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_NAMED = 4


@dataclass(frozen=True, slots=True)
class HiddenCells:
    """The hidden rows and columns of a sheet, counted from 0."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


NOTHING = HiddenCells()


def ods_hidden_cells(content: bytes) -> dict[str, HiddenCells]:
    """The sheets of an ODS workbook that have any, by name; {} for any other workbook."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist():
            return {}
        found = _of_ods(archive.read("content.xml"))
    return {name: one for name, one in found.items() if one != NOTHING}


def cells_left_out(sheet: str, hidden: HiddenCells) -> ReadingWarning:
    """The warning that a sheet's hidden rows and columns are left out."""
    kinds = [name for name, some in (("rows", hidden.rows), ("columns", hidden.columns)) if some]
    rows = _ranges(hidden.rows, lambda at: str(at + 1))
    columns = _ranges(hidden.columns, column_letters)
    where = ", ".join(
        part
        for part in (
            f"sheet {sheet}",
            f"rows {rows}" if rows else "",
            f"columns {columns}" if columns else "",
        )
        if part
    )
    return left_out(f"hidden {' and '.join(kinds)} are", where)


def _of_ods(part: bytes) -> dict[str, HiddenCells]:
    found: dict[str, HiddenCells] = {}
    rows: set[int] = set()
    columns: set[int] = set()
    name, row, column = "", 0, 0
    for kind, attributes in (*_ODS_TAG.findall(part), (b"table", b"")):
        if kind == b"table":
            found[name] = HiddenCells(frozenset(rows), frozenset(columns))
            named = _ODS_NAME.search(attributes)
            name = _unescaped(named[1]) if named else ""
            rows, columns, row, column = set(), set(), 0, 0
        elif kind == b"table-row":
            end = min(row + _number(attributes, b"table:number-rows-repeated", 1), _MOST_ROWS)
            if _ODS_HIDDEN.search(attributes):
                rows.update(range(row, end))
            row = end
        else:
            repeated = _number(attributes, b"table:number-columns-repeated", 1)
            end = min(column + repeated, _MOST_COLUMNS)
            if _ODS_HIDDEN.search(attributes):
                columns.update(range(column, end))
            column = end
    return found


def _unescaped(name: bytes) -> str:
    from html import unescape

    return unescape(name.decode("utf-8", "replace"))


def _number(attributes: bytes, name: bytes, default: int) -> int:
    found = _NUMBERS[name].search(attributes)
    return int(found[1]) if found else default


def _ranges(places: frozenset[int], named: Callable[[int], str]) -> str:
    """The places as "3, 5–7", the first few of them."""
    runs: list[list[int]] = []
    for place in sorted(places):
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    said = [
        named(first) if first == last else f"{named(first)}–{named(last)}"
        for first, last in runs[:_NAMED]
    ]
    return ", ".join([*said, "…"] if len(runs) > _NAMED else said)


def column_letters(column: int) -> str:
    """The name of a column, counted from 0, as spreadsheets show it."""
    letters, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
