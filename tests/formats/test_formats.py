"""What the page of formats says is so, and damaged files of every format end rightly."""

from __future__ import annotations

from dataclasses import replace

from tests.formats.feature import Feature
from tests.formats.fuzz import run, seeds
from tests.formats.report import REPORT, outcome, report


def test_the_page_of_formats_is_current():
    assert REPORT.read_text(encoding="utf-8") == report(), "run `python -m tests.formats.report`"


def test_a_feature_that_is_lost_shows_in_the_page():
    lost = Feature("TXT", "a word that is not there", "a.txt", bytes, ("Selamat",))
    found = replace(lost, make=lambda: b"Halo, Selamat.")
    half = replace(found, unwanted=("Halo",))
    assert [outcome(one) for one in (found, half)] == ["read", "partly"]
    assert outcome(replace(lost, make=lambda: b"Halo.")) == "not read"
    assert outcome(replace(lost, make=lambda: b"", refused="empty")) == "read"


def test_a_hundred_damaged_files_end_as_documents_or_refusals():
    """`python -m tests.formats.fuzz` does the same with 5,000."""
    tally = run(range(100_000, 100_100), seeds(), ocr=False)
    assert tally.faults == []
    assert sum(tally.ended.values()) == 100
    assert tally.ended["read"] > 20
