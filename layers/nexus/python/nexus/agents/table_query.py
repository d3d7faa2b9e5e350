"""Computes a query over a table's rows: filters, groups, and figures, in exact decimals."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from nexus.agents.cell_values import cell_word, shown, unit_of, word_of
from nexus.agents.column_values import ColumnValues
from nexus.agents.table_rows import Row, Table

FUNCTIONS = ("count", "count_distinct", "sum", "min", "max", "mean")
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
_LONGEST_GROUP, _LONGEST_NAMES = 300, 2_000


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
        self._values = ColumnValues(table)
        self._entries = [row for row in table.rows if not row.is_total]
        self._notes: list[str] = []

    def compute(self) -> Computed:
        """The result. Raises QueryFault."""
        rows = self._entries
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
        notes = dict.fromkeys([*self._table.notes, *self._notes, *self._values.notes])
        return Computed(tuple(figures), kept, tuple(notes))

    def _extremes_first(self, rows: list[Row], wanted: Sequence[Mapping[str, Any]]) -> list[Row]:
        """The rows, those first that have the least or greatest value which is asked for."""
        extremes = [one for one in wanted if one["function"] in ("min", "max")]
        if len(extremes) != 1 or self._asked.get("group_by"):
            return rows
        column = self.column(extremes[0].get("column"))
        numbers = [one for row in rows if (one := self._values.number(row, column)) is not None]
        if not numbers:
            return rows
        value = _reduced(extremes[0]["function"], numbers)
        return sorted(rows, key=lambda row: self._values.number(row, column) != value)

    def column(self, name: Any) -> str:
        """The table's column of a name, whatever its case. Raises QueryFault naming all."""
        return column_of(self._table, name)

    def _condition(self, asked: Mapping[str, Any]) -> Callable[[Row], bool]:
        column, named = self.column(asked["column"]), asked["operator"]
        value = asked["value"]
        if named == "contains":
            part = word_of(value)
            self._tell_blanks(column)
            return lambda row: part in word_of(row.cells.get(column, ""))
        if named == "in":
            if not isinstance(value, list):
                raise QueryFault("The operator `in` takes a list.")
            words = {cell_word(one) for one in value}
            named_by_number = [one for one in value if not self._values.is_code(column, one)]
            wanted = (self._values.wanted(column, one) for one in named_by_number)
            numbers = {one for one in wanted if one is not None}
            self._tell_blanks(column)
            return lambda row: (
                cell_word(row.cells.get(column, "")) in words
                or self._values.number(row, column) in numbers
            )
        compare, number = _COMPARED[named], self._values.wanted(column, value)
        is_word = named in ("eq", "ne") and (
            not self._values.is_numeric(column) or self._values.is_code(column, value)
        )
        if number is not None and not is_word:
            return self._compared(column, compare, number, unit_of(str(value)))
        if named in ("eq", "ne"):
            word = cell_word(value)
            self._tell_blanks(column)
            return lambda row: (
                self._values.says(row, column) and bool(compare(cell_word(row.cells[column]), word))
            )
        raise QueryFault("Only numbers and dates like 2026-08-31 can be compared by size.")

    def _compared(
        self, column: str, compare: Callable[[Any, Any], bool], number: Decimal, unit: str
    ) -> Callable[[Row], bool]:
        """Whether a row's number compares so; only of one that is of the same unit."""
        units = self._values.units(self._entries, column)
        if unit not in units and (len(units) > 1 or (units and unit)):
            raise QueryFault(_mixed(column, units))

        def found(row: Row) -> Decimal | None:
            is_other = len(units) > 1 and unit_of(row.cells.get(column, "")) != unit
            return None if is_other else self._values.number(row, column)

        if unread := sum(1 for row in self._entries if found(row) is None):
            of = f" in {unit or 'no unit'}" if len(units) > 1 else ""
            self._notes.append(f"Rows without a number in {column}{of}: {unread}; not compared.")
        return lambda row: (one := found(row)) is not None and compare(one, number)

    def _tell_blanks(self, column: str) -> None:
        """Notes rows that say nothing in a column: what they are of may stand in a row above."""
        if blank := sum(not self._values.says(row, column) for row in self._entries):
            self._notes.append(f"Rows without {column}: {blank}; not compared.")

    def _aggregated(self, rows: Sequence[Row], wanted: Sequence[Mapping[str, Any]]) -> list[str]:
        keys = [self.column(one) for one in self._asked.get("group_by") or ()]
        if not keys:
            return [self._figure(rows, one)[1] for one in wanted]
        groups: dict[tuple[str, ...], list[Row]] = {}
        spelt: dict[tuple[str, ...], tuple[str, ...]] = {}
        for row in rows:
            said = tuple(row.cells.get(key, "") for key in keys)
            word = tuple(map(cell_word, said))
            spelt.setdefault(word, said)
            groups.setdefault(word, []).append(row)
        found: list[tuple[Decimal | None, list[str]]] = []
        for word, members in groups.items():
            named = "; ".join(
                f"{key}: {said[:_LONGEST_GROUP] or '(blank)'}"
                for key, said in zip(keys, spelt[word], strict=True)
            )
            figures = [self._figure(members, one) for one in wanted]
            found.append((figures[0][0], [f"{named}; {label}" for _, label in figures]))
        if self._asked.get("order_by"):
            descending = bool(self._asked["order_by"][0].get("descending"))
            read = [one for one in found if one[0] is not None]
            read.sort(key=lambda it: it[0] or Decimal(0), reverse=descending)
            found = [*read, *(one for one in found if one[0] is None)]
        limit = min(int(self._asked.get("limit") or MOST_GROUPS), MOST_GROUPS)
        if len(found) > limit:
            self._notes.append(f"Groups: {len(found)}; shown: {limit}.")
        return [line for _, lines in found[:limit] for line in lines]

    def _figure(self, rows: Sequence[Row], asked: Mapping[str, Any]) -> tuple[Decimal | None, str]:
        """One figure: its value, None for none, and the line that says it."""
        function = asked["function"]
        if function == "count" and not asked.get("column"):
            return Decimal(len(rows)), f"count{self._where()}: {len(rows)}"
        if not asked.get("column"):
            raise QueryFault(f"The function {function} needs a column.")
        column = self.column(asked["column"])
        if function in ("count", "count_distinct"):
            cells = [row.cells[column] for row in rows if self._values.says(row, column)]
            label = f"{function} of {column}{self._where()}"
            number = len(cells) if function == "count" else len(set(map(cell_word, cells)))
            return Decimal(number), f"{label}: {number}"
        once = self._values.merged_once(rows, column) if function in ("sum", "mean") else rows
        if merged := len(rows) - len(once):
            self._notes.append(f"Rows whose {column} is merged with the row above: {merged}.")
        rows = once
        numbers = [one for row in rows if (one := self._values.number(row, column)) is not None]
        if unread := len(rows) - len(numbers):
            self._notes.append(f"Rows without a number in {column}: {unread}; left out.")
        units = self._values.units(rows, column)
        if len(units) > 1:
            raise QueryFault(_mixed(column, units))
        unit = f" in {units[0]}" if units and units[0] not in word_of(column) else ""
        label = f"{function} of {column}{unit}{self._where()}"
        if not numbers:
            return None, f"{label}: none"
        value = _reduced(function, numbers)
        if self._values.is_dated(column):
            if function not in ("min", "max"):
                raise QueryFault(f"There is no {function} of dates.")
            return value, f"{label}: {date.fromordinal(int(value)).isoformat()}"
        if function in ("sum", "mean"):
            self._values.tell_sums(column)
        if function == "sum" and len(rows) + merged == len(self._entries):
            self._check_total(column, value)
        return value, f"{label}: {shown(value)}"

    def _check_total(self, column: str, value: Decimal) -> None:
        """Notes that the table's own last row of totals says another sum."""
        last = self._table.rows[-1] if self._table.number else None
        own = self._values.number(last, column) if last and last.is_total else None
        if own is not None and own != value:
            self._notes.append(f"The table's own last row says {shown(own)} for {column}.")

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
                number = self._values.number(row, column)
                return number is None, number or Decimal(0), word_of(row.cells.get(column, ""))

            read = [row for row in rows if self._values.number(row, column) is not None]
            unread = [row for row in rows if self._values.number(row, column) is None]
            rows = sorted(read, key=place, reverse=descending)
            rows += sorted(unread, key=place, reverse=descending)
        return rows


def _mixed(column: str, units: Sequence[str]) -> str:
    named = [unit or "no unit" for unit in units]
    return (
        f"Numbers in {column} are in {' and in '.join(named)}, which do not go together: ask for "
        "one of them, as by a filter with `contains`."
    )


def column_of(table: Table, name: Any) -> str:
    """The table's column of a name, whatever its case, or the only one that has it in its own.

    Raises QueryFault naming all.
    """
    wanted = word_of(name)
    found = [one for one in table.columns if word_of(one) == wanted]
    near = found or [one for one in table.columns if wanted and wanted in word_of(one)]
    if len(near) == 1:
        return near[0]
    what = f"Several columns are called {name}" if near else "There is no such column"
    raise QueryFault(f"{what}; there are: {columns_told(table)}.")


def columns_told(table: Table) -> str:
    """The names of a table's columns, as many as a model can be told."""
    told: list[str] = []
    room = _LONGEST_NAMES
    for name in table.columns:
        room -= len(name) + 2
        if room < 0:
            break
        told.append(name)
    more = len(table.columns) - len(told)
    return "; ".join([*told, *([f"{more} more"] if more else [])])


def _reduced(function: str, numbers: Sequence[Decimal]) -> Decimal:
    if function == "sum":
        return sum(numbers, Decimal(0))
    if function == "mean":
        return sum(numbers, Decimal(0)) / len(numbers)
    return min(numbers) if function == "min" else max(numbers)
