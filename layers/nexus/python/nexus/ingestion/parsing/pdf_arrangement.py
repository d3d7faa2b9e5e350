"""Arranges what stands side by side on a PDF page: rows of tables, columns, notes beside text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nexus.ingestion.parsing.pdf_columns import blocks
from nexus.ingestion.parsing.pdf_grids import grids
from nexus.ingestion.parsing.pdf_lines import Line
from nexus.ingestion.parsing.pdf_ruled import ruled_rows
from nexus.ingestion.parsing.pdf_rulings import NEAR, Rulings
from nexus.ingestion.parsing.pdf_table_rows import centre
from nexus.ingestion.parsing.pdf_unruled import turned_names, unruled_rows


def arranged(
    lines: Sequence[tuple[Line, Sequence[Line]]],
    rulings: Rulings,
    stretches: Sequence[tuple[float, float]],
) -> list[Line]:
    """The lines of a page in reading order, those of tables as rows.

    `lines` are in the file's order, each with the runs of words that it is made of, and `stretches`
    where on the page, from bottom to top, things stand side by side. Where it is not clear how, the
    lines stay as they are.
    """
    runs = [run for _, parts in lines for run in parts]
    placed: dict[int, list[Line]] = {}
    centres: list[tuple[Line, float, float]] | None = None
    for grid in grids(rulings):
        if centres is None:
            centres = [(run, *centre(run)) for run in runs]
        left, low = grid.columns[0] - NEAR, grid.rows[-1]
        right, high = grid.columns[-1], grid.rows[0] + NEAR
        inside = [
            (run, cell)
            for run, x, y in centres
            if left <= x < right
            and low < y <= high
            and id(run) not in placed
            and (cell := grid.cell(x, y))
        ]
        if rows := ruled_rows(grid, inside):
            _place(placed, [run for run, _ in inside], rows)
    left_over = [run for run in runs if id(run) not in placed] if placed else runs
    rest = [run for run in left_over if not run.is_turned]
    turned = [run for run in left_over if run.is_turned]
    near = [run for run in rest if stretch_of(run, stretches) is not None]
    found = list(blocks(near))
    if len(near) < len(rest) and any(block.layout == "prose" for block in found):
        found = list(blocks(rest))  # columns of text may go on where nothing is beside them
    for block in found:
        of_block = [run for row in block.rows for cell in row for run in cell]
        if block.layout == "table":
            heads = turned_names(block, turned) if turned else []
            if rows := unruled_rows(block, heads, rulings.level):
                _place(placed, [*heads, *of_block], rows)
        elif block.layout == "prose" and _are_cut(lines, of_block):
            columns = [
                [run for row in block.rows for run in row[at]] for at in range(len(block.columns))
            ]
            _place(placed, of_block, [run for column in columns for run in column])
    return list(_in_order(lines, placed)) if placed else [line for line, _ in lines]


def stretch_of(line: Line, stretches: Sequence[tuple[float, float]]) -> int | None:
    """The number of the first stretch of the page that the line reaches into."""
    low, high = line.bottom, line.top
    for number, (bottom, top) in enumerate(stretches):
        if low < top and high > bottom:
            return number
    return None


def _place(placed: dict[int, list[Line]], runs: Sequence[Line], lines: list[Line]) -> None:
    """Notes that the lines stand in the place of the runs."""
    for run in runs:
        placed[id(run)] = lines


def _in_order(
    lines: Sequence[tuple[Line, Sequence[Line]]], placed: dict[int, list[Line]]
) -> Iterator[Line]:
    done: set[int] = set()
    for line, runs in lines:
        places = [placed.get(id(run)) for run in runs]
        if places.count(None) == len(places):
            yield line
            continue
        for run, there in zip(runs, places, strict=True):
            if there is None:
                yield run
            elif id(there) not in done:
                done.add(id(there))
                yield from there


def _are_cut(lines: Sequence[tuple[Line, Sequence[Line]]], runs: Sequence[Line]) -> bool:
    """Whether the file draws the columns line by line across the page."""
    of_block = {id(run) for run in runs}
    return any(sum(id(run) in of_block for run in parts) > 1 for _, parts in lines)
