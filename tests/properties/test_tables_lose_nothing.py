"""Whatever a table looks like, what stands in its cells is said, each at its own row."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.tables import lines_of

CELLS = st.sampled_from(
    [
        "", "", "Law", "Nursing", "Name", "Fee", "Jumlah", "5000", "1,234.50", "7.5%", "2024/25",
        "2025/26", "2026-02", "18-24", "1", "2", "3", "Rp 9.000", "%", "T-1042", "Monday",
        "Total:", "Closed on Sundays.", "A long description of what was done. " * 30,
    ]
)  # fmt: skip
PLACES = st.tuples(st.integers(0, 9), st.integers(0, 6))
LOOKS = st.builds(
    Looks,
    marked=st.sets(st.integers(0, 3), max_size=2),
    emphasised=st.sets(PLACES, max_size=12),
    spans=st.dictionaries(PLACES, st.tuples(st.integers(1, 3), st.integers(1, 5)), max_size=4),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=7), min_size=1, max_size=10), LOOKS)
def test_every_cell_is_said_at_its_own_row_or_names_what_stands_below_it(rows, looks):
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    said = dict.fromkeys(range(len(rows)), "")
    for number, line in lines_of(rows, looks):
        said[number] += f"{line}\n"
    parts = [part for lines in said.values() for part in re.split("; |\n", lines)]
    names = {part.rpartition(": ")[0] for part in parts}
    for number, row in enumerate(rows):
        like = said[rows.index(row)]  # a header can stand again
        for cell in row:
            is_name = any(cell.rstrip(":") in name for name in names)
            for sentence in cell.rstrip(":").split(". "):
                assert is_name or sentence.rstrip(".") in said[number] + like


@given(st.lists(st.lists(CELLS, max_size=7), max_size=10), LOOKS)
def test_no_line_is_longer_than_a_record_may_be_by_more_than_its_names(rows, looks):
    for number, line in lines_of(rows, looks):
        assert line.strip()
        assert len(line) < 1600 or sum(map(bool, rows[number])) == 1
