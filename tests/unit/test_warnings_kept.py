"""What of a document was not read is kept with the version that readers see, of all its parts."""

from __future__ import annotations

from typing import Any, BinaryIO

from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.tasks import tasks_of
from nexus.models import LocatedText, ParsedDocument, ReadingWarning
from nexus.settings import Settings
from tests.unit.documents_made import slides
from tests.unit.test_indexing import CONFIG, KEY, House


def survey(source: BinaryIO, size: int, *_: Any, **__: Any) -> Outline:
    """Every line is a part, if there are several."""
    lines = source.read().decode().splitlines()
    return Outline("lines", size, parts=tuple(Part(at, at, at + 1) for at in range(len(lines))))


def read(source: BinaryIO, outline: Outline, part: Part) -> ParsedDocument:
    """A line that begins with ! is a warning."""
    source.seek(0)
    line = source.read().decode().splitlines()[part.start]
    if line.startswith("!"):
        told = ReadingWarning(line[1:], f"page {part.number + 1}", "Upload its text.")
        return ParsedDocument((), warnings=(told,))
    return ParsedDocument((LocatedText(line),))


def ingested(house: House, text: str, sequencer: str) -> House:
    indexer = house.over(survey=survey, read=read)
    house.put(text)
    house.queue.bodies.clear()
    indexer.reconcile(KEY, sequencer)
    for body in house.queue.bodies:
        for task in tasks_of(body):
            indexer.index_part(task)  # type: ignore[arg-type]
    return house


def test_the_warnings_of_all_parts_are_joined_in_their_order() -> None:
    house = ingested(House(), "!a stamp\nFees are due.\n!a seal", "01")
    assert [(one.what, one.where) for one in house.record().warnings] == [
        ("a stamp", "page 1"),
        ("a seal", "page 3"),
    ]


def test_a_new_version_has_its_own_warnings_and_a_failed_one_leaves_them() -> None:
    house = ingested(House(), "!a stamp\nFees are due.", "01")
    ingested(house, "!a seal\n!a sign", "02")
    record = house.record()
    assert record.status == "failed"
    assert "Page 1: a seal (Upload its text)." in (record.reason or "")
    assert [one.what for one in record.warnings] == ["a stamp"]
    ingested(house, "Fees are due in May.", "03")
    assert house.record().warnings == ()


def test_what_an_author_hid_is_read_where_the_stage_says_so() -> None:
    house = House()
    house.put(slides())
    house.indexer.reconcile(KEY, "01")
    assert [one.where for one in house.record().warnings] == ["slide 3"]
    assert not any("HIDDEN" in text for text in house.seen())
    values = {"NEXUS_READ_HIDDEN": "true", "NEXUS_EMBEDDING_DIMENSION": "256"}
    house.over(Settings.from_environ(values)).reconcile(KEY, "02", afresh=True)
    assert house.record().warnings == ()
    assert any("HIDDEN" in text for text in house.seen())
    assert CONFIG.read_hidden is False


def test_the_warnings_of_a_removed_document_go_with_it() -> None:
    house = ingested(House(), "!a stamp\nFees are due.", "01")
    house.documents.drop("acme", "rules.md")
    house.indexer.reconcile(KEY, "02")
    assert (house.record().status, house.record().warnings) == ("deleted", ())
