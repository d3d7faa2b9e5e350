"""A round of the bench of the local index, small: the worker that keeps it answers as a fresh one.

The bench itself raises where it does not.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench import index_at_size


def test_a_few_rounds_search_after_every_write(tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    index_at_size.main(["--chunks", "400", "--rounds", "3", "--json", str(out)])
    told = json.loads(out.read_text())
    assert {row["search"] for row in told["rows"]} == {
        index_at_size.DENSE,
        index_at_size.AGAIN,
        index_at_size.RELOADED,
        index_at_size.ONE_DOCUMENT,
        index_at_size.WORDS,
        index_at_size.WORDS_AGAIN,
    }
    assert all(row["p50 ms"] > 0 for row in told["rows"])
    assert "goals: after a write 30 ms, peak 1.3 x the matrix" in told["note"]
