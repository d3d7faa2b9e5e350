"""How far a document's ingestion is, and how long the rest may take."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nexus.ingestion.revisions import age_s
from nexus.models import DocumentRecord


@dataclass(frozen=True, slots=True)
class Progress:
    """Parts done of all parts; `percent` from 0 to 100, `seconds_left` None when unknown."""

    parts_done: int
    parts: int
    percent: int
    seconds_left: float | None


def progress(parts_done: int, parts: int, elapsed_s: float) -> Progress:
    """The progress after so many parts in so many seconds; 0 `parts` are not counted yet.

    What is left is taken to go as fast as what is done.
    """
    if parts <= 0:
        return Progress(0, 0, 0, None)
    done = min(max(parts_done, 0), parts)
    left = parts - done
    known = done > 0 and 0 <= elapsed_s < math.inf
    seconds_left = 0.0 if left == 0 else elapsed_s * left / done if known else None
    return Progress(done, parts, 100 * done // parts, seconds_left)


def progress_of(record: DocumentRecord, now: float) -> Progress:
    """The progress of a document's ingestion at a Unix time in seconds.

    What is not begun, or failed, has no time left that could be told.
    """
    if record.status == "indexed":
        parts = max(record.parts, 1)
        return progress(parts, parts, 0.0)
    if record.status != "indexing":
        return Progress(0, 0, 0, None)
    return progress(record.parts_done, record.parts, age_s(record.started_at, now))
