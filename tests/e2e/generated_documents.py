"""Documents that nobody parsed before, with facts that stand nowhere else."""

from __future__ import annotations

import io

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

FILLER = "This page describes the general duties of the harbour office and its daily rounds."


def pdf(facts: dict[int, str], pages: int) -> bytes:
    """A PDF of so many pages, with a fact on each page that `facts` names."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)
    for page in range(1, pages + 1):
        canvas.drawString(72, 780, f"Section {page}")
        canvas.drawString(72, 750, FILLER)
        if page in facts:
            canvas.drawString(72, 720, facts[page])
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def word(heading: str, fact: str, rows: list[tuple[str, str]]) -> bytes:
    """A DOCX with a heading, a paragraph and a table."""
    document = docx.Document()
    document.add_heading(heading, level=1)
    document.add_paragraph(FILLER)
    document.add_paragraph(fact)
    table = document.add_table(rows=0, cols=2)
    for name, value in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, value
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
