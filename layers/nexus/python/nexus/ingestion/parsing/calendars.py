"""Reads calendar files (ICS): each event or task as lines of "Name: value"."""

from __future__ import annotations

from nexus.errors import EmptyDocument
from nexus.ingestion.parsing.appointments import appointments
from nexus.ingestion.parsing.plain import decode
from nexus.models import LocatedText, ParsedDocument, ReadingWarning


def read(content: bytes) -> ParsedDocument:
    """The events and tasks of a calendar. Raises EmptyDocument if it holds none."""
    found, more = appointments(decode(content))
    if not found:
        raise EmptyDocument("The calendar holds no events: upload one that does.")
    warnings: tuple[ReadingWarning, ...] = ()
    if more:
        what = f"not read: {more} appointments"
        warnings = (ReadingWarning(what, "", "Upload the calendar in parts."),)
    return ParsedDocument(tuple(map(LocatedText, found)), warnings=warnings)
