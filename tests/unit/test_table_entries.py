"""What is no entry of a table is not counted as one, and a merged cell counts once."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from nexus.agents.table_choice import chosen_table
from nexus.agents.table_query import Query
from nexus.agents.table_rows import Table, tables_of
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse
from tests.office_tables.files import delimited, html_table, page, word, workbook

Rows = Sequence[Sequence[object]]


def tables(content: bytes, name: str) -> list[Table]:
    document = parse(content, name, "", max_bytes=10**7, max_unpacked_bytes=10**7)
    return tables_of(chunk(document, "d", embedding_model="m"))


def asked(table: Table, function: str, column: str = "") -> tuple[str, str]:
    """The figure, and all that is said with it."""
    one = {"function": function, **({"column": column} if column else {})}
    computed = Query(table, {"aggregate": [one]}).compute()
    return computed.figures[0].rpartition(": ")[2], " ".join(computed.notes)


NAMES = ("Team", "Grant", "People")
SHARED = [("A", 900, 3), ("B", "", 4), ("C", 500, 2), ("D", "", 6), ("E", 70, 1)]
IN_PAGE = (
    "<tr><td>A</td><td rowspan=2>900</td><td>3</td></tr><tr><td>B</td><td>4</td></tr>"
    "<tr><td>C</td><td rowspan=2>500</td><td>2</td></tr><tr><td>D</td><td>6</td></tr>"
    "<tr><td>E</td><td>70</td><td>1</td></tr>"
)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (
            workbook(("S", [NAMES, *SHARED], {"merged": ["B2:B3", "B4:B5"], "bold": [1]})),
            "grants.xlsx",
        ),
        (word(([NAMES, *SHARED], [((1, 1), (2, 1)), ((3, 1), (4, 1))], 1)), "grants.docx"),
        (
            page(html_table([], "<tr><th>Team</th><th>Grant</th><th>People</th></tr>" + IN_PAGE)),
            "grants.html",
        ),
    ],
)
def test_a_figure_merged_over_several_rows_counts_once(content: bytes, name: str) -> None:
    [table] = tables(content, name)
    figure, said = asked(table, "sum", "Grant")
    assert figure == "1470"
    assert "Rows whose Grant is merged with the row above: 2." in said
    assert asked(table, "mean", "Grant")[0] == "490"
    assert asked(table, "sum", "People")[0] == "16"
    # Of what is left, a merged cell still counts, once.
    query = {
        "aggregate": [{"function": "sum", "column": "Grant"}],
        "filter": [{"column": "Team", "operator": "in", "value": ["B", "D", "E"]}],
    }
    assert Query(table, query).compute().figures[0].endswith(": 1470")


def test_amounts_that_only_their_colour_shows_to_be_negative_are() -> None:
    rows = [("Item", "Change"), ("A", 500), ("B", -200), ("C", 50)]
    made = workbook(("S", rows, {"bold": [1], "formats": {"B": "#,##0;[Red]#,##0"}}))
    [table] = tables(made, "changes.xlsx")
    assert asked(table, "sum", "Change")[0] == "350"


def test_an_accountants_dash_is_nought_and_a_currency_may_stand_before_parentheses() -> None:
    rows = [("Item", "Amount"), ("A", 1500.5), ("B", 0), ("C", -500.5)]
    code = '_("Rp"* #,##0.00_);_("Rp"* (#,##0.00);_("Rp"* "-"_);_(@_)'
    [table] = tables(workbook(("S", rows, {"bold": [1], "formats": {"B": code}})), "a.xlsx")
    assert asked(table, "sum", "Amount")[0] == "1000"
    assert asked(table, "mean", "Amount")[0] == "333.333333"
    assert asked(table, "count", "Amount")[0] == "3"


def test_numbers_of_a_workbook_have_their_point_whatever_their_number_of_decimals() -> None:
    rows = [("Sample", "Mass"), ("A", 1.125), ("B", 2.375), ("C", 4.25)]
    [table] = tables(workbook(("S", rows, {"bold": [1], "formats": {"B": "0.000"}})), "m.xlsx")
    assert asked(table, "sum", "Mass") == ("7.75", "")


def test_sums_of_groups_that_nothing_names_are_no_entries() -> None:
    rows = [("A", "x", 1), ("B", "y", 2), ("", "", 3), ("C", "z", 5), ("D", "w", 6), ("", "", 11)]
    [table] = tables(delimited([("Unit", "Head", "Staff"), *rows]), "staff.csv")
    assert asked(table, "sum", "Staff")[0] == "14"
    assert "Rows of totals that were not counted: 2." in asked(table, "count")[1]
    rows[2] = ("", "", 4)
    [table] = tables(delimited([("Unit", "Head", "Staff"), *rows]), "staff.csv")
    assert "Rows that hold only figures, taken for entries: " in asked(table, "count")[1]


def test_a_note_below_two_columns_is_no_entry() -> None:
    rows = [("Tea", 5), ("Oil", 6), ("Salt", 7), ("* in thousand tons", "")]
    [table] = tables(delimited([("Item", "Sold"), *rows]), "sold.csv")
    figure, said = asked(table, "count")
    assert figure == "3"
    assert "Rows with a heading or a note only, not counted: 1." in said


def test_a_sheet_that_sums_the_others_up_is_not_added_to_them() -> None:
    names = ("Item", "Sold")
    january, february = [("Tea", 5), ("Oil", 6), ("Salt", 1)], [("Tea", 7), ("Oil", 8), ("Salt", 2)]
    both = [("Tea", 12), ("Oil", 14), ("Salt", 3)]
    look = {"bold": [1]}
    every = (("Jan", january), ("Feb", february), ("Rekap", both))
    made = workbook(*((name, [names, *rows], look) for name, rows in every))
    query = {"aggregate": [{"function": "sum", "column": "Sold"}], "table": "all"}
    table = chosen_table(tables(made, "sold.xlsx"), query)
    computed = Query(table, query).compute()
    assert computed.figures == ("sum of Sold: 29",)
    assert "left out, as they have other columns or sum up: Table 3 (sheet Rekap)." in " ".join(
        computed.notes
    )


def test_rows_that_say_nothing_in_a_column_that_is_filtered_by_are_told() -> None:
    rows = [("East", "A", 1), ("", "B", 2), ("West", "C", 3)]
    [table] = tables(delimited([("Region", "Depot", "Trucks"), *rows]), "depots.csv")
    for operator, value in (("eq", "East"), ("ne", "West"), ("contains", "ea"), ("in", ["East"])):
        query = {
            "aggregate": [{"function": "count"}],
            "filter": [{"column": "Region", "operator": operator, "value": value}],
        }
        assert "Rows without Region: 1; not compared." in Query(table, query).compute().notes


def test_a_row_of_units_below_the_names_is_no_entry() -> None:
    rows = [("", "dBm", "NTU"), ("A", "21.5", "0"), ("B", "19.25", ""), ("C", "-2.5", "4.5")]
    [table] = tables(delimited([("Station", "Signal", "Mud"), *rows]), "sensors.csv")
    figure, said = asked(table, "count")
    assert figure == "3"
    assert "The first row names units and was left out: dBm; NTU." in said


def test_records_within_records_are_a_table_of_their_own() -> None:
    orders = [
        {"id": 1, "total": 12.125, "items": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 3}]},
        {"id": 2, "paid": True, "total": 7.25, "items": [{"sku": "a", "qty": 5}]},
        {"id": 3, "total": 1.5, "items": []},
    ]
    first, second = tables(json.dumps({"orders": orders}).encode(), "orders.json")
    assert asked(first, "count")[0] == "3"
    assert asked(first, "sum", "total")[0] == "20.875"
    assert asked(second, "sum", "items qty")[0] == "10"
