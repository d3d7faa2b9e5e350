"""Tables of a PDF that only white space divides keep each row apart, under its own names."""

from __future__ import annotations

import io

import pytest
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from nexus.ingestion.parsing.pdf_layout import join_hyphens, paragraphs
from nexus.ingestion.parsing.pdf_lines import Line
from nexus.models import LocatedText
from tests.unit.documents_made import lines, read


def _drawn(draw) -> list[str]:
    into = io.BytesIO()
    sheet = canvas.Canvas(into, pagesize=(595, 842))
    sheet.setFont("Helvetica", 10)
    draw(sheet)
    sheet.save()
    return _rows(into.getvalue())


def _rows(content: bytes) -> list[str]:
    """The lines of all texts, a table's rows one by one."""
    return "\n".join(lines(read(content, "a.pdf"))).split("\n")


def _statement(sheet) -> None:
    sheet.setFont("Helvetica-Bold", 10)
    for x, name in ((320, "Note"), (430, "2025"), (530, "2024")):
        sheet.drawRightString(x, 745, name)
    sheet.setFont("Helvetica", 10)
    y = 725
    for label, *values in (
        ("Revenue", "3", "48,210", "45,877"),
        ("Cost of sales", "", "(31,455)", "(30,902)"),
        ("Gross profit", "", "16,755", "14,975"),
        ("Share of the result of associates and", "", "", ""),
        ("joint ventures", "11", "412", "(87)"),
        ("Operating profit", "", "9,841", "8,012"),
    ):
        sheet.drawString(50, y, label)
        for x, value in zip((320, 430, 530), values, strict=True):
            sheet.drawRightString(x, y, value)
        y -= 14 if values[1] else 12


def test_rows_without_every_value_are_rows_and_a_label_may_go_on_beside_its_values():
    assert _drawn(_statement) == [
        "Revenue; Note: 3; 2025: 48,210; 2024: 45,877",
        "Cost of sales; 2025: (31,455); 2024: (30,902)",
        "Gross profit; 2025: 16,755; 2024: 14,975",
        "Share of the result of associates and joint ventures; Note: 11; 2025: 412; 2024: (87)",
        "Operating profit; 2025: 9,841; 2024: 8,012",
    ]


def test_names_in_two_lines_to_the_left_stand_over_values_to_the_right():
    names = ["Route", "Departure\nplatform", "Travel\ntime", "Fare\n(EUR)"]
    rows = [
        ["Oslo–Moss", "4", "0:42", "11.90"], ["Oslo–Hamar", "12", "1:20", "24.50"],
        ["Oslo–Voss", "3", "5:55", "61.00"], ["Oslo–Skien", "7", "2:51", "38.20"],
    ]  # fmt: skip
    look = [
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#1f3864")),
        ("TEXTCOLOR", (0, 0), (-1, 0), colors.white),
        ("ALIGN", (1, 1), (-1, -1), "RIGHT"),
    ]
    into = io.BytesIO()
    SimpleDocTemplate(into).build([Table([names, *rows], colWidths=[110] * 4, style=look)])
    assert "Route: Oslo–Voss; Departure platform: 3; Travel time: 5:55; Fare (EUR): 61.00" in _rows(
        into.getvalue()
    )


def test_a_heading_between_two_tables_begins_the_second():
    style = getSampleStyleSheet()["Heading2"]
    stock = [
        row.split() for row in ("Item Bin Count", "Bolts A4 310", "Nuts A5 122", "Rivets B1 95")
    ]
    orders = [
        ["Order", "Customer", "Item", "Due"], ["501", "Hale", "Bolts", "3 May"],
        ["502", "Ives", "Hooks", "8 May"], ["503", "Jura", "Nuts", "9 May"],
    ]  # fmt: skip
    into = io.BytesIO()
    SimpleDocTemplate(into).build(
        [
            Table(stock, colWidths=[100] * 3), Spacer(1, 14), Paragraph("Orders", style),
            Table(orders, colWidths=[80] * 4),
        ]
    )  # fmt: skip
    found = _rows(into.getvalue())
    assert "Item: Nuts; Bin: A5; Count: 122" in found
    assert "Order: 502; Customer: Ives; Item: Hooks; Due: 8 May" in found


def test_labels_beside_an_address_keep_their_own_values():
    def invoice(sheet) -> None:
        for number, (label, value) in enumerate(
            (
                ("Invoice no.", "2026-0412"), ("Invoice date", "14 April 2026"),
                ("Customer no.", "K-8841"), ("Due date", "28 April 2026"),
            )
        ):  # fmt: skip
            sheet.drawString(340, 790 - 14 * number, label)
            sheet.drawRightString(545, 790 - 14 * number, value)
        for number, words in enumerate(("INVOICE", "Nordlicht GmbH", "Hafenstr. 12", "24103 Kiel")):
            sheet.drawString(50, 790 - 14 * number - 40 * (number > 0), words)

    found = "\n".join(_drawn(invoice))
    assert "Invoice date: 14 April 2026" in found
    assert "Customer no.: K-8841" in found
    assert "Invoice date Customer no." not in found


@pytest.mark.parametrize("hyphen", ["-", "\u2010", "\u00ad"])
def test_a_word_that_a_line_ends_within_is_one_whatever_its_hyphen(hyphen: str):
    above = Line(f"The water rose by eleven centimetres with{hyphen}", 50, 300, 700, 710, 10, 10)
    below = Line("in an hour, as the earlier investigations told.", 50, 300, 686, 696, 10, 10)
    [words] = paragraphs([above, below])
    [mended] = join_hyphens([LocatedText(words)])
    assert "eleven centimetres within an hour" in mended.text
