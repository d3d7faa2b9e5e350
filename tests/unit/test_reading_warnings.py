"""What was not read of a document is told: bounded, counted, and in a refusal too."""

from __future__ import annotations

from dataclasses import replace

from nexus.ingestion.reading_warnings import LONGEST_WHAT, MOST, bounded, sentences
from nexus.models import ReadingWarning


def some(count: int, begin: int = 0) -> list[ReadingWarning]:
    return [
        ReadingWarning("a picture is not read", f"page {number}", "Upload its text.")
        for number in range(begin, begin + count)
    ]


def test_a_warning_is_kept_once() -> None:
    assert bounded(some(3) + some(3)) == tuple(some(3))


def test_of_many_the_last_one_says_how_many_more() -> None:
    assert bounded(some(MOST)) == tuple(some(MOST))
    kept = bounded(some(MOST + 7))
    assert (len(kept), kept[:-1]) == (MOST, tuple(some(MOST - 1)))
    assert kept[-1].what.startswith("8 more places were")


def test_what_a_part_left_out_is_counted_on_when_parts_are_joined() -> None:
    parts = [bounded(some(60, 100 * part)) for part in range(4)]
    kept = bounded(one for part in parts for one in part)
    assert len(kept) == MOST
    assert kept[-1].what.startswith(f"{240 - (MOST - 1)} more places were")


def test_a_long_field_is_cut() -> None:
    (kept,) = bounded([replace(some(1)[0], what="x" * 9_999)])
    assert len(kept.what) == LONGEST_WHAT


def test_a_refusal_names_three_at_most() -> None:
    said = sentences(some(9))
    assert said.startswith("Page 0: a picture is not read (Upload its text).")
    assert ("Page 2" in said, "Page 3" in said) == (True, False)
