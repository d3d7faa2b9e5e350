"""Lists on PDF pages: a mark that stands apart from its item tells of no columns by itself."""

import io

import pypdfium2  # type: ignore[import-untyped]
import pytest
from pypdfium2 import raw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from nexus.ingestion.parsing.pdf_bookmarks import bookmarks
from nexus.ingestion.parsing.pdf_drawn_lines import drawn_lines
from nexus.ingestion.parsing.pdf_headings import Bookmark
from nexus.ingestion.parsing.pdf_letters import Letters


def drawn(rows):
    """The lines of a page with rows of words, each painted on its own at its place."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setFont("Helvetica", 10)
    for number, row in enumerate(rows):
        for x, words in row:
            sheet.drawString(x, 700 - 14 * number, words)
    sheet.save()
    document = pypdfium2.PdfDocument(buffer.getvalue())
    page = raw.FPDF_LoadPage(document, 0)
    textpage = raw.FPDFText_LoadPage(page)
    try:
        return list(drawn_lines(Letters(page, textpage), weighs=False))
    finally:
        raw.FPDFText_ClosePage(textpage)
        raw.FPDF_ClosePage(page)
        document.close()


@pytest.mark.parametrize("mark", ["•", "-", "*", "–"])
def test_a_mark_before_its_item_may_be_a_cell_but_does_not_tell_of_one(mark):
    (line,) = drawn([[(60, mark), (74, "Bring the letter of the faculty")]])
    assert line.is_gapped
    assert not line.tells


@pytest.mark.parametrize(
    "row",
    [
        [(60, "B"), (76, "Bring the letter of the faculty")],
        [(60, "•"), (74, "Bring the letter"), (156, "before noon")],
        [(60, "•"), (160, "Bring the letter of the faculty")],
    ],
    ids=["a word", "another gap", "far away"],
)
def test_anything_else_that_stands_apart_tells_of_cells(row):
    (line,) = drawn([row])
    assert line.is_gapped
    assert line.tells


def test_bookmarks_are_read_with_long_titles_and_down_to_the_sixth_level():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    long = "Syarat pendaftaran ulang é " * 9
    for level in range(8):
        sheet.bookmarkPage(str(level))
        sheet.addOutlineEntry(f"{level} {long}", str(level), level=level)
        sheet.drawString(60, 700, f"Page {level}")
        sheet.showPage()
    sheet.save()
    document = pypdfium2.PdfDocument(buffer.getvalue())
    found = bookmarks(document)
    document.close()
    assert found == [Bookmark(level, f"{level} {long}", level + 1) for level in range(6)]
