"""Tables are read back from chunks as the file has them: each by itself, its columns told apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from nexus.agents.table_choice import chosen_table
from nexus.agents.table_query import Query, QueryFault
from nexus.agents.table_rows import Table, tables_of
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse
from nexus.models import Chunk

Cells = Sequence[Sequence[object]]


def chunks_of(*rows: Sequence[object], name: str = "t.csv") -> list[Chunk]:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    content, most = file.getvalue().encode(), 10**7
    document = parse(content, name, "text/csv", max_bytes=most, max_unpacked_bytes=most)
    return chunk(document, "d", embedding_model="m")


def figures(table: Table, *wanted: tuple[str, str], **more: Any) -> tuple[str, ...]:
    aggregate = [{"function": f, **({"column": c} if c else {})} for f, c in wanted]
    return Query(table, {"aggregate": aggregate, **more}).compute().figures


def notes(table: Table, function: str, column: str = "", **more: Any) -> str:
    one = {"function": function, **({"column": column} if column else {})}
    return " ".join(Query(table, {"aggregate": [one], **more}).compute().notes)


def test_a_column_that_one_row_fills_and_a_name_with_a_colon_leave_their_neighbours_alone() -> None:
    [table] = tables_of(
        chunks_of(
            ("Item", "Ratio 1:n", "Remark", "Fee: per term"),
            ("A", 4, "", 10),
            ("B", 2, "due: May; Fee: per term: 99", 20),
            ("C", 7, "", 30),
        )
    )
    assert table.columns == ("Item", "Ratio 1:n", "Remark", "Fee: per term")
    assert table.rows[1].cells["Remark"] == "due: May; Fee: per term: 99"
    assert figures(table, ("sum", "Fee: per term"), ("sum", "Ratio 1:n")) == (
        "sum of Fee: per term: 60",
        "sum of Ratio 1:n: 13",
    )


def test_columns_of_one_name_are_told_apart_by_their_place() -> None:
    rows = [
        ("Name", "Paid", "Date", "Paid"),
        ("A", 1, "x", 10),
        ("B", 2, "y", ""),
        ("C", 3, "z", 30),
    ]
    [table] = tables_of(chunks_of(*rows))
    assert table.columns == ("Name", "Paid (column 2)", "Date", "Paid (column 4)")
    assert figures(table, ("sum", "paid (column 4)")) == ("sum of Paid (column 4): 40",)
    with pytest.raises(QueryFault, match="Several columns are called Paid"):
        figures(table, ("sum", "Paid"))


def two_tables() -> list[Table]:
    names = ("Item", "Sold", "Price")
    north, south = [("Tea", 1, 2), ("Salt", 3, 4)], [("Tea", 10, 5), ("Oil", 20, 6)]
    return tables_of(
        chunks_of(("North", "", ""), names, *north, ("", "", ""), ("South", "", ""), names, *south)
    )


def test_tables_below_each_other_are_two_though_their_columns_have_the_same_names() -> None:
    tables = two_tables()
    assert [one.name for one in tables] == ["Table 1 (North)", "Table 2 (South)"]
    assert [figures(one, ("sum", "Sold"))[0] for one in tables] == [
        "sum of Sold: 4",
        "sum of Sold: 30",
    ]


def test_a_query_that_fits_several_tables_says_so_until_one_or_all_are_named() -> None:
    tables = two_tables()
    asked = {"aggregate": [{"function": "sum", "column": "Sold"}]}
    with pytest.raises(
        QueryFault, match=r"Several tables fit.*Table 1 \(North\); Table 2 \(South\)"
    ):
        chosen_table(tables, asked)
    with pytest.raises(QueryFault, match="no such table"):
        chosen_table(tables, {**asked, "table": "3"})
    assert chosen_table(tables, {**asked, "table": "2"}).title == "South"
    every = chosen_table(tables, {**asked, "table": "all"})
    assert figures(every, ("sum", "Sold"), ("count_distinct", "Item")) == (
        "sum of Sold: 34",
        "count_distinct of Item: 3",
    )


def test_tables_without_a_column_are_named_as_left_out_of_all_together() -> None:
    first, second = two_tables()
    second = replace(second, columns=("Item", "Lost", "Price"))
    third = replace(first, number=3)
    asked = {"aggregate": [{"function": "sum", "column": "Sold"}], "table": "all"}
    told = chosen_table([first, second, third], asked).notes
    assert "Tables left out, as they have other columns or sum up: Table 2 (South)." in told


def test_a_row_that_numbers_the_columns_and_headings_between_rows_are_no_entries() -> None:
    [table] = tables_of(
        chunks_of(
            ("No", "Work", "Volume", "Cost"),
            ("(a)", "(b)", "(c)", "(d)"),
            ("", "A. PREPARATION", "", ""),
            ("1", "Clearing", "5", "100"),
            ("2", "Fence", "6", "200"),
            ("", "B. STRUCTURE", "", ""),
            ("1", "Beam", "7", "300"),
        )
    )
    assert figures(table, ("count", ""), ("sum", "Cost")) == ("count: 3", "sum of Cost: 600")
    said = notes(table, "count")
    assert "A row that only numbers the columns was left out." in said
    assert "Rows with a heading or a note only, not counted: 2." in said


def test_a_row_that_adds_the_others_up_is_their_total_whatever_it_is_called() -> None:
    rows = [("A", 1, 20), ("B", 2, 30), ("C", 3, 41)]
    for summed in ([*rows, ("All units", 6, 91)], [("All units", 6, 91), *rows]):
        [table] = tables_of(chunks_of(("Unit", "Staff", "Cost"), *summed))
        assert figures(table, ("sum", "Staff"), ("count", "")) == ("sum of Staff: 6", "count: 3")
        assert "is the sum of the others" in notes(table, "count")
    [table] = tables_of(chunks_of(("Unit", "Staff", "Cost"), *rows, ("D", 6, 90)))
    assert figures(table, ("count", "")) == ("count: 4",)


def test_a_total_of_the_table_that_is_another_than_the_sum_is_told() -> None:
    rows = [("A", "1.4"), ("B", "2.4"), ("C", "3.4"), ("Total", "8")]
    [table] = tables_of(chunks_of(("Unit", "Cost"), *rows))
    assert figures(table, ("sum", "Cost")) == ("sum of Cost: 7.2",)
    assert "own last row says 8 for Cost" in notes(table, "sum", "Cost")


def test_amounts_of_several_currencies_or_measures_are_not_put_together() -> None:
    rows = [
        ("A", "USD 5", "2 kg"),
        ("B", "$7", "3 kg"),
        ("C", "Rp 9.000", "500 g"),
        ("D", "USD 1", "4"),
    ]
    [table] = tables_of(chunks_of(("Item", "Price", "Weight"), *rows))
    with pytest.raises(QueryFault, match=r"Price are in \$ and in rp"):
        figures(table, ("sum", "Price"))
    with pytest.raises(QueryFault, match="Weight are in no unit and in g and in kg"):
        figures(table, ("max", "Weight"))
    dollars = [{"column": "Item", "operator": "ne", "value": "C"}]
    assert figures(table, ("sum", "Price"), filter=dollars) == (
        "sum of Price in $ where Item is not C: 13",
    )
    above = [{"column": "Price", "operator": "gt", "value": "USD 2"}]
    assert figures(table, ("count", ""), filter=above)[0].endswith(": 2")
    assert "Rows without a number in Price in $: 1; not compared." in notes(
        table, "count", filter=above
    )
    with pytest.raises(QueryFault, match="go together"):
        figures(table, ("count", ""), filter=[{"column": "Price", "operator": "gt", "value": 2}])


def test_a_cell_that_says_there_is_nothing_is_not_counted() -> None:
    rows = [("A", "–", "x"), ("B", "n/a", "y"), ("C", "5", "z")]
    [table] = tables_of(chunks_of(("Unit", "Staff", "Head"), *rows))
    assert figures(table, ("count", "Staff"), ("count", "Head")) == (
        "count of Staff: 1",
        "count of Head: 3",
    )


def test_groups_come_in_order_with_all_their_figures_and_blanks_are_named() -> None:
    rows = [("East", 1), ("West", 5), ("east", 2), ("", 9)]
    [table] = tables_of(chunks_of(("Region", "Sold"), *rows))
    order = [{"column": "Sold", "descending": True}]
    asked = {"group_by": ["Region"], "order_by": order, "limit": 2}
    assert figures(table, ("sum", "Sold"), ("count", ""), **asked) == (
        "Region: (blank); sum of Sold: 9",
        "Region: (blank); count: 1",
        "Region: West; sum of Sold: 5",
        "Region: West; count: 1",
    )
    assert "Groups: 3; shown: 2." in notes(table, "sum", "Sold", **asked)


def test_days_that_may_be_months_are_told_as_they_were_read() -> None:
    [table] = tables_of(
        chunks_of(("Visit", "Day", "Guests"), ("A", "03/04/2026", 1), ("B", "05/06/2026", 2))
    )
    assert figures(table, ("min", "Day")) == ("min of Day: 2026-04-03",)
    assert "In Day, 03/04/2026 was read as 2026-04-03." in notes(table, "min", "Day")
    [sure] = tables_of(
        chunks_of(("Visit", "Day", "Guests"), ("A", "03/04/2026", 1), ("B", "25/06/2026", 2))
    )
    assert "was read as" not in notes(sure, "min", "Day")


def test_a_row_that_a_small_chunk_cut_is_told_and_not_lost_in_silence() -> None:
    said = "Rent for the annex as agreed in spring. " * 9
    document = parse(
        f"Item,Cost,Remark\nA,1,{said}\nB,2,{said}\nC,3,ok\n".encode(),
        "t.csv",
        "text/csv",
        max_bytes=10**7,
        max_unpacked_bytes=10**7,
    )
    [table] = tables_of(chunk(document, "d", embedding_model="m", max_chars=200, overlap=20))
    assert figures(table, ("count", "")) == ("count: 1",)
    assert "Rows too long to be read, left out: 2." in notes(table, "count")
