"""Says what an author hid in a document, and that it is left out."""

from __future__ import annotations

from nexus.models import ReadingWarning

ADVICE = "Show it and upload the document again, or set NEXUS_READ_HIDDEN to have it read."


def left_out(what: str, where: str = "") -> ReadingWarning:
    """The warning that `what`, such as "a hidden slide", is left out."""
    return ReadingWarning(f"{what} left out", where, ADVICE)
