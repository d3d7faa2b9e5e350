"""Markers are exchanged and dropped, and nothing else of an answer is touched."""

from __future__ import annotations

import pytest

from nexus.answering.citations import renumber, single_markers


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Use .NET for loans [1].", "Use .NET for loans [2]."),
        ("- Loans [1]\n    - weeks [1]\n\n  ? [1]", "- Loans [2]\n    - weeks [2]\n\n  ? [2]"),
        ("Loans [1] last [7] two  weeks [8] [9].", "Loans [2] last two  weeks."),
        ("Loans [7] .NET [1]", "Loans .NET [2]"),
        ("Loans last two weeks [7][8].", "Loans last two weeks."),
        ("Loans [1][3][1].", "Loans [2][1]."),
    ],
)
def test_only_markers_are_exchanged(written: str, shown: str) -> None:
    assert renumber(written, {1: 2, 3: 1}) == shown


@pytest.mark.parametrize("group", ["[1, 2]", "[1,2]", "[1; 2]"])
def test_several_numbers_in_one_marker_are_all_read(group: str) -> None:
    assert single_markers(f"Loans {group}.") == "Loans [1][2]."
