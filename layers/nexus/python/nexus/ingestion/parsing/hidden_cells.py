"""Finds the rows and columns of a workbook that its author hid, which calamine does not tell.

A row that a filter hides is hidden, too: the file marks both alike.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from nexus.ingestion.parsing.hidden import left_out
from nexus.models import ReadingWarning

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_WORKBOOK = "/officeDocument"
_XLSX_TAG = re.compile(rb"<(?:\w{1,20}:)?(row|col)\b([^<>]*)>")
_ODS_TAG = re.compile(rb"<table:(table-row|table-column|table)(?=[\s/>])([^<>]*)>")
_NUMBERS = {
    name: re.compile(rb"""(?<![\w:-])%s\s*=\s*["']([0-9]{1,7})["']""" % name)
    for name in (
        b"r", b"min", b"max", b"table:number-rows-repeated", b"table:number-columns-repeated"
    )
}  # fmt: skip
_XLSX_HIDDEN = re.compile(
    rb"""(?<![\w:-])(?:hidden\s*=\s*["'](?:1|true)["']|(?:ht|width)\s*=\s*["']0(?:\.0+)?["'])"""
)
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


def hidden_cells(content: bytes) -> dict[str, HiddenCells]:
    """The sheets of an XLSX or ODS workbook that have any, by name; {} for any other workbook."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            found = _of_ods(archive.read("content.xml"))
        else:
            found = {
                name: _of_xlsx(part)
                for name, path in _sheets(archive)
                if path in names and _XLSX_HIDDEN.search(part := archive.read(path))
            }
    return {name: one for name, one in found.items() if one.rows or one.columns}


def blank(rows: list[list[str]], hidden: HiddenCells, start: tuple[int, int]) -> bool:
    """Empties the hidden cells of a grid that begins at `start`; whether any held a value."""
    width = max(map(len, rows), default=0)
    places = [at - start[1] for at in hidden.columns if 0 <= at - start[1] < width]
    found = False
    for at, row in enumerate(rows, start=start[0]):
        for place in range(len(row)) if at in hidden.rows else places:
            if place < len(row) and row[place]:
                found, row[place] = True, ""
    return found


def cells_left_out(sheet: str, hidden: HiddenCells) -> ReadingWarning:
    """The warning that a sheet's hidden rows and columns are left out."""
    kinds = [name for name, some in (("rows", hidden.rows), ("columns", hidden.columns)) if some]
    rows = _ranges(hidden.rows, lambda at: str(at + 1))
    columns = _ranges(hidden.columns, _letters)
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


def _of_xlsx(part: bytes) -> HiddenCells:
    rows: set[int] = set()
    columns: set[int] = set()
    row = 0
    for kind, attributes in _XLSX_TAG.findall(part):
        if kind == b"row":
            row = _number(attributes, b"r", row + 1)
            if _XLSX_HIDDEN.search(attributes):
                rows.add(row - 1)
        elif _XLSX_HIDDEN.search(attributes):
            first = _number(attributes, b"min", 1)
            last = min(_number(attributes, b"max", first), _MOST_COLUMNS)
            columns.update(range(first - 1, last))
    return HiddenCells(frozenset(rows), frozenset(columns))


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


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The name of each sheet and the path of its part."""
    workbook = next(iter(_targets(archive, "", _WORKBOOK).values()), "xl/workbook.xml")
    if workbook not in archive.namelist():
        return []
    targets = _targets(archive, workbook, "/worksheet")
    # The parts are well-formed and hold no DTD: `grids` and `zips` have seen them.
    root = ET.fromstring(archive.read(workbook))  # noqa: S314
    return [
        (sheet.get("name", ""), targets[sheet.get(f"{_R}id", "")])
        for sheet in root.iter(f"{_S}sheet")
        if sheet.get(f"{_R}id", "") in targets
    ]


def _targets(archive: zipfile.ZipFile, path: str, kind: str) -> dict[str, str]:
    folder, name = posixpath.split(path)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in archive.namelist():
        return {}
    root = ET.fromstring(archive.read(listing))  # noqa: S314
    return {
        one.get("Id", ""): posixpath.normpath(
            posixpath.join("/", folder, one.get("Target", ""))
        ).lstrip("/")
        for one in root.iter(_RELATION)
        if one.get("Type", "").endswith(kind)
    }


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


def _letters(column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
