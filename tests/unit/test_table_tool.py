"""The tool over tables says what it does not know: what is missing, hidden, or indexed before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from nexus.agents.table_tool import table_tool
from nexus.agents.tools import Asking, Given
from nexus.models import Chunk
from nexus.object_keys import object_key
from tests.assembled import readers
from tests.office_tables.files import workbook
from tests.unit.test_retrieval import ALICE, CONFIG, Library

STAFF = "Unit,Staff,Cost\nA,1,20\nB,2,30\nC,4,41\n"
SUM = {"aggregate": [{"function": "sum", "column": "Staff"}]}


@pytest.fixture
def library() -> Library:
    made = Library()
    made.add("acme", "staff.csv", STAFF)
    return made


def asked(library: Library, document: str, **query: Any) -> Given:
    made = readers(library.retriever, library.catalogue, CONFIG, library.index)
    tool = table_tool(made, ThreadPoolExecutor(1))
    return tool.call({"document": document, **query}, Asking(ALICE))


def test_what_was_indexed_before_cells_were_kept_is_computed_and_said_to_be(
    library: Library,
) -> None:
    assert "earlier version" not in asked(library, "staff.csv", **SUM).said
    space = library.index.spaces[CONFIG.generation.namespace("acme")]
    for key, record in list(space.items()):
        old: Chunk = replace(record.chunk, table="")
        space[key] = replace(record, chunk=old)
    given = asked(library, "staff.csv", **SUM)
    assert given.passages[0].text.startswith("sum of Staff: 7")
    assert "indexed by an earlier version" in given.said


def test_nothing_is_computed_while_a_part_of_the_document_is_not_in_the_index(
    library: Library,
) -> None:
    space = library.index.spaces[CONFIG.generation.namespace("acme")]
    space.clear()
    given = asked(library, "staff.csv", **SUM)
    assert (given.outcome, given.passages) == ("failed", ())
    assert "being changed just now" in given.said


def test_the_tables_of_a_document_are_told_by_number_sheet_and_title(library: Library) -> None:
    rows = [("Branch East",), ("Item", "Sold"), ("Tea", 5), ("Oil", 6), ("Salt", 7)]
    content = workbook(("2026", rows, {"bold": [1, 2]}), ("Notes", [("Ask finance.",)], {}))
    library.documents.put("acme", "sales.xlsx", content)
    library.indexer.reconcile(object_key("acme", "sales.xlsx"))
    said = asked(library, "sales.xlsx").said
    assert said == "Table 1 (sheet 2026, Branch East) has 3 rows; columns: Item; Sold."


def test_what_was_not_read_of_a_document_is_told_with_its_figures(library: Library) -> None:
    rows = [("Unit", "Staff"), ("A", 1), ("B", 2), ("C", 4)]
    content = workbook(("Staff", rows, {"bold": [1], "hidden_rows": [3]}))
    library.documents.put("acme", "hidden.xlsx", content)
    library.indexer.reconcile(object_key("acme", "hidden.xlsx"))
    given = asked(library, "hidden.xlsx", **SUM)
    assert given.passages[0].text.startswith("sum of Staff: 5")
    assert "Not read of this document: " in given.said


def test_figures_are_of_a_title_without_hidden_characters(library: Library) -> None:
    library.add("acme", "staff.csv", STAFF, title="St\u200baff")
    [passage] = asked(library, "staff.csv", **SUM).passages
    assert passage.title == "Staff"
