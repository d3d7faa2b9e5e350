"""Writes tables into files of the kinds that offices send: workbooks, Word, slides, PDF, pages."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import docx
import openpyxl
import pptx
from openpyxl.styles import Font
from pptx.util import Inches
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

Rows = Sequence[Sequence[Any]]
# From and to, both included, as (row, column) from 0.
Merge = tuple[tuple[int, int], tuple[int, int]]


def sheet(
    book: openpyxl.Workbook,
    name: str,
    rows: Rows,
    *,
    merged: Sequence[str] = (),
    bold: Sequence[int] = (),
    formats: Mapping[str, str] | None = None,
    hidden_rows: Sequence[int] = (),
) -> None:
    """Adds a sheet: `merged` as "B2:C2", rows from 1, `formats` by column letter."""
    made = book.create_sheet(name)
    for at, row in enumerate(rows, start=1):
        for place, cell in enumerate(row, start=1):
            if cell is None or cell == "":
                continue
            written = made.cell(at, place, cell)
            if at in bold:
                written.font = Font(bold=True)
            code = (formats or {}).get(written.column_letter)
            if code and not isinstance(cell, str):
                written.number_format = code
    for at in hidden_rows:
        made.row_dimensions[at].hidden = True
    for area in merged:
        made.merge_cells(area)


def workbook(*sheets: tuple[str, Rows, Mapping[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows, options in sheets:
        sheet(book, name, rows, **options)
    return _saved(book)


def word(*blocks: str | tuple[Rows, Sequence[Merge], int]) -> bytes:
    """A Word document of paragraphs ("# " begins a heading) and tables: rows, merges, bold rows."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            if block.startswith("# "):
                document.add_heading(block[2:], 1)
            else:
                document.add_paragraph(block)
            continue
        rows, merges, bold = block
        table = document.add_table(len(rows), max(map(len, rows)))
        table.style = "Table Grid"
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                run = table.cell(at, place).paragraphs[0].add_run(str(cell))
                run.bold = at < bold
        for first, last in merges:
            kept = table.cell(*first).text
            table.cell(*first).merge(table.cell(*last)).text = kept
    return _saved(document)


def slides(*pages: tuple[str, Rows]) -> bytes:
    """A presentation: of each slide its title and a table with a row of names."""
    deck = pptx.Presentation()
    for title, rows in pages:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        frame = slide.shapes.add_table(
            len(rows), len(rows[0]), Inches(0.5), Inches(1.5), Inches(9), Inches(4)
        )
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                frame.table.cell(at, place).text = str(cell)
    return _saved(deck)


def pdf(*blocks: str | Rows, ruled: bool = True, header: int = 1) -> bytes:
    """A PDF of paragraphs and tables, whose first rows are bold and stand again on each page."""
    styles = getSampleStyleSheet()
    flow: list[Any] = []
    for block in blocks:
        if isinstance(block, str):
            flow += [Paragraph(block, styles["Normal"]), Spacer(1, 8)]
            continue
        table = Table([list(row) for row in block], repeatRows=header)
        look: list[Any] = [("FONTNAME", (0, 0), (-1, header - 1), "Helvetica-Bold")]
        if ruled:
            look.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
        else:
            look.append(("LINEBELOW", (0, header - 1), (-1, header - 1), 0.5, colors.black))
        table.setStyle(TableStyle(look))
        flow += [table, Spacer(1, 12)]
    made = io.BytesIO()
    SimpleDocTemplate(made, pagesize=A4).build(flow)
    return made.getvalue()


def delimited(rows: Rows, mark: str = ",") -> bytes:
    """A CSV file, quoted where a cell needs it."""
    lines = []
    for row in rows:
        cells = [str(cell) for cell in row]
        quoted = [
            '"' + one.replace('"', '""') + '"' if mark in one or '"' in one else one
            for one in cells
        ]
        lines.append(mark.join(quoted))
    return ("\n".join(lines) + "\n").encode()


def page(body: str) -> bytes:
    return f"<html><head><title>T</title></head><body>{body}</body></html>".encode()


def html_table(rows: Rows, head: str = "", foot: str = "") -> str:
    """A table of a web page; `head` and `foot` are HTML of rows."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead>{head}</thead><tbody>{body}</tbody><tfoot>{foot}</tfoot></table>"


def markdown(rows: Rows) -> str:
    head, *body = [[str(cell) for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def grouped(number: Any, mark: str = ".", places: int = 0) -> str:
    """A number with its thousands grouped by `mark`, and the other mark before its fraction."""
    text = f"{number:,.{places}f}"
    return text if mark == "," else text.translate(str.maketrans(",.", ".,"))


def _saved(made: Any) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()
