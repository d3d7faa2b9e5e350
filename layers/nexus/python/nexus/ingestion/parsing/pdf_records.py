"""Makes records of the rows that a PDF table shows: a cell's wrapped lines are one value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import TypeAlias

from nexus.ingestion.parsing.cell_kinds import Kind, kind_of
from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.pdf_lines import HYPHEN, HYPHENS, Line

_VALUES = (Kind.NUMBER, Kind.PERIOD)
# For each column the runs of words that a row, as the page shows it, has in it.
CellRow: TypeAlias = "list[list[Line]]"

# A line that is filled to this share of its column may have been wrapped.
_FULL = 0.6
# Rows of names in several lines are told from records by so many records at least.
_FEWEST_LATER = 2
_DIGIT = re.compile(r"\d")
_STOPS = (".", "!", "?", ":", ";")
# Wrapped lines stand closer than records do if records stand so much further apart.
_APART = 1.25
# Of the rows close to the one above, so many have to look like the rest of a record.
_MOSTLY = 0.8


def visual_rows(runs: Sequence[Line]) -> list[list[Line]]:
    """The runs by the height that they stand at, from the top, each row from the left."""
    rows: list[list[Line]] = []
    row: list[Line] = []
    double = size = 0.0
    for run in sorted(runs, key=_double_middle, reverse=True):
        here = run.bottom + run.top
        if not row or double - here > (run.size if run.size < size else size):
            row = [run]
            rows.append(row)
            double, size = here, run.size
        else:
            row.append(run)
    for row in rows:
        if len(row) > 1:
            row.sort(key=_left)
    return rows


def _double_middle(run: Line) -> float:
    return run.bottom + run.top


_left = attrgetter("left")


def text_of(runs: Sequence[Line]) -> str:
    """The words of a cell, line after line."""
    if len(runs) == 1:
        return squeeze(runs[0].text)
    text = ""
    for row in visual_rows(runs):
        for run in row:
            words = squeeze(run.text)
            if text.endswith(HYPHENS) and text[-2:-1].isalpha() and words[:1].islower():
                text = text[:-1] + HYPHEN + words
            elif text and not text.endswith(HYPHEN):
                text += " " + words
            else:
                text += words
    return text


def is_wrapped(above: Line, line: Line, width: float) -> bool:
    """Whether the line goes on with the one above it in a column of that width."""
    if line.text[:1] == "(":
        return not above.text.rstrip().endswith(")")  # else one remark below another
    if above.text.rstrip().endswith(_STOPS):
        return False
    is_full = above.right - above.left >= _FULL * width and " " in above.text
    return line.text[:1].islower() and is_full


def rows_begun(rows: Sequence[CellRow], widths: Sequence[float]) -> tuple[int, int, int]:
    """Rows with several cells; of them, how many begin something new in most, and in none.

    Rows of a table do; lines of running text that stand side by side do not.
    """
    several = starts = rests = 0
    last: list[Line | None] = [None] * len(widths)
    for row in rows:
        filled = fresh = 0
        for column, runs in enumerate(row):
            if not runs:
                continue
            above = last[column]
            filled += 1
            fresh += above is None or not is_wrapped(above, runs[0], widths[column])
            last[column] = runs[-1]
        if filled > 1:
            several += 1
            starts += fresh * 2 > filled
            rests += not fresh
    return several, starts, rests


def records(rows: Sequence[CellRow], widths: Sequence[float]) -> Iterator[CellRow]:
    """The rows with those that only go on with the one above made one."""
    tight = tight_pitch(rows, widths)
    record: CellRow | None = None
    above: CellRow | None = None
    names = 0 if tight is not None else _lines_of_names(rows)
    if names:
        yield [[run for row in rows[:names] for run in row[at]] for at in range(len(widths))]
    for row in rows[names:]:
        if record is not None and above is not None:
            if tight is not None:
                goes_on = _middle(above) - _middle(row) <= tight
            else:
                goes_on = _goes_on(record, row, widths)
            if goes_on:
                for column, runs in enumerate(row):
                    record[column] += runs
                above = row
                continue
            yield record
        record, above = [list(runs) for runs in row], row
    if record is not None:
        yield record


def is_rest(above: CellRow, row: CellRow) -> bool:
    """Whether the row could be the rest of the one above: fewer cells, all of them below some."""
    filled = [column for column, runs in enumerate(row) if runs]
    return len(filled) < len(row) and all(above[column] for column in filled)


def _goes_on(record: CellRow, row: CellRow, widths: Sequence[float]) -> bool:
    if not is_rest(record, row):
        return _ends_label(record, row, widths[0])
    pairs = [
        (record[column][-1], runs[0], widths[column]) for column, runs in enumerate(row) if runs
    ]
    if all(line.text[:1].islower() or line.text[:1] == "(" for _, line, _ in pairs):
        return True
    return (
        not row[0]
        and not _has_value(record, row, widths)
        and all(
            above.right - above.left >= _FULL * width and " " in above.text
            for above, _, width in pairs
        )
    )


def _ends_label(record: CellRow, row: CellRow, width: float) -> bool:
    """Whether a row that has values begins with the rest of a label that stands alone above it."""
    if len(record[0]) != 1 or not row[0] or any(record[1:]) or not any(row[1:]):
        return False
    return is_wrapped(record[0][0], row[0][0], width)


def tight_pitch(rows: Sequence[CellRow], widths: Sequence[float]) -> float | None:
    """The most that the lines of a record stand apart, where records stand further apart."""
    pitches = sorted(_middle(a) - _middle(b) for a, b in pairwise(rows))
    steps = [(low, high) for low, high in pairwise(pitches) if high >= _APART * low]
    if not steps or pitches[0] <= 0:
        return None
    limit = steps[0][0] + 0.1
    close = [(a, b) for a, b in pairwise(rows) if _middle(a) - _middle(b) <= limit]
    rest = sum(
        1
        for above, row in close
        if is_rest(above, row) and not _is_fuller(above, row) and not _has_value(above, row, widths)
    )
    return limit if rest >= _MOSTLY * len(close) else None


def _lines_of_names(rows: Sequence[CellRow]) -> int:
    """How many rows at the top are the lines of one row of names: they stand closer than others."""
    pitches = [_middle(above) - _middle(row) for above, row in pairwise(rows)]
    for count in (1, 2):
        first, later = pitches[:count], pitches[count:]
        if len(later) < _FEWEST_LATER or min(later) < _APART * max(first):
            continue
        runs = [run for row in rows[: count + 1] for cell in row for run in cell]
        if not any(_DIGIT.search(run.text) for run in runs):
            return count + 1
    return 0


def _has_value(above: CellRow, row: CellRow, widths: Sequence[float]) -> bool:
    """Whether a number or a date stands below another one, which no edge of a column has cut."""
    return any(
        _DIGIT.search(one[-1].text)
        and _DIGIT.search(other[0].text)
        and not (
            kind_of(one[-1].text.strip()) not in _VALUES
            and " " in one[-1].text.strip()
            and one[-1].right - one[-1].left >= _FULL * width
        )
        for one, other, width in zip(above, row, widths, strict=True)
        if one and other
    )


def _is_fuller(above: CellRow, row: CellRow) -> bool:
    return sum(map(bool, row)) > sum(map(bool, above))


def _middle(row: CellRow) -> float:
    runs = [run for cell in row for run in cell]
    return sum(run.bottom + run.top for run in runs) / (2 * len(runs))
