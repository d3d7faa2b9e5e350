"""Tells of a line that says a row of a table where its cells stand, shortly enough to be indexed.

"Name: cell; Name: cell" reads well and is searched well, but whether a colon or a semicolon parts
two cells or is in one cannot be seen in it. So the lengths of the names and cells are kept beside
it: about three characters a cell, and nothing of the text twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from nexus.models import TableRow

# A row whose cells cannot be told apart.
UNKNOWN = TableRow((), (), ())
# What stands between a name and its cell (": "), and between two cells ("; ").
_BETWEEN = 2
_UNREAD = -1
_json = json.JSONEncoder(separators=(",", ":")).encode  # made once: `json.dumps` makes it each time
# Of a chunk with lines of places, none of which is a row: it was indexed since there are layouts.
NO_ROWS = "[]"
# An index has room for 40 KB of a chunk, of whose text it holds two forms.
_LONGEST = 16_000


class Cell(NamedTuple):  # a long table has hundreds of thousands
    """A cell as a line says it: its column from 0, its column's name ("" for none), its text.

    `is_number` tells that the file holds a number there, whose fraction a point parts, `is_again`
    that the cell is merged with the one above it.
    """

    column: int
    name: str
    text: str
    is_number: bool = False
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class LaidOutLine:
    """A line of a chunk: its cells where it is a row; none, and `unread`, for rows that were cut.

    `begins`, `repeats` and `level` are those of the line's `TableRow`.
    """

    text: str
    cells: tuple[Cell, ...] = ()
    begins: bool = False
    repeats: int | None = None
    unread: int = 0
    level: int = 0


def cells_of(line: str, row: TableRow) -> list[Cell] | None:
    """The cells of a line; None if it is not as long as the row says."""
    found: list[Cell] = []
    at = 0
    shape = zip(row.columns, row.names, row.cells, strict=True)
    for place, (column, named, length) in enumerate(shape):
        if not length:
            continue
        at += _BETWEEN if found else 0
        name = line[at : at + named]
        at += named + _BETWEEN if named else 0
        found.append(
            Cell(column, name, line[at : at + abs(length)], length < 0, place in row.again)
        )
        at += abs(length)
    return found if found and at == len(line) else None


def reworded(line: str, row: TableRow, after: str, change: Callable[[str], str]) -> TableRow | None:
    """The row of a line that became `after`, if `change` makes that of its cells; else None."""
    cells = cells_of(line, row)
    if cells is None:
        return None
    changed = [one._replace(name=change(one.name), text=change(one.text)) for one in cells]
    made = replace(
        row,
        columns=tuple(one.column for one in changed),
        names=tuple(len(one.name) for one in changed),
        cells=tuple(-len(one.text) if one.is_number else len(one.text) for one in changed),
        again=tuple(place for place, one in enumerate(changed) if one.is_again),
    )
    again = cells_of(after, made)
    return made if again == changed else None


def written(lines: Sequence[tuple[int, TableRow]], unread: Sequence[TableRow] = ()) -> str:
    """The rows of a chunk, each by the number of its line among those that are not blank, from 0.

    `unread` more were cut into pieces. JSON of runs of rows that are alike: the number of the
    first, whether it begins a table and twice its level, what it repeats, its columns (0 for the
    first ones), the lengths of their names, and for each row those of its cells and a list of the
    merged ones. Where that would be too long, all of them are unread.
    """
    runs: list[tuple[int, list[TableRow]]] = []
    shape: object = None
    behind = -1
    for at, row in lines:
        here = (row.columns, row.names, row.repeats, row.level)
        if here != shape or at != behind or row.begins:
            runs.append((at, []))
        runs[-1][1].append(row)
        shape, behind = here, at + 1
    said = [_run(at, rows) for at, rows in runs]
    if unread:
        said.append(_unread(unread))
    made = _json(said) if said else ""
    if len(made) > _LONGEST:
        return _json([_unread([*(row for _, row in lines), *unread])])
    return made


def _unread(rows: Sequence[TableRow]) -> list[int]:
    """How many these are, and whether a table begins among them."""
    begins = any(row.begins for row in rows)
    return [0, _UNREAD, len(rows), *([1] if begins else [])]


def _run(at: int, rows: Sequence[TableRow]) -> list[Any]:
    first = rows[0]
    filled = [any(lengths) for lengths in zip(*(row.cells for row in rows), strict=True)]
    used = [place for place, is_filled in enumerate(filled) if is_filled]
    columns = [first.columns[place] for place in used]
    kind = first.begins + 2 * first.level
    names = [first.names[place] for place in used]
    cells = []
    for row in rows:
        lengths: list[Any] = [row.cells[place] for place in used]
        if row.again:
            lengths.append([at for at, place in enumerate(used) if place in row.again])
        cells.append(lengths)
    return [
        at,
        kind,
        first.repeats,
        0 if columns == [*range(len(used))] else columns,
        names,
        *cells,
    ]


def read(text: str, layout: str) -> Iterator[LaidOutLine]:
    """The lines of a chunk that are not blank, those that are rows with their cells.

    One that is not as the layout says is `unread`.
    """
    rows: dict[int, TableRow] = {}
    cut, begins = 0, False
    for at, kind, third, *rest in json.loads(layout) if layout else ():
        if kind == _UNREAD:
            cut, begins = cut + third, bool(rest)
            continue
        columns, names, *lengths = rest
        for place, cells in enumerate(lengths):
            rows[at + place] = TableRow(
                tuple(columns or range(len(names))),
                tuple(names),
                tuple(cells[: len(names)]),
                bool(kind % 2) and not place,
                third,
                tuple(*cells[len(names) :]),
                kind // 2,
            )
    for number, line in enumerate(filter(None, text.split("\n"))):
        row = rows.get(number)
        if row is None:
            yield LaidOutLine(line)
        elif (found := cells_of(line, row)) is None:
            yield LaidOutLine(line, (), row.begins, unread=1, level=row.level)
        else:
            yield LaidOutLine(line, tuple(found), row.begins, row.repeats, 0, row.level)
    if cut:
        yield LaidOutLine("", begins=begins, unread=cut)
