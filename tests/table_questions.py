"""Forty questions over tables, each with the query that a model has to write, and what is right."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.table_oracle import (
    CONTRIBUTION,
    FEE,
    STOCK_ROWS,
    YEAR,
    amounts,
    fees,
    figure,
    mean,
    rows,
    where,
)

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
