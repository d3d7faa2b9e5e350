"""Reads from an XLS workbook (BIFF8) how its cells look, which calamine leaves out.

The records are those of [MS-XLS] 2.4; a workbook that is older has no looks.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from nexus.ingestion.parsing.number_formats import BUILT_IN
from nexus.ingestion.parsing.row_looks import PLAIN, RowLooks, Style

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOF, _EOF, _FONT, _FORMAT, _XF, _SHEET = 0x0809, 0x000A, 0x0031, 0x041E, 0x00E0, 0x0085
_COLUMNS, _ROW, _RK_CELLS = 0x007D, 0x0208, 0x00BD
# LABELSST, LABEL, RSTRING, NUMBER, RK, FORMULA and BOOLERR begin alike.
_CELLS = {0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x0006, 0x0205}
_FORMULA = 0x0006
_BIFF8 = 0x0600
_BOLD, _STRUCK, _ROW_HIDDEN = 600, 0x08, 0x20
_SOLID = 1
# White by number: the fixed one, the palette's first, and the window's background.
_WHITE = {1, 9, 65}
_MOST_ROWS, _MOST_COLUMNS = 65_536, 256

_Record = tuple[int, bytes]


class XlsSheetLooks:
    """The looks of one sheet, in the form of nexus.ingestion.parsing.sheet_looks."""

    def __init__(self) -> None:
        self.hidden_columns: frozenset[int] = frozenset()
        self.named_by: list[int] = []
        self._rows: dict[int, RowLooks] = {}
        self._empty: list[tuple[int, int]] | None = []

    def rows(self) -> Iterator[RowLooks]:
        """The looks of the rows of which anything is to be known, in order."""
        for number, column in self._empty or ():
            self._row(number).uncalculated.add(column)
        return (self._rows[number] for number in sorted(self._rows))

    def take(self, kind: int, data: bytes, styles: list[Style]) -> None:
        """Takes a record of the sheet."""
        if kind == _COLUMNS and len(data) >= 10:
            first, last, width, _, flags = struct.unpack_from("<5H", data)
            if flags & 1 or not width:
                columns = range(first, min(last, _MOST_COLUMNS - 1) + 1)
                self.hidden_columns |= frozenset(columns)
        elif kind == _ROW and len(data) >= 16:
            (number,) = struct.unpack_from("<H", data)
            if struct.unpack_from("<I", data, 12)[0] & _ROW_HIDDEN:
                self._row(number).hidden = True
        elif kind in _CELLS and len(data) >= 6:
            number, column, style = struct.unpack_from("<3H", data)
            if kind == _FORMULA:
                self._formula(number, column, data[6:14])
            self._cell(number, column, style, styles)
        elif kind == _RK_CELLS and len(data) >= 12:
            number, first = struct.unpack_from("<2H", data)
            for place in range((len(data) - 6) // 6):
                (style,) = struct.unpack_from("<H", data, 4 + 6 * place)
                self._cell(number, first + place, style, styles)

    def _formula(self, number: int, column: int, result: bytes) -> None:
        """Takes a formula: where none of a sheet has a result, nobody has calculated them."""
        is_empty = result[:1] == b"\x03" and result[6:] == b"\xff\xff"
        if self._empty is not None:
            if is_empty:
                self._empty.append((number, column))
            else:
                self._empty = None

    def _row(self, number: int) -> RowLooks:
        return self._rows.setdefault(number, RowLooks(number, hidden=False))

    def _cell(self, number: int, column: int, style: int, styles: list[Style]) -> None:
        look = styles[style] if style < len(styles) else PLAIN
        if look != PLAIN:
            self._row(number).take(column, look)


class XlsLooks:
    """The looks of all sheets of an XLS workbook."""

    def __init__(self, content: bytes) -> None:
        self._book = _stream(content)
        self._begins: dict[str, int] = {}
        self._styles: list[Style] = []
        self._read_globals()

    def sheet(self, name: str) -> XlsSheetLooks:
        """The looks of a sheet."""
        found = XlsSheetLooks()
        if name in self._begins:
            for kind, data in _records(self._book, self._begins[name]):
                found.take(kind, data, self._styles)
        return found

    def _read_globals(self) -> None:
        codes = dict(BUILT_IN)
        fonts: list[tuple[bool, bool, bool]] = []
        formats: list[tuple[int, int, bool, bool]] = []
        for kind, data in _records(self._book, 0):
            if kind == _FONT and len(data) >= 8:
                _, flags, colour, weight = struct.unpack_from("<4H", data)
                fonts.append((weight >= _BOLD, bool(flags & _STRUCK), colour in _WHITE))
            elif kind == _FORMAT and len(data) >= 5:
                number, length = struct.unpack_from("<2H", data)
                codes[number] = _text(data[4:], length)
            elif kind == _XF and len(data) >= 20:
                font, code = struct.unpack_from("<2H", data)
                pattern = struct.unpack_from("<I", data, 14)[0] >> 26
                formats.append((font - (font > 4), code, pattern == _SOLID, pattern == 0))
            elif kind == _SHEET and len(data) >= 8:
                (begin,) = struct.unpack_from("<I", data)
                self._begins[_text(data[7:], data[6])] = begin
        for font, code, is_filled, is_plain in formats:
            bold, struck, white = fonts[font] if font < len(fonts) else (False, False, False)
            stands_out = bold or is_filled
            self._styles.append(
                Style(codes.get(code, ""), stands_out, white and is_plain, is_struck=struck)
            )


def _stream(content: bytes) -> bytes:
    """The records of a workbook of Excel 97 or newer; b"" of any other."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as file:
            book: bytes = file.openstream("Workbook").read()
    except (OSError, ValueError, struct.error):
        return b""
    is_new = len(book) >= 6 and struct.unpack_from("<H", book, 4)[0] == _BIFF8
    return book if is_new else b""


def _records(book: bytes, at: int) -> Iterator[_Record]:
    """The records from the beginning of a sheet, or of the workbook's own part, to its end."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<2H", book, at)
        depth += kind == _BOF
        depth -= kind == _EOF
        if depth <= 0:
            return
        if depth == 1:  # charts within a sheet have records of their own
            yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _text(data: bytes, length: int) -> str:
    """Letters after a byte that says whether they are of one byte or two."""
    if data[:1] and data[0] & 1:
        return data[1 : 1 + 2 * length].decode("utf-16-le", "ignore")
    return data[1 : 1 + length].decode("latin-1")
