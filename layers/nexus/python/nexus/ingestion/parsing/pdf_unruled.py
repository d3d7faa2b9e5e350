"""Reads the tables of a PDF page that only white space divides into columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from nexus.ingestion.parsing.pdf_columns import Block
from nexus.ingestion.parsing.pdf_lines import Line
from nexus.ingestion.parsing.pdf_records import CellRow, records, text_of
from nexus.ingestion.parsing.pdf_rulings import Ruling
from nexus.ingestion.parsing.pdf_table_rows import Row, bold_rows, centre, table_lines

# A table without ruling lines has so many rows, unless something marks its first one.
_FEWEST_ROWS = 3
_LINES_OF_RECORD = 2
# Turned column names end so near above the first row, in heights of a letter.
_ABOVE = 2.5


def unruled_rows(block: Block, heads: Sequence[Line], level: Sequence[Ruling]) -> list[Line]:
    """The rows of a table without upright lines; none if nothing tells that it is one."""
    rows: list[Row] = []
    edges = tuple(left for left, _ in block.columns)
    divided = list(_bands(block, level))
    # Where a line stands below nearly every row, what is between two is one record.
    lengths = sorted(len(band) for label, band in divided if not label)
    are_records = len(lengths) >= _FEWEST_ROWS and lengths[len(lengths) // 2] <= _LINES_OF_RECORD
    for label, band in divided:
        if label:
            runs = [run for cell in band[0] for run in cell]
            rows.append(((text_of(runs),), runs))
            continue
        if are_records and len(band) <= 2 * _LINES_OF_RECORD:
            found = [[[run for row in band for run in row[at]] for at in range(len(edges))]]
        else:
            found = list(records(band, block.widths))
        rows += [
            (tuple(map(text_of, record)), [run for cell in record for run in cell])
            for record in found
        ]
    if not heads:
        rows, edges = _under_names(rows, edges)
    header = bold_rows(rows)
    if heads:
        names = tuple(
            text_of([run for run in heads if _is_over(run, column)]) for column in block.columns
        )
        rows.insert(0, (names, list(heads)))
        header = 1
    elif header is None:
        header = _rows_above_the_rule(rows, level)
    if header is None and len(rows) < _FEWEST_ROWS:
        return []
    if header is None and len(edges) == 2:
        header = 0  # of names and their values, the first pair is no header
    return table_lines(_without_colons(rows), edges, header)


def _bands(block: Block, level: Sequence[Ruling]) -> Iterator[tuple[bool, list[CellRow]]]:
    """The rows between level lines, and each label across the columns, on its own."""
    band: list[CellRow] = []
    below: float | None = None
    for number, row in enumerate(block.rows):
        runs = [run for cell in row for run in cell]
        top = max(run.top for run in runs)
        middle = sum(centre(run)[1] for run in runs) / len(runs)
        ruled = below is not None and any(
            middle < line.at < below and _covers(line, block) for line in level
        )
        if band and (ruled or number in block.labels):
            yield False, band
            band = []
        if number in block.labels:
            yield True, [row]
        else:
            band.append(row)
        below = sum(centre(run)[1] for run in runs) / len(runs) if runs else top
    if band:
        yield False, band


def _covers(line: Ruling, block: Block) -> bool:
    left, right = block.columns[0][0], block.columns[-1][1]
    return min(line.end, right) - max(line.start, left) > 0.6 * (right - left)


def turned_names(block: Block, turned: Sequence[Line]) -> list[Line]:
    """The column names among the `turned` runs: those that end right above the block's columns."""
    first = block.rows[0]
    runs = [run for cell in first for run in cell]
    top, size = max(run.top for run in runs), max(run.size for run in runs)
    names = [
        run
        for run in turned
        if -size < run.bottom - top < _ABOVE * size
        and any(_is_over(run, column) for column in block.columns)
    ]
    return names if len(names) > 1 else []


def _is_over(run: Line, column: tuple[float, float]) -> bool:
    slack = run.right - run.left
    return column[0] - slack < centre(run)[0] < column[1] + slack


def _rows_above_the_rule(rows: Sequence[Row], level: Sequence[Ruling]) -> int | None:
    """1 if a level line stands below the first row and none between the others."""
    places = [(min(r.bottom for r in own), max(r.top for r in own)) for _, own in rows]
    left = min(run.left for _, own in rows for run in own)
    right = max(run.right for _, own in rows for run in own)
    ruled = [
        number
        for number, ((low, _), (_, high)) in enumerate(pairwise(places))
        if any(
            (low + high) / 2 - 9 < line.at < (low + high) / 2 + 9
            and high - 3 < line.at < low + 3
            and min(line.end, right) - max(line.start, left) > 0.6 * (right - left)
            for line in level
        )
    ]
    return 1 if ruled[:1] == [0] and len(ruled) <= 2 and len(rows) > 2 else None


def _under_names(rows: list[Row], edges: tuple[float, ...]) -> tuple[list[Row], tuple[float, ...]]:
    """The rows with each name over its values, where one stands left and the others right.

    Names and values then seem columns of their own: as many of names as of values, in turn.
    """
    width = len(edges)
    whole = [cells for cells, _ in rows if len(cells) == width]
    if len(rows) < _FEWEST_ROWS or not rows or len(rows[0][0]) != width:
        return rows, edges
    names = [at for at in range(width) if rows[0][0][at]]
    values = [at for at in range(width) if any(cells[at] for cells in whole[1:])]
    if not (
        1 < len(names) == len(values) < width
        and all(abs(name - value) <= 1 for name, value in zip(names, values, strict=True))
    ):
        return rows, edges
    kept = [
        (tuple(cells[at] for at in (values if number else names)), own)
        if len(cells) == width
        else (cells, own)
        for number, (cells, own) in enumerate(rows)
    ]
    pairs = zip(names, values, strict=True)
    return kept, tuple(edges[min(name, value)] for name, value in pairs)


def _without_colons(
    rows: list[Row],
) -> list[Row]:
    """The rows without a column of colons: "Name │ : │ Sari" is "Name │ Sari"."""
    width = max(len(cells) for cells, _ in rows)
    for column in range(1, width):
        there = [cells[column] for cells, _ in rows if len(cells) > column and cells[column]]
        if len(there) * 2 > len(rows) and all(cell.startswith(":") for cell in there):
            rows = [
                (
                    tuple(
                        cell.lstrip(": ") if at == column else cell for at, cell in enumerate(cells)
                    ),
                    own,
                )
                for cells, own in rows
            ]
    return rows
