"""Finds what stands side by side on a PDF page without ruling lines: tables, columns, notes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from nexus.ingestion.parsing.pdf_lines import Line
from nexus.ingestion.parsing.pdf_records import CellRow, rows_begun, tight_pitch, visual_rows

# Rows further apart than so many heights of a letter are not of one block.
_PITCH = 2.0
# Rows of another number of runs begin a block where they stand so much further apart than usual.
_SPACED = 0.8
# A gap between columns is so wide at least, in heights of a letter, and so few rows may cross it.
_GUTTER, _CROSSING = 0.5, 0.1
# More rows than this in a row without a second column end a block.
_SINGLES = 3
_LONG_WORDS = 7
# A heading between two tables is larger than what stands in them.
_LARGER = 1.15
# Rows begin something new in a table, and hardly ever in running text; between is unsure.
_TABLE, _PROSE = 0.5, 0.3
# Text is wrapped in all columns at once on so many of the rows where it runs in columns, of which
# there are so many at most.
_WRAPPED, _MOST_PROSE = 0.25, 3
_MOST_COLUMNS = 40
# The marks and numbers of a list, which so many of its rows begin with.
_BULLET = re.compile(r"\W{1,2}|[oO§]")
_MARK = re.compile(r"\W{1,2}|\(?(?:[0-9]{1,3}\.?){1,5}\)?|\(?(?:[a-zA-Z]|[ivxIVX]{1,4})[.)]|[oO§]")
_MARKS = 0.7


@dataclass(frozen=True)
class Block:
    """Rows whose runs stand in columns, by the columns' left and right edges."""

    columns: tuple[tuple[float, float], ...]
    rows: list[CellRow]
    labels: frozenset[int] = frozenset()

    @property
    def widths(self) -> list[float]:
        return [right - left for left, right in self.columns]

    @cached_property
    def layout(self) -> str:
        """What the columns are: "table", "prose" (running text side by side), or "" if unsure."""
        firsts = [row[0][0].text.strip() for row in self.rows if row[0]]
        marks = sum(1 for text in firsts if _MARK.fullmatch(text))
        if marks > _MARKS * len(firsts) and (
            len(self.columns) == 2 or all(_BULLET.fullmatch(text) for text in firsts)
        ):
            return ""  # a list
        several, starts, rests = rows_begun(self.rows, self.widths)
        is_narrow = len(self.columns) <= _MOST_PROSE
        if self._is_interleaved():
            return "prose" if len(self.columns) == 2 else ""
        are_wrapped = (
            rests >= _WRAPPED * several
            and rests > 1
            and tight_pitch(self.rows, self.widths) is None
        )
        if is_narrow and (starts <= _PROSE * several or are_wrapped):
            return "prose"
        return "table" if starts >= _TABLE * several and not are_wrapped else ""

    def _is_interleaved(self) -> bool:
        """Whether the rows of one column do not stand at the height of the other's."""
        ends = [[run for cell in row for run in cell] for row in self.rows]
        overlaps = (
            max(run.top for run in below) - min(run.bottom for run in above)
            for above, below in pairwise(ends)
        )
        return any(
            overlap > 0.3 * row[0].size for overlap, row in zip(overlaps, ends, strict=False)
        )


def blocks(runs: Sequence[Line]) -> Iterator[Block]:
    """The blocks of rows on a page in which several runs stand side by side, from the top."""
    rows = visual_rows(runs)
    # Most rows are one run.
    gaps = [
        (above[0].bottom if len(above) == 1 else min([run.bottom for run in above]))
        - (row[0].top if len(row) == 1 else max([run.top for run in row]))
        for above, row in pairwise(rows)
    ]
    sizes = [row[0].size if len(row) == 1 else max([run.size for run in row]) for row in rows]
    at = 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and gaps[end - 1] <= _PITCH * sizes[end]:
            end += 1
        for part in _parted(rows[at:end], gaps[at : end - 1], sizes[at:end]):
            yield from _within(part)
        at = end


def _parted(
    rows: list[list[Line]], gaps: Sequence[float], sizes: Sequence[float]
) -> Iterator[list[list[Line]]]:
    """The rows in parts: beyond a gap, rows of another number of runs are a block of their own."""
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    begun = 0
    for at, gap in enumerate(gaps, start=1):
        step = usual + _SPACED * sizes[at]
        if gap < step:
            continue
        # As many in each of the rows beside the gap, and in those next to them.
        kinds = (
            [len(row) for row in rows[max(at - 2, begun) : at]],
            [len(r) for r in rows[at : at + 2]],
        )
        if all(len(set(kind)) == 1 and len(kind) == 2 for kind in kinds):
            above, below = kinds[0][0], kinds[1][0]
            if above != below and min(above, below) > 1:
                yield rows[begun:at]
                begun = at
    yield rows[begun:]


def _within(rows: list[list[Line]]) -> Iterator[Block]:
    """The blocks of rows that follow closely: divided where a long line runs across."""
    start = 0
    while start < len(rows):
        first = next((at for at in range(start, len(rows)) if len(rows[at]) > 1), None)
        if first is None:
            return
        last = at = first
        while at + 1 < len(rows) and at - last < _SINGLES:
            at += 1
            if len(rows[at]) > 1:
                last = at
        columns = _columns([row for row in rows[first : last + 1] if len(row) > 1])
        # A line across the columns ends the block, unless it is a short label between its rows.
        for at in range(first, last + 1):
            if (
                len(rows[at]) == 1
                and _is_across(rows[at], columns)
                and len(rows[at][0].text.split()) >= _LONG_WORDS
            ) or (first < at < last and _is_heading(rows, at)):
                last = at - 1
                columns = _columns([row for row in rows[first : last + 1] if len(row) > 1])
                break
        while columns and first > start and _fits(rows[first - 1], columns):
            first -= 1
        while columns and last + 1 < len(rows) and _fits(rows[last + 1], columns):
            last += 1
        if len(columns) > 1:
            block = _filled(rows[first : last + 1], columns)
            if block:
                yield block
        start = last + 1


def _is_heading(rows: Sequence[Sequence[Line]], at: int) -> bool:
    """Whether a row is one run in larger letters than those above and below: the next table's."""
    return (
        len(rows[at]) == 1
        and len(rows[at - 1]) > 1
        and len(rows[at + 1]) > 1
        and rows[at][0].size >= _LARGER * max(run.size for run in (*rows[at - 1], *rows[at + 1]))
    )


def _is_across(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> bool:
    return (
        len(row) == 1
        and sum(row[0].left < right and row[0].right > left for left, right in columns) > 1
    )


def _fits(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether the row is one run that begins in a column and ends before the next."""
    if len(row) != 1:
        return False
    run, slack = row[0], row[0].size
    ends = [left for left, _ in columns[1:]]
    ends.append(columns[-1][1] + 2 * slack if columns else 0.0)
    return any(
        left - slack / 4 <= run.left < right and run.right <= end - slack / 2
        for (left, right), end in zip(columns, ends, strict=True)
    )


def _columns(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """The columns' edges: between them is a gap that hardly any row crosses."""
    if len(rows) < 2:
        return []
    allowed = int(_CROSSING * len(rows))
    runs = [run for row in rows for run in row]
    size = max([run.size for run in runs])
    events = [(run.left, 1) for run in runs]
    events += [(run.right, -1) for run in runs]
    events.sort()
    columns: list[tuple[float, float]] = []
    depth, begun = 0, 0.0
    for at, step in events:
        before, depth = depth, depth + step
        if before <= allowed < depth:
            begun = at
        elif depth <= allowed < before:
            if columns and begun - columns[-1][1] < _GUTTER * size:
                columns[-1] = (columns[-1][0], at)
            else:
                columns.append((begun, at))
    return columns if len(columns) <= _MOST_COLUMNS else []


def _filled(rows: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]]) -> Block | None:
    """The block, or None if its runs do not stand in the columns."""
    cells, labels, doubled = list[CellRow](), set[int](), 0
    for number, row in enumerate(rows):
        filled: CellRow = [[] for _ in columns]
        if len(row) == 1:
            if _is_across(row, columns):
                labels.add(number)
            filled[_column_of(row[0], columns)].append(row[0])
        else:
            is_doubled = False
            for run in row:
                cell = filled[_column_of(run, columns)]
                is_doubled = is_doubled or bool(cell)
                cell.append(run)
            doubled += is_doubled
        cells.append(filled)
    if doubled > _CROSSING * len(rows):
        return None
    return Block(tuple(columns), cells, frozenset(labels))


def _column_of(run: Line, columns: Sequence[tuple[float, float]]) -> int:
    """The column that most of the run stands in."""
    start, end = run.left, run.right
    best, most = 0, -math.inf
    for at, (left, right) in enumerate(columns):
        # Half as fast with min() and max(), and called for every run.
        overlap = (end if end < right else right) - (start if start > left else left)
        if overlap > most:
            best, most = at, overlap
    return best
