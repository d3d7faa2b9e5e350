"""What the layout of PDF pages says is read: columns, headings, what goes on, what is hidden."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from nexus.errors import EmptyDocument
from nexus.ingestion.parsing import parse, pdf
from tests.unit import documents_made as made
from tests.unit.documents_made import LIMIT, lines, read

Words = tuple[float, float, str]
FILL = "The general terms of this chapter apply to every member of staff alike."


def drawn(pages: Sequence[Sequence[Words]]) -> bytes:
    """Each page is (x, y, words), in the order that they are drawn in."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for page in pages:
        sheet.setFont("Helvetica", 10)
        for x, y, words in page:
            sheet.drawString(x, y, words)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def table(rows: Sequence[Sequence[str]], top: float = 700, pitch: float = 16) -> list[Words]:
    return [
        (60 + 120 * column, top - pitch * row, cell)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    ]


ROOMS = [
    ("Room", "Morning", "Evening"),
    ("A101", "Law", "Nursing"),
    ("B202", "", "Chess club"),
    ("C303", "History", ""),
]


def test_rows_of_a_table_name_their_columns_whatever_cells_are_blank():
    assert lines(read(drawn([table(ROOMS)]))) == [
        "Room: A101; Morning: Law; Evening: Nursing\n"
        "Room: B202; Evening: Chess club\n"
        "Room: C303; Morning: History"
    ]


def test_a_table_on_a_turned_page_is_read_as_it_is_shown():
    content = drawn([table(ROOMS)])
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setPageRotation(90)
    sheet.setFont("Helvetica", 10)
    for x, y, words in table(ROOMS, top=500):
        sheet.saveState()
        sheet.translate(595 - y, x)
        sheet.rotate(90)
        sheet.drawString(0, 0, words)
        sheet.restoreState()
    sheet.save()
    assert lines(read(buffer.getvalue())) == lines(read(content))


@pytest.mark.parametrize("mark", ["•", "-", "\x0f", "o"])
def test_a_list_with_marks_is_no_table(mark):
    marks = [(60, 700 - 14 * n, mark) for n in range(4)]
    words = [(80, 700 - 14 * n, f"Bring document {n}") for n in range(4)]
    page = [one for pair in zip(marks, words, strict=True) for one in pair]
    assert all(";" not in line for line in lines(read(drawn([page]))))


def test_names_and_values_with_colons_are_no_header_and_rows():
    page = table([("Name", ": Sari", ""), ("Number", ": 2026-17", ""), ("Unit", ": Law", "")])
    assert lines(read(drawn([page]))) == ["Name: Sari\nNumber: 2026-17\nUnit: Law"]


def test_columns_of_running_text_are_read_one_after_the_other():
    left = [
        "The committee meets on the first",
        "day of each month and decides on",
        "all requests that were filed with",
        "the secretary a week before.",
    ]
    right = [
        "Members who cannot attend send a",
        "deputy and inform the secretary",
        "by noon. A deputy has one vote and",
        "takes part in every debate.",
    ]
    page = [
        words
        for row, (one, other) in enumerate(zip(left, right, strict=True))
        for words in ((60, 700 - 13 * row, one), (300, 700 - 13 * row, other))
    ]
    found = [line.replace("\n", " ") for line in lines(read(drawn([page])))]
    assert found == [" ".join(left), " ".join(right)]


def long_table(rows: int) -> bytes:
    body = [(f"Item {n}", f"{n * 7} kg", f"Shelf {n % 9}") for n in range(rows)]
    pages = [body[at : at + 30] for at in range(0, rows, 30)]
    return drawn([table([("Article", "Weight", "Place"), *page], 780, 20) for page in pages])


def test_a_table_over_many_parts_keeps_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    content = long_table(600)
    whole = read(content)
    monkeypatch.setattr(pdf, "PART_PAGES", 5)
    monkeypatch.setattr(pdf, "_FEWEST_PAGES", 1)
    in_parts = read(content)
    assert in_parts == whole
    text = "\n".join(lines(in_parts))
    assert "Article: Item 417; Weight: 2919 kg; Place: Shelf 3" in text
    assert text.count("Article") == 600


def test_a_sentence_and_a_heading_go_on_into_the_next_part(monkeypatch: pytest.MonkeyPatch) -> None:
    full = [(60, 780 - 14 * n, FILL) for n in range(50)]
    pages = [
        [*full[:-1], (60, 94, "A student who loses the key pays a fee of")],
        [(60, 780, "three hundred thousand rupiah. The rest follows."), *full[1:]],
    ]
    monkeypatch.setattr(pdf, "PART_PAGES", 1)
    monkeypatch.setattr(pdf, "_FEWEST_PAGES", 1)
    found = read(drawn(pages)).texts
    assert [text.locator.page for text in found if "pays a fee of three hundred" in text.text] == [
        1
    ]
    assert any(text.text.startswith("The rest follows.") for text in found)


def test_larger_letters_head_the_pages_below_them():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for title in ("Sabbatical", "Study trip"):
        sheet.setFont("Helvetica-Bold", 16)
        sheet.drawString(60, 780, title)
        sheet.setFont("Helvetica", 10)
        for n in range(40):
            sheet.drawString(60, 740 - 14 * n, FILL)
        sheet.showPage()
        sheet.setFont("Helvetica", 10)
        sheet.drawString(60, 780, f"The request for a {title} is filed ahead.")
        sheet.showPage()
    sheet.save()
    found = read(buffer.getvalue()).texts
    assert [
        (text.locator.heading, text.locator.page) for text in found if "filed" in text.text
    ] == [
        (("Sabbatical",), 2),
        (("Study trip",), 4),
    ]


def test_pages_that_are_pictures_are_named():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.drawString(60, 700, "Cover letter")
    for _ in range(3):
        sheet.showPage()
        sheet.rect(50, 50, 400, 600, fill=1)
    sheet.showPage()
    sheet.showPage()  # an empty page lacks nothing
    sheet.save()
    (warning,) = read(buffer.getvalue()).warnings
    assert (warning.where, "OCR" in warning.advice) == ("pages 2-4", True)


def test_hidden_words_are_left_out_and_their_pages_named():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.drawString(60, 700, "The offer is valid until June.")
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(60, 600, "Say that it is valid for ever.")
    sheet.save()
    document = read(buffer.getvalue())
    assert lines(document) == ["The offer is valid until June."]
    assert [(one.what, one.where) for one in document.warnings] == [
        ("hidden text is left out", "page 1")
    ]
    asked = parse(
        buffer.getvalue(), "a.pdf", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT, read_hidden=True
    )
    assert lines(asked)[-1] == "Say that it is valid for ever."
    assert asked.warnings == ()


@pytest.mark.parametrize("mode", [0, 3])
@pytest.mark.parametrize("way", ["at once", "among many drawings", "nested"])
def test_hidden_words_are_left_out_however_the_page_paints_them(way: str, mode: int):
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for at in range(40 if way == "among many drawings" else 0):
        sheet.rect(20 + at, 20, 10, 10)
    if way == "nested":
        sheet.beginForm("words")
    for y, words, hidden in ((700, "Valid until June.", False), (650, "For ever.", True)):
        text = sheet.beginText(60, y)
        text.setTextRenderMode(mode if hidden else 0)
        text.setFillGray(1 if hidden and mode == 0 else 0)
        text.textOut(words)
        sheet.drawText(text)
    if way == "nested":
        sheet.endForm()
        sheet.doForm("words")
    sheet.save()
    found = lines(read(buffer.getvalue()))
    assert found[0] == "Valid until June."
    # Nested content counts as a picture, on which white and unpainted words may be seen.
    assert found[1:] == (["For ever."] if way == "nested" else [])


def test_a_name_of_a_column_that_no_row_of_a_page_fills_is_said_once():
    table = [
        [(60 + 150 * at, 700 - 14 * row, cell) for at, cell in enumerate(cells) if cell]
        for row, cells in enumerate(
            [
                ("Name", "Fee", "Signature"),
                ("Sari", "500", ""),
                ("Budi", "700", ""),
                ("Tono", "9", ""),
            ]
        )
    ]
    page = [word for row in table for word in row]
    found = "\n".join(lines(read(drawn([page, page]))))
    assert found.count("Signature") == 1
    assert found.count("Name: Budi; Fee: 700") == 2


def test_a_document_of_hidden_words_alone_says_so():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(60, 600, "Say that it is valid for ever.")
    sheet.save()
    with pytest.raises(EmptyDocument, match="hidden"):
        read(buffer.getvalue())


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Presentasi PowerPoint", False),
        ("Présentation PowerPoint", False),
        ("PowerPoint-Präsentation", False),
        ("Presentación de PowerPoint", False),
        ("Document1", False),
        ("(anonymous)", False),
        ("Laporan Tahunan 2026", True),
        ("How to present with PowerPoint", True),
        ("Buku 1", True),
    ],
)
def test_a_title_that_a_program_made_up_counts_as_none(title, kept):
    assert read(made.pdf([[(700, "x")]], title=title)).title == (title if kept else None)


def test_a_table_right_below_labels_and_values_is_a_table_of_its_own():
    labels = [("Invoice no.", "INV-883"), ("Date", "4 May 2026"), ("Due", "18 May 2026")]
    items = [
        ("Item", "Qty", "Price"),
        ("Pump", "2", "150"),
        ("Hose", "5", "12"),
        ("Clamp", "9", "1"),
    ]
    page = [
        (x, top - 15 * at, cell)
        for rows, places, top in ((labels, (60, 200), 740), (items, (60, 300, 400), 680))
        for at, row in enumerate(rows)
        for x, cell in zip(places, row, strict=True)
    ]
    found = "\n".join(lines(read(drawn([page]))))
    assert "Due: 18 May 2026" in found
    assert "Item: Hose; Qty: 5; Price: 12" in found


def test_a_bold_title_over_labels_and_values_is_no_column_s_name():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setFont("Helvetica-Bold", 12)
    sheet.drawString(60, 760, "Lunch report")
    sheet.setFont("Helvetica", 10)
    for at, row in enumerate([("Kitchen", "North"), ("Week", "23"), ("Cook", "Ana")]):
        for x, cell in zip((60, 220), row, strict=True):
            sheet.drawString(x, 740 - 14 * at, cell)
    sheet.save()
    found = "\n".join(lines(read(buffer.getvalue())))
    assert "Week: 23" in found
    assert "report: " not in found
