"""Reads PDF: the paragraphs of each page, under the headings that the file's bookmarks name."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import TYPE_CHECKING

from nexus.errors import CorruptDocument, EmptyDocument
from nexus.ingestion.parsing.cleaning import HEADING_CHARS, clean, sensible_title, squeeze
from nexus.ingestion.parsing.hidden import left_out
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.parsing.pdf_annotations import form_of
from nexus.ingestion.parsing.pdf_bookmarks import bookmarks
from nexus.ingestion.parsing.pdf_documents import PDFIUM, OpenPdf, opened
from nexus.ingestion.parsing.pdf_headings import Bookmark, Bookmarks
from nexus.ingestion.parsing.pdf_layout import join_hyphens, paragraphs
from nexus.ingestion.parsing.pdf_lines import Line, Page
from nexus.ingestion.parsing.pdf_page_breaks import with_whole_sentences
from nexus.ingestion.parsing.pdf_pages import read_page
from nexus.ingestion.parsing.pdf_row_breaks import with_whole_rows
from nexus.ingestion.parsing.pdf_running import MARGIN, without_running_lines
from nexus.ingestion.parsing.pdf_scans import PART_PAGES as SCANNED_PAGES
from nexus.ingestion.parsing.pdf_scans import is_scanned, recognised
from nexus.ingestion.parsing.pdf_sizes import SizedHeadings
from nexus.ingestion.parsing.pdf_tables import Tables
from nexus.ingestion.parsing.sources import WatchedSource
from nexus.ingestion.parsing.table_lines import joined, located
from nexus.models import LocatedText, Locator, ParsedDocument, ReadingWarning

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

PART_PAGES = 100
# To find a page, PDFium walks over all before it, so that the time grows with pages times parts.
_MOST_PARTS = 100
# A rest of fewer pages stays with the part before: alone, its running lines would not show.
_FEWEST_PAGES = 10
# Bookmarks go with their part through a queue.
_MOST_BOOKMARKS = 1_000
NO_TEXT = (
    "The PDF holds pictures of pages but no text: run text recognition (OCR) on it and upload the "
    "result."
)


# What comes before a part tells its headings, its columns and its running lines.
_PAGES_BEFORE = 3
# A table of so many characters is one text, of more each row is.
_WHOLE_TABLE = 900
_MOST_SPANS = 20
ALL_HIDDEN = (
    "The text of the PDF is hidden (white, unpainted, tiny or off the page): show it and upload "
    "the file again, or set NEXUS_READ_HIDDEN to have it read."
)
NO_PAGE_TEXT = "Run text recognition (OCR) on the PDF and upload the result."
DAMAGED_PAGE = "Export the PDF again from its source and upload that."


def survey(source: WatchedSource, size: int, *, ocr: bool = False) -> Outline:
    """The title, the number of pages and the parts of a PDF, without reading its pages.

    With `ocr`, parts of a document with scanned pages are smaller, as each takes a second or more.
    """
    with PDFIUM, opened(source, size) as pdf:
        document = pdf.document
        pages = len(document)
        headings = Bookmarks(bookmarks(document))
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


@contextmanager
def _without_collections() -> Iterator[None]:
    """Has no cycles looked for: pages make many tuples and none, and the search takes up to 5 %.

    One thread at a time: one that came as another ends would turn the search off behind it, and
    believe that it had been off.
    """
    with PDFIUM:
        was_on = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if was_on:
                gc.enable()


@_without_collections()
def read_part(source: WatchedSource, outline: Outline, part: Part) -> ParsedDocument:
    """The text of the part's pages; `pages` is their number.

    Raises CorruptDocument or EmptyDocument (scans) if the part is the whole document.
    """
    with opened(source, outline.size) as pdf:
        document = pdf.document
        first = max(part.start - _PAGES_BEFORE, 0)
        last = min(part.end + 1, len(document))
        weighs = not part.bookmarks
        pages, damaged = _pages(
            pdf, range(first, last), weighs=weighs, read_hidden=outline.read_hidden
        )
        again = max(part.end - _PAGES_BEFORE - first, 0)
        pdf.pages.clear()
        pdf.pages.update(((page.number - 1, weighs), page) for page in pages[again:])
        own = [page for page in pages if part.start < page.number <= part.end]
        scanned, told = recognised(document, own) if outline.ocr else ([], ())
        attached = list(_attached(document)) if part.start == 0 else []
    if outline.is_whole(part) and not scanned and not any(page.lines for page in own):
        if damaged is not None:
            raise CorruptDocument(
                "The pages of the PDF are damaged: export it again from its source and upload that."
            ) from damaged
        hidden = any(page.hides_text for page in own)
        raise EmptyDocument(ALL_HIDDEN if hidden else NO_TEXT)
    texts: list[LocatedText] = []
    shown = with_whole_rows(with_whole_sentences(without_running_lines(pages)))
    headings: Bookmarks | SizedHeadings
    if part.bookmarks:
        headings = Bookmarks([Bookmark(*mark) for mark in part.bookmarks], first + 1)
    else:
        headings = SizedHeadings(shown)
    tables = Tables()
    for page in shown:
        for path, lines in headings.sections(page):
            place = Locator(page=page.number, heading=path)
            found = list(_texts(lines, tables, page, place))
            if part.start < page.number <= part.end:
                texts += found
    read = join_hyphens(texts)
    if scanned:
        read = sorted((*read, *scanned), key=lambda text: text.locator.page or 0)
    warnings = (*_warnings(own, looked_at=outline.ocr), *told, *attached)
    return ParsedDocument(tuple(read), outline.title, part.end - part.start, warnings)


def _texts(
    lines: Sequence[Line], tables: Tables, page: Page, place: Locator
) -> Iterator[LocatedText]:
    """The paragraphs and the rows of tables; of a table that fits into a chunk, its rows as one."""
    for table, group in groupby(lines, key=lambda line: line.table):
        stretch = list(group)
        if table is None:
            if any(MARGIN < line.bottom / page.height < 1 - MARGIN for line in stretch):
                tables.interrupt()
            yield from (LocatedText(text, place) for text in paragraphs(stretch))
            continue
        rows = tables.rendered(stretch)
        whole = joined(rows, place)
        if len(whole.text) <= _WHOLE_TABLE:
            yield whole
        else:
            yield from (located(row, place) for row in rows)


def _warnings(pages: Sequence[Page], *, looked_at: bool) -> Iterator[ReadingWarning]:
    """What of the pages was not read; of pictures that were `looked_at`, others say it."""
    pictures = [page.number for page in pages if page.is_picture and not looked_at]
    damaged = [page.number for page in pages if page.is_damaged]
    kinds = (
        ("pages that are pictures are not read", pictures, NO_PAGE_TEXT),
        ("damaged pages are not read", damaged, DAMAGED_PAGE),
    )
    for what, numbers, advice in kinds:
        if numbers:
            yield ReadingWarning(what, _named(numbers), advice)
    if hiding := [page.number for page in pages if page.hides_text]:
        yield left_out("hidden text is", _named(hiding))


def _attached(document: PdfDocument) -> Iterator[ReadingWarning]:
    """A warning for the files that are attached to the whole document, if there are any."""
    from pypdfium2 import PdfiumError

    with suppress(PdfiumError):
        count = document.count_attachments()
        names = [_name_of(document, at) for at in range(min(count, _MOST_SPANS))]
        if names:
            more = f" and {count - len(names)} more" if count > len(names) else ""
            yield ReadingWarning(
                "attached files are not read",
                f"{', '.join(names)}{more}",
                "Upload them by themselves.",
            )


def _name_of(document: PdfDocument, at: int) -> str:
    """What an attached file is called; "a file" if its name is none."""
    try:
        name = squeeze(clean(document.get_attachment(at).get_name()))[:HEADING_CHARS]
    except UnicodeError:
        name = ""
    return name or "a file"


def _named(numbers: Sequence[int]) -> str:
    """The pages as a reader names them: "page 4", "pages 2-6, 9"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    names = [str(one) if one == other else f"{one}-{other}" for one, other in spans]
    rest = f" and {len(names) - _MOST_SPANS} more" if len(names) > _MOST_SPANS else ""
    return ("page " if len(numbers) == 1 else "pages ") + ", ".join(names[:_MOST_SPANS]) + rest


def _pages(
    pdf: OpenPdf, numbers: range, *, weighs: bool, read_hidden: bool
) -> tuple[list[Page], Exception | None]:
    """The pages, and what damage there was; a damaged page has no lines."""
    import pypdfium2

    pages, damaged, form = [], None, form_of(pdf.document)
    for index in numbers:
        if known := pdf.pages.get((index, weighs)):
            pages.append(known)
            continue
        try:
            page = read_page(
                pdf.document, index, form, pdf.layers, weighs=weighs, read_hidden=read_hidden
            )
        except (pypdfium2.PdfiumError, AssertionError) as err:
            page, damaged = Page(index + 1, 0.0, [], is_damaged=True), err
        pages.append(page)
    return pages, damaged


def _short(title: str) -> str:
    return squeeze(clean(title))[:HEADING_CHARS]
