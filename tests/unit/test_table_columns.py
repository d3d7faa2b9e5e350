"""The columns of a table are the same whether its cells were looked at before or not."""

from __future__ import annotations

import random

from nexus.ingestion.parsing.column_evidence import Column, Columns

CELLS = ("", "Name", "1,200", "2024", "1990", "45 %", "90 days", "Jan", "-", "open all day")


def test_columns_below_any_row_are_those_of_these_rows_alone() -> None:
    chance = random.Random(16)
    for _ in range(200):
        rows = [chance.choices(CELLS, k=chance.randint(0, 4)) for _ in range(chance.randint(2, 12))]
        columns = Columns(rows)
        for first in range(len(rows)):
            below = [at for at in range(first, len(rows)) if rows[at] != rows[0]]
            for place in range(4):
                known = columns.below(place, below)
                alone = Column([rows[at] for at in below], place)
                assert (known.texts, known.main) == (alone.texts, alone.main)
                for name in ("Name", "2024", "90 days"):
                    assert known.contrast(name, False) == alone.contrast(name, False)
