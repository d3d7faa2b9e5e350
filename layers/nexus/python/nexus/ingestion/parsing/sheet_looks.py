"""Reads from a workbook's XML how its cells look, which calamine leaves out.

That is each cell's number format, bold and filled cells, what is struck out, hidden rows and
columns, and formulas of which the file holds no result. (openpyxl reads all of it, at a tenth of
calamine's speed; its reader that does not keep the workbook in memory knows no merged cells and no
hidden rows.)
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, repeat
from xml.parsers import expat

from nexus.ingestion.parsing.hidden import is_near_white
from nexus.ingestion.parsing.number_formats import BUILT_IN
from nexus.ingestion.parsing.row_looks import PLAIN, RowLooks, Style
from nexus.ingestion.parsing.struck_strings import struck_strings, unstruck
from nexus.ingestion.parsing.xls_looks import COMPOUND, XlsLooks

_PREFIX = rb"(?:[\w.-]{1,20}:)?"
# A row or a cell ends where the next one begins: what comments hold can leave none open.
_ROW = re.compile(rb"<" + _PREFIX + rb"row\b([^<>]*)>")
_CELL = re.compile(rb"<" + _PREFIX + rb"c\b([^<>]*)>")
_FORMULA_WITHIN = re.compile(rb"<" + _PREFIX + rb"f\b")
_VALUE = re.compile(rb"<" + _PREFIX + rb"v\b[^<>]*>[^<]")
_FORMULA = re.compile(rb"\s*<" + _PREFIX + rb"f\b")
_COLUMNS = re.compile(rb"<" + _PREFIX + rb"col\b([^<>]*)>")
_FILTER = re.compile(rb"<" + _PREFIX + rb"autoFilter\b[^<>]*\bref\s*=\s*[\"'][A-Z]{1,3}(\d{1,7}):")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})")
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d{1,7})[\"']")
_STYLE = re.compile(rb"\bs\s*=\s*[\"'](\d{1,6})[\"']")
_ANY_STYLE = re.compile(rb"\b(?:s|style)\s*=\s*[\"'](\d{1,6})[\"']")
_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"']")
_SHARED_NUMBER = re.compile(rb"<" + _PREFIX + rb"v\b[^<>]*>\s*(\d{1,9})")
# A row of no height or a column of no width is not seen either.
_HIDDEN = re.compile(
    rb"(?<![\w:-])(?:hidden\s*=\s*[\"'](?:1|true)[\"']|(?:ht|width)\s*=\s*[\"']0(?:\.0+)?[\"'])"
)
_FROM_TO = re.compile(rb"\b(min|max)\s*=\s*[\"'](\d{1,5})[\"']")
_MOST_COLUMNS = 16_384
# The format that shows neither numbers nor text.
_NOTHING_SHOWN = ";;;"
# Of the colours by number, those that are white (ECMA-376 part 1, 18.8.27).
_WHITE = ("1", "9")


def looks_of(content: bytes) -> WorkbookLooks | XlsLooks:
    """The looks of a workbook."""
    return XlsLooks(content) if content.startswith(COMPOUND) else WorkbookLooks(content)


class WorkbookLooks:
    """The looks of all sheets of an XLSX file; of other workbooks it knows nothing.

    `parts` has the part that holds each sheet.
    """

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content)) if content[:2] == b"PK" else None
        self._names = set(self._archive.namelist()) if self._archive else set()
        self.parts = sheet_parts(self._read)
        self._styles = self._cell_styles()
        self._struck = struck_strings(self._read("xl/sharedStrings.xml"))

    def sheet(self, name: str) -> SheetLooks:
        """The looks of a sheet."""
        path = self.parts.get(name, "")
        return SheetLooks(self._read(path), self._styles, self._struck)

    def _read(self, path: str) -> bytes:
        return self._archive.read(path) if self._archive and path in self._names else b""

    def _cell_styles(self) -> list[Style]:
        codes = dict(BUILT_IN)
        bold: list[bool] = []
        white: list[bool] = []
        struck: list[bool] = []
        filled: list[bool] = []
        plain: list[bool] = []
        styles: list[Style] = []
        within = ""
        for name, at in _tags(self._read("xl/styles.xml")):
            if name in ("numFmts", "fonts", "fills", "cellXfs", "cellStyleXfs", "dxfs"):
                within = name
            elif name == "numFmt" and within == "numFmts":
                codes[_number(at, "numFmtId")] = at.get("formatCode", "")
            elif name == "font" and within == "fonts":
                bold.append(False)
                white.append(False)
                struck.append(False)
            elif name == "strike" and within == "fonts" and struck:
                struck[-1] = at.get("val", "1") not in ("0", "false")
            elif name == "b" and within == "fonts" and bold:
                bold[-1] = at.get("val", "1") not in ("0", "false")
            elif name == "color" and within == "fonts" and white:
                white[-1] = _is_white(at)
            elif name in ("patternFill", "gradientFill") and within == "fills":
                filled.append(at.get("patternType", "none") == "solid")
                plain.append(name == "patternFill" and at.get("patternType", "none") == "none")
            elif name == "fgColor" and within == "fills" and filled and filled[-1]:
                plain[-1] = _is_white(at)
            elif name == "xf" and within == "cellXfs":
                font, fill = _number(at, "fontId"), _number(at, "fillId")
                stands_out = (font < len(bold) and bold[font]) or (
                    fill < len(filled) and filled[fill]
                )
                is_white = font < len(white) and white[font] and (fill >= len(plain) or plain[fill])
                is_struck = font < len(struck) and struck[font]
                code = codes.get(_number(at, "numFmtId"), "")
                is_white = is_white or _shows_nothing(code)
                is_filled = fill < len(plain) and not plain[fill]
                styles.append(Style(code, stands_out, is_white, is_struck, is_filled))
        return styles


def sheet_parts(read: Callable[[str], bytes]) -> dict[str, str]:
    """The part that holds each sheet of an XLSX file, by the sheet's name; `read` reads a part."""
    targets = {
        at["Id"]: posixpath.normpath(posixpath.join("/xl", at["Target"])).lstrip("/")
        for name, at in _tags(read("xl/_rels/workbook.xml.rels"))
        if name == "Relationship" and "Id" in at and "Target" in at
    }
    return {
        at["name"]: targets.get(_of(at, "id"), "")
        for name, at in _tags(read("xl/workbook.xml"))
        if name == "sheet" and "name" in at
    }


def _tags(part: bytes) -> list[tuple[str, dict[str, str]]]:
    """The elements of a part in order, without prefixes."""
    found: list[tuple[str, dict[str, str]]] = []
    if not part:
        return found
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, at: found.append((name.rpartition(":")[2], at))
    parser.Parse(part, True)
    return found


class SheetLooks:
    """The looks of one sheet."""

    def __init__(
        self,
        part: bytes = b"",
        styles: list[Style] | None = None,
        struck: dict[bytes, str] | None = None,
    ) -> None:
        self._part = part = _without_comments(part)
        # By their number as the file writes it; those that show nothing are left out.
        self._styles = {
            str(number).encode(): style
            for number, style in enumerate(styles or [])
            if style != PLAIN
        }
        self._struck = struck or {}
        # A table's style or a condition may fill what the cell's own style does not.
        self._may_be_filled = b"tableParts" in part or b"conditionalFormatting" in part
        filtered = _FILTER.search(part)
        # The row that the sheet is filtered by names its columns.
        self.named_by = [int(filtered[1]) - 1] if filtered else []
        begin = part.find(b"sheetData")
        self.hidden_columns = _hidden_columns(part[: max(begin, 0)])

    def has_fills(self) -> bool:
        """Whether any cell of the sheet may be coloured, or a picture lie behind them."""
        filled = {number for number, style in self._styles.items() if style.is_filled}
        return (
            self._may_be_filled
            or b"picture" in self._part
            or any(match[1] in filled for match in _ANY_STYLE.finditer(self._part))
        )

    def rows(self) -> Iterator[RowLooks]:
        """The looks of the rows that the sheet holds, in order."""
        number = -1
        for attributes, cells in _elements(_ROW, self._part):
            found = _NUMBER.search(attributes)
            number = int(found[1]) - 1 if found else number + 1
            row = RowLooks(number, hidden=_HIDDEN.search(attributes) is not None)
            is_read = self._struck or b"strike" in cells or _FORMULA_WITHIN.search(cells)
            if is_read or b"s=" in cells or b"s =" in cells:
                self._read(cells, row, bool(is_read))
            yield row

    def _read(self, cells: bytes, row: RowLooks, is_read: bool) -> None:
        # Without formulas and struck letters what stands in a cell is not looked at: it is faster.
        found: Iterable[tuple[bytes, bytes]] = (
            _elements(_CELL, cells) if is_read else zip(_CELL.findall(cells), repeat(b""))
        )
        for place, (attributes, content) in enumerate(found):
            style = self._styles.get(number[1]) if (number := _STYLE.search(attributes)) else None
            is_uncalculated = (
                _FORMULA.match(content)
                and not _VALUE.search(content)
                and not _TEXT.search(attributes)
            )
            left = self._left_of(attributes, content) if is_read else None
            if style is None and not is_uncalculated and left is None:
                continue
            reference = _REFERENCE.search(attributes)
            column = _column(reference[1]) if reference else place
            if style:
                row.take(column, style)
            if left is not None:
                row.unstruck[column] = left
            if is_uncalculated:
                row.uncalculated.add(column)
        if self._may_be_filled:
            row.white = {at for at in row.white if _shows_nothing(row.codes.get(at, ""))}

    def _left_of(self, attributes: bytes, content: bytes) -> str | None:
        """What is left of a cell in which letters are struck out; None for other cells."""
        if self._struck and _SHARED.search(attributes):
            number = _SHARED_NUMBER.search(content)
            return self._struck.get(number[1]) if number else None
        return unstruck(content)


def _without_comments(part: bytes) -> bytes:
    kept: list[bytes] = []
    at = 0
    while (start := part.find(b"<!--", at)) >= 0:
        kept.append(part[at:start])
        end = part.find(b"-->", start)
        at = end + 3 if end >= 0 else len(part)
    return b"".join([*kept, part[at:]]) if kept else part


def _elements(tag: re.Pattern[bytes], part: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The attributes of each element, and what follows up to the next."""
    before = None
    for match in tag.finditer(part):
        if before is not None:
            yield before[1], part[before.end() : match.start()]
        before = match
    if before is not None:
        yield before[1], part[before.end() :]


def _hidden_columns(definitions: bytes) -> frozenset[int]:
    """The columns that any of the definitions hides; they may overlap as they like."""
    hidden = [0] * (_MOST_COLUMNS + 1)
    for match in _COLUMNS.finditer(definitions):
        if _HIDDEN.search(match[1]):
            ends = dict(_FROM_TO.findall(match[1]))
            first, last = int(ends.get(b"min", 1)) - 1, int(ends.get(b"max", 0))
            if 0 <= first < last:
                hidden[min(first, _MOST_COLUMNS)] += 1
                hidden[min(last, _MOST_COLUMNS)] -= 1
    return frozenset(at for at, depth in enumerate(accumulate(hidden)) if depth > 0)


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


def _shows_nothing(code: str) -> bool:
    """Whether a format shows neither numbers nor text, whatever the colours are."""
    return code.replace('""', "").strip() == _NOTHING_SHOWN


def _is_white(colour: dict[str, str]) -> bool:
    """Whether a colour is that of paper: by its value, as the theme's first, or as an old index."""
    if "rgb" in colour:
        return is_near_white(colour["rgb"][-6:])
    tint = colour.get("tint", "0")
    return (colour.get("theme") == "0" and not tint.strip("0.")) or colour.get("indexed") in _WHITE
