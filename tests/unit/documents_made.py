"""Documents of every format, made in memory for the tests of parsing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import docx
import openpyxl
import pptx
from pptx.util import Inches
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from nexus.ingestion.parsing import parse
from nexus.models import ParsedDocument

LIMIT = 20_000_000


def read(content: bytes, path: str = "file", content_type: str = "") -> ParsedDocument:
    return parse(content, path, content_type, max_bytes=LIMIT, max_unpacked_bytes=LIMIT)


def lines(document: ParsedDocument) -> list[str]:
    return [text.text for text in document.texts]


def pdf(
    pages: Sequence[Sequence[tuple[float, str]]],
    *,
    title: str | None = None,
    password: str | None = None,
    bookmarks: Sequence[tuple[int, int, str]] = (),
) -> bytes:
    """Each page is (y, line); a bookmark is (page from 1, level from 0, title)."""
    buffer = io.BytesIO()
    encryption = StandardEncryption(password) if password else None
    sheet = canvas.Canvas(buffer, pagesize=(595, 842), encrypt=encryption, invariant=1)
    if title:
        sheet.setTitle(title)
    for number, page in enumerate(pages, start=1):
        for at, level, name in bookmarks:
            if at == number:
                sheet.bookmarkPage(name)
                sheet.addOutlineEntry(name, name, level)
        for y, line in page:
            sheet.drawString(72, y, line)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Buku Panduan", 0)
    document.add_heading("Pendaftaran", 1)
    document.add_paragraph("Syarat masuk: ijazah SMA.")
    document.add_heading("Biaya", 2)
    table = document.add_table(3, 3)
    cells = [("Program", "Biaya", "Batas"), ("Hukum", "Rp 9.000.000", "2 April"), ("", "12", "3")]
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    table.cell(1, 0).merge(table.cell(2, 0))
    inner = table.cell(2, 2).add_table(2, 2)
    for at, value in enumerate(("Gelombang", "Kuota", "Kedua", "40")):
        inner.cell(at // 2, at % 2).text = value
    document.add_heading("Kosong", 1)
    document.add_heading("Lain", 1)
    document.add_paragraph("Penutup.")
    document.sections[0].header.paragraphs[0].text = "RUNNING HEADER"
    return _saved(document)


def slides() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Perpustakaan"
    slide.placeholders[1].text = "Jam buka 08.00"
    table = slide.shapes.add_table(2, 2, 0, 0, Inches(3), Inches(2)).table
    for at, value in enumerate(("Hari", "Jam", "Senin", "8")):
        table.cell(at // 2, at % 2).text = value
    slide.notes_slide.notes_text_frame.text = "Catatan pembicara"
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Terima kasih"
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "HIDDEN"
    hidden._element.set("show", "0")
    return _saved(deck)


def workbook(rows: Sequence[Sequence[object]], merge: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Biaya"
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    hidden = book.create_sheet("Rahasia")
    hidden.append(["HIDDEN"])
    hidden.sheet_state = "hidden"
    return _saved(book)


def ods(rows: str, styles: str = "") -> bytes:
    """A spreadsheet of these `table:table-row` elements; `styles` are automatic ones."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    body = (
        f"<office:document-content{spaces}><office:automatic-styles>{styles}"
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Fees">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": body})


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def repacked(content: bytes, part: str, replacement: bytes) -> bytes:
    """The zipped file with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**parts, part: replacement})


def _saved(file) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()
