"""What the page of formats says is so, and damaged files of every format end rightly."""

from __future__ import annotations

import pytest

from tests.formats.features import features
from tests.formats.fuzz import run, seeds
from tests.formats.report import REPORT, outcome, report

# Each is said in the report; what is added to it is a step back.
NOT_WHOLLY_READ = {
    ("EML", "pictures within the text"), ("EPUB", "text in pictures"), ("RTF", "text boxes"),
    ("ODT", "equations"),
}  # fmt: skip


def test_the_page_of_formats_is_current():
    assert REPORT.read_text(encoding="utf-8") == report(), "run `python -m tests.formats.report`"


@pytest.mark.parametrize("feature", list(features()), ids=lambda one: f"{one.format}: {one.name}")
def test_each_feature_is_read_as_it_is_said_to_be(feature):
    is_whole = outcome(feature) == "read"
    assert is_whole == ((feature.format, feature.name) not in NOT_WHOLLY_READ)


def test_a_hundred_damaged_files_end_as_documents_or_refusals():
    """`python -m tests.formats.fuzz` does the same with 5,000."""
    tally = run(range(100_000, 100_100), seeds(), ocr=False)
    assert tally.faults == []
    assert sum(tally.ended.values()) == 100
    assert tally.ended["read"] > 20
