"""Reads a document's tables back out of its chunks, row by row.

Ingestion keeps each row of a sheet or a CSV file whole, as "Column: value; Column: value", in the
chunks of the index (`ingestion.parsing.records`). So a table is there wherever its document may be
read, by the same rights, and gone when that is gone; nothing else is kept of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# As `ingestion.parsing.records` cuts a longer row into lines, each with the record's first cell.
_LONGEST_LINE = 600
_NAMED = re.compile(r"([^\s;:][^;:\n]{0,119}?): ")
_TOTAL = re.compile(
    r"(?:grand[\s-]?|sub[\s-]?)?total\b|sum\b|jumlah\b|合计|总计|合計|итого\b|gesamt\b|suma\b|somme\b|"
    r"(?:rata-rata|rerata|average|mean)\s*+\Z|"
    # As Excel's subtotals are named: "East Total".
    r"(?=[^\n]{0,120}\s(?:grand |sub-?)?total\s*+\Z)",
    re.IGNORECASE,
)
_BEGINS_WITH_FIGURE = re.compile(r"[\s(+−-]{0,3}(?:[^\W\d]{1,4}\.?|[$€£¥₹])?\s{0,3}\d")
_COUNTER = re.compile(r"\d{1,5}")
_YEAR = re.compile(r"(?:19|20)\d\d")
# Longer tables are not read to the end: the answer says so, rather than count a part.
MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, and the text that the document has of it."""

    cells: dict[str, str]
    text: str

    @property
    def is_total(self) -> bool:
        """Whether it sums other rows up, by what the cells before its first figure say."""
        for cell in self.cells.values():
            if _BEGINS_WITH_FIGURE.match(cell):
                return False
            if _TOTAL.match(cell):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one sheet, "" for a file that has none, and its columns in order."""

    sheet: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def tables_of(chunks: Iterable[tuple[str, str]]) -> list[Table]:
    """The tables of a document's chunks, each given by its sheet and text, in reading order."""
    by_sheet: dict[str, list[str]] = {}
    for sheet, text in chunks:
        by_sheet.setdefault(sheet, []).extend(line for line in text.split("\n") if line.strip())
    found = [_table(sheet, lines[:MOST_ROWS]) for sheet, lines in by_sheet.items()]
    return [table for table in found if table.rows]


def _table(sheet: str, lines: Sequence[str]) -> Table:
    columns = _columns(lines)
    rows: list[Row] = []
    for line in lines:
        cells = _cells(line, columns)
        if len(cells) < 2:  # a note, a heading, or what a header did not say
            continue
        if rows and _goes_on(rows[-1], cells, line):
            rows[-1] = _joined(rows[-1], cells, line)
        else:
            rows.append(Row(cells, line))
    used = Counter(column for row in rows for column in row.cells)
    return Table(sheet, tuple(column for column in columns if used[column]), tuple(rows))


def _columns(lines: Sequence[str]) -> tuple[str, ...]:
    """The names that begin a part of two lines or more, or of the only one, in their order."""
    seen: Counter[str] = Counter()
    for line in lines:
        named = {match[1] for part in line.split("; ") if (match := _NAMED.match(part))}
        seen.update(named)
    order: dict[str, None] = {}
    for line in lines:
        for part in line.split("; "):
            match = _NAMED.match(part)
            if match and (seen[match[1]] > 1 or len(lines) == 1):
                order.setdefault(match[1])
    return tuple(order)


def _cells(line: str, columns: Sequence[str]) -> dict[str, str]:
    """A line's cells; what follows a semicolon and begins with no column's name goes on."""
    known = set(columns)
    cells: dict[str, str] = {}
    last = ""
    for part in line.split("; "):
        match = _NAMED.match(part)
        if match and match[1] in known and match[1] not in cells:
            last = match[1]
            cells[last] = part[match.end() :].strip()
        elif last:
            cells[last] = f"{cells[last]}; {part}"
    return cells


def _goes_on(before: Row, cells: dict[str, str], line: str) -> bool:
    """Whether a line is more of the row before it, which was too long for one.

    Such a line has the row's first cell, or the first two where that is a number, the rest of the
    cell that was cut, and the cells behind it. One that has all that the row before has is another
    row, which may well be equal; unless both have one number to tell them from all others.
    """
    last = before.text.rpartition("\n")[2]
    if len(last) + len(line) <= _LONGEST_LINE:
        return False
    columns = list(before.cells)
    if cells.get(columns[0]) != before.cells[columns[0]]:
        return False
    changed = [one for one in cells if one in before.cells and cells[one] != before.cells[one]]
    if changed not in ([], columns[-1:]):
        return False
    return any(one not in cells for one in columns) or _counts(before.cells[columns[0]])


def _counts(cell: str) -> bool:
    """Whether a cell is a number that counts rows, and no year."""
    return bool(_COUNTER.fullmatch(cell)) and not _YEAR.fullmatch(cell)


def _joined(before: Row, cells: dict[str, str], line: str) -> Row:
    """The row with what a further line has of it; a cell that was cut is whole again."""
    whole = {**before.cells, **cells}
    cut = list(before.cells)[-1]
    if cut in cells and cells[cut] != before.cells[cut]:
        whole[cut] = f"{before.cells[cut]} {cells[cut]}"
    return Row(whole, f"{before.text}\n{line}")
