"""One damaged part of a file never fails the whole: the rest is read, and what is missing told."""

from __future__ import annotations

import io
import zipfile

import pptx
import pytest
from docx import Document
from openpyxl import Workbook
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from nexus.errors import CorruptDocument
from tests.unit.documents_made import lines, read, repacked


def _saved(file) -> bytes:
    into = io.BytesIO()
    file.save(into)
    return into.getvalue()


def _part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def _workbook() -> bytes:
    workbook = Workbook()
    good = workbook.worksheets[0]
    good.title = "Tools"
    for row in (("Tool", "Shelf"), ("Saw", "S4"), ("Drill", "S9")):
        good.append(row)
    bad = workbook.create_sheet("Paints")
    for row in (("Paint", "Colour"), ("P11", "ochre"), ("P12", "teal"), ("P13", "rust")):
        bad.append(row)
    return _saved(workbook)


def test_a_workbook_with_a_sheet_that_ends_early_is_read_as_far_as_it_goes():
    name = "xl/worksheets/sheet2.xml"
    content = _workbook()
    part = _part(content, name)
    found = read(repacked(content, name, part[: part.find(b"teal")]), "a.xlsx")
    assert "Tool: Drill; Shelf: S9" in lines(found)
    assert any("ochre" in line for line in lines(found))
    [warning] = found.warnings
    assert (warning.what, warning.where) == (
        "a damaged part is read as far as it goes", "sheet Paints",
    )  # fmt: skip


def _with_a_picture() -> bytes:
    document, picture = Document(), io.BytesIO()
    Image.effect_noise((60, 60), 80).save(picture, "PNG")
    picture.seek(0)
    document.add_paragraph("Pumps run at night.")
    document.add_picture(picture)
    document.add_paragraph("Filters are changed weekly.")
    return _saved(document)


def test_a_document_without_a_picture_that_it_names_is_read():
    whole = _with_a_picture()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist() if "/media/" not in n}
    left = io.BytesIO()
    with zipfile.ZipFile(left, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    found = read(left.getvalue(), "a.docx")
    assert {"Pumps run at night.", "Filters are changed weekly."} <= set(lines(found))
    assert found.warnings[0].where == "part word/media/image1.png"


def _hurt(content: bytes, name: str) -> bytes:
    """The zip with the packed bytes of an entry broken in their middle."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
    at = info.header_offset + 30 + len(name) + info.compress_size // 2
    return content[:at] + b"\xff" * 12 + content[at + 12 :]


@pytest.mark.parametrize("part", ["word/media/image1.png", "docProps/thumbnail.jpeg"])
def test_a_document_of_which_a_picture_is_cut_within_the_zip_is_read(part: str):
    found = read(_hurt(_with_a_picture(), part), "a.docx")
    assert {"Pumps run at night.", "Filters are changed weekly."} <= set(lines(found))


def test_a_document_whose_text_is_damaged_within_the_zip_is_read_as_far_as_it_goes():
    document = Document()
    for number in range(3_000):
        document.add_paragraph(f"Rule {number} of the harbour: berth {number * 7919 % 991}.")
    found = read(_hurt(_saved(document), "word/document.xml"), "a.docx")
    assert "Rule 5 of the harbour: berth 946." in lines(found)
    assert ("part word/document.xml") in {warning.where for warning in found.warnings}


def test_a_chart_that_cannot_be_read_does_not_fail_the_presentation():
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Harvest"
    data = CategoryChartData()
    data.categories = ["Rye", "Oats"]
    data.add_series("2024", (5, 3))
    place = (Inches(1), Inches(2), Inches(6), Inches(4))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)
    text = slide.shapes.add_textbox(*place).text_frame
    text.text = "The barns are full."
    whole = _saved(presentation)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        [chart] = [n for n in archive.namelist() if n.startswith("ppt/charts/chart")]
    part = _part(whole, chart)
    found = read(repacked(whole, chart, part[: part.find(b"<c:", len(part) // 2) + 3]), "a.pptx")
    assert "The barns are full." in lines(found)
    assert any(chart in warning.where for warning in found.warnings)


def test_an_archive_with_one_damaged_file_is_read_and_the_file_named():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first.txt", "Gates close at ten.")
        archive.writestr("hurt.txt", " ".join(f"word{n * 7919 % 997}" for n in range(900)))
        archive.writestr("last.txt", "Lamps go off at one.")
    found = read(_hurt(written.getvalue(), "hurt.txt"), "a.zip")
    assert lines(found) == ["Gates close at ten.", "Lamps go off at one."]
    assert [(one.what, one.where) for one in found.warnings] == [
        ("not read: the file is damaged", "hurt.txt")
    ]


def test_a_file_of_which_nothing_opens_is_refused_as_before():
    whole = _workbook()
    with pytest.raises(CorruptDocument, match="damaged"):
        read(repacked(whole, "xl/workbook.xml", b""), "a.xlsx")
    with pytest.raises(CorruptDocument, match="damaged"):
        read(whole[: len(whole) // 2], "a.xlsx")


OFFICE = "openxmlformats-officedocument"
WORD = f"{OFFICE}.wordprocessingml.document.main+xml"
SLIDES = f"{OFFICE}.presentationml.presentation.main+xml"


@pytest.mark.parametrize(
    ("kind", "path", "old"),
    [
        ("ms-word.document.macroEnabled.main+xml", "a.docm", WORD),
        (f"{OFFICE}.wordprocessingml.template.main+xml", "a.dotx", WORD),
        (f"{OFFICE}.presentationml.slideshow.main+xml", "a.ppsx", SLIDES),
    ],
)
def test_templates_shows_and_files_with_macros_are_read_as_what_they_hold(kind, path, old):
    if path == "a.ppsx":
        deck = pptx.Presentation()
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Trucks pay nine crowns."
        whole = _saved(deck)
    else:
        document = Document()
        document.add_paragraph("Trucks pay nine crowns.")
        whole = _saved(document)
    types = _part(whole, "[Content_Types].xml").replace(old.encode(), kind.encode())
    assert kind.encode() in types
    assert "Trucks pay nine crowns." in lines(
        read(repacked(whole, "[Content_Types].xml", types), path)
    )
