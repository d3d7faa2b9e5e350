"""What ingestion makes of a table can be read back: every cell, whatever stands in it."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from nexus.agents.cell_values import decimal_mark, number_of, shown
from nexus.agents.table_query import Query
from nexus.agents.table_rows import tables_of
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse

COLUMNS = ("Code", "Unit name", "Amount (IDR)", "Places")
WORDS = st.sampled_from(["Law", "Sea; shore", "Nursing: night", "A, B", "Data 2", "Ilmu Gizi"])


@given(
    st.lists(st.tuples(WORDS, st.integers(0, 10**9), st.integers(0, 500)), min_size=3, max_size=60)
)
def test_sums_and_counts_over_what_was_ingested_are_those_of_the_file(rows) -> None:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for number, (unit, amount, places) in enumerate(rows):
        writer.writerow([f"C-{number:03}", unit, amount, places])
    content, most = file.getvalue().encode(), 10**7
    document = parse(content, "units.csv", "text/csv", max_bytes=most, max_unpacked_bytes=most)
    chunks = chunk(document, "d", embedding_model="m")
    [table] = tables_of(chunks)
    assert len(table.rows) == len(rows)
    wanted = [{"function": "sum", "column": "Amount (IDR)"}, {"function": "count"}]
    figures = Query(table, {"aggregate": wanted}).compute().figures
    assert figures[0].rpartition(": ")[2] == str(sum(amount for _, amount, _ in rows))
    assert figures[1] == f"count: {len(rows)}"


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=1, max_size=20), st.booleans())
def test_numbers_are_read_as_they_were_written_with_either_mark(numbers, indonesian) -> None:
    written = [f"{number:,.2f}" for number in numbers]
    if indonesian:
        written = [one.translate(str.maketrans(",.", ".,")) for one in written]
    mark = decimal_mark(written)
    assert [number_of(one, mark) for one in written] == numbers
    assert Decimal(shown(numbers[0])) == numbers[0]
