"""Arranges what stands side by side on a PDF page: rows of tables, columns and notes beside text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nexus.ingestion.parsing.pdf_columns import Block, blocks
from nexus.ingestion.parsing.pdf_grids import Grid, grids
from nexus.ingestion.parsing.pdf_lines import Line, Table
from nexus.ingestion.parsing.pdf_records import (
    CellRow,
    records,
    rows_begun,
    text_of,
    visual_rows,
)
from nexus.ingestion.parsing.pdf_rulings import Ruling, Rulings

# A table without ruling lines has so many rows, unless something marks its first one.
_FEWEST_ROWS = 3
# Rows within one ruled cell are records of their own from so many on.
_FEWEST_IN_BAND = 3
_RECORDS = 0.7
# Turned column names end so near above the first row, in heights of a letter.
_ABOVE = 2.5
# Of ruled cells, so many are filled in a table; fewer are a drawing.
_FILLED = 0.3


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
    for grid in grids(rulings):
        inside = [run for run in runs if grid.cell(*_centre(run)) and id(run) not in placed]
        if rows := _ruled(grid, inside):
            _place(placed, inside, rows)
    rest = [run for run in runs if id(run) not in placed and not run.is_turned]
    turned = [run for run in runs if run.is_turned and id(run) not in placed]
    near = [run for run in rest if is_in(run, stretches)]
    found = list(blocks(near))
    if len(near) < len(rest) and any(block.layout == "prose" for block in found):
        found = list(blocks(rest))  # columns of text may go on where nothing is beside them
    for block in found:
        of_block = [run for row in block.rows for cell in row for run in cell]
        if block.layout == "table":
            heads = _turned_names(block, turned) if turned else []
            if rows := _unruled(block, heads, rulings.level):
                _place(placed, [*heads, *of_block], rows)
        elif block.layout == "prose" and _are_cut(lines, of_block):
            columns = [
                [run for row in block.rows for run in row[at]] for at in range(len(block.columns))
            ]
            _place(placed, of_block, [run for column in columns for run in column])
    return list(_in_order(lines, placed)) if placed else [line for line, _ in lines]


def is_in(line: Line, stretches: Sequence[tuple[float, float]]) -> bool:
    """Whether the line reaches into a stretch of the page."""
    low, high = line.bottom, line.top
    for bottom, top in stretches:  # noqa: SIM110 - called for every run, and half as fast as any()
        if low < top and high > bottom:
            return True
    return False


def _place(placed: dict[int, list[Line]], runs: Sequence[Line], lines: list[Line]) -> None:
    """Notes that the lines stand in the place of the runs."""
    for run in runs:
        placed[id(run)] = lines


def _in_order(
    lines: Sequence[tuple[Line, Sequence[Line]]], placed: dict[int, list[Line]]
) -> Iterator[Line]:
    done: set[int] = set()
    for line, runs in lines:
        if not any(id(run) in placed for run in runs):
            yield line
            continue
        for run in runs:
            there = placed.get(id(run))
            if there is None:
                yield run
            elif id(there) not in done:
                done.add(id(there))
                yield from there


def _are_cut(lines: Sequence[tuple[Line, Sequence[Line]]], runs: Sequence[Line]) -> bool:
    """Whether the file draws the columns line by line across the page."""
    of_block = {id(run) for run in runs}
    return any(sum(id(run) in of_block for run in parts) > 1 for _, parts in lines)


def _centre(run: Line) -> tuple[float, float]:
    return (run.left + run.right) / 2, (run.bottom + run.top) / 2


def _ruled(grid: Grid, runs: Sequence[Line]) -> list[Line]:
    """The rows of a ruled table; none if the lines do not hold one."""
    owners = grid.owners()
    width = len(grid.columns) - 1
    inside: dict[tuple[int, int], list[Line]] = {}
    for run in runs:
        at = grid.cell(*_centre(run))
        if at:
            inside.setdefault(owners[at[0]][at[1]], []).append(run)
    if not inside or len({column for _, column in inside}) < 2:
        return []
    if len(inside) < _FILLED * len({owner for row in owners for owner in row}):
        return []
    rows: list[tuple[tuple[str, ...], list[Line]]] = []
    for row in owners:
        of_row = [inside.get(owner, []) for owner in row]
        if len(set(row)) == 1 and width > 1:
            of_row = of_row[:1]
        rows += _band(of_row, row, grid)
    rows = [(cells, own) for cells, own in rows if any(cells)]
    if len(rows) < 2:
        return []
    spans = [len(set(row)) for row in owners]
    header = _bold_rows(rows)
    if header is None and 1 < spans[0] < width:
        header = 2
    elif any(owners[1][at] == owners[0][at] for at in range(width)) if len(owners) > 1 else False:
        header = max(header or 0, 2) if spans[0] > 1 else header
    return _lines(rows, grid.columns, header if len(rows) > (header or 0) else None)


def _band(
    of_row: list[list[Line]], owners: Sequence[tuple[int, int]], grid: Grid
) -> list[tuple[tuple[str, ...], list[Line]]]:
    """One row between ruling lines, or the several rows that stand in it without lines between."""
    own = [
        run
        for number, runs in enumerate(of_row)
        for run in runs
        if number == 0 or owners[number] != owners[number - 1]
    ]
    if len(set(owners)) == len(owners) == len(of_row) and len(visual_rows(own)) >= _FEWEST_IN_BAND:
        shown = [
            [[run for run in row if run in runs] for runs in of_row] for row in visual_rows(own)
        ]
        widths = [right - left for left, right in zip(grid.columns, grid.columns[1:], strict=False)]
        several, starts, _ = rows_begun(shown, widths)
        if several >= _FEWEST_IN_BAND and starts >= _RECORDS * several:
            return [
                (tuple(map(text_of, record)), [run for cell in record for run in cell])
                for record in records(shown, widths)
            ]
    return [(tuple(map(text_of, of_row)), own)]


def _unruled(block: Block, heads: Sequence[Line], level: Sequence[Ruling]) -> list[Line]:
    """The rows of a table without upright lines; none if nothing tells that it is one."""
    rows = list[tuple[tuple[str, ...], list[Line]]]()
    edges = tuple(left for left, _ in block.columns)
    divided = _bands(block, level)
    for label, band in divided:
        if label:
            rows.append(
                (
                    (text_of(band[0][0] or [run for c in band[0] for run in c]),),
                    [run for c in band[0] for run in c],
                )
            )
            continue
        found = list(records(band, block.widths))
        rows += [
            (tuple(map(text_of, record)), [run for cell in record for run in cell])
            for record in found
        ]
    header = _bold_rows(rows)
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
    return _lines(_without_colons(rows), edges, header)


def _bands(block: Block, level: Sequence[Ruling]) -> Iterator[tuple[bool, list[CellRow]]]:
    """The rows between level lines, and each label across the columns, on its own."""
    band: list[CellRow] = []
    below: float | None = None
    for number, row in enumerate(block.rows):
        runs = [run for cell in row for run in cell]
        top = max(run.top for run in runs)
        middle = sum(_centre(run)[1] for run in runs) / len(runs)
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
        below = sum(_centre(run)[1] for run in runs) / len(runs) if runs else top
    if band:
        yield False, band


def _covers(line: Ruling, block: Block) -> bool:
    left, right = block.columns[0][0], block.columns[-1][1]
    return min(line.end, right) - max(line.start, left) > 0.6 * (right - left)


def _turned_names(block: Block, turned: Sequence[Line]) -> list[Line]:
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
    return column[0] - slack < _centre(run)[0] < column[1] + slack


def _bold_rows(rows: Sequence[tuple[tuple[str, ...], list[Line]]]) -> int | None:
    """How many rows at the top are bold, where those below are not."""
    bold = [all(run.is_bold or run.is_turned for run in own) for _, own in rows]
    count = bold.index(False) if False in bold else 0
    return count if 0 < count <= 3 else None


def _rows_above_the_rule(
    rows: Sequence[tuple[tuple[str, ...], list[Line]]], level: Sequence[Ruling]
) -> int | None:
    """1 if a level line stands below the first row and none between the others."""
    places = [(min(r.bottom for r in own), max(r.top for r in own)) for _, own in rows]
    left = min(run.left for _, own in rows for run in own)
    right = max(run.right for _, own in rows for run in own)
    ruled = [
        number
        for number, ((low, _), (_, high)) in enumerate(zip(places, places[1:], strict=False))
        if any(
            (low + high) / 2 - 9 < line.at < (low + high) / 2 + 9
            and high - 3 < line.at < low + 3
            and min(line.end, right) - max(line.start, left) > 0.6 * (right - left)
            for line in level
        )
    ]
    return 1 if ruled[:1] == [0] and len(ruled) <= 2 and len(rows) > 2 else None


def _without_colons(
    rows: list[tuple[tuple[str, ...], list[Line]]],
) -> list[tuple[tuple[str, ...], list[Line]]]:
    """The rows without a column of colons: "Name │ : │ Sari" is "Name │ Sari"."""
    width = max(len(cells) for cells, _ in rows)
    for column in range(1, width):
        there = [cells[column] for cells, _ in rows if len(cells) > column and cells[column]]
        if there and all(cell.startswith(":") for cell in there):
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


def _lines(
    rows: Sequence[tuple[tuple[str, ...], list[Line]]],
    edges: Sequence[float],
    header_rows: int | None,
) -> list[Line]:
    every = [run for _, own in rows for run in own]
    table = Table(
        tuple(edges),
        header_rows,
        min(run.bottom for run in every),
        max(run.top for run in every),
    )
    lines = []
    for cells, own in rows:
        left, right = min(run.left for run in own or every), max(run.right for run in own or every)
        low, high = min(run.bottom for run in own or every), max(run.top for run in own or every)
        size = max(run.size for run in own or every)
        text = " ".join(filter(None, cells))
        lines.append(Line(text, left, right, low, high, size, size, True, cells=cells, table=table))
    return lines
