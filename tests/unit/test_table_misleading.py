"""Figures that tables invite to get wrong are right, or what is unsure of them is told."""

from __future__ import annotations

from typing import Any

import pytest

from nexus.agents.table_query import Query
from tests.unit.test_table_entries import tables


def asked(text: str, function: str, column: str = "", **more: Any) -> tuple[str, str]:
    """The figure, and all that is said with it."""
    [table] = tables(text.encode(), "a.csv")
    one = {"function": function, **({"column": column} if column else {})}
    computed = Query(table, {"aggregate": [one], **more}).compute()
    return computed.figures[0].rpartition(": ")[2], " ".join(computed.notes)


@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９"])
def test_digits_of_any_script_are_numbers(digits: str) -> None:
    table = "Item,Price\nA,123\nB,456\n".translate(str.maketrans("0123456789", digits))
    assert asked(table, "sum", "Price")[0] == "579"


def test_a_code_that_begins_with_noughts_is_another_than_its_number() -> None:
    def count(operator: str, value: object) -> str:
        one = {"column": "Id", "operator": operator, "value": value}
        return asked("Id,Name\n007,Bond\n07,Ann\n7,Cy\n", "count", filter=[one])[0]

    assert count("eq", "007") == "1"
    assert count("ne", "007") == "2"
    assert count("in", ["007", "07"]) == "2"
    assert count("eq", 7) == "3"


def test_entries_that_sum_up_those_whose_codes_go_on_with_theirs_count_once() -> None:
    rows = "1,Staff,300\n1.1,Wages,200\n1.2,Pension,100\n2,Travel,90\n2.1,Trains,50\n2.2,Inns,40\n"
    assert asked(f"Code,Item,Budget\n{rows}", "sum", "Budget") == (
        "390",
        "Rows of totals that were not counted: 2.",
    )
    apart = rows.replace("300", "310").replace("90", "95")
    assert asked(f"Code,Item,Budget\n{apart}", "sum", "Budget")[0] == "795"


def test_a_median_and_the_extremes_below_a_table_are_no_entries() -> None:
    rows = "A,70\nB,80\nC,90\nMedian,80\nMaximum,90\nMinimum,70\n"
    assert asked(f"Class,Score\n{rows}", "count")[0] == "3"
    assert asked(f"Class,Score\n{rows}", "sum", "Score")[0] == "240"


def test_a_part_of_the_row_above_is_not_counted_again_and_told() -> None:
    figure, said = asked("Item,Amount\nSales,100\nof which: abroad,40\nOther,20\n", "sum", "Amount")
    assert (figure, said) == ("120", "Rows that say a part of the row above, not counted: 1.")


def test_a_figure_to_be_taken_away_is_told_where_it_is_added() -> None:
    _, said = asked("Item,Amount\nSales,100\nLess: returns,10\nOther,90\n", "sum", "Amount")
    assert "called less or minus, added as they stand: 1." in said


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("House,200000\nCar,20000\nMortgage,-150000\nNet worth,70000\n", "1 (Net worth)"),
        ("Jan,10\nFeb,20\nMar,40\nQ1,70\nApr,50\nMay,60\nJun,70\nQ2,180\n", "2 (Q1; Q2)"),
        ("East a,10\nEast b,20\nEast,30\nWest a,5\nWest b,6\nWest,11\n", "2 (East; West)"),
    ],
)
def test_entries_that_are_the_sum_of_those_above_are_named(rows: str, told: str) -> None:
    _, said = asked(f"Item,Value\n{rows}", "sum", "Value")
    assert f"the sum of those above, counted as entries: {told}." in said


def test_figures_that_add_up_by_chance_are_not_told() -> None:
    assert asked("Item,Value\nA,1\nB,2\nC,3\nD,50\nE,53\n", "sum", "Value") == ("109", "")
