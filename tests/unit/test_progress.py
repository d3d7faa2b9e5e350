"""How far an ingestion is, and how long the rest may take."""

from __future__ import annotations

import pytest

from nexus.documents.progress import Progress, progress, progress_of
from nexus.models import DocumentRecord

STARTED = "2025-06-15T15:06:40Z"
STARTED_S = 1_750_000_000.0


@pytest.mark.parametrize(
    ("parts_done", "parts", "elapsed_s", "percent", "seconds_left"),
    [
        (0, 0, 5, 0, None),
        (0, 8, 5, 0, None),
        (2, 8, 30, 25, 90),
        (1, 3, 10, 33, 20),
        (8, 8, 30, 100, 0),
        (9, 8, 30, 100, 0),
        (2, 8, -1, 25, None),
        (2, 8, float("inf"), 25, None),
    ],
)
def test_what_is_left_goes_as_fast_as_what_is_done(
    parts_done: int, parts: int, elapsed_s: float, percent: int, seconds_left: float | None
) -> None:
    found = progress(parts_done, parts, elapsed_s)
    assert (found.percent, found.seconds_left) == (percent, seconds_left)
    assert found.parts_done <= found.parts


def record(**said: object) -> DocumentRecord:
    return DocumentRecord("acme", "0" * 24, "a.md", "", "", **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"status": "indexed"}, Progress(1, 1, 100, 0.0)),
        ({"status": "indexed", "parts": 4, "parts_done": 4}, Progress(4, 4, 100, 0.0)),
        ({"status": "failed", "parts": 4, "parts_done": 2}, Progress(0, 0, 0, None)),
        ({"status": "pending"}, Progress(0, 0, 0, None)),
        ({"status": "indexing"}, Progress(0, 0, 0, None)),
        (
            {"status": "indexing", "parts": 4, "parts_done": 1, "started_at": STARTED},
            Progress(1, 4, 25, 60.0),
        ),
        ({"status": "indexing", "parts": 4, "parts_done": 1}, Progress(1, 4, 25, None)),
    ],
)
def test_a_document_s_progress_follows_from_its_record(
    said: dict[str, object], wanted: Progress
) -> None:
    assert progress_of(record(**said), STARTED_S + 20) == wanted
