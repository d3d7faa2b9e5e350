"""Reads from a workbook's XML how its cells look, which calamine leaves out.

That is each cell's number format, bold and filled cells, hidden rows and columns, and formulas of
which the file holds no result. (openpyxl reads all of it, at a tenth of calamine's speed; its
reader that does not keep the workbook in memory knows no merged cells and no hidden rows.)
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple
from xml.parsers import expat

from nexus.ingestion.parsing.number_formats import BUILT_IN

_PREFIX = rb"(?:[\w.-]{1,20}:)?"
_ROW = re.compile(rb"<" + _PREFIX + rb"row\b([^<>]*?)(?:/>|>(.*?)</" + _PREFIX + rb"row>)", re.S)
_CELL = re.compile(rb"<" + _PREFIX + rb"c\b([^<>]*?)(?:/>|>(.*?)</" + _PREFIX + rb"c>)", re.S)
_VALUE = re.compile(rb"<" + _PREFIX + rb"v\b[^<>]*>[^<]")
_FORMULA = re.compile(rb"\s*<" + _PREFIX + rb"f\b")
_COLUMNS = re.compile(rb"<" + _PREFIX + rb"col\b([^<>]*)>")
_FILTER = re.compile(rb"<" + _PREFIX + rb"autoFilter\b[^<>]*\bref\s*=\s*[\"'][A-Z]{1,3}(\d{1,7}):")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})")
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d{1,7})[\"']")
_STYLE = re.compile(rb"\bs\s*=\s*[\"'](\d{1,6})[\"']")
_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_FROM_TO = re.compile(rb"\b(min|max)\s*=\s*[\"'](\d{1,5})[\"']")
_MOST_COLUMNS = 16_384


class Style(NamedTuple):
    """How a cell looks: its number format's code, and whether it stands out from others."""

    code: str
    stands_out: bool


@dataclass(slots=True)
class RowLooks:
    """What is to be known of a row of a sheet, from 0; columns count from 0, too.

    `codes` are the number formats of cells that have one, `emphasised` the columns of bold or
    filled cells, `uncalculated` those of formulas without a stored result.
    """

    number: int
    hidden: bool
    codes: dict[int, str] = field(default_factory=dict)
    emphasised: set[int] = field(default_factory=set)
    uncalculated: set[int] = field(default_factory=set)

    def is_notable(self) -> bool:
        """Whether there is anything to know."""
        return bool(self.hidden or self.codes or self.emphasised or self.uncalculated)


class WorkbookLooks:
    """The looks of all sheets of an XLSX file; of other workbooks it knows nothing."""

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content)) if content[:2] == b"PK" else None
        self._names = set(self._archive.namelist()) if self._archive else set()
        self._parts = self._sheet_parts()
        self._styles = self._cell_styles()

    def sheet(self, name: str) -> SheetLooks:
        """The looks of a sheet."""
        path = self._parts.get(name, "")
        return SheetLooks(self._read(path), self._styles)

    def _read(self, path: str) -> bytes:
        return self._archive.read(path) if self._archive and path in self._names else b""

    def _sheet_parts(self) -> dict[str, str]:
        targets = {
            at["Id"]: posixpath.normpath(posixpath.join("/xl", at["Target"])).lstrip("/")
            for name, at in self._elements("xl/_rels/workbook.xml.rels")
            if name == "Relationship" and "Id" in at and "Target" in at
        }
        return {
            at["name"]: targets.get(_of(at, "id"), "")
            for name, at in self._elements("xl/workbook.xml")
            if name == "sheet" and "name" in at
        }

    def _cell_styles(self) -> list[Style]:
        codes = dict(BUILT_IN)
        bold: list[bool] = []
        filled: list[bool] = []
        styles: list[Style] = []
        within = ""
        for name, at in self._elements("xl/styles.xml"):
            if name in ("numFmts", "fonts", "fills", "cellXfs", "cellStyleXfs", "dxfs"):
                within = name
            elif name == "numFmt" and within == "numFmts":
                codes[_number(at, "numFmtId")] = at.get("formatCode", "")
            elif name == "font" and within == "fonts":
                bold.append(False)
            elif name == "b" and within == "fonts" and bold:
                bold[-1] = at.get("val", "1") not in ("0", "false")
            elif name == "patternFill" and within == "fills":
                filled.append(at.get("patternType", "none") == "solid")
            elif name == "xf" and within == "cellXfs":
                font, fill = _number(at, "fontId"), _number(at, "fillId")
                stands_out = (font < len(bold) and bold[font]) or (
                    fill < len(filled) and filled[fill]
                )
                styles.append(Style(codes.get(_number(at, "numFmtId"), ""), stands_out))
        return styles

    def _elements(self, path: str) -> list[tuple[str, dict[str, str]]]:
        """The elements of a part in order, without prefixes."""
        found: list[tuple[str, dict[str, str]]] = []
        part = self._read(path)
        if not part:
            return found
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, at: found.append((name.rpartition(":")[2], at))
        parser.Parse(part, True)
        return found


class SheetLooks:
    """The looks of one sheet."""

    def __init__(self, part: bytes = b"", styles: list[Style] | None = None) -> None:
        self._part, self._styles = part, styles or []
        filtered = _FILTER.search(part)
        # The row that the sheet is filtered by names its columns.
        self.named_by = [int(filtered[1]) - 1] if filtered else []
        begin = part.find(b"sheetData")
        self.hidden_columns = frozenset(
            chain.from_iterable(
                _from_to(match[1])
                for match in _COLUMNS.finditer(part, 0, max(begin, 0))
                if _HIDDEN.search(match[1])
            )
        )

    def rows(self) -> Iterator[RowLooks]:
        """The looks of the rows that the sheet holds, in order."""
        number = -1
        for match in _ROW.finditer(self._part):
            found = _NUMBER.search(match[1])
            number = int(found[1]) - 1 if found else number + 1
            row = RowLooks(number, hidden=_HIDDEN.search(match[1]) is not None)
            self._read(match[2] or b"", row)
            yield row

    def _read(self, cells: bytes, row: RowLooks) -> None:
        column = -1
        for match in _CELL.finditer(cells):
            attributes, content = match[1], match[2] or b""
            reference = _REFERENCE.search(attributes)
            column = _column(reference[1]) if reference else column + 1
            style = _STYLE.search(attributes)
            if style and int(style[1]) < len(self._styles):
                look = self._styles[int(style[1])]
                if look.code:
                    row.codes[column] = look.code
                if look.stands_out:
                    row.emphasised.add(column)
            is_calculated = _VALUE.search(content) or _TEXT.search(attributes)
            if _FORMULA.match(content) and not is_calculated:
                row.uncalculated.add(column)


def _from_to(attributes: bytes) -> range:
    ends = dict(_FROM_TO.findall(attributes))
    first, last = int(ends.get(b"min", 1)), int(ends.get(b"max", 0))
    return range(first - 1, min(last, _MOST_COLUMNS))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _of(attributes: dict[str, str], name: str) -> str:
    """An attribute with any prefix."""
    return next((at for key, at in attributes.items() if key.rpartition(":")[2] == name), "")


def _number(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "0")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else 0
