"""Computes a query over a table's rows: filters, groups, and figures, in exact decimals."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from nexus.agents.cell_dates import date_of, is_month_first
from nexus.agents.cell_values import decimal_mark, number_of, shown, wanted_number, word_of
from nexus.agents.table_rows import Row, Table

FUNCTIONS = ("count", "count_distinct", "sum", "min", "max", "mean")
# Three digits behind one mark: a group, or a fraction.
_UNSURE = re.compile(r"(?<![\d.,])[1-9]\d{0,2}[.,]\d{3}(?![\d.,])")
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
OPERATORS = (*_COMPARED, "contains", "in")
_SIGNS = {"eq": "=", "ne": "is not", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
MOST_SHOWN, MOST_GROUPS = 30, 100


class QueryFault(ValueError):
    """A query that cannot be computed; its sentence says why, for the model that wrote it."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What a query came to: its lines of figures, the rows they rest on, and what was left out."""

    figures: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


class Query:
    """One query over one table."""

    def __init__(self, table: Table, asked: Mapping[str, Any]) -> None:
        self._table = table
        self._asked = asked
        self._marks: dict[str, str] = {}
        self._dated: dict[str, bool] = {}
        self._months_first: dict[str, bool] = {}
        self._notes: list[str] = []

    def compute(self) -> Computed:
        """The result. Raises QueryFault."""
        rows = [row for row in self._table.rows if not row.is_total]
        if left := len(self._table.rows) - len(rows):
            self._notes.append(f"Rows of totals that were not counted: {left}.")
        conditions = [self._condition(one) for one in self._asked.get("filter") or ()]
        rows = [row for row in rows if all(holds(row) for holds in conditions)]
        figures: list[str] = []
        wanted = self._asked.get("aggregate") or ()
        if wanted:
            figures = self._aggregated(rows, wanted)
        rows = self._extremes_first(self._ordered(rows), wanted)
        limit = int(self._asked.get("limit") or MOST_SHOWN)
        kept = tuple(rows[: min(limit, MOST_SHOWN)])
        if not wanted and len(rows) > len(kept):
            self._notes.append(f"Rows that match: {len(rows)}; shown: {len(kept)}.")
        return Computed(tuple(figures), kept, tuple(self._notes))

    def _extremes_first(self, rows: list[Row], wanted: Sequence[Mapping[str, Any]]) -> list[Row]:
        """The rows, those first that have the least or greatest value which is asked for."""
        extremes = [one for one in wanted if one["function"] in ("min", "max")]
        if len(extremes) != 1 or self._asked.get("group_by"):
            return rows
        column = self.column(extremes[0].get("column"))
        numbers = [one for row in rows if (one := self._number(row, column)) is not None]
        if not numbers:
            return rows
        value = _reduced(extremes[0]["function"], numbers)
        return sorted(rows, key=lambda row: self._number(row, column) != value)

    def column(self, name: Any) -> str:
        """The table's column of a name, whatever its case. Raises QueryFault naming all."""
        wanted = word_of(name)
        found = [one for one in self._table.columns if word_of(one) == wanted]
        near = [one for one in self._table.columns if wanted and wanted in word_of(one)]
        if found or len(near) == 1:
            return (found or near)[0]
        raise QueryFault(f"There is no such column; there are: {'; '.join(self._table.columns)}.")

    def _condition(self, asked: Mapping[str, Any]) -> Callable[[Row], bool]:
        column, named = self.column(asked["column"]), asked["operator"]
        value = asked["value"]
        if named == "contains":
            part = word_of(value)
            return lambda row: part in word_of(row.cells.get(column, ""))
        if named == "in":
            if not isinstance(value, list):
                raise QueryFault("The operator `in` takes a list.")
            words = {word_of(one) for one in value}
            numbers = {one for v in value if (one := self._wanted(column, v)) is not None}
            return lambda row: (
                word_of(row.cells.get(column, "")) in words or self._number(row, column) in numbers
            )
        compare, number = _COMPARED[named], self._wanted(column, value)
        if number is not None and (named not in ("eq", "ne") or self._is_numeric(column)):
            return self._compared(column, compare, number)
        if named in ("eq", "ne"):
            word = word_of(value)
            return lambda row: (
                column in row.cells and bool(compare(word_of(row.cells[column]), word))
            )
        raise QueryFault("Only numbers and dates like 2026-08-31 can be compared by size.")

    def _compared(
        self, column: str, compare: Callable[[Any, Any], bool], number: Decimal
    ) -> Callable[[Row], bool]:
        unread = sum(
            1 for row in self._table.rows if not row.is_total and self._number(row, column) is None
        )
        if unread:
            self._notes.append(f"Rows without a number in {column}: {unread}; not compared.")

        def holds(row: Row) -> bool:
            found = self._number(row, column)
            return found is not None and compare(found, number)

        return holds

    def _number(self, row: Row, column: str) -> Decimal | None:
        """A cell's number; of a date the number of its day, so that dates compare."""
        if self._is_dated(column):
            first = self._months_first[column]
            day = date_of(row.cells.get(column, ""), month_first=first)
            return None if day is None else Decimal(day.toordinal())
        if column not in self._marks:
            cells = [one.cells[column] for one in self._table.rows if column in one.cells]
            self._marks[column] = decimal_mark(cells)
            self._tell_guess(column, cells)
        cell = row.cells.get(column)
        return None if cell is None else number_of(cell, self._marks[column])

    def _tell_guess(self, column: str, cells: Sequence[str]) -> None:
        """Notes how a number was read that can be one of a thousand or a fraction."""
        if self._marks[column]:
            return
        for cell in cells:
            number = number_of(cell, "") if _UNSURE.search(cell) else None
            if number is not None:
                self._notes.append(f"In {column}, {cell.strip()} was read as {shown(number)}.")
                return

    def _is_numeric(self, column: str) -> bool:
        rows = [row for row in self._table.rows if column in row.cells]
        read = sum(1 for row in rows if self._number(row, column) is not None)
        return read * 2 > len(rows)

    def _is_dated(self, column: str) -> bool:
        """Whether more than half of a column's cells are dates."""
        if column not in self._dated:
            cells = [row.cells[column] for row in self._table.rows if column in row.cells]
            self._months_first[column] = is_month_first(cells)
            dates = sum(1 for one in cells if date_of(one) or date_of(one, month_first=True))
            self._dated[column] = dates * 2 > len(cells)
        return self._dated[column]

    def _wanted(self, column: str, value: Any) -> Decimal | None:
        """What a column's cells are compared with, as `_number` reads them."""
        if not self._is_dated(column):
            return wanted_number(value)
        day = date_of(str(value), month_first=self._months_first[column])
        return None if day is None else Decimal(day.toordinal())

    def _aggregated(self, rows: Sequence[Row], wanted: Sequence[Mapping[str, Any]]) -> list[str]:
        keys = [self.column(one) for one in self._asked.get("group_by") or ()]
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(row.cells.get(key, "") for key in keys), []).append(row)
        if not keys:
            groups = {(): list(rows)}
        figures: list[tuple[Decimal | None, str]] = []
        for key, members in list(groups.items())[:MOST_GROUPS]:
            named = "; ".join(f"{k}: {v}" for k, v in zip(keys, key, strict=True))
            for one in wanted:
                value, label = self._figure(members, one)
                figures.append((value, f"{named}; {label}" if named else label))
        if keys and self._asked.get("order_by"):
            descending = bool(self._asked["order_by"][0].get("descending"))
            figures.sort(key=lambda it: it[0] or Decimal(0), reverse=descending)
        limit = int(self._asked.get("limit") or MOST_GROUPS) if keys else MOST_GROUPS
        if len(groups) > MOST_GROUPS:
            self._notes.append(f"Groups: {len(groups)}; shown: {MOST_GROUPS}.")
        return [text for _, text in figures][: limit * len(wanted)]

    def _figure(self, rows: Sequence[Row], asked: Mapping[str, Any]) -> tuple[Decimal | None, str]:
        """One figure: its value, None for none, and the line that says it."""
        function = asked["function"]
        if function == "count" and not asked.get("column"):
            return Decimal(len(rows)), f"count{self._where()}: {len(rows)}"
        if not asked.get("column"):
            raise QueryFault(f"The function {function} needs a column.")
        column = self.column(asked["column"])
        cells = [row.cells[column] for row in rows if row.cells.get(column)]
        label = f"{function} of {column}{self._where()}"
        if function in ("count", "count_distinct"):
            number = len(cells) if function == "count" else len(set(map(word_of, cells)))
            return Decimal(number), f"{label}: {number}"
        numbers = [one for row in rows if (one := self._number(row, column)) is not None]
        if unread := len(rows) - len(numbers):
            self._notes.append(f"Rows without a number in {column}: {unread}; left out.")
        if not numbers:
            return None, f"{label}: none"
        if self._is_dated(column):
            if function not in ("min", "max"):
                raise QueryFault(f"There is no {function} of dates.")
            value = _reduced(function, numbers)
            return value, f"{label}: {date.fromordinal(int(value)).isoformat()}"
        value = _reduced(function, numbers)
        return value, f"{label}: {shown(value)}"

    def _where(self) -> str:
        """The conditions in words, so that the figure says what it is of."""
        said = []
        for one in self._asked.get("filter") or ():
            sign = _SIGNS.get(one["operator"], one["operator"])
            value = one["value"]
            told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            said.append(f"{self.column(one['column'])} {sign} {told}"[:120])
        return f" where {' and '.join(said)}" if said else ""

    def _ordered(self, rows: list[Row]) -> list[Row]:
        for one in reversed(self._asked.get("order_by") or ()):
            if self._asked.get("group_by"):
                break  # the groups' figures are in order
            column = self.column(one["column"])
            descending = bool(one.get("descending"))

            def place(row: Row, column: str = column) -> tuple[bool, Decimal, str]:
                number = self._number(row, column)
                return number is None, number or Decimal(0), word_of(row.cells.get(column, ""))

            read = [row for row in rows if self._number(row, column) is not None]
            unread = [row for row in rows if self._number(row, column) is None]
            rows = sorted(read, key=place, reverse=descending)
            rows += sorted(unread, key=place, reverse=descending)
        return rows


def _reduced(function: str, numbers: Sequence[Decimal]) -> Decimal:
    if function == "sum":
        return sum(numbers, Decimal(0))
    if function == "mean":
        return sum(numbers, Decimal(0)) / len(numbers)
    return min(numbers) if function == "min" else max(numbers)
