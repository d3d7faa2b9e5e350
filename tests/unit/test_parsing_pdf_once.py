"""A PDF that is read whole is opened once, and its pages are read once."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from nexus.ingestion.parsing import Outline, outline, parse_part, pdf
from nexus.ingestion.parsing.pdf_lines import Line
from nexus.ingestion.parsing.sources import WatchedSource, kept
from tests.unit import documents_made as made
from tests.unit.documents_made import LIMIT

PAGES = 35


class Counting(io.BytesIO):
    """Counts how often it is read."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return super().read(size)


@pytest.fixture
def content(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A PDF in parts of ten pages."""
    monkeypatch.setattr(pdf, "PART_PAGES", 10)
    return made.pdf([[(700, f"Rule {number} of the library.")] for number in range(PAGES)])


def planned(source: WatchedSource | Counting, size: int) -> Outline:
    return outline(
        source,
        size,
        "a.pdf",
        "",
        max_bytes=LIMIT,
        max_streamed_bytes=LIMIT,
        max_unpacked_bytes=LIMIT,
    )


def test_a_kept_source_is_opened_once_and_closed_at_the_end(content: bytes) -> None:
    counting = Counting(content)
    with kept(counting) as source:
        plan = planned(source, len(content))
        reads = counting.reads
        together = [parse_part(source, plan, part) for part in plan.parts]
        assert counting.reads == reads
        document = source.opened.document
        assert document.raw
    assert not document.raw
    assert len(plan.parts) == 3
    alone = [parse_part(io.BytesIO(content), plan, part) for part in plan.parts]
    assert together == alone


def test_a_source_that_is_not_kept_is_opened_for_each_part(content: bytes) -> None:
    source = Counting(content)
    plan = planned(source, len(content))
    reads = source.reads
    for part in plan.parts:
        parse_part(source, plan, part)
    assert source.reads == reads + len(plan.parts)


def test_the_pages_that_the_next_part_needs_too_are_read_once(content: bytes) -> None:
    with kept(io.BytesIO(content)) as source:
        plan = planned(source, len(content))
        parse_part(source, plan, plan.parts[0])
        pages = source.opened.pages
        assert [number for number, _ in pages] == [7, 8, 9, 10]
        pages[10, True] = replace(pages[10, True], lines=[Line("As it was read before.")])
        read = parse_part(source, plan, plan.parts[1])
    assert read.texts[0].text == "As it was read before."
    assert read.texts[1].text == "Rule 11 of the library."


def test_pages_read_for_bookmarks_do_not_stand_for_those_that_were_weighed(content: bytes) -> None:
    with kept(io.BytesIO(content)) as source:
        plan = planned(source, len(content))
        headed = replace(plan.parts[0], bookmarks=((0, "Rules", 1),))
        parse_part(source, plan, headed)
        pages = source.opened.pages
        pages[10, False] = replace(pages[10, False], lines=[Line("As it was read before.")])
        read = parse_part(source, plan, plan.parts[1])
    assert read.texts[0].text == "Rule 10 of the library."
