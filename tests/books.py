"""Books of any length for the tests of large documents: the same paragraphs as PDF, Markdown, text.

A page is a heading and six paragraphs, about 3,000 characters; no two paragraphs are alike.
"""

from __future__ import annotations

import io
import random
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportlab.pdfgen.canvas import Canvas

PARAGRAPHS = 6
WORDS = (
    "the of tuition fee is due on first day semester students who apply for a scholarship must "
    "submit their transcript and two letters before office closes library lends books up to four "
    "weeks late return costs rupiah per each programme requires thesis supervised by lecturer"
).split()
_SIZE = (595, 842)


@dataclass(frozen=True)
class BookPage:
    """One page, or one section of a text."""

    heading: str
    paragraphs: tuple[str, ...]


def pages(count: int, seed: int = 0) -> Iterator[BookPage]:
    """Pages as the seed has them; their headings end in numbers from 1."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        # Numbers alone would make running lines of them.
        heading = " ".join((*chance.sample(WORDS, k=3), str(number))).capitalize()
        yield BookPage(heading, tuple(paragraph(chance) for _ in range(PARAGRAPHS)))


def paragraph(chance: random.Random) -> str:
    """Seven sentences, about 480 characters."""
    sentences = (
        " ".join((*chance.choices(WORDS, k=11), str(chance.randrange(1_000_000)))).capitalize()
        for _ in range(7)
    )
    return ". ".join(sentences) + "."


def edited(book: Sequence[BookPage]) -> list[BookPage]:
    """The book with another paragraph in the middle of its middle page."""
    middle, place = len(book) // 2, PARAGRAPHS // 2
    before = book[middle]
    texts = list(before.paragraphs)
    texts[place] = paragraph(random.Random("another"))
    changed = replace(before, paragraphs=tuple(texts))
    return [*book[:middle], changed, *book[middle + 1 :]]


def as_pdf(book: Sequence[BookPage] | Iterator[BookPage], title: str = "The book") -> bytes:
    """One page a page, with a bookmark for each heading."""
    target = io.BytesIO()
    sheet = Canvas(target, pagesize=_SIZE, invariant=1, pageCompression=1)
    sheet.setTitle(title)
    for page in book:
        sheet.bookmarkPage(page.heading)
        sheet.addOutlineEntry(page.heading, page.heading)
        text = sheet.beginText(40, 800)
        for stretch in (page.heading, *page.paragraphs):
            text.textLines([*textwrap.wrap(stretch, 100), ""], trim=0)
        sheet.drawText(text)
        sheet.showPage()
    sheet.save()
    return target.getvalue()


def as_markdown(book: Sequence[BookPage]) -> bytes:
    """A heading a page."""
    return "\n\n".join("\n\n".join((f"## {p.heading}", *p.paragraphs)) for p in book).encode()


def as_text(book: Sequence[BookPage]) -> bytes:
    """Paragraphs with empty lines between them, and no heading that a parser could tell."""
    return "\n\n".join("\n\n".join(page.paragraphs) for page in book).encode()
