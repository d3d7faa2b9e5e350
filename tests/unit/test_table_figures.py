"""Figures of tables: what is no number is none, and what sums others up is not summed again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from nexus.agents.cell_values import cell_word, decimal_mark, number_of
from nexus.agents.table_query import Query
from nexus.agents.text_rows import tables_in_text
from nexus.ingestion.parsing.records import headed_lines

LONG = "Monthly rent for the laboratory annex, as agreed. " * 14


def of_csv(*records: tuple[str, ...]) -> list[str]:
    """The lines that ingestion makes of a CSV file's records, the first of which is its header."""
    names, *rows = records
    return [line for row in rows for line in headed_lines(names, row)]


def figures(*lines: str, column: str) -> tuple[str, ...]:
    [table] = tables_in_text([("", "\n".join(lines))])
    asked: dict[str, Any] = {
        "aggregate": [{"function": "count"}, {"function": "sum", "column": column}]
    }
    return Query(table, asked).compute().figures


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1,250.50", "980.00", "12,5"), ("1250.50", "980.00", None)),
        (("10 12", "3"), (None, "3")),
        (("1 250", "3"), ("1250", "3")),
        (("12,34,567", "1,00,000"), ("1234567", "100000")),
        (("1.500.000", "4,75"), ("1500000", "4.75")),
        (("4 m", "5m", "$5m", "5 million", "2k"), ("4", "5", "5000000", "5000000", "2000")),
        (("Rp1.250.000,-", "Rp 980.000"), ("1250000", "980000")),
        (("1'250.5", "(7.25)"), ("1250.5", "-7.25")),
    ],
)
def test_a_cell_is_a_number_as_people_write_one_or_none(
    cells: tuple[str, ...], values: tuple[str | None, ...]
) -> None:
    mark = decimal_mark(cells)
    found = [number_of(cell, mark) for cell in cells]
    assert found == [None if value is None else Decimal(value) for value in values]


def test_subtotals_and_averages_are_told_wherever_they_are_named() -> None:
    excel = ("East", "East", "East Total", "West", "West Total", "Grand Total")
    lines = [f"Region: {name}; City: C{at}; Sales: {at + 1}" for at, name in enumerate(excel)]
    assert figures(*lines, column="Sales") == ("count: 3", "sum of Sales: 7")
    lines = [
        f"Region: East; City: {city}; Sales: {sales}"
        for city, sales in (("A", 1), ("B", 2), ("Total", 3), ("Rata-rata", 2))
    ]
    assert figures(*lines, column="Sales") == ("count: 2", "sum of Sales: 3")
    lines = [f"Item: {item}; Sales: 5" for item in ("Total station", "Desk", "Totalizer")]
    assert figures(*lines, column="Sales")[0] == "count: 2"
    lines = [f"Measure: {name}; Sales: 5" for name in ("Average wait", "Mean age", "Average")]
    assert figures(*lines, column="Sales")[0] == "count: 2"


def test_equal_long_rows_are_as_many_as_there_are() -> None:
    line = f"Payer: Sari Dewi; Amount: 100; Description: {LONG[:560]}"
    assert figures(line, line, line, column="Amount") == ("count: 3", "sum of Amount: 300")


@pytest.mark.parametrize("first", [("No", "1", "2", "3"), ("Code", "A1", "B2", "C3")])
@pytest.mark.parametrize("long", [LONG * 4, "".join(f"Part {n} of the work. " for n in range(120))])
def test_a_cell_of_many_lines_is_one_cell_of_one_row(first: tuple[str, ...], long: str) -> None:
    name, *keys = first
    lines = of_csv(
        (name, "Amount", "Description", "Paid"),
        (keys[0], "100", long, "yes"),
        (keys[1], "200", "short", "no"),
        (keys[2], "300", long, "no"),
    )
    assert figures(*lines, column="Amount") == ("count: 3", "sum of Amount: 600")
    [table] = tables_in_text([("", "\n".join(lines))])
    if not long.startswith("Monthly"):  # of equal pieces, one is kept
        assert " ".join(table.rows[0].cells["Description"].split()) == long.strip()
    assert table.rows[0].cells["Paid"] == "yes"


def test_payments_of_one_name_stay_as_many_as_they_are() -> None:
    rows = [("Sari Dewi", str(100 + n), LONG[:450]) for n in range(3)]
    lines = of_csv(("Payer", "Amount", "Description"), *rows)
    assert figures(*lines, column="Amount") == ("count: 3", "sum of Amount: 303")


def test_a_number_that_can_be_read_in_two_ways_is_told_as_it_was_read() -> None:
    def notes(*weights: str) -> tuple[str, ...]:
        lines = "\n".join(f"Item: I{at}; Weight: {one}" for at, one in enumerate(weights))
        [table] = tables_in_text([("", lines)])
        asked = {"aggregate": [{"function": "sum", "column": "Weight"}]}
        return Query(replace(table, notes=()), asked).compute().notes

    assert notes("12.500", "3.250") == ("In Weight, 12.500 was read as 12500.",)
    assert notes("12.5", "3.250") == notes("1.500.000", "2.000") == notes("12", "3") == ()


def test_marks_of_footnotes_are_no_part_of_a_cell_but_what_tells_cells_apart_is() -> None:
    same = ("Depok†", "depok", "Depok[2]", "**Depok**", "Depok²", "Depok *")
    assert {cell_word(one) for one in same} == {"depok"}
    apart = ("m²", "m³", "Hall (1)", "Hall (2)", "Hall [oak]", "Hall [pine]", "Hall 1)", "Hall 2)")
    assert len({cell_word(one) for one in apart}) == len(apart)
    for marked in (
        "1.250*",
        "1.250 ¹)",
        "1.250²",
        "1.250 [revised in May]",
        "1.250 1)",
        "**1.250**",
    ):
        assert number_of(marked, ",") == Decimal(1250)
    assert number_of("10³", ".") is None
