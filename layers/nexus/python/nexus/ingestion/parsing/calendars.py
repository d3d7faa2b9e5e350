"""Reads calendar files (ICS): each event or task as lines of "Name: value"."""

from __future__ import annotations

from nexus.ingestion.parsing.appointments import appointments
from nexus.ingestion.parsing.plain import decode, paragraphs
from nexus.models import LocatedText, ParsedDocument, ReadingWarning


def read(content: bytes) -> ParsedDocument:
    """The events and tasks of a calendar; its text as it is if it holds neither, as of journals."""
    text = decode(content)
    found, more = appointments(text)
    if not found:
        return ParsedDocument(paragraphs(text))
    warnings: tuple[ReadingWarning, ...] = ()
    if more:
        what = f"not read: {more} appointments"
        warnings = (ReadingWarning(what, "", "Upload the calendar in parts."),)
    return ParsedDocument(tuple(map(LocatedText, found)), warnings=warnings)
