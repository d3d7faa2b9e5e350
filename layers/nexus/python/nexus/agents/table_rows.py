"""Reads a document's tables back out of its chunks, row by row.

Ingestion keeps beside each chunk which of its lines are rows, and where in them each cell stands
(`text.row_layouts`). So a table is there wherever its document may be read, by the same rights, and
gone when that is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from nexus.agents.cell_values import word_of
from nexus.agents.row_kinds import (
    adds_up,
    coded_totals,
    is_deduction,
    is_heading,
    is_part,
    is_total,
    nameless_totals,
    numbers_columns,
    units_of,
)
from nexus.models import Chunk, Locator
from nexus.text.row_layouts import Cell, LaidOutLine, read

_LONGEST_TITLE = 120
_HEADINGS = "Rows with a heading or a note only, not counted"
_PARTS = "Rows that say a part of the row above, not counted"
# Of a column: its place from 0, and its name.
_Column = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, the text that the document has of it, and if it is a total.

    `numbers` are the columns of the cells that the file holds as numbers, `again` of those that are
    merged with the cells above them.
    """

    cells: dict[str, str]
    text: str
    is_total: bool = False
    numbers: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table and its columns in order; `number` counts a document's from 1.

    It is 0 of several taken together. `sheet` is "" in a file that has none, and `title` the line
    above the table, or "". `is_named` tells whether its columns have names of their own, and
    `notes` what of it was not read.
    """

    sheet: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    number: int = 1
    title: str = ""
    is_named: bool = True
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a reader finds it by: "Table 2 (sheet Sales, Branch West)"."""
        parts = [f"sheet {self.sheet}" if self.sheet else "", self.title]
        where = ", ".join(dict.fromkeys(filter(None, parts)))
        if not self.number:
            return where
        return f"Table {self.number} ({where})" if where else f"Table {self.number}"


@dataclass(slots=True)
class _Open:
    """A table while its rows come: of each its cells and its lines.

    `pieces` are those of the cells that several lines say, by the number of the row and the column.
    """

    sheet: str
    title: str
    is_begun: bool
    rows: list[tuple[dict[_Column, Cell], list[str]]] = field(default_factory=list)
    pieces: dict[tuple[int, _Column], list[str]] = field(default_factory=dict)
    unread: int = 0

    def take(self, line: LaidOutLine) -> None:
        """Takes a line: a row, or more of the one before it."""
        self.unread += line.unread
        if not line.cells:
            return
        if line.repeats is None or not self.rows:
            self.rows.append(({}, []))
        cells, lines = self.rows[-1]
        lines.append(line.text)
        for cell in line.cells[line.repeats or 0 :]:
            column = cell.column, cell.name
            if begun := cells.get(column):
                said = self.pieces.setdefault((len(self.rows) - 1, column), [begun.text])
                said.append(cell.text)
            cells[column] = cell

    def whole(self) -> Iterator[tuple[dict[_Column, Cell], str]]:
        """The rows, each cell in one piece."""
        for (row, column), pieces in self.pieces.items():
            cells = self.rows[row][0]
            cells[column] = cells[column]._replace(text=" ".join(pieces))
        for cells, lines in self.rows:
            yield cells, "\n".join(lines)


def tables_of(chunks: Iterable[Chunk]) -> list[Table]:
    """The tables of a document's chunks, which come in reading order."""
    found: list[_Open] = []
    now: dict[int, _Open] = {}
    above = ""
    place: tuple[object, ...] = ()
    for chunk in chunks:
        sheet = chunk.locator.sheet or ""
        if _section(chunk.locator) != place:
            place = _section(chunk.locator)
            above = chunk.locator.heading[-1] if chunk.locator.heading else ""
        for line in read(chunk.text, chunk.table):
            if not line.cells and not line.unread:
                above = line.text
                continue
            if line.begins or line.level not in now or now[line.level].sheet != sheet:
                title = above if len(above) <= _LONGEST_TITLE else ""
                now[line.level] = _Open(sheet, title, line.begins)
                found.append(now[line.level])
            now[line.level].take(line)
    tables = [_made(one) for one in found]
    kept = [one for one in tables if one.rows or one.notes]
    return [replace(one, number=number) for number, one in enumerate(kept, start=1)]


def _section(place: Locator) -> tuple[object, ...]:
    return place.page, place.slide, place.sheet, place.heading


def _made(table: _Open) -> Table:
    columns = sorted({column for cells, _ in table.rows for column in cells})
    names = _names(columns)
    places = {column: place for place, column in enumerate(columns)}
    rows = list(table.whole())
    notes = []
    if table.unread:
        notes.append(f"Rows too long to be read, left out: {table.unread}.")
    if not table.is_begun:
        notes.append("What stands above the first of these rows is not known.")
    # Only what is there: of many columns, each row may fill one.
    every = [dict(sorted((places[c], cell.text) for c, cell in cells.items())) for cells, _ in rows]
    if every and numbers_columns([every[0].get(place, "") for place in range(len(columns))]):
        notes.append("A row that only numbers the columns was left out.")
        del rows[0], every[0]
    if units := units_of(every):
        notes.append(f"The first row names units and was left out: {units}.")
        del rows[0], every[0]
    kept: list[Row] = []
    left_out: Counter[str] = Counter()
    for (cells, text), texts in zip(rows, every, strict=True):
        said = {names[columns[place]]: text for place, text in texts.items() if text}
        if is_heading(texts, len(columns)) or is_part(said):
            left_out[_PARTS if is_part(said) else _HEADINGS] += 1
            continue
        exact = frozenset(names[column] for column, cell in cells.items() if cell.is_number)
        again = frozenset(names[column] for column, cell in cells.items() if cell.is_again)
        kept.append(Row(said, text, is_total(said), exact, again))
    notes += (f"{what}: {left_out[what]}." for what in (_HEADINGS, _PARTS) if left_out[what])
    is_named = any(name for _, name in columns)
    kept, told = _without_totals(kept)
    notes += told
    if not is_named:
        notes.append("The columns have no names; the first row may hold some.")
    return Table(
        table.sheet,
        tuple(names[column] for column in columns),
        tuple(kept),
        title=table.title,
        is_named=is_named,
        notes=tuple(notes),
    )


def _without_totals(kept: list[Row]) -> tuple[list[Row], list[str]]:
    """The rows, those marked that sum others up by their figures, and what is to be told."""
    notes = []
    for place, which in ((-1, "last"), (0, "first")):
        if kept and not kept[place].is_total and adds_up(kept, place):
            kept[place] = replace(kept[place], is_total=True)
            notes.append(
                f"The {which} row is the sum of the others, and was taken for their total."
            )
    totals, unsure = nameless_totals(kept)
    totals |= coded_totals(kept)
    kept = [replace(row, is_total=row.is_total or at in totals) for at, row in enumerate(kept)]
    if unsure:
        notes.append(f"Rows that hold only figures, taken for entries: {unsure}.")
    if deductions := sum(1 for row in kept if is_deduction(row.cells)):
        notes.append(f"Rows that are called less or minus, added as they stand: {deductions}.")
    return kept, notes


def _names(columns: Sequence[_Column]) -> dict[_Column, str]:
    """A name for each column that no other has."""
    plain = {column: column[1] or f"Column {column[0] + 1}" for column in columns}
    often = Counter(map(word_of, plain.values()))
    return {
        column: name if often[word_of(name)] == 1 else f"{name} (column {column[0] + 1})"
        for column, name in plain.items()
    }
