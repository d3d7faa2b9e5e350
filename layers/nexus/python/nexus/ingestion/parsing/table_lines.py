"""Keeps with a line of text how it says a row of a table, on its way from a parser to the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from nexus.ingestion.parsing.cleaning import clean
from nexus.models import LocatedText, Locator, TableRow
from nexus.text.row_layouts import UNKNOWN, reworded


class TableLine(str):
    """A line that says a row of a table, and how; as a text it is the line, and equal to it."""

    __slots__ = ("row",)

    row: TableRow

    def __new__(cls, text: str, row: TableRow) -> TableLine:
        made = super().__new__(cls, text)
        made.row = row
        return made


class CellText(str):
    """A cell, and what its file knows of it beside its words.

    `is_number` tells that the file holds a number, whose fraction a point parts, and `is_again`
    that the cell is merged with the one above it, which it only says again.
    """

    __slots__ = ("is_again", "is_number")

    is_number: bool
    is_again: bool

    def __new__(cls, text: str, *, is_number: bool = False, is_again: bool = False) -> CellText:
        made = super().__new__(cls, text)
        made.is_number, made.is_again = is_number, is_again
        return made


def said_again(cell: str) -> CellText:
    """The cell as a row below says it that it is merged over."""
    return CellText(cell, is_number=isinstance(cell, CellText) and cell.is_number, is_again=True)


def row_of(
    names: Sequence[str],
    cells: Sequence[str],
    columns: Sequence[int] = (),
    repeats: int | None = None,
) -> TableRow:
    """How a line says cells after their names; `columns` unless they are 0, 1, 2 and on."""
    marked = [(place, cell) for place, cell in enumerate(cells) if isinstance(cell, CellText)]
    lengths = [*map(len, cells)]
    for place, cell in marked:
        if cell.is_number:
            lengths[place] = -lengths[place]
    return TableRow(
        _shared(tuple(columns or range(len(cells)))),
        _shared(tuple(map(len, names))),
        tuple(lengths),
        repeats=repeats,
        again=tuple(place for place, cell in marked if cell.is_again and cell),
    )


@lru_cache(maxsize=64)
def _shared(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers, held once for the rows of a table."""
    return numbers


def located(text: str, locator: Locator) -> LocatedText:
    """The text at its place; with its row, if it says one."""
    return LocatedText(str(text), locator, rows_of(text))


def rows_of(text: str) -> tuple[TableRow | None, ...]:
    """What `LocatedText.rows` keeps of a line."""
    return (text.row,) if isinstance(text, TableLine) else ()


def cleaned_rows(text: str) -> tuple[TableRow | None, ...]:
    """What `LocatedText.rows` keeps of a line whose text is made clean."""
    if not isinstance(text, TableLine):
        return ()
    return changed_rows(LocatedText(text, rows=rows_of(text)), clean(text), clean)


def changed_rows(
    text: LocatedText, after: str, change: Callable[[str], str]
) -> tuple[TableRow | None, ...]:
    """The rows of a text that becomes another as `change` makes it of each line.

    Where that tells nothing of the cells, each line that was a row is an `UNKNOWN` one.
    """
    if not text.rows or text.text == after:
        return text.rows
    before, lines = text.text.split("\n"), after.split("\n")
    if len(before) != len(lines) or len(lines) != len(text.rows):
        return tuple(row and replace(UNKNOWN, begins=row.begins) for row in text.rows)
    return tuple(
        row and (reworded(old, row, new, change) or replace(UNKNOWN, begins=row.begins))
        for old, new, row in zip(before, lines, text.rows, strict=True)
    )


def joined(lines: Iterable[str], locator: Locator) -> LocatedText:
    """Lines as one text with the rows that they say."""
    every = list(lines)
    rows = tuple(line.row if isinstance(line, TableLine) else None for line in every)
    return LocatedText("\n".join(every), locator, rows if any(rows) else ())


def moved(line: str, columns: Sequence[int], *, begins: bool, level: int) -> str:
    """A line of a record whose first cell is of the first of these columns, and so on."""
    if not isinstance(line, TableLine):
        return line
    own = tuple(columns[place] for place in line.row.columns)
    return TableLine(line, replace(line.row, columns=own, begins=begins, level=level))


def begun(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines of one table, the first of its rows marked as such."""
    is_begun = False
    for number, line in lines:
        if not is_begun and isinstance(line, TableLine):
            is_begun = True
            yield number, TableLine(line, replace(line.row, begins=True))
        else:
            yield number, line
