"""Reads PDF: the paragraphs of each page, under the headings that the file's bookmarks name."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nexus.errors import CorruptDocument, EmptyDocument, EncryptedDocument
from nexus.ingestion.parsing.cleaning import HEADING_CHARS, clean, sensible_title, squeeze
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.parsing.pdf_headings import Bookmark, Bookmarks
from nexus.ingestion.parsing.pdf_layout import Page, join_hyphens, paragraphs, without_running_lines
from nexus.ingestion.parsing.pdf_pages import read_page
from nexus.ingestion.parsing.pdf_scans import PART_PAGES as SCANNED_PAGES
from nexus.ingestion.parsing.pdf_scans import is_scanned, recognised
from nexus.ingestion.parsing.sources import WatchedSource
from nexus.models import LocatedText, Locator, ParsedDocument

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

# PDFium keeps global state: two threads in it at once crash the process.
_PDFIUM = threading.Lock()
PART_PAGES = 100
# To find a page, PDFium walks over all before it, so that the time grows with pages times parts.
_MOST_PARTS = 100
# A rest of fewer pages stays with the part before: alone, its running lines would not show.
_FEWEST_PAGES = 10
# Bookmarks go with their part through a queue.
_MOST_BOOKMARKS = 1_000
# A smaller file is read at once, which is faster than PDFium's many reads.
_SMALL = 8 * 1024 * 1024
NO_TEXT = (
    "The PDF holds pictures of pages but no text: run text recognition (OCR) on it and upload the "
    "result."
)


def survey(source: WatchedSource, size: int, *, ocr: bool = False) -> Outline:
    """The title, the number of pages and the parts of a PDF, without reading its pages.

    With `ocr`, parts of a document with scanned pages are smaller, as each takes a second or more.
    """
    with _PDFIUM, _opened(source, size) as document:
        pages = len(document)
        headings = Bookmarks(_bookmarks(document))
        part_pages = SCANNED_PAGES if ocr and is_scanned(document) else PART_PAGES
        length = part_pages * max(1, -(-pages // (part_pages * _MOST_PARTS)))
        starts = range(0, max(pages - _FEWEST_PAGES + 1, 1), length)
        parts = []
        for number, start in enumerate(starts):
            end = pages if number == len(starts) - 1 else start + length
            marks = list(headings.heading(end))[:_MOST_BOOKMARKS]
            carried = tuple((mark.level, _short(mark.title), mark.page) for mark in marks)
            parts.append(Part(number, start, end, bookmarks=carried))
        title = sensible_title(document.get_metadata_value("Title"))
    return Outline("pdf", size, title, pages, ocr=ocr, parts=tuple(parts))


def read_part(source: WatchedSource, outline: Outline, part: Part) -> ParsedDocument:
    """The text of the part's pages; `pages` is their number.

    Raises CorruptDocument or EmptyDocument (scans) if the part is the whole document.
    """
    with _PDFIUM, _opened(source, outline.size) as document:
        pages, damaged = _pages(document, range(part.start, part.end))
        scanned, warnings = recognised(document, pages) if outline.ocr else ([], ())
    if outline.is_whole(part) and not scanned and not any(page.lines for page in pages):
        if damaged is not None:
            raise CorruptDocument(
                "The pages of the PDF are damaged: export it again from its source and upload that."
            ) from damaged
        raise EmptyDocument(NO_TEXT)
    texts: list[LocatedText] = []
    headings = Bookmarks([Bookmark(*mark) for mark in part.bookmarks], part.start + 1)
    for page in without_running_lines(pages):
        for path, lines in headings.sections(page):
            place = Locator(page=page.number, heading=path)
            texts += [LocatedText(text, place) for text in paragraphs(lines)]
    read = join_hyphens(texts)
    if scanned:
        read = sorted((*read, *scanned), key=lambda text: text.locator.page or 0)
    return ParsedDocument(tuple(read), outline.title, len(pages), warnings)


@contextmanager
def _opened(source: WatchedSource, size: int) -> Iterator[PdfDocument]:
    import pypdfium2
    from pypdfium2 import raw

    content = source.stretch(0, size) if size <= _SMALL else source
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as err:
        if err.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedDocument(
                "The file is protected by a password: remove the protection and upload it again."
            ) from err
        raise
    try:
        yield document
    finally:
        document.close()


def _pages(document: PdfDocument, numbers: range) -> tuple[list[Page], Exception | None]:
    """The pages, and what damage there was; a damaged page has no lines."""
    import pypdfium2

    pages, damaged = [], None
    for index in numbers:
        try:
            pages.append(read_page(document, index))
        except (pypdfium2.PdfiumError, AssertionError) as err:
            pages.append(Page(index + 1, 0.0, []))
            damaged = err
    return pages, damaged


def _bookmarks(document: PdfDocument) -> list[Bookmark]:
    found = []
    for entry in document.get_toc(max_depth=6):
        target = entry.get_dest()
        index = None if target is None else target.get_index()
        if index is not None:
            found.append(Bookmark(entry.level, entry.get_title(), index + 1))
    return found


def _short(title: str) -> str:
    return squeeze(clean(title))[:HEADING_CHARS]
