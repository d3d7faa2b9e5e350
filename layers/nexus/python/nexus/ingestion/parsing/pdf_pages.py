"""Reads the lines of one page and where they stand, by PDFium's own functions.

pypdfium2's objects would take longer than PDFium does: they watch over every page and box.
"""

from __future__ import annotations

import ctypes
from codecs import decode
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nexus.ingestion.parsing.pdf_layout import Line, Page

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

_SEGMENTS_LOOKED_AT = 60


def read_page(document: PdfDocument, index: int) -> Page:
    """The page at `index`, from 0. Raises PdfiumError if it is damaged."""
    from pypdfium2 import PdfiumError, raw

    page = raw.FPDF_LoadPage(document, index)
    if not page:
        raise PdfiumError("The page cannot be loaded.")
    try:
        textpage = raw.FPDFText_LoadPage(page)
        if not textpage:
            raise PdfiumError("The text of the page cannot be loaded.")
        try:
            return Page(index + 1, raw.FPDF_GetPageHeightF(page), list(_lines(textpage)))
        finally:
            raw.FPDFText_ClosePage(textpage)
    finally:
        raw.FPDF_ClosePage(page)


def _lines(textpage: Any) -> Iterator[Line]:
    from pypdfium2 import PdfiumError, raw

    count = raw.FPDFText_CountChars(textpage)
    if count < 0:
        raise PdfiumError("The characters of the page cannot be counted.")
    text = _text(textpage, count)
    # Where PDFium's two counts of characters differ, positions cannot be trusted.
    aligned = len(text) == count
    first_box, last_box = raw.FS_RECTF(), raw.FS_RECTF()
    into_first, into_last = ctypes.byref(first_box), ctypes.byref(last_box)
    box_of, count_segments = raw.FPDFText_GetLooseCharBox, raw.FPDFText_CountRects
    at = 0
    for line in text.split("\r\n"):
        words = line.strip()
        if not words:
            pass
        elif not aligned:
            yield Line(words)
        else:
            first, length = at + line.index(words[0]), len(words)
            if not (
                box_of(textpage, first, into_first)
                and box_of(textpage, first + length - 1, into_last)
            ):
                raise PdfiumError("A character has no place.")
            top, bottom, last_top = first_box.top, last_box.bottom, last_box.top
            size = top - first_box.bottom
            segments = count_segments(textpage, first, length)
            is_row = segments > 1 and _has_wide_gap(textpage, segments, size)
            yield Line(
                words, first_box.left, last_box.right, bottom, top, last_top - bottom, size, is_row
            )
        at += len(line) + 2


def _text(textpage: Any, count: int) -> str:
    """The text of the page's `count` characters."""
    from pypdfium2 import raw

    # PDFium reads beyond a range that begins or ends with a character that has no text
    # (crbug.com/pdfium/2079).
    text_index = raw.FPDFText_GetTextIndexFromCharIndex
    first, last = 0, count - 1
    while first <= last and (start := text_index(textpage, first)) < 0:
        first += 1
    while first <= last and (end := text_index(textpage, last)) < 0:
        last -= 1
    if first > last:
        return ""
    size = end - start + 2  # with a closing zero
    buffer = (ctypes.c_ushort * size)()
    written = raw.FPDFText_GetText(textpage, first, last - first + 1, buffer)
    return decode(memoryview(buffer)[: max(written - 1, 0)], "utf-16-le", "ignore")


def _has_wide_gap(textpage: Any, segments: int, size: float) -> bool:
    """Whether the line last counted is cells of a table rather than running text."""
    from pypdfium2 import raw

    left, right, other = ctypes.c_double(), ctypes.c_double(), ctypes.c_double()
    into_left, into_right, into_other = map(ctypes.byref, (left, right, other))
    rect_of = raw.FPDFText_GetRect
    end: float | None = None
    for index in range(min(segments, _SEGMENTS_LOOKED_AT)):
        rect_of(textpage, index, into_left, into_other, into_right, into_other)
        if end is not None and left.value - end > 1.2 * size:
            return True
        end = right.value
    return False
