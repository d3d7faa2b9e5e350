"""Reads PDF: the paragraphs of each page, under the headings that the file's bookmarks name."""

from __future__ import annotations

import ctypes
import threading
from typing import TYPE_CHECKING

from nexus.errors import CorruptDocument, EmptyDocument, EncryptedDocument
from nexus.models import LocatedText, Locator, ParsedDocument
from nexus.parsing.pdf_headings import Bookmark, Bookmarks
from nexus.parsing.pdf_layout import Line, Page, join_hyphens, paragraphs, without_running_lines

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage  # type: ignore[import-untyped]

# PDFium keeps global state: two threads in it at once crash the process.
_PDFIUM = threading.Lock()
_SEGMENTS_LOOKED_AT = 60


def read(content: bytes) -> ParsedDocument:
    """The text of each page. Raises EncryptedDocument, CorruptDocument, EmptyDocument (scans)."""
    with _PDFIUM:
        pages, bookmarks, title = _extract(content)
    if not any(page.lines for page in pages):
        raise EmptyDocument(
            "The PDF holds pictures of pages but no text: run text recognition (OCR) on it and "
            "upload the result."
        )
    texts: list[LocatedText] = []
    headings = Bookmarks(bookmarks)
    for page in without_running_lines(pages):
        for path, lines in headings.sections(page):
            place = Locator(page=page.number, heading=path)
            texts += [LocatedText(text, place) for text in paragraphs(lines)]
    return ParsedDocument(tuple(join_hyphens(texts)), title, pages=len(pages))


def _extract(content: bytes) -> tuple[list[Page], list[Bookmark], str | None]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as err:
        if err.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedDocument(
                "The file is protected by a password: remove the protection and upload it again."
            ) from err
        raise
    try:
        pages, damaged = [], None
        for index in range(len(document)):
            try:
                pages.append(_page(document, index))
            except (pypdfium2.PdfiumError, AssertionError) as err:
                pages.append(Page(index + 1, 0.0, []))
                damaged = err
        if damaged is not None and not any(page.lines for page in pages):
            raise CorruptDocument(
                "The pages of the PDF are damaged: export it again from its source and upload that."
            ) from damaged
        return pages, _bookmarks(document), document.get_metadata_value("Title")
    finally:
        document.close()


def _page(document: PdfDocument, index: int) -> Page:
    page = document[index]
    textpage = page.get_textpage()
    try:
        text = textpage.get_text_range() if textpage.count_chars() else ""
        # Where PDFium's two counts of characters differ, positions cannot be trusted.
        aligned = len(text) == textpage.count_chars()
        lines, at = [], 0
        for raw_line in text.split("\r\n"):
            if words := raw_line.strip():
                first = at + raw_line.index(words[0])
                lines.append(_line(textpage, words, first) if aligned else Line(words))
            at += len(raw_line) + 2
        return Page(index + 1, page.get_height(), lines)
    finally:
        textpage.close()
        page.close()


def _line(textpage: PdfTextPage, words: str, first: int) -> Line:
    left, bottom, right, top = textpage.get_charbox(first, loose=True)
    _, last_bottom, right, last_top = textpage.get_charbox(first + len(words) - 1, loose=True)
    return Line(
        words, left, right, bottom=last_bottom, top=top, size=last_top - last_bottom,
        first_size=top - bottom, is_row=_has_wide_gap(textpage, first, len(words), top - bottom),
    )  # fmt: skip


def _has_wide_gap(textpage: PdfTextPage, first: int, count: int, size: float) -> bool:
    """Whether the line is cells of a table rather than running text."""
    from pypdfium2 import raw

    segments = raw.FPDFText_CountRects(textpage, first, count)
    edges = [ctypes.c_double() for _ in range(4)]
    end: float | None = None
    for index in range(min(segments, _SEGMENTS_LOOKED_AT) if segments > 1 else 0):
        raw.FPDFText_GetRect(textpage, index, *(ctypes.byref(edge) for edge in edges))
        if end is not None and edges[0].value - end > 1.2 * size:
            return True
        end = edges[2].value
    return False


def _bookmarks(document: PdfDocument) -> list[Bookmark]:
    found = []
    for entry in document.get_toc(max_depth=6):
        target = entry.get_dest()
        index = None if target is None else target.get_index()
        if index is not None:
            found.append(Bookmark(entry.level, entry.get_title(), index + 1))
    return found
