"""Refuses workbooks on which calamine would hang or take all memory, before it sees them.

calamine makes one grid of 32 bytes a cell, however few cells are filled, and a failed allocation
aborts the whole process; 5 KB of XLSX can ask for 550 GB. On XML with an element left open it reads
the end of the file for ever.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.parsers import expat

from nexus.errors import DocumentTooLarge

_MOST_CELLS = 16_000_000
_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)[0-9]""")
_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]*([0-9]{4,})["']""")
_ODS_TAG = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)([\s/][^<>]*)?>")
_ROWS_REPEATED = re.compile(rb"""table:number-rows-repeated\s*=\s*["']([0-9]{1,9})""")
_COLUMNS_REPEATED = re.compile(rb"""table:number-columns-repeated\s*=\s*["']([0-9]{1,9})""")


def refuse_traps(content: bytes) -> None:
    """Checks the XML of a zipped workbook.

    Raises DocumentTooLarge if a sheet spans more than 16 million cells, filled or not, and
    ExpatError if a part is not well formed.
    """
    if not content.startswith(b"PK"):
        return  # XLS: its sheets end at 65,536 rows of 256 columns
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if "/media/" in name:
                continue
            part = archive.read(name)
            if name.endswith((".xml", ".rels")):
                expat.ParserCreate().Parse(part, True)
            if name == "content.xml":
                for rows, columns in _ods_extents(part):
                    _check(rows, columns)
            elif b"sheetData" in part:  # relationships may give a sheet any name
                _check(*_xlsx_extent(part))


def _check(rows: int, columns: int) -> None:
    if rows * columns > _MOST_CELLS:
        raise DocumentTooLarge(
            f"A sheet spans {rows} rows and {columns} columns: delete the empty rows and columns, "
            "or split the workbook."
        )


def _xlsx_extent(part: bytes) -> tuple[int, int]:
    rows = max((_row_number(digits) for digits in set(_ROW.findall(part))), default=999)
    columns = max(map(_column_number, set(_COLUMN.findall(part))), default=1)
    return rows, columns


def _row_number(digits: bytes) -> int:
    # Cut to nine digits it is still too large, and int() takes them.
    return int(digits.lstrip(b"0")[:9] or b"0")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number


def _ods_extents(part: bytes) -> list[tuple[int, int]]:
    """The rows and columns up to the last filled cell of each table; empty tails do not count."""
    extents = []
    row = repeat = column = last_row = last_column = 0
    for kind, attributes in _ODS_TAG.findall(part):
        if kind == b"table":
            extents.append((last_row, last_column))
            row = repeat = last_row = last_column = 0
        elif kind == b"table-row":
            row, column = row + repeat, 0
            repeat = _repeated(_ROWS_REPEATED, attributes)
        else:
            column += _repeated(_COLUMNS_REPEATED, attributes)
            if not attributes.endswith(b"/") or b"value" in attributes:
                last_row, last_column = row + repeat, max(last_column, column)
    return [*extents, (last_row, last_column)]


def _repeated(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1
