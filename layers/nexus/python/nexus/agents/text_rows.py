"""Reads tables out of the text of chunks that were indexed before their cells were kept beside it.

Ingestion keeps each row of a sheet or a CSV file whole, as "Column: value; Column: value"
(`ingestion.parsing.records`). What stands in a cell may look like that, too: so it is said that
the rows were read from their text, until the document is indexed anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nexus.agents.row_kinds import is_total
from nexus.agents.table_rows import Row, Table

# As `ingestion.parsing.records` cuts a longer row into lines, each with the record's first cell.
_LONGEST_LINE = 600
_NAMED = re.compile(r"([^\s;:][^;:\n]{0,119}?): ")
_FROM_TEXT = (
    "This document was indexed by an earlier version, so its rows were read from their text: a "
    "colon or a semicolon in a cell may be taken for a column until it is indexed anew."
)
_COUNTER = re.compile(r"\d{1,5}")
_YEAR = re.compile(r"(?:19|20)\d\d")


def tables_in_text(chunks: Iterable[tuple[str, str]]) -> list[Table]:
    """The tables of a document's chunks, each given by its sheet and text, in reading order."""
    by_sheet: dict[str, list[str]] = {}
    for sheet, text in chunks:
        by_sheet.setdefault(sheet, []).extend(line for line in text.split("\n") if line.strip())
    found = [_table(sheet, lines) for sheet, lines in by_sheet.items()]
    kept = [table for table in found if table.rows]
    return [replace(table, number=number) for number, table in enumerate(kept, start=1)]


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
    kept = tuple(column for column in columns if used[column])
    every = tuple(replace(row, is_total=is_total(row.cells)) for row in rows)
    return Table(sheet, kept, every, notes=(_FROM_TEXT,))


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
