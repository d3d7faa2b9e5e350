"""Makes the lines that stand for a PDF table's rows, and tells which rows are column names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from nexus.ingestion.parsing.pdf_lines import Line, Table, made_line

# A row's cells, and the runs of words that they were made of.
Row: TypeAlias = "tuple[tuple[str, ...], list[Line]]"


def table_lines(
    rows: Sequence[Row],
    edges: Sequence[float],
    header_rows: int | None,
) -> list[Line]:
    """A line for each row of one table, whose columns begin at `edges`."""
    every = [run for _, own in rows for run in own]
    table = Table(
        tuple(edges),
        header_rows,
        min(run.bottom for run in every),
        max(run.top for run in every),
    )
    lines = []
    for cells, own in rows:
        # All of their lefts, all of their rights and so on.
        _, lefts, rights, lows, highs, sizes, *_ = zip(*(own or every), strict=True)
        size = max(sizes)
        place = (min(lefts), max(rights), min(lows), max(highs), size, size)
        text = " ".join(filter(None, cells))
        lines.append(made_line((text, *place, True, False, cells, table, False, False)))
    return lines


def bold_rows(rows: Sequence[Row]) -> int | None:
    """How many rows at the top are bold, where those below are not."""
    bold = [all(run.is_bold or run.is_turned for run in own) for _, own in rows]
    count = bold.index(False) if False in bold else 0
    if not any(sum(map(bool, cells)) > 1 for cells, _ in rows[:count]):
        return None  # a title
    return count if 0 < count <= 3 else None


def centre(run: Line) -> tuple[float, float]:
    """The middle of a run of words, as x and y."""
    return (run.left + run.right) / 2, (run.bottom + run.top) / 2
