"""Units in a row of their own and coloured rows never give a value another's unit or name."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from nexus.ingestion.parsing.tables import lines_of, render
from tests.unit.documents_made import lines, read

_DEPTHS = [("Station", "Depth", "Temp"), ("", "m", "°C")]


def test_units_further_down_end_those_above():
    rows = [*_DEPTHS, *[(f"S{at}", f"{at}", "4") for at in range(100)], ("", "ft", "°F")]
    said = [line for _, line in lines_of([*rows, ("Z", "33", "68")])]
    assert said[99] == "Station: S99; Depth (m): 99; Temp (°C): 4"
    assert said[100:] == ["Depth: ft; Temp: °F", "Station: Z; Depth: 33; Temp: 68"]


@pytest.mark.parametrize("own", ["12 lb", "$5", "2024-05-01"])
def test_a_cell_that_says_more_than_a_number_is_told_without_the_columns_unit(own: str):
    rows = [("Item", "Load", "Price"), ("", "kg", "EUR"), ("A", "5", "1"), ("B", own, "2")]
    rows += [("C", "7", "3"), ("D", "-1,000.5", "(4)")]
    assert render(rows)[1] == f"Item: B; Load: {own}; Price (EUR): 2"
    assert render(rows)[3] == "Item: D; Load (kg): -1,000.5; Price (EUR): (4)"


@pytest.mark.parametrize(
    ("names", "first", "second"),
    [
        (("Item", "Unit", "2023"), ("Revenue", "EUR", "5"), ("Fuel", "kg", "7")),
        (("Item", "Kind", "2023"), ("Revenue", "a", "5"), ("Margin (%)", "b", "7")),
        (("Item", "Kind", "2023"), ("Revenue", "a", "5"), ("Margin in %", "b", "7")),
        (("Item", "Kind", "Weight (kg)"), ("Revenue", "a", "5"), ("Fuel", "b", "7")),
        (("Item", "Kind", "Weight in kg"), ("Revenue", "a", "5"), ("Fuel", "b", "7")),
    ],
)
def test_names_and_records_that_say_their_unit_are_given_no_other(names, first, second):
    said = render([names, ("", "", "EUR"), first, second])
    assert not any("(EUR)" in line for line in said)


@pytest.mark.parametrize(
    "rows",
    [
        [("Name", "Anna"), ("Age", "31"), ("Salary", "4000"), ("Phone", "0555")],
        [("Name", "Anna Berg"), ("Role", "Nurse"), ("City", "Oslo")],
        [("Total price", "Free"), ("Deposit", "100"), ("Fee", "20"), ("Tax", "7")],
        [("Monday", "closed"), ("Tuesday", "9:00 - 17:00"), ("Friday", "9:00 - 17:00")],
        [("Name", "Anna", "Age", "31"), ("Street", "Main", "Zip", "4555")],
    ],
)
def test_the_coloured_first_line_of_a_list_of_labels_names_nothing(rows):
    assert _word_table(rows, coloured=True) == _word_table(rows, coloured=False)


def _word_table(rows, *, coloured: bool) -> list[str]:
    document = docx.Document()
    table = document.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    for cell in table.rows[0].cells if coloured else ():
        shading = OxmlElement("w:shd")
        shading.set(qn("w:fill"), "D9E2F3")
        cell._tc.get_or_add_tcPr().append(shading)
    file = io.BytesIO()
    document.save(file)
    return lines(read(file.getvalue(), "a.docx"))
