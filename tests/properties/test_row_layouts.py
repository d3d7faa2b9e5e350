"""Whatever stands in a table's cells, each is read back from the chunks as it was."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from nexus.agents.table_rows import tables_of
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse
from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.records import headed_lines
from nexus.ingestion.parsing.table_lines import TableLine
from nexus.models import LocatedText, ParsedDocument
from nexus.text.row_layouts import read

NAMES = ("Code", "Fee: per term", "Note; remark", "Amount", "Amount (IDR)")
WORDS = st.text(st.sampled_from("ab ;:.,é中\u0301\u00ad(1)"), max_size=40)
LONG = st.sampled_from(["", "Rent; note: as agreed. " * 40, "x" * 700])


@given(st.lists(st.tuples(WORDS, WORDS, st.integers(0, 10**9)), min_size=3, max_size=30))
def test_every_cell_of_a_file_is_read_back(rows) -> None:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(NAMES)
    for number, (one, other, amount) in enumerate(rows):
        writer.writerow([f"C-{number:03}", one, other, amount, amount + 1])
    most = 10**7
    content = file.getvalue().encode()
    document = parse(content, "units.csv", "text/csv", max_bytes=most, max_unpacked_bytes=most)
    [table] = tables_of(chunk(document, "d", embedding_model="m"))
    assert table.notes == ()
    for number, (row, (one, other, amount)) in enumerate(zip(table.rows, rows, strict=True)):
        wanted = {
            "Code": f"C-{number:03}",
            "Fee: per term": squeeze(clean(one)),
            "Note; remark": squeeze(clean(other)),
            "Amount": str(amount),
            "Amount (IDR)": str(amount + 1),
        }
        assert row.cells == {name: cell for name, cell in wanted.items() if cell}


@given(st.lists(st.tuples(WORDS, LONG, LONG), min_size=1, max_size=6), st.integers(300, 1500))
def test_rows_of_many_lines_are_read_back_or_told_whatever_the_size_of_a_chunk(rows, size) -> None:
    texts = []
    for row in rows:
        cells = [squeeze(cell) for cell in row]
        for line in headed_lines(NAMES[:3], cells):
            assert isinstance(line, TableLine)
            texts.append(LocatedText(str(line), rows=(line.row,)))
    chunks = chunk(ParsedDocument(tuple(texts)), "d", embedding_model="m", max_chars=size)
    lines = [line for one in chunks for line in read(one.text, one.table)]
    told = sum(1 for line in lines if line.cells) + sum(line.unread for line in lines)
    assert told == len(texts)
