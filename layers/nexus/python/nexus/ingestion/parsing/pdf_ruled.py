"""Reads the tables of a PDF page that ruling lines divide into cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nexus.ingestion.parsing.pdf_grids import Grid
from nexus.ingestion.parsing.pdf_lines import Line
from nexus.ingestion.parsing.pdf_records import records, rows_begun, text_of, visual_rows
from nexus.ingestion.parsing.pdf_table_rows import Row, bold_rows, table_lines

# Rows within one ruled cell are records of their own from so many on, if so many begin something.
_FEWEST_IN_BAND = 3
_RECORDS = 0.7
# Of ruled cells, so many are filled in a table; fewer are a drawing.
_FILLED = 0.3


def ruled_rows(grid: Grid, runs: Sequence[tuple[Line, tuple[int, int]]]) -> list[Line]:
    """The rows of a ruled table, by its runs and their cells; none if the lines do not hold one."""
    owners = grid.owners()
    width = len(grid.columns) - 1
    inside: dict[tuple[int, int], list[Line]] = {}
    for run, (row, column) in runs:
        inside.setdefault(owners[row][column], []).append(run)
    if not inside or len({column for _, column in inside}) < 2:
        return []
    if len(inside) < _FILLED * len(set().union(*owners)):
        return []
    rows: list[Row] = []
    for band in owners:
        of_row = [inside.get(owner, []) for owner in band]
        if len(set(band)) == 1 and width > 1:
            of_row = of_row[:1]
        rows += _band(of_row, band, grid)
    rows = [(cells, own) for cells, own in rows if any(cells)]
    if len(rows) < 2:
        return []
    header = max(bold_rows(rows) or 0, _spanned(owners)) or None
    return table_lines(rows, grid.columns, header if len(rows) > (header or 0) else None)


def _spanned(owners: Sequence[Sequence[tuple[int, int]]]) -> int:
    """2 if the first row has names over several columns, whose own names follow; else 0."""
    width = len(owners[0])
    return 2 if len(owners) > 2 and 1 < len(set(owners[0])) < width else 0


def _band(of_row: list[list[Line]], owners: Sequence[tuple[int, int]], grid: Grid) -> list[Row]:
    """One row between ruling lines, or the several rows that stand in it without lines between."""
    own = [
        run
        for number, runs in enumerate(of_row)
        for run in runs
        if number == 0 or owners[number] != owners[number - 1]
    ]
    if (
        len(own) >= 2 * _FEWEST_IN_BAND
        and len(set(owners)) == len(owners) == len(of_row)
        and len(found := visual_rows(own)) >= _FEWEST_IN_BAND
    ):
        column_of = {id(run): column for column, runs in enumerate(of_row) for run in runs}
        shown = [
            [[run for run in row if column_of[id(run)] == column] for column in range(len(of_row))]
            for row in found
        ]
        widths = [right - left for left, right in pairwise(grid.columns)]
        several, starts, _ = rows_begun(shown, widths)
        if several >= _FEWEST_IN_BAND and starts >= _RECORDS * several:
            return [
                (tuple(map(text_of, record)), [run for cell in record for run in cell])
                for record in records(shown, widths)
            ]
    return [(tuple(map(text_of, of_row)), own)]
