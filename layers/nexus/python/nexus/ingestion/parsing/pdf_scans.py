"""Recognises the text of PDF pages that hold none: pictures of pages, as scanners make them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.pdf_lines import Page
from nexus.ingestion.parsing.recognition import recogniser
from nexus.models import LocatedText, Locator, ReadingWarning

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

# A scanned page takes one to three seconds, so that a part of so many ends within a minute.
PART_PAGES = 20
# Of this many pages, spread over the document, it is looked whether they hold text; a stamp or a
# page number of so many letters is none.
_LOOKED_AT = 20
_FEW_LETTERS = 100
_SCANNED_SHARE = 0.25
_DOTS_PER_INCH = 200
_MOST_PIXELS = 18_000_000


def is_scanned(document: PdfDocument) -> bool:
    """Whether many of the document's pages hold next to no text: it is read in smaller parts."""
    from pypdfium2 import raw

    count = len(document)
    looked = range(0, count, max(count // _LOOKED_AT, 1))
    empty = 0
    for index in looked:
        if not (page := raw.FPDF_LoadPage(document, index)):
            continue
        if textpage := raw.FPDFText_LoadPage(page):
            empty += raw.FPDFText_CountChars(textpage) < _FEW_LETTERS
            raw.FPDFText_ClosePage(textpage)
        raw.FPDF_ClosePage(page)
    return empty >= len(looked) * _SCANNED_SHARE


def recognised(
    document: PdfDocument, pages: Sequence[Page]
) -> tuple[list[LocatedText], tuple[ReadingWarning, ...]]:
    """The texts of those pages that are pictures, in order, and what is to be said of them."""
    shown = [page.number for page in pages if page.is_picture]
    if not shown:
        return [], ()
    texts: list[LocatedText] = []
    with recogniser() as tesseract:
        for number in shown:
            if (image := _picture(document, number - 1)) is None:
                tesseract.empty.append(str(number))
                continue
            place = Locator(page=number)
            texts += [LocatedText(text, place) for text in tesseract.picture(image, str(number))]
        return texts, tuple(tesseract.warnings("page"))


def _picture(document: PdfDocument, index: int) -> Image | None:
    """The page as a scanner would give it; None for one that is damaged."""
    import pypdfium2

    try:
        page = document[index]
    except (pypdfium2.PdfiumError, IndexError):
        return None
    try:
        width, height = page.get_size()
        scale = _DOTS_PER_INCH / 72
        if width * height * scale * scale > _MOST_PIXELS:
            scale = (_MOST_PIXELS / max(width * height, 1)) ** 0.5
        image: Image = page.render(scale=scale, grayscale=True).to_pil()
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        return None
    finally:
        page.close()
    return image
