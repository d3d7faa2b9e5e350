"""Forty questions over tables, each with the query that a model has to write: exactly right.

What is expected is computed from the files' own bytes by Python's csv module, not by anything of
ours. The queries go through ingestion, the index and the tool, as a model's would.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nexus.agents.table_tool import table_tool
from nexus.agents.tools import Asking, Tool
from tests.assembled import readers
from tests.unit.test_retrieval import ALICE, CONFIG, Library

SAMPLES = Path(__file__).parents[2] / "cli" / "local" / "sample_documents"
FEE, CONTRIBUTION, YEAR = "Tuition per semester (IDR)", "Admission contribution (IDR)", "Entry year"
# As organisations write them: currencies, both ways to group digits, blanks, totals, words.
STOCK = """\
Item,Price,Stock,Weight (kg),Share,Remark
"Desk; oak",Rp 1.250.000,12,"24,5",12%,first floor
Chair,Rp 375.500,140,"6,25",40%,"blue; Note: heavy"
Lamp,Rp 98.750,0,"1,2",8%,
Shelf,Rp 2.100.000,,"31,75",20%,on order
Board,on request,7,"12,3",20%,third floor
Total,Rp 3.824.250,159,"76",100%,
"""
STOCK_ROWS = {
    "Desk": (1250000, 12, "24.5"),
    "Chair": (375500, 140, "6.25"),
    "Lamp": (98750, 0, "1.2"),
    "Shelf": (2100000, None, "31.75"),
    "Board": (None, 7, "12.3"),
}
Row = dict[str, str]
Rows = list[Row]


def rows(name: str) -> Rows:
    return list(csv.DictReader(io.StringIO((SAMPLES / name).read_text(encoding="utf-8-sig"))))


def fees(**wanted: str) -> Rows:
    """The rows of fees.csv with these values, by the beginning of a column's name."""
    found = rows("fees.csv")
    for start, value in wanted.items():
        column = next(name for name in found[0] if name.lower().startswith(start))
        found = [row for row in found if row[column] == value]
    return found


def amounts(found: Rows, column: str = FEE) -> list[int]:
    return [int(row[column]) for row in found]


def where(*conditions: tuple[str, str, Any]) -> list[dict[str, Any]]:
    return [{"column": c, "operator": o, "value": v} for c, o, v in conditions]


def figure(function: str, column: str = "") -> list[dict[str, str]]:
    return [{"function": function, **({"column": column} if column else {})}]


def mean(numbers: Sequence[int | Decimal]) -> str:
    value = round(sum(map(Decimal, numbers), Decimal(0)) / len(numbers), 6)
    return f"{value:f}".rstrip("0").rstrip(".")


FEES, CALENDAR, ITEMS = "fees.csv", "kalender-akademik.csv", "stock.csv"
NEW = ("Entry year", "eq", 2026)
BACHELOR, MASTER = ("Degree", "eq", "Bachelor"), ("Degree", "eq", "Master")
COUNT = figure("count")
Expected = Callable[[], str | int]
QUESTIONS: list[tuple[str, str, dict[str, Any], Expected]] = [
    ("How many rows are there?", FEES, {"aggregate": COUNT}, lambda: len(fees())),
    (
        "How many programmes cost under 9 million for 2026?",
        FEES,
        {"filter": where(NEW, (FEE, "lt", 9_000_000)), "aggregate": COUNT},
        lambda: sum(1 for one in amounts(fees(entry="2026")) if one < 9_000_000),
    ),
    (
        "… and as people write it",
        FEES,
        {"filter": where(NEW, (FEE, "lt", "Rp 9,000,000")), "aggregate": COUNT},
        lambda: sum(1 for one in amounts(fees(entry="2026")) if one < 9_000_000),
    ),
    (
        "How many cost 9,150,000 or more?",
        FEES,
        {"filter": where((FEE, "ge", 9_150_000)), "aggregate": COUNT},
        lambda: sum(1 for one in amounts(fees()) if one >= 9_150_000),
    ),
    (
        "How many more than that?",
        FEES,
        {"filter": where((FEE, "gt", 9_150_000)), "aggregate": COUNT},
        lambda: sum(1 for one in amounts(fees()) if one > 9_150_000),
    ),
    (
        "How many at most 5,900,000?",
        FEES,
        {"filter": where((FEE, "le", 5_900_000)), "aggregate": COUNT},
        lambda: sum(1 for one in amounts(fees()) if one <= 5_900_000),
    ),
    (
        "How many bachelor's rows?",
        FEES,
        {"filter": where(BACHELOR), "aggregate": COUNT},
        lambda: len(fees(degree="Bachelor")),
    ),
    (
        "How many are no bachelor's?",
        FEES,
        {"filter": where(("degree", "ne", "bachelor")), "aggregate": COUNT},
        lambda: len(fees()) - len(fees(degree="Bachelor")),
    ),
    (
        "How many of two faculties?",
        FEES,
        {
            "filter": where(("Faculty", "in", ["Health Sciences", "ocean engineering"])),
            "aggregate": COUNT,
        },
        lambda: len(fees(faculty="Health Sciences")) + len(fees(faculty="Ocean Engineering")),
    ),
    (
        "How many programmes have Engineering in the name?",
        FEES,
        {"filter": where(("Programme", "contains", "engineering")), "aggregate": COUNT},
        lambda: sum(1 for row in fees() if "Engineering" in row["Programme"]),
    ),
    (
        "How many faculties?",
        FEES,
        {"aggregate": figure("count_distinct", "Faculty")},
        lambda: len({row["Faculty"] for row in fees()}),
    ),
    (
        "How many different programmes?",
        FEES,
        {"aggregate": figure("count_distinct", "Programme code")},
        lambda: len({row["Programme code"] for row in fees()}),
    ),
    (
        "What do all bachelor's of 2026 cost together?",
        FEES,
        {"filter": where(NEW, BACHELOR), "aggregate": figure("sum", FEE)},
        lambda: sum(amounts(fees(entry="2026", degree="Bachelor"))),
    ),
    (
        "The mean of the master's in 2026?",
        FEES,
        {"filter": where(NEW, MASTER), "aggregate": figure("mean", FEE)},
        lambda: mean(amounts(fees(entry="2026", degree="Master"))),
    ),
    (
        "The mean contribution of all?",
        FEES,
        {"aggregate": figure("mean", CONTRIBUTION)},
        lambda: mean(amounts(fees(), CONTRIBUTION)),
    ),
    (
        "The lowest tuition of all?",
        FEES,
        {"aggregate": figure("min", FEE)},
        lambda: min(amounts(fees())),
    ),
    (
        "The highest tuition in 2024?",
        FEES,
        {"filter": where((YEAR, "eq", "2024")), "aggregate": figure("max", FEE)},
        lambda: max(amounts(fees(entry="2024"))),
    ),
    (
        "The highest contribution of the law faculty?",
        FEES,
        {
            "filter": where(("Faculty", "eq", "Law and Social Sciences")),
            "aggregate": figure("max", CONTRIBUTION),
        },
        lambda: max(amounts(fees(faculty="Law and Social Sciences"), CONTRIBUTION)),
    ),
    (
        "The sum of contributions in nursing?",
        FEES,
        {
            "filter": where(("Programme", "eq", "Nursing")),
            "aggregate": figure("sum", "admission contribution"),
        },
        lambda: sum(amounts(fees(programme="NU-S1"), CONTRIBUTION)),
    ),
    (
        "How many from 2025 on?",
        FEES,
        {"filter": where((YEAR, "ge", 2025)), "aggregate": COUNT},
        lambda: len(fees(entry="2025")) + len(fees(entry="2026")),
    ),
    (
        "How many master's between 11 and 12 million?",
        FEES,
        {
            "filter": where(MASTER, (FEE, "ge", 11_000_000), (FEE, "le", "12 million")),
            "aggregate": COUNT,
        },
        lambda: sum(1 for one in amounts(fees(degree="Master")) if 11_000_000 <= one <= 12_000_000),
    ),
    (
        "How many cost exactly 8,750,000?",
        FEES,
        {"filter": where((FEE, "eq", 8_750_000)), "aggregate": COUNT},
        lambda: amounts(fees()).count(8_750_000),
    ),
    (
        "How many in a faculty that is not there?",
        FEES,
        {"filter": where(("Faculty", "eq", "Astronomy")), "aggregate": COUNT},
        lambda: 0,
    ),
    (
        "The sum of every tuition?",
        FEES,
        {"aggregate": figure("sum", FEE)},
        lambda: sum(amounts(fees())),
    ),
    (
        "The mean of computing's bachelor's of 2025?",
        FEES,
        {
            "filter": where(
                ("Faculty", "eq", "Computing and Information"), BACHELOR, (YEAR, "eq", 2025)
            ),
            "aggregate": figure("mean", FEE),
        },
        lambda: mean(
            amounts(fees(entry="2025", degree="Bachelor", faculty="Computing and Information"))
        ),
    ),
    (
        "Berapa kegiatan pada semester gasal?",
        CALENDAR,
        {"filter": where(("Semester", "contains", "gasal")), "aggregate": COUNT},
        lambda: sum(1 for row in rows(CALENDAR) if "Gasal" in row["Semester"]),
    ),
    (
        "Berapa yang ditangani fakultas?",
        CALENDAR,
        {"filter": where(("Penanggung jawab", "eq", "fakultas")), "aggregate": COUNT},
        lambda: sum(1 for row in rows(CALENDAR) if row["Penanggung jawab"] == "Fakultas"),
    ),
    (
        "Berapa penanggung jawab?",
        CALENDAR,
        {"aggregate": figure("count_distinct", "Penanggung jawab")},
        lambda: len({row["Penanggung jawab"] for row in rows(CALENDAR)}),
    ),
    (
        "Berapa ujian?",
        CALENDAR,
        {"filter": where(("Kegiatan", "contains", "ujian")), "aggregate": COUNT},
        lambda: sum(1 for row in rows(CALENDAR) if "Ujian" in row["Kegiatan"]),
    ),
    ("How many items?", ITEMS, {"aggregate": COUNT}, lambda: len(STOCK_ROWS)),
    (
        "What does one of each cost?",
        ITEMS,
        {"aggregate": figure("sum", "Price")},
        lambda: sum(price for price, _, _ in STOCK_ROWS.values() if price),
    ),
    (
        "The mean price?",
        ITEMS,
        {"aggregate": figure("mean", "Price")},
        lambda: mean([price for price, _, _ in STOCK_ROWS.values() if price]),
    ),
    (
        "How many are in stock, all together?",
        ITEMS,
        {"aggregate": figure("sum", "Stock")},
        lambda: sum(stock or 0 for _, stock, _ in STOCK_ROWS.values()),
    ),
    (
        "How many items have none left?",
        ITEMS,
        {"filter": where(("Stock", "eq", 0)), "aggregate": COUNT},
        lambda: sum(1 for _, stock, _ in STOCK_ROWS.values() if stock == 0),
    ),
    (
        "How many items say how many there are?",
        ITEMS,
        {"aggregate": figure("count", "Stock")},
        lambda: sum(1 for _, stock, _ in STOCK_ROWS.values() if stock is not None),
    ),
    (
        "The weight of one of each?",
        ITEMS,
        {"aggregate": figure("sum", "Weight")},
        lambda: str(sum(Decimal(weight) for _, _, weight in STOCK_ROWS.values())),
    ),
    (
        "The lightest?",
        ITEMS,
        {"aggregate": figure("min", "Weight (kg)")},
        lambda: "1.2",
    ),
    (
        "How many weigh more than 12.25 kg?",
        ITEMS,
        {"filter": where(("Weight (kg)", "gt", 12.25)), "aggregate": COUNT},
        lambda: sum(1 for *_, w in STOCK_ROWS.values() if Decimal(w) > Decimal("12.25")),
    ),
    (
        "How many have a price over 1 million?",
        ITEMS,
        {"filter": where(("Price", "gt", "Rp 1.000.000")), "aggregate": COUNT},
        lambda: sum(1 for price, _, _ in STOCK_ROWS.values() if price and price > 1_000_000),
    ),
    (
        "The largest share?",
        ITEMS,
        {"aggregate": figure("max", "Share")},
        lambda: 40,
    ),
]


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
