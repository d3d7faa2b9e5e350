"""Reads from an ODS workbook what calamine does not tell: shown numbers, merged and struck cells.

Beside its value each cell holds what a reader sees of it (OpenDocument 1.3, part 3, 9.1.4).
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from nexus.ingestion.parsing.ods_struck import Struck

# A repeated cell is one in the file; beyond so many of a workbook, values are not as shown.
_MOST_SHOWN = 200_000
_MOST_REPEATED = 1_000
_MOST_TEXT = 200
# Numbers whose look says more than their value; other numbers are read as they are.
_LOOKED_AT = {"percentage", "currency", "float", "time"}
# Zeros in front, a unit or a fraction: beside these a number is read as it is stored.
_TELLING = re.compile(r"0[0-9]+\Z|(?=.*[0-9]).*(?:[^\W\d_]|/)")
_HALF_OF_A_DAY = re.compile(r"[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?\s?[AP]\.?M\b\.?", re.I)

# Styles first: those of the content are based on them.
_PARTS = ("styles.xml", "content.xml")

Place = tuple[int, int]


@dataclass(slots=True)
class OdsSheet:
    """A sheet: the texts shown of some numbers, by row and column from 0; merged cells' corners.

    `unstruck` has what is left of cells in which anything is struck out.
    """

    shown: dict[Place, str] = field(default_factory=dict)
    unstruck: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)


def ods_sheets(content: bytes) -> dict[str, OdsSheet]:
    """The sheets of an ODS workbook by name; {} for any other. Its XML has to be well formed."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist():
            return {}
        parts = [archive.read(name) for name in _PARTS if name in archive.namelist()]
    reading = _Reading()
    for part in parts:
        parser = expat.ParserCreate()
        parser.StartElementHandler = reading.begin
        parser.EndElementHandler = reading.end
        parser.CharacterDataHandler = reading.text
        parser.Parse(part, True)
    return reading.sheets


class _Reading:
    """What the parser tells, element by element."""

    def __init__(self) -> None:
        self.sheets: dict[str, OdsSheet] = {}
        self._sheet = OdsSheet()
        self._depth = self._notes = self._row = self._column = self._noted = 0
        self._rows = 1
        self._cell: dict[str, Any] | None = None
        self._said: list[str] = []
        # Of what the cell says: what is not struck out.
        self._kept: list[str] = []
        self._struck = Struck()

    def begin(self, name: str, given: dict[str, Any]) -> None:
        self._struck.begin(name, given)
        if name == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._row = 0
                self._struck.begin_table()
                self._sheet = self.sheets.setdefault(given.get("table:name", ""), OdsSheet())
        elif name == "office:annotation":
            self._notes += 1
        elif self._depth != 1:
            return
        elif name == "table:table-column":
            self._struck.take_columns(given, _count(given, "number-columns-repeated"))
        elif name == "table:table-row":
            self._column = 0
            self._rows = _count(given, "number-rows-repeated")
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._said, self._kept = given, [], []

    def text(self, text: str) -> None:
        if self._cell is not None and self._depth == 1 and not self._notes:
            self._said.append(text)
            if not self._struck.is_open:
                self._kept.append(text)

    def end(self, name: str) -> None:
        self._struck.end(name)
        if name == "table:table":
            self._depth -= 1
        elif name == "office:annotation":
            self._notes -= 1
        elif self._depth != 1:
            return
        elif name == "table:table-row":
            self._row += self._rows
        elif name in ("table:table-cell", "table:covered-table-cell") and self._cell is not None:
            self._take(self._cell, "".join(self._said).strip())
            self._cell = None

    def _take(self, cell: dict[str, Any], said: str) -> None:
        columns = _count(cell, "number-columns-repeated")
        if told := _told(cell, said):
            self._keep(self._sheet.shown, told, columns)
        kept = "" if self._struck.has_cell(cell, self._column) else "".join(self._kept).strip()
        if kept != said:
            self._keep(self._sheet.unstruck, kept, columns)
        down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down > 1 or across > 1:
            last = (self._row + down - 1, self._column + across - 1)
            self._sheet.merged.append(((self._row, self._column), last))
        self._column += columns

    def _keep(self, kept: dict[Place, str], text: str, columns: int) -> None:
        """Keeps a text for the cell at hand and those that repeat it."""
        for row in range(self._row, self._row + min(self._rows, _MOST_REPEATED)):
            for column in range(self._column, self._column + min(columns, _MOST_REPEATED)):
                if self._noted < _MOST_SHOWN:
                    self._noted += 1
                    kept[row, column] = text


def _told(cell: dict[str, Any], said: str) -> str:
    """What a cell shows, where it is to be read in place of its value; else ""."""
    kind = cell.get("office:value-type", "")
    if not said or len(said) > _MOST_TEXT:
        return ""
    if kind == "date":
        clock = _HALF_OF_A_DAY.search(said)
        return f"{cell.get('office:date-value', '')[:10]} {clock[0]}" if clock else ""
    if kind == "float":
        return said if _TELLING.match(said) else ""
    return said if kind in _LOOKED_AT and any(map(str.isdigit, said)) else ""


def _count(given: dict[str, Any], name: str) -> int:
    value = given.get(f"table:{name}", "1")
    return max(int(value), 1) if value.isascii() and value.isdigit() and len(value) < 8 else 1
