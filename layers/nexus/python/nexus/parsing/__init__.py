"""Turns the bytes of a document into located text, whatever its format.

`formats` decides which parser reads a file; each parser is imported when it is first needed.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from nexus.errors import (
    CorruptDocument,
    DocumentRejected,
    DocumentTooLarge,
    EmptyDocument,
)
from nexus.models import LocatedText, ParsedDocument
from nexus.parsing.cleaning import clean, sensible_title, squeeze
from nexus.parsing.formats import detect

# A heading is a name, not a text: what is longer is cut, as it goes with every chunk below it.
HEADING_CHARS = 300
HEADING_DEPTH = 10


def parse(
    content: bytes, path: str, content_type: str, *, max_bytes: int, max_unpacked_bytes: int
) -> ParsedDocument:
    """Reads a document into texts with their places, clean and in reading order.

    The bytes decide the format, then the path's extension, then the content type. What the author
    hid (sheets, slides, deleted text) is not read. Raises nothing but DocumentRejected's kinds.
    """
    if len(content) > max_bytes:
        raise DocumentTooLarge(
            f"The file is larger than {max_bytes / 1024 / 1024:.0f} MB: split it into smaller "
            "documents."
        )
    if not content.strip():
        raise EmptyDocument("The file is empty: upload one that holds text.")
    try:
        module = detect(content, path, content_type, max_unpacked_bytes)
        document: ParsedDocument = import_module(f"nexus.parsing.{module}").read(content)
        texts = tuple(text for raw in document.texts if (text := _tidy(raw)).text)
    except DocumentRejected:
        raise
    except MemoryError as err:
        raise DocumentTooLarge(
            "The file needs more memory than there is: split it into smaller documents."
        ) from err
    except Exception as err:
        raise CorruptDocument(
            "The file is damaged: open it in its own program, save it again and upload that."
        ) from err
    if not texts:
        raise EmptyDocument("The file holds no text: upload one that does.")
    return ParsedDocument(texts, sensible_title(document.title), document.pages)


def _tidy(raw: LocatedText) -> LocatedText:
    text, place = clean(raw.text), raw.locator
    if not place.heading and place.sheet is None:
        return raw if text == raw.text else LocatedText(text, place)
    parts = (squeeze(clean(part))[:HEADING_CHARS] for part in place.heading[:HEADING_DEPTH])
    heading = tuple(part for part in parts if part)
    sheet = None if place.sheet is None else squeeze(clean(place.sheet))[:HEADING_CHARS]
    return LocatedText(text, replace(place, heading=heading, sheet=sheet))


__all__ = ["parse"]
