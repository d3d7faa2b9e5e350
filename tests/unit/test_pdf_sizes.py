"""Headings of PDFs without bookmarks: told by their letters, no more of them than there can be."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.pdfgen import canvas

from nexus.ingestion.parsing import parse
from nexus.models import ParsedDocument

LOREM = "The office answers in ten days, and tells the applicant why it said no to the request."
Line = tuple[str, float, bool]


def read(pages: Sequence[Sequence[Line]]) -> ParsedDocument:
    """A file of these pages; a line is (text, height of its letters, bold)."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, invariant=1)
    for page in pages:
        y = 800.0
        for text, size, bold in page:
            sheet.setFont("Helvetica-Bold" if bold else "Helvetica", size)
            y -= size * 2
            sheet.drawString(72, y, text)
        sheet.showPage()
    sheet.save()
    return parse(
        buffer.getvalue(),
        "guide.pdf",
        "application/pdf",
        max_bytes=1_000_000,
        max_unpacked_bytes=1_000_000,
    )


def scheme(name: str, body: int) -> list[Line]:
    """A page about one scheme, with `body` lines under each of its small headings."""
    lines: list[Line] = [(name, 17, True), (LOREM, 10, False)]
    for heading in ("Who may apply", "What is paid", "How to apply"):
        lines += [(heading, 12, True), *[(LOREM, 10, False)] * body]
    return lines


def headings(document: ParsedDocument) -> list[tuple[str, ...]]:
    """The paths of headings, each once, in order."""
    return list(dict.fromkeys(text.locator.heading for text in document.texts))


def test_headings_of_two_sizes_make_a_path() -> None:
    found = headings(read([scheme("Merit Scholarship", 6), scheme("Access Grant", 6)]))
    assert ("Merit Scholarship", "What is paid") in found
    assert ("Access Grant", "How to apply") in found


def test_where_every_other_line_is_a_heading_only_the_highest_ones_are() -> None:
    found = headings(read([scheme("Merit Scholarship", 1), scheme("Access Grant", 1)]))
    assert found == [("Merit Scholarship",), ("Access Grant",)]


def test_where_all_lines_are_large_none_is_a_heading() -> None:
    poster: list[Line] = [(LOREM[:40], 24, True), (LOREM[:30], 12, False), (LOREM[:40], 24, True)]
    assert headings(read([poster])) == [()]


def test_a_large_line_that_stands_alone_is_no_heading_of_what_follows() -> None:
    invoice: list[Line] = [("Conditions", 14, True), *[(LOREM, 10, False)] * 2]
    total: list[Line] = [("Items", 14, True), (LOREM, 10, False), ("Total due at once", 20, True)]
    pages = [scheme("Merit Scholarship", 1), total, invoice, scheme("Access Grant", 1)]
    found = headings(read(pages))
    assert ("Merit Scholarship",) in found
    assert not any("Total due at once" in path for path in found)
