"""Pictures of pages, as scanners and faxes make them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import pptx
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image
from reportlab.pdfgen import canvas

LETTER = (
    "Mahasiswa wajib membayar biaya kuliah sebesar",
    "Rp 5.200.000 paling lambat 15 Agustus 2026.",
)


def picture(lines: Sequence[str] = LETTER, dots_per_inch: int = 150) -> Image.Image:
    """A strip of a page that shows these lines."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=(340, 30 + 16 * len(lines)))
    page.setFont("Times-Roman", 12)
    for number, line in enumerate(lines):
        page.drawString(20, 10 + 16 * (len(lines) - number - 1), line)
    page.save()
    shown = pypdfium2.PdfDocument(buffer.getvalue())[0]
    found: Image.Image = shown.render(scale=dots_per_inch / 72, grayscale=True).to_pil()
    return found.convert("L")


def saved(image: Image.Image, form: str, more: Sequence[Image.Image] = ()) -> bytes:
    """The picture as a file, with more pages in formats that have them."""
    buffer = io.BytesIO()
    if more:
        image.save(buffer, form, save_all=True, append_images=list(more))
    else:
        image.save(buffer, form)
    return buffer.getvalue()


def in_word(image: bytes) -> bytes:
    """A letter that is only a picture."""
    document = docx.Document()
    document.add_picture(io.BytesIO(image))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def on_a_slide(image: bytes, title: str) -> bytes:
    """A slide with a title and a picture."""
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[6])
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = title
    slide.shapes.add_picture(io.BytesIO(image), 0, 0)
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()
