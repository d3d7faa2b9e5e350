"""Sentences and rows that go on over a page break are whole, whatever stands at head and foot."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfgen import canvas

from tests.unit.documents_made import lines, pdf, read

HEAD = (800, "Bulletin of the harbour")
ABOVE = [(400 - 14 * at, f"Crane {at} of the harbour is counted in month {at}.") for at in range(6)]
SENTENCE = "Every buoy of the western wing is counted by the pilots in June."


def test_a_head_that_is_drawn_after_the_text_does_not_part_a_sentence() -> None:
    first = [*ABOVE, (316, "Every buoy of the western wing"), HEAD]
    second = [(700, "is counted by the pilots in June."), HEAD]
    found = lines(read(pdf([first, second]), "a.pdf"))
    assert any(SENTENCE in line for line in found)
    assert sum(line.count(HEAD[1]) for line in found) == 1


def test_a_head_of_two_pages_is_said_once_but_what_counts_on_them_is_kept() -> None:
    pages = [[HEAD, (400, f"Text of page {at}."), (40, f"Figure {at}")] for at in (1, 2)]
    found = "\n".join(lines(read(pdf(pages), "a.pdf")))
    assert found.count(HEAD[1]) == 1
    assert "Figure 1" in found
    assert "Figure 2" in found


def test_short_lines_with_numbers_at_a_page_s_top_are_its_text() -> None:
    first = [*ABOVE, (316, "Every buoy of the western wing")]
    second = [(810, "is counted in month 9"), (796, "and put into book 27."),
              (782, "The pilots of bay 12"), (768, "read it in month 10.")]  # fmt: skip
    found = lines(read(pdf([first, second]), "a.pdf"))
    whole = "Every buoy of the western wing is counted in month 9 and put into book 27."
    assert any(whole in line for line in found)


def ruled(pages: list[list[tuple[str, ...]]], heights: tuple[float, ...] = (40,)) -> bytes:
    """Tables with ruling lines, a page each, from the top; a cell's lines part at "\\n"."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(595, 842), invariant=1)
    for rows in pages:
        top = 780.0
        for number, row in enumerate(rows):
            height = heights[min(number, len(heights) - 1)]
            for at, cell in enumerate(row):
                sheet.rect(60 + 120 * at, top - height, 120, height)
                for line, words in enumerate(cell.split("\n")):
                    sheet.drawString(64 + 120 * at, top - 12 - 12 * line, words)
            top -= height
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def rows_of(content: bytes) -> list[str]:
    return [row for text in lines(read(content, "a.pdf")) for row in text.split("\n")]


NAMES = ("Code", "Item", "Place", "Price")
PUMP = ("M-{}", "Water pump with\na hose of ten\nmetres", "Shed", "{}0")


def _pump(number: int) -> tuple[str, ...]:
    return tuple(cell.format(number) for cell in PUMP)


@pytest.mark.parametrize("repeated", [(), (NAMES,)])
def test_a_table_s_row_goes_on_over_a_page_break(repeated: tuple[tuple[str, ...], ...]) -> None:
    first = [NAMES, _pump(1), _pump(2), ("M-3", "Brass ring with", "Yard", "30")]
    second = [*repeated, ("", "a thread of two\ninches", "", ""), _pump(4), _pump(5)]
    found = rows_of(ruled([first, second]))
    rings = [line for line in found if "thread" in line]
    assert rings == [
        "Code: M-3; Item: Brass ring with a thread of two inches; Place: Yard; Price: 30"
    ]


def test_a_new_row_without_its_first_cell_is_one_of_its_own() -> None:
    first = [NAMES, _pump(1), _pump(2), ("M-3", "Brass ring", "Yard", "30")]
    second = [("", "Steel ring", "", "40"), _pump(4), _pump(5)]
    found = rows_of(ruled([first, second]))
    assert "Code: M-3; Item: Brass ring; Place: Yard; Price: 30" in found


def test_a_last_row_below_rows_of_several_lines_has_its_cells() -> None:
    tall = ("M-{}", "Water\npump\nwith a\nhose of\nten\nmetres", "Shed", "{}0")
    pumps = [tuple(cell.format(number) for cell in tall) for number in range(1, 5)]
    rows = [NAMES, *pumps, ("", "Total", "", "150")]
    found = rows_of(ruled([rows], (20, 90, 90, 90, 90, 20)))
    assert "Item: Total; Price: 150" in found
