"""Reads pictures (PNG, JPEG, TIFF): the text that is recognised in them, page by page."""

from __future__ import annotations

from nexus.errors import EmptyDocument, UnsupportedFormat
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.parsing.recognition import opened, recogniser
from nexus.ingestion.parsing.sources import WatchedSource
from nexus.models import LocatedText, Locator, ParsedDocument, ReadingWarning

# A page takes one to three seconds, a part a minute at most.
PART_PAGES = 20
_MOST_PAGES = 2_000
_AGAIN = "Scan it again."
NO_TEXT = "No text was recognised in the picture: upload a sharper one, or a document with text."


def survey(source: WatchedSource, size: int, *, ocr: bool) -> Outline:
    """The pages and parts of a picture; a fax or a scan in TIFF has several.

    Raises UnsupportedFormat if text is not recognised in pictures, and DocumentTooLarge.
    """
    if not ocr:
        raise UnsupportedFormat(
            "The file is a picture, and text recognition (OCR) is off: have it turned on, or "
            "recognise its text with another program and upload the result."
        )
    with opened(source.stretch(0, size)) as image:
        pages = min(getattr(image, "n_frames", 1), _MOST_PAGES)
    starts = range(0, pages, PART_PAGES)
    parts = tuple(
        Part(number, start, min(start + PART_PAGES, pages)) for number, start in enumerate(starts)
    )
    return Outline("picture", size, pages=pages, ocr=True, parts=parts)


def read_part(source: WatchedSource, outline: Outline, part: Part) -> ParsedDocument:
    """The text of the part's pages. Raises EmptyDocument if the whole shows none."""
    texts: list[LocatedText] = []
    unread: list[ReadingWarning] = []
    with opened(source.stretch(0, outline.size)) as image, recogniser() as tesseract:
        for index in range(part.start, part.end):
            number = str(index + 1)
            try:
                image.seek(index)
                found = tesseract.picture(image.copy(), number)
            except (OSError, EOFError, ValueError, SyntaxError):
                told = ReadingWarning("not read: the page is damaged", f"page {number}", _AGAIN)
                unread.append(told)
                continue
            place = Locator(page=index + 1) if outline.pages > 1 else Locator()
            texts += [LocatedText(text, place) for text in found]
        warnings = tuple(tesseract.warnings("page"))
    if not texts and outline.is_whole(part):
        raise EmptyDocument(NO_TEXT)
    return ParsedDocument(tuple(texts), None, part.end - part.start, (*warnings, *unread))
