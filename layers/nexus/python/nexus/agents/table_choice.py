"""Finds the table of a document that a query is about, or takes several together if asked to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from nexus.agents.cell_values import word_of
from nexus.agents.table_query import QueryFault, column_of
from nexus.agents.table_rows import Row, Table

_MOST_NAMED, _LONGEST_FAULT = 20, 6_000
# A sheet or title that says what the other tables come to.
_SUMMARY = re.compile(
    r"\b(?:totals?|rekap\w{0,10}|recap\w{0,10}|summary|overview|consolidat\w{0,4}|konsolidasi|jumlah|"
    r"ringkasan|all)\b",
    re.IGNORECASE,
)


def chosen_table(tables: Sequence[Table], asked: Mapping[str, Any]) -> Table:
    """The table that the query names, or the only one that has its columns.

    Tables without names of columns count where there is no other. Raises QueryFault where several
    fit and none is named, as where none fits.
    """
    named = word_of(asked.get("table") or "")
    if named and named != "all":
        found = [one for one in tables if str(one.number) == named.removeprefix("table ")]
        if not found:
            raise QueryFault(f"There is no such table; there are: {_listed(tables)}.")
        return found[0]
    candidates = [one for one in tables if one.is_named] or list(tables)
    fitting: list[Table] = []
    faults: list[str] = []
    for table in candidates:
        try:
            _check(table, asked)
        except QueryFault as fault:
            faults.append(f"{table.name}: {fault}" if len(candidates) > 1 else str(fault))
        else:
            fitting.append(table)
    if not fitting:
        raise QueryFault(_within(faults[:_MOST_NAMED]))
    if len(fitting) == 1:
        return fitting[0]
    if named:
        parts = [one for one in fitting if not _SUMMARY.search(f"{one.sheet} {one.title}")]
        return _together(parts if len(parts) > 1 else fitting, candidates, asked)
    raise QueryFault(
        f"Several tables fit this query: {_listed(fitting)}. Name one of them by its number in "
        "`table`, or say `all` there for the rows of all together."
    )


def _within(faults: Sequence[str]) -> str:
    """The first, and as many more as a model can be told."""
    lengths = accumulate(map(len, faults))
    return " ".join(
        one
        for one, so_far in zip(faults, lengths, strict=True)
        if one is faults[0] or so_far <= _LONGEST_FAULT
    )


def _listed(tables: Sequence[Table]) -> str:
    more = f"; {len(tables) - _MOST_NAMED} more" if len(tables) > _MOST_NAMED else ""
    return "; ".join(one.name for one in tables[:_MOST_NAMED]) + more


def _check(table: Table, asked: Mapping[str, Any]) -> None:
    for name in _columns(asked):
        column_of(table, name)


def _columns(asked: Mapping[str, Any]) -> Iterator[str]:
    yield from asked.get("group_by") or ()
    for part in ("filter", "aggregate"):
        yield from (one["column"] for one in asked.get(part) or () if one.get("column"))
    if not asked.get("group_by"):  # what groups are ordered by is their figure
        yield from (one["column"] for one in asked.get("order_by") or ())


def _together(fitting: Sequence[Table], every: Sequence[Table], asked: Mapping[str, Any]) -> Table:
    """The rows of several tables as those of one, by the names that the first has for columns."""
    first = fitting[0]
    columns = dict.fromkeys(first.columns)
    known = {word_of(one): one for one in columns}
    rows: list[Row] = []
    notes: dict[str, None] = {}
    for table in fitting:
        names = {one: known.get(word_of(one), one) for one in table.columns}
        # What the query asks for may be called a little otherwise in each.
        names |= {column_of(table, one): column_of(first, one) for one in _columns(asked)}
        columns |= dict.fromkeys(names[one] for one in table.columns)
        known |= {word_of(names[one]): names[one] for one in table.columns}
        rows += (
            replace(
                row,
                cells={names[at]: cell for at, cell in row.cells.items()},
                numbers=frozenset(names[at] for at in row.numbers),
                again=frozenset(names[at] for at in row.again),
            )
            for row in table.rows
        )
        notes |= dict.fromkeys(table.notes)
    taken = {one.number for one in fitting}
    if left := [one for one in every if one.number not in taken]:
        notes[f"Tables left out, as they have other columns or sum up: {_listed(left)}."] = None
    numbers = ", ".join(str(one.number) for one in fitting)
    sheets = {one.sheet for one in fitting}
    sheet = first.sheet if len(sheets) == 1 else ""
    return replace(
        first,
        sheet=sheet,
        columns=tuple(columns),
        rows=tuple(rows),
        number=0,
        title=f"the rows of the tables {numbers} together",
        notes=tuple(notes),
    )
