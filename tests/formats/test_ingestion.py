"""Every kind of file ends indexed, indexed with warnings, or refused with what to do about it."""

from __future__ import annotations

import pytest

from nexus.models import DocumentRecord, ReadingWarning
from tests.formats.ingestion import ending_of, endings, mixed_files

KINDS = 26
MUTE = ReadingWarning("a page is lost", "page 2", "Sorry.")


def test_a_file_of_every_case_ends_as_its_owner_can_understand():
    """`python -m tests.formats.ingestion` does the same with 60."""
    paths = mixed_files(KINDS)
    assert len({path.parent for path in paths}) == KINDS
    found = endings(paths)
    assert [one for one in found if one.fault] == []
    assert {one.kind for one in found} == {"indexed", "warned", "failed"}


@pytest.mark.parametrize(
    "record",
    [
        DocumentRecord("acme", "1", "a.pdf", "", "", "pending"),
        DocumentRecord("acme", "1", "a.pdf", "", "", "failed", reason="Something is wrong."),
        DocumentRecord(
            "acme",
            "1",
            "a.pdf",
            "",
            "",
            "indexed",
            warnings=(ReadingWarning("lost", "", "Sorry."),),
        ),
    ],
)
def test_an_ending_that_tells_nothing_to_do_is_a_fault(record: DocumentRecord):
    assert ending_of(record).fault
