"""A sentence that goes on over a page break is whole, whatever the pages have at head and foot."""

from __future__ import annotations

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
