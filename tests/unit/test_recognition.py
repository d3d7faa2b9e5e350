"""Scans are read where it is turned on, by the real Tesseract, and what was read so is told."""

from __future__ import annotations

import io
import zipfile

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from nexus.errors import EmptyDocument, UnsupportedFormat
from nexus.ingestion.parsing import outline, parse
from nexus.ingestion.parsing.recognition import places, recogniser
from nexus.models import ParsedDocument
from tests.formats import made
from tests.formats.feature import GOLDEN
from tests.formats.scanned import LETTER, in_word, on_a_slide, picture, saved
from tests.unit import documents_made as office

AMOUNT = "Rp 5.200.000 paling lambat 15 Agustus 2026."


def read(content: bytes, path: str) -> ParsedDocument:
    return parse(content, path, "", max_bytes=10**8, max_unpacked_bytes=10**8, ocr=True)


def words(document: ParsedDocument) -> str:
    return " ".join(" ".join(text.text.split()) for text in document.texts)


@pytest.mark.parametrize(("form", "path"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("TIFF", "a.tif")])
def test_a_picture_is_read_and_its_confidence_told(form, path):
    document = read(saved(picture(), form), path)
    assert AMOUNT in words(document)
    [warning] = document.warnings
    assert "text recognition (OCR), mean confidence 9" in warning.what
    assert warning.where == "page 1"


def test_each_page_of_a_fax_is_read_in_its_place():
    fax = saved(picture(), "TIFF", [picture(["Halaman kedua dari surat ini."])])
    document = read(fax, "fax.tif")
    assert document.pages == 2
    assert [text.locator.page for text in document.texts] == [1, 2]
    assert document.warnings[0].where == "pages 1–2"


def test_a_long_fax_is_read_in_parts():
    pages = [picture(["Halaman"], 20)] * 45
    fax = saved(pages[0], "TIFF", pages[1:])
    found = outline(
        io.BytesIO(fax), len(fax), "a.tif", "",
        max_bytes=10**8, max_streamed_bytes=10**8, max_unpacked_bytes=10**8, ocr=True,
    )  # fmt: skip
    assert [(part.start, part.end) for part in found.parts] == [(0, 20), (20, 40), (40, 45)]


def test_scanned_pages_of_a_pdf_are_read_between_its_own():
    scans = pypdfium2.PdfDocument(saved(picture(), "PDF", [picture(["Halaman ketiga saja."])]))
    typed = pypdfium2.PdfDocument(office.pdf([[(700, "Surat pengantar.")]]))
    typed.import_pages(scans)
    buffer = io.BytesIO()
    typed.save(buffer)
    document = read(buffer.getvalue(), "a.pdf")
    assert [text.locator.page for text in document.texts] == [1, 2, 3]
    assert AMOUNT in document.texts[1].text
    assert document.warnings[0].where == "pages 2–3"


def test_a_page_that_was_looked_at_in_vain_is_told_once():
    drawing = Image.new("L", (600, 800), 255)
    drawing.paste(0, (100, 100, 500, 300))
    pages = pypdfium2.PdfDocument(office.pdf([[(700, "Surat pengantar.")]]))
    pages.import_pages(pypdfium2.PdfDocument(saved(drawing, "PDF")))
    buffer = io.BytesIO()
    pages.save(buffer)
    [warning] = read(buffer.getvalue(), "a.pdf").warnings
    assert (warning.what, warning.where) == ("no text was recognised (OCR)", "page 2")


def test_a_scan_whose_words_were_recognised_before_is_read_as_it_is():
    scan = GOLDEN / "documents" / "26-hidden-text-in-pdf" / "also-ocr-layer.pdf"
    document = read(scan.read_bytes(), scan.name)
    assert (words(document), document.warnings) == ("The contract ends on 4 May 2027.", ())


def test_pictures_in_letters_and_on_slides_are_read_where_they_stand():
    image = saved(picture(), "PNG")
    assert AMOUNT in words(read(in_word(image), "a.docx"))
    document = read(on_a_slide(image, "Biaya kuliah"), "a.pptx")
    [text] = [text for text in document.texts if AMOUNT in " ".join(text.text.split())]
    assert (text.locator.slide, text.locator.heading) == (2, ("Biaya kuliah",))
    assert [warning.what[:24] for warning in document.warnings] == ["read by text recognition"]


def test_a_picture_that_is_attached_to_a_mail_is_read():
    mail = made.message("Terlampir.", files={"surat.png": saved(picture(), "PNG")}).as_bytes()
    document = read(mail, "a.eml")
    assert AMOUNT in words(document)
    assert document.warnings[0].where == "surat.png, page 1"


def test_it_is_off_unless_it_is_turned_on():
    with pytest.raises(UnsupportedFormat, match=r"text recognition \(OCR\) is off"):
        office.read(saved(picture(), "PNG"), "a.png")


def test_a_picture_without_text_says_so():
    blank = saved(picture([]), "PNG")
    with pytest.raises(EmptyDocument, match="No text was recognised"):
        read(blank, "a.png")


def test_what_time_does_not_allow_is_told():
    times = iter([0.0, 1.0, 61.0])
    with recogniser(60.0, clock=lambda: next(times)) as tesseract:
        assert tesseract.picture(picture(), "1")
        assert tesseract.picture(picture(LETTER[:1]), "2") == []
        told = {warning.where: warning.what for warning in tesseract.warnings("page")}
    assert "took too long" in told["page 2"]


def test_places_are_told_in_ranges():
    assert places("page", ["2", "3", "4", "9"]) == "pages 2–4, 9"
    assert places("picture", ["image1.png"]) == "picture image1.png"


def test_a_photograph_is_read_the_way_up_that_its_file_says():
    turned, way = io.BytesIO(), Image.Exif()
    way[0x0112] = 6  # to be turned to the right
    picture().rotate(90, expand=True).save(turned, "JPEG", exif=way)
    assert AMOUNT in words(read(turned.getvalue(), "a.jpg"))


def test_a_picture_whose_turning_is_damaged_is_read_as_it_is():
    noted, damaged = io.BytesIO(), PngInfo()
    damaged.add_text("Raw profile type exif", "\nexif\n 4\nzz")
    picture().save(noted, "PNG", pnginfo=damaged)
    assert AMOUNT in words(read(noted.getvalue(), "a.png"))


def test_a_damaged_deck_is_read_with_its_pictures_as_without_them():
    deck = on_a_slide(saved(picture(), "PNG"), "Biaya kuliah")
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(deck)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[:-20] if name == "ppt/presentation.xml" else part)
    assert AMOUNT in words(read(into.getvalue(), "a.pptx"))
