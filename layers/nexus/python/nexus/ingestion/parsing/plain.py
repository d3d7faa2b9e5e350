"""Reads plain text in any encoding."""

from __future__ import annotations

import re

from nexus.ingestion.parsing.cleaning import clean
from nexus.ingestion.parsing.encodings import (
    SAMPLE,
    Evidence,
    byte_order_mark,
    decode_as,
    encodings_to_try,
    wide_encoding,
)
from nexus.ingestion.parsing.formats import unreadable
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.models import LocatedText, ParsedDocument

_PARAGRAPHS = re.compile(r"\n[ \t]*\n|\f")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def read(content: bytes) -> ParsedDocument:
    """The paragraphs of a text file, as blank lines separate them."""
    return ParsedDocument(paragraphs(decode(content)))


def read_part(content: bytes, outline: Outline, part: Part) -> ParsedDocument:
    """The paragraphs of one of several parts."""
    del part
    return ParsedDocument(paragraphs(decode_as(content, outline.encoding)))


def paragraphs(text: str) -> tuple[LocatedText, ...]:
    """The paragraphs of a text, as blank lines separate them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    parts = (clean(part) for part in _PARAGRAPHS.split(text))
    return tuple(LocatedText(part) for part in parts if part)


def decode(content: bytes, declared: str | None = None) -> str:
    """The text of bytes in any encoding: by BOM, as `declared`, as UTF-8, or by its statistics.

    What is UTF-8 throughout, with letters of several bytes, is read so whatever was declared.
    Raises UnsupportedFormat if the bytes are not text.
    """
    text = _decode(content, declared)
    refuse_binary(text)
    return text


def refuse_binary(text: str) -> None:
    """Raises UnsupportedFormat if what was decoded begins like no text."""
    sample = text[:SAMPLE]
    if len(_CONTROLS.findall(sample)) * 50 > len(sample):
        raise unreadable()


def _decode(content: bytes, declared: str | None) -> str:
    encoding, length = byte_order_mark(content)
    if encoding:
        return decode_as(content[length:], encoding)
    is_wide = b"\0" in content[:SAMPLE]
    is_escaped = b"\x1b$" in content[:SAMPLE]
    for encoding in encodings_to_try(content, declared):
        try:
            if not (encoding == "utf-8" and (is_wide or is_escaped)):
                return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    if is_wide:
        return content.decode(wide_encoding(content), errors="ignore")
    evidence = Evidence()
    evidence.add(content)
    return decode_as(content, evidence.encoding())
