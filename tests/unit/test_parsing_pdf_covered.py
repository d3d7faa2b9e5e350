"""Text that is painted over, or of a layer that is off, is not read; what is seen always is."""

from __future__ import annotations

import io
import re

from PIL import Image
from reportlab.lib import colors
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from tests.unit.documents_made import lines, read


def _page(draw) -> bytes:
    into = io.BytesIO()
    sheet = canvas.Canvas(into, pagesize=(595, 842))
    sheet.drawString(50, 780, "The bridge opens at noon.")
    draw(sheet)
    sheet.save()
    return into.getvalue()


def _picture(mode: str, colour) -> ImageReader:
    return ImageReader(Image.new(mode, (40, 20), colour))


def _covered(cover) -> bytes:
    def draw(sheet) -> None:
        sheet.drawString(50, 600, "secret 777")
        cover(sheet)
        sheet.setFillColor(colors.black)
        sheet.drawString(50, 500, "It closes at dusk.")

    return _page(draw)


def test_text_under_a_filled_box_is_left_out_and_said_so():
    def box(colour):
        def draw(sheet) -> None:
            sheet.setFillColor(colour)
            sheet.rect(45, 595, 200, 20, fill=1, stroke=0)

        return draw

    for cover in (box(colors.black), box(colors.white)):
        found = read(_covered(cover), "a.pdf")
        assert lines(found) == ["The bridge opens at noon.", "It closes at dusk."]
        assert [one.what for one in found.warnings] == ["hidden text is left out"]


def test_what_shines_through_or_lies_behind_text_hides_nothing():
    def mark(sheet) -> None:  # a highlighter
        sheet.setFillColor(colors.yellow, alpha=0.4)
        sheet.rect(45, 595, 200, 20, fill=1, stroke=0)
        sheet.setFillAlpha(1)

    def stamp(sheet) -> None:
        sheet.drawImage(_picture("RGBA", (200, 30, 30, 60)), 45, 595, 200, 20, mask="auto")

    def cells(sheet) -> None:  # as browsers print tables: a ground, its words, the next ground
        for row in range(4):
            sheet.setFillColor(colors.lightgrey)
            sheet.rect(45, 400 - 20 * row, 200, 20, fill=1, stroke=0)
            sheet.setFillColor(colors.black)
            sheet.drawString(50, 405 - 20 * row, f"Berth {row} is let.")

    def picture(sheet) -> None:  # of the words under it, as recognised
        sheet.drawImage(_picture("RGB", (200, 30, 30)), 45, 595, 200, 20)

    for cover in (mark, stamp, cells, picture):
        found = read(_covered(cover), "a.pdf")
        assert "secret 777" in " ".join(lines(found))
        assert found.warnings == ()
    assert "Berth 3 is let." in " ".join(lines(read(_covered(cells), "a.pdf")))


def test_text_under_the_picture_of_a_scanned_page_is_what_was_recognised_in_it():
    def scan(sheet) -> None:
        sheet.drawImage(_picture("RGB", (250, 250, 250)), 0, 0, 595, 842)

    assert "The bridge opens at noon." in lines(read(_page(scan), "a.pdf"))


def test_a_layer_that_is_off_is_left_out_and_one_that_is_on_is_read():
    def layers(sheet) -> None:
        for name, words, y in (("Off", "secret 777", 600), ("On", "It closes at dusk.", 500)):
            sheet._code.append(f"/OC /{name} BDC")
            sheet.drawString(50, y, words)
            sheet._code.append("EMC")

    content = _page(layers)
    found = read(_with_layers(content), "a.pdf")
    assert lines(found) == ["The bridge opens at noon.", "It closes at dusk."]
    assert [one.what for one in found.warnings] == ["hidden text is left out"]


def _with_layers(content: bytes) -> bytes:
    """The file with two layers, one of them off; written anew, as an update at its end."""

    def found(pattern: bytes) -> bytes:
        match = re.search(pattern, content, re.S)
        assert match is not None
        return match[1]

    def body(number: int) -> bytes:
        return found(rb"\b%d 0 obj\s(.*?)\sendobj" % number)

    size, root = int(found(rb"/Size (\d+)")), int(found(rb"/Root (\d+) 0 R"))
    page = int(found(rb"(\d+) 0 obj\s<<(?:(?!endobj).)*?/Type /Page\b[^s]"))
    start = int(found(rb"startxref\s+(\d+)\s+%%EOF\s*$"))
    off, on = b"%d 0 R" % size, b"%d 0 R" % (size + 1)
    new = {
        size: b"<< /Type /OCG /Name (Off) >>",
        size + 1: b"<< /Type /OCG /Name (On) >>",
        root: body(root).replace(
            b"<<", b"<< /OCProperties << /OCGs [%s %s] /D << /OFF [%s] >> >>" % (off, on, off), 1
        ),
        page: body(page).replace(
            b"/Resources <<", b"/Resources << /Properties << /Off %s /On %s >>" % (off, on), 1
        ),
    }
    out, table = bytearray(content), b"xref\n"
    for number in sorted(new):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, new[number])
    at = len(out)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(out) + table + trailer % (size + 2, root, start, at)
