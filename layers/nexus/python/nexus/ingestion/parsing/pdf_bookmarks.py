"""Reads the bookmarks of a PDF: the table of contents that the file carries."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.pdf_calls import Address, address, calls
from nexus.ingestion.parsing.pdf_headings import Bookmark

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

_MOST_LEVELS = 6


def bookmarks(document: PdfDocument) -> list[Bookmark]:
    """The bookmarks that lead to a page, in their order, down to the sixth level."""
    return list(_below(address(document.raw), None, 0, set()))


def _below(
    document: Address, parent: Address | None, level: int, seen: set[int]
) -> Iterator[Bookmark]:
    """The bookmarks below `parent`, each before its own; one `seen` before ends its row."""
    pdfium = calls()
    entry = pdfium.first_bookmark(document, parent)
    while entry.value and entry.value not in seen:
        seen.add(entry.value)
        target = pdfium.bookmark_target(document, entry)
        if target.value and (index := pdfium.target_page(document, target)) >= 0:
            yield Bookmark(level, _title(entry), index + 1)
        if level + 1 < _MOST_LEVELS:
            yield from _below(document, entry, level + 1, seen)
        entry = pdfium.next_bookmark(document, entry)


def _title(entry: Address) -> str:
    pdfium = calls()
    buffer, size = pdfium.name, pdfium.name_size
    needed = pdfium.bookmark_title(entry, buffer, size)
    if needed > size.value:
        buffer, size = ctypes.create_string_buffer(needed), ctypes.c_ulong(needed)
        pdfium.bookmark_title(entry, buffer, size)
    # UTF-16 with a closing zero.
    return buffer.raw[: max(needed - 2, 0)].decode("utf-16-le", "ignore")
