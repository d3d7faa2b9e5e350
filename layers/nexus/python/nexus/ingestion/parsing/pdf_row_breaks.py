"""Puts a table's row that goes on over a page break on the page that it begins on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nexus.ingestion.parsing.pdf_lines import HYPHEN, Line, Page
from nexus.ingestion.parsing.pdf_running import MARGIN

# Columns of a table that goes on are where they were, give or take so many points.
_SAME_PLACE = 4.0
# A page's head and foot are of so many lines at most, as are the rows that name the columns.
_MOST_PASSED = 4


def with_whole_rows(pages: Sequence[Page]) -> list[Page]:
    """The pages with each table's row on the page that it begins on.

    A row goes on where the next page's first has no first cell, goes on in small letters, and says
    something only where the row before does.
    """
    changed = list(pages)
    for at in range(1, len(changed)):
        above, below = changed[at - 1 : at + 1]
        before, after = above.lines, below.lines
        last = _last_row(before, above.height * MARGIN)
        first = None if last is None else _first_row(after, before[last], before, below.height)
        if last is None or first is None or not _goes_on(before[last], after[first]):
            continue
        before, after = list(before), list(after)
        cells = tuple(map(_joined, before[last].cells, after[first].cells))
        text = " ".join(filter(None, cells))
        before[last] = before[last]._replace(cells=cells, text=text)
        del after[first]
        changed[at - 1 : at + 1] = replace(above, lines=before), replace(below, lines=after)
    return changed


def _last_row(lines: Sequence[Line], margin: float) -> int | None:
    """The row that a page ends with, above its foot."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _MOST_PASSED), -1):
        if lines[at].table:
            return at if len(lines[at].cells) > 1 else None
        if not (lines[at].top < margin or lines[at].is_note):
            return None
    return None


def _first_row(
    lines: Sequence[Line], row: Line, before: Sequence[Line], height: float
) -> int | None:
    """The row that a page begins with, below its head and the names that it repeats."""
    named = {one.cells for one in before if one.table is row.table}
    for at, line in enumerate(lines[: 2 * _MOST_PASSED]):
        if line.table:
            if line.cells in named:
                continue
            return at if _is_in_place(line, row) else None
        if line.bottom <= height * (1 - MARGIN):
            return None
    return None


def _is_in_place(line: Line, row: Line) -> bool:
    """Whether two rows have their columns in the same places."""
    if line.table is None or row.table is None or len(line.cells) != len(row.cells):
        return False
    pairs = zip(line.table.edges, row.table.edges, strict=False)
    return all(abs(one - other) <= _SAME_PLACE for one, other in pairs)


def _goes_on(row: Line, rest: Line) -> bool:
    pairs = [(begun, cell) for begun, cell in zip(row.cells, rest.cells, strict=True) if cell]
    return (
        bool(row.cells[0])
        and not rest.cells[0]
        and all(begun for begun, _ in pairs)
        and any(cell[:1].islower() for _, cell in pairs)
    )


def _joined(begun: str, rest: str) -> str:
    if begun.endswith(HYPHEN):
        return begun + rest
    return " ".join(filter(None, (begun, rest)))
