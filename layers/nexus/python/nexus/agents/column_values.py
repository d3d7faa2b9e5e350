"""Reads the cells of a table's columns as numbers or days, and says what of them was unsure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from nexus.agents.cell_dates import date_of, is_month_first, is_order_unsure
from nexus.agents.cell_values import (
    CURRENCIES,
    bare,
    decimal_mark,
    number_of,
    says_nothing,
    shown,
    unit_of,
    wanted_number,
)
from nexus.agents.row_kinds import running_sums
from nexus.agents.table_rows import Row, Table

_MOST_NAMED = 3
_CODE = re.compile(r"0\d+")
# Three digits behind one mark: a group, or a fraction.
_UNSURE = re.compile(r"(?<![\d.,])[1-9]\d{0,2}[.,]\d{3}(?![\d.,])")


@dataclass(frozen=True, slots=True)
class _Column:
    """How the cells of one column are read: their decimal mark, or as days."""

    mark: str
    is_dated: bool
    is_month_first: bool


class ColumnValues:
    """The numbers of one table; `notes` say what was guessed of the columns that were read."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._read: dict[str, _Column] = {}
        self._summed: set[str] = set()
        self._merged: dict[str, dict[int, int]] = {}
        self.notes: list[str] = []

    def number(self, row: Row, column: str) -> Decimal | None:
        """A cell's number; of a date the number of its day, so that dates compare."""
        cell = row.cells.get(column)
        if cell is None:
            return None
        read = self._column(column)
        if read.is_dated:
            return _day(cell, read)
        if column in row.numbers:
            # Accountants show nought as a dash.
            return Decimal(0) if says_nothing(cell) else number_of(cell, ".")
        return number_of(cell, read.mark)

    def says(self, row: Row, column: str) -> bool:
        """Whether a row has a cell in the column that says something."""
        cell = row.cells.get(column, "")
        return bool(cell) and (column in row.numbers or not says_nothing(cell))

    def merged_once(self, rows: Sequence[Row], column: str) -> list[Row]:
        """The rows, of those that one merged cell of the column covers the first only."""
        if not any(column in row.again for row in rows):
            return list(rows)
        owner = self._owners(column)
        first = {owner[id(row)]: row for row in reversed(rows)}
        return [row for row in rows if first[owner[id(row)]] is row]

    def _owners(self, column: str) -> dict[int, int]:
        """The place of the row whose cell each row's is, by what `id` gives for the row."""
        known = self._merged.get(column)
        if known is None:
            known = self._merged[column] = {}
            at = 0
            for place, row in enumerate(self._table.rows):
                at = at if column in row.again else place
                known[id(row)] = at
        return known

    def tell_sums(self, column: str) -> None:
        """Notes entries that are the sum of those above them, though nothing calls them totals."""
        if column in self._summed:
            return
        self._summed.add(column)
        entries = [row for row in self._table.rows if not row.is_total and column not in row.again]
        sums = [entries[at] for at in running_sums([self.number(row, column) for row in entries])]
        if sums:
            named = "; ".join(next(iter(row.cells.values()))[:60] for row in sums[:_MOST_NAMED])
            self.notes.append(
                f"Rows whose {column} is the sum of those above, counted as entries: {len(sums)} "
                f"({named})."
            )

    def is_dated(self, column: str) -> bool:
        """Whether more than half of a column's cells are dates."""
        return self._column(column).is_dated

    def is_numeric(self, column: str) -> bool:
        """Whether more than half of a column's cells are numbers or dates."""
        rows = [row for row in self._table.rows if self.says(row, column)]
        read = sum(1 for row in rows if self.number(row, column) is not None)
        return read * 2 > len(rows)

    def wanted(self, column: str, value: Any) -> Decimal | None:
        """What a column's cells are compared with, as `number` reads them."""
        read = self._column(column)
        if read.is_dated:
            return _day(str(value), read)
        return wanted_number(value)

    def is_code(self, column: str, value: Any) -> bool:
        """Whether a text begins with a nought that counts in this column, as in "007"."""
        if not isinstance(value, str) or not _CODE.fullmatch(value.strip()):
            return False
        cells = (row.cells.get(column, "") for row in self._table.rows)
        return any(_CODE.fullmatch(cell) for cell in cells)

    def units(self, rows: Iterable[Row], column: str) -> list[str]:
        """What the numbers of these rows are of, each once; [] where none says it, or for dates.

        Numbers that say nothing are of the others' currency; beside a share or a measure, of none.
        """
        if self.is_dated(column):
            return []
        found = {unit_of(row.cells[column]) for row in rows if self.number(row, column)}
        if found <= {"", *CURRENCIES}:
            found -= {""}
        return sorted(found) if found != {""} else []

    def _column(self, name: str) -> _Column:
        found = self._read.get(name)
        if found is None:
            cells = self._cells(name)
            first = is_month_first(cells)
            dates = sum(1 for one in cells if date_of(one) or date_of(one, month_first=True))
            typed = self._typed(name)
            found = _Column(decimal_mark(typed), dates * 2 > len(cells), first)
            if not found.mark and not found.is_dated:
                found = self._with_guess(name, typed)
            elif found.is_dated and is_order_unsure(cells):
                self._tell_order(name, cells)
            self._read[name] = found
        return found

    def _cells(self, name: str) -> list[str]:
        return [bare(row.cells[name]) for row in self._table.rows if self.says(row, name)]

    def _typed(self, name: str) -> list[str]:
        """The cells that are text in the file, whose mark has to be found out."""
        rows = (row for row in self._table.rows if name not in row.numbers)
        return [bare(row.cells[name]) for row in rows if self.says(row, name)]

    def _with_guess(self, name: str, cells: Sequence[str]) -> _Column:
        """A column whose numbers may be thousands or fractions, as the other columns have them."""
        unsure = next((cell for cell in cells if _UNSURE.search(cell)), None)
        if unsure is None or number_of(unsure, "") is None:
            return _Column("", False, False)
        marks = {decimal_mark(self._typed(one)) for one in self._table.columns if one != name}
        marks -= {""}
        mark = marks.pop() if len(marks) == 1 else ""
        number = number_of(unsure, mark)
        if number is None:
            mark, number = "", number_of(unsure, "")
        self.notes.append(f"In {name}, {unsure} was read as {shown(number or Decimal(0))}.")
        return _Column(mark, False, False)

    def _tell_order(self, name: str, cells: Sequence[str]) -> None:
        for cell in cells:
            if is_order_unsure([cell]) and (day := date_of(cell)):
                self.notes.append(f"In {name}, {cell} was read as {day.isoformat()}.")
                return


def _day(cell: str, read: _Column) -> Decimal | None:
    day = date_of(bare(cell), month_first=read.is_month_first)
    return None if day is None else Decimal(day.toordinal())
