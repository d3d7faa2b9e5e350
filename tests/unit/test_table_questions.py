"""Figures from tables are exactly right: forty questions, through ingestion, index and tool."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from nexus.agents.table_tool import table_tool
from nexus.agents.tools import Asking, Tool
from tests.assembled import readers
from tests.table_oracle import FEE, SAMPLES, STOCK, fees, figure, where
from tests.table_questions import CALENDAR, COUNT, FEES, ITEMS, NEW, QUESTIONS, Expected
from tests.unit.test_retrieval import ALICE, CONFIG, Library


@pytest.fixture(scope="module")
def tool() -> Tool:
    library = Library()
    for name in (FEES, CALENDAR):
        library.add("acme", name, (SAMPLES / name).read_text(encoding="utf-8-sig"))
    library.add("acme", ITEMS, STOCK)
    made = readers(library.retriever, library.catalogue, CONFIG, library.index)
    return table_tool(made, ThreadPoolExecutor(2))


def test_there_are_forty() -> None:
    assert len(QUESTIONS) == 40


@pytest.mark.parametrize(
    ("document", "asked", "expected"),
    [pytest.param(*rest, id=question) for question, *rest in QUESTIONS],
)
def test_a_figure_is_exactly_right(
    tool: Tool, document: str, asked: dict[str, Any], expected: Expected
) -> None:
    given = tool.call({"document": document, **asked}, Asking(ALICE))
    assert given.outcome == "ok", given
    [passage] = given.passages
    assert passage.kind == "table"
    told = passage.text.split("\n")[0].rpartition(": ")[2]
    assert Decimal(told) == Decimal(str(expected()))


def test_groups_each_have_their_figure(tool: Tool) -> None:
    asked = {"group_by": ["Faculty"], "aggregate": COUNT, "filter": where(NEW)}
    [passage] = tool.call({"document": FEES, **asked}, Asking(ALICE)).passages
    by_faculty = Counter(row["Faculty"] for row in fees(entry="2026"))
    lines = passage.text.split("\n")[: len(by_faculty)]
    parts = [(line.split("; ")[0], line.rpartition(": ")[2]) for line in lines]
    told = {name.removeprefix("Faculty: "): count for name, count in parts}
    assert told == {name: str(count) for name, count in by_faculty.items()}


def test_the_rows_come_in_order_with_the_extreme_first(tool: Tool) -> None:
    order = [{"column": FEE, "descending": True}]
    asked = {"document": FEES, "filter": where(NEW), "order_by": order, "limit": 2}
    [passage] = tool.call(asked, Asking(ALICE)).passages
    highest = sorted(fees(entry="2026"), key=lambda row: -int(row[FEE]))[:2]
    assert [
        f"Programme code: {row['Programme code']};" in line
        for row, line in zip(highest, passage.text.split("\n"), strict=True)
    ] == [True, True]
    cheapest = {"document": FEES, "aggregate": figure("min", FEE)}
    [passage] = tool.call(cheapest, Asking(ALICE)).passages
    least = min(fees(), key=lambda row: int(row[FEE]))
    assert f"Programme code: {least['Programme code']};" in passage.text.split("\n")[1]


def test_what_is_left_out_is_told(tool: Tool) -> None:
    given = tool.call({"document": ITEMS, "aggregate": figure("sum", "Price")}, Asking(ALICE))
    assert "Rows of totals that were not counted: 1." in given.said
    assert "Rows without a number in Price: 1; left out." in given.said


def test_columns_and_sheets_are_told_where_a_query_does_not_fit(tool: Tool) -> None:
    given = tool.call({"document": ITEMS}, Asking(ALICE))
    assert "columns: Item; Price; Stock; Weight (kg); Share; Remark." in given.said
    wrong = tool.call({"document": ITEMS, "aggregate": figure("sum", "Colour")}, Asking(ALICE))
    assert wrong.outcome == "failed"
    assert "there are: Item; Price" in wrong.said
    sized = where(("Item", "lt", "M"))
    assert tool.call({"document": ITEMS, "filter": sized}, Asking(ALICE)).outcome == "failed"
    assert "No document" in tool.call({"document": "nothing"}, Asking(ALICE)).said
