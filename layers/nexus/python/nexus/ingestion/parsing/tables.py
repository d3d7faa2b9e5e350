"""Renders a table's rows so that each one keeps its meaning on its own: "Header: value; …"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nexus.ingestion.parsing.cleaning import HEADING_CHARS

# Rows at the start of a table that its header is looked for in.
LOOKED_AT = 20
_DIGIT = re.compile(r"\d")


def render(rows: Sequence[Sequence[str]], header_rows: int | None = None) -> list[str]:
    """One line for each row of cells that holds a value; the header is not a line of its own.

    `header_rows` is how many rows the file itself marks as headers; None means to find out.
    """
    index, names = find_header(rows) if header_rows is None else _marked(rows, header_rows)
    lines = [plain_row(row) for row in rows[:index]]
    body = [headed_row(names, row) for row in rows[index + 1 if names else index :]]
    if names and not any(body):
        body = [plain_row(names)]
    return [line for line in (*lines, *body) if line]


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Where the header row is, and its names; (0, []) for a table that has none.

    A header is one of the first rows that fills most of the columns with distinct words. Lines
    above it, such as the table's title, are not part of it.
    """
    head = rows[:LOOKED_AT]
    width = max((_filled(row) for row in head), default=0)
    if width < 2 or len(rows) < 2:
        return 0, []
    for index, row in enumerate(head):
        filled = [cell for cell in row if cell]
        if len(filled) < 2 or len(filled) * 2 < width:
            continue
        if any(_numeric(cell) for cell in filled) or len(set(filled)) < len(filled):
            return 0, []
        if width == 2 and _DIGIT.search(filled[1]):
            return 0, []  # "Opening hours | 8-17" is an entry of a list, not a header
        return index, [cell[:HEADING_CHARS] for cell in row]
    return 0, []


def headed_row(names: Sequence[str], row: Sequence[str]) -> str:
    """The row as "Header: value; Header: value", empty cells left out."""
    if not names:
        return plain_row(row)
    parts = []
    for place, cell in enumerate(row):
        if cell:
            name = names[place] if place < len(names) else ""
            parts.append(f"{name.rstrip(':')}: {cell}" if name else cell)
    return "; ".join(parts)


def plain_row(row: Sequence[str]) -> str:
    """A row without a header: "name: value" of two cells, else its cells joined by semicolons."""
    cells = [cell for cell in row if cell]
    if len(cells) == 2 and not _numeric(cells[0]):
        return f"{cells[0].rstrip(':')}: {cells[1]}"
    return "; ".join(cells)


def _marked(rows: Sequence[Sequence[str]], header_rows: int) -> tuple[int, list[str]]:
    if not header_rows or header_rows > len(rows):
        return 0, []
    # Several header rows ("Fees" over "Local │ Foreign") name a column together.
    width = max(len(row) for row in rows[:header_rows])
    names = []
    for place in range(width):
        column = [row[place] for row in rows[:header_rows] if place < len(row) and row[place]]
        names.append(" ".join(dict.fromkeys(column))[:HEADING_CHARS])
    return header_rows - 1, names


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell)


def _numeric(cell: str) -> bool:
    """Whether the cell is a value rather than a name; a year alone can head a column."""
    if len(cell) == 4 and cell.isdigit() and cell[:2] in ("19", "20"):
        return False
    return bool(cell) and sum(c.isalpha() for c in cell) * 2 < len(cell.replace(" ", ""))
