"""Tables that are made to hurt, or were half indexed by an earlier version, mislead nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from nexus.agents.prompts import result_of
from nexus.agents.table_query import Query
from nexus.agents.table_rows import tables_of
from nexus.agents.table_tool import table_tool
from nexus.agents.tools import Asking, Given
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse
from nexus.models import Chunk, LocatedText, Locator, ParsedDocument, TableRow
from nexus.object_keys import object_key
from nexus.text.row_layouts import read, written
from tests.assembled import readers
from tests.growth.measuring import superlinear
from tests.unit.test_retrieval import ALICE, CONFIG, Library

SUM = {"aggregate": [{"function": "sum", "column": "Amount"}]}


def chunks_of(content: bytes, name: str, **options: int) -> list[Chunk]:
    document = parse(content, name, "", max_bytes=10**8, max_unpacked_bytes=10**8)
    return chunk(document, "d", embedding_model="m", **options)


def given(library: Library, name: str, query: Mapping[str, object]) -> Given:
    made = readers(library.retriever, library.catalogue, CONFIG, library.index)
    tool = table_tool(made, ThreadPoolExecutor(1))
    return tool.call({"document": name, **query}, Asking(ALICE))


def library_of(name: str, text: str) -> Library:
    library = Library()
    library.add("acme", name, text)
    return library


def of_fields(size: int) -> str:
    """Records none of which has a field of another."""
    return json.dumps([{f"f{at}": at, f"g{at}": 1} for at in range(size // 20)])


def of_names(size: int) -> str:
    return "Name,Amount\n" + "".join(f"n{at},{at}\n" for at in range(size // 12))


def of_merged(size: int) -> str:
    """Each figure is merged over two rows."""
    rows = "".join(
        f"<tr><td>n{at}<td rowspan=2>{at}</tr><tr><td>m{at}</tr>" for at in range(size // 50)
    )
    return f"<table><tr><th>Name<th>Amount</tr>{rows}</table>"


@pytest.mark.parametrize(
    ("name", "text_of", "size"),
    [
        ("a.json", of_fields, 80_000),
        ("a.csv", of_names, 240_000),
        ("a.html", of_merged, 240_000),
    ],
)
def test_a_query_takes_time_in_proportion(
    name: str, text_of: Callable[[int], str], size: int
) -> None:
    made: dict[str, list[Chunk]] = {}

    def work(text: str) -> None:
        table = tables_of(made[text])[0]
        if "Amount" in table.columns:
            Query(table, {**SUM, "group_by": ["Name"]}).compute()

    def prepared(size: int) -> str:
        text = text_of(size)
        made[text] = chunks_of(text.encode(), name)
        return text

    assert superlinear(work, prepared, (size,), 0.05) is None


def test_a_table_of_very_many_columns_is_read_in_proportion_and_its_names_are_told_in_part() -> (
    None
):
    def wide(size: int) -> str:
        names = ",".join(f"c{at}" for at in range(size // 12))
        rows = "\n".join(",".join(str(at + row) for at in range(size // 12)) for row in range(3))
        return f"{names}\n{rows}\n"

    def work(text: str) -> None:
        parse(text.encode(), "a.csv", "", max_bytes=10**8, max_unpacked_bytes=10**8)

    assert superlinear(work, wide, (120_000,), 0.1) is None
    told = given(library_of("a.csv", wide(60_000)), "a.csv", {}).said
    assert "c1; c2;" in told
    assert len(told) < 3_000
    fault = given(library_of("a.csv", wide(60_000)), "a.csv", SUM).said
    assert " more." in fault
    assert len(fault) < 3_000


def test_a_figure_is_shown_though_its_rows_are_longer_than_a_passage() -> None:
    long = "word " * 2_000
    text = "Name,Amount,Note\n" + "".join(f'n{at},{at},"{long}"\n' for at in range(5))
    found = given(library_of("a.csv", text), "a.csv", SUM)
    assert found.passages[0].text.startswith("sum of Amount: 10\n")
    assert len(found.passages[0].text) < 12_500
    assert "Too long to be shown: 4 of the lines." in found.said


def test_nothing_is_computed_over_a_document_of_which_some_parts_are_of_an_earlier_version() -> (
    None
):
    text = "Name,Amount\n" + "".join(f"name {at},{at}\n" for at in range(200))
    library = library_of("a.csv", text)
    assert given(library, "a.csv", SUM).passages
    space = library.index.spaces[CONFIG.generation.namespace("acme")]
    key = next(iter(space))
    space[key] = replace(space[key], chunk=replace(space[key].chunk, table=""))
    found = given(library, "a.csv", SUM)
    assert (found.outcome, found.passages) == ("failed", ())
    assert "indexed by an earlier version" in found.said


def test_notes_of_a_sheet_that_are_no_rows_are_not_taken_for_those_of_an_earlier_version() -> None:
    noted = ParsedDocument((LocatedText("As of May.", Locator(row=1)),))
    [one] = chunk(noted, "d", embedding_model="m")
    assert one.table
    assert not any(line.cells or line.unread for line in read(one.text, one.table))


def test_a_layout_that_an_index_has_no_room_for_leaves_its_rows_unread_and_says_so() -> None:
    rows = [(at, TableRow((at * 100,), (0,), (1,), begins=at == 0)) for at in range(2_000)]
    layout = written(rows)
    assert len(layout) < 16_000
    text = "\n".join("x" for _ in rows)
    lines = list(read(text, layout))
    assert sum(line.unread for line in lines) == 2_000
    assert any(line.begins for line in lines)


def test_rows_after_a_table_whose_beginning_was_cut_are_none_of_the_table_above() -> None:
    def row(*cells: str, begins: bool = False) -> LocatedText:
        lengths = tuple(map(len, cells))
        line = f"A: {cells[0]}; B: {cells[1]}"
        return LocatedText(line, rows=(TableRow((0, 1), (1, 1), lengths, begins),))

    texts = (row("a", "1", begins=True), row("b", "2"), row("x" * 400, "3", begins=True))
    chunks = chunk(
        ParsedDocument((*texts, row("d", "4"))), "d", embedding_model="m", max_chars=200, overlap=0
    )
    first, other = tables_of(chunks)
    assert [one.cells["B"] for one in first.rows] == ["1", "2"]
    assert [one.cells["B"] for one in other.rows] == ["4"]
    assert other.notes == ("Rows too long to be read, left out: 1.",)


def test_what_a_document_calls_its_columns_hides_nothing_from_who_reads_the_tools_word() -> None:
    library = Library()
    hidden = "Amount\u202e\U000e0041"
    library.documents.put("acme", "a.csv", f"Name,{hidden}\nx,1\ny,2\nz,3\n".encode())
    library.indexer.reconcile(object_key("acme", "a.csv"))
    said = given(library, "a.csv", {}).said
    assert "\U000e0041" not in result_of("query_table", (), said)
