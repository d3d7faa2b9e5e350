"""Manuals in PDF: names of chapters above the text, and programmes' names in small letters."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from tests.unit.documents_made import lines, read

BODY = "The general terms of this chapter apply to every member of staff alike."


def book(tops: list[str], bottoms: list[str]) -> bytes:
    """A page for each of the names, which stand above and below its text."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for number, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
        sheet.setFont("Helvetica", 10)
        sheet.drawString(60, 795, top)
        for n in range(20):
            sheet.drawString(60, 740 - 14 * n, f"{chr(97 + number)} {BODY}")
        sheet.drawString(60, 40, bottom)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def test_a_chapter_s_name_with_the_page_s_number_is_no_text_of_the_page():
    tops = [f"Chapter {n // 2}: {'ABCDEFGH'[n // 2]} things {n + 13}" for n in range(16)]
    text = "\n".join(lines(read(book(tops, [f"{n}. Note of {n}" for n in "abcdefghijklmnop"]))))
    assert "things" not in text
    assert text.count("Note of") == 16


def test_a_chapter_s_name_that_repeats_is_kept_where_it_first_stands():
    tops = [f"CHAPTER {'ABCDEFGH'[n // 2]} OF THE BOOK" for n in range(16)]
    text = "\n".join(lines(read(book(tops, ["" for _ in tops]))))
    assert [text.count(f"CHAPTER {letter} OF") for letter in "ABCDEFGH"] == [1] * 8


def test_the_first_line_of_the_text_is_no_running_line():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for n in range(12):
        sheet.setFont("Helvetica", 10)
        for row in range(40):
            sheet.drawString(60, 795 - 14 * row, f"Case {row if row else n % 3} of {BODY}")
        sheet.showPage()
    sheet.save()
    text = "\n".join(lines(read(buffer.getvalue())))
    assert text.count("Case 0 of") == 4


def test_a_line_may_begin_with_a_word_in_smaller_letters():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setFont("Helvetica", 10)
    sheet.drawString(
        60, 700, "When it is run at all, you can set a variable to name the folders where"
    )
    sheet.setFont("Helvetica", 6)
    sheet.drawString(60, 688, "JDB")
    sheet.setFont("Helvetica", 10)
    sheet.drawString(76, 688, "should search for what the programme needs to run at all in a year.")
    sheet.drawString(
        60, 600, "Another paragraph stands here, apart from the one above, and is as long."
    )
    sheet.save()
    found = lines(read(buffer.getvalue()))
    assert any("the folders where JDB should search" in " ".join(text.split()) for text in found)


def test_a_line_may_end_with_a_word_in_smaller_letters():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setFont("Helvetica", 10)
    sheet.drawString(60, 700, "The level is checked against the variable whose name is")
    sheet.setFont("Helvetica", 8)
    sheet.drawString(310, 700, "STOP_ON_ERROR_OF_ALL")
    sheet.setFont("Helvetica", 10)
    sheet.drawString(
        60, 688, "which is set to 700 by default, and more than that ends what is running."
    )
    sheet.drawString(
        60, 676, "Nothing that is below it is ever told to anybody who asks for it then."
    )
    sheet.setFont("Helvetica", 8)
    sheet.drawString(60, 600, "A note of its own stands here in smaller letters")
    sheet.setFont("Helvetica", 10)
    sheet.drawString(
        60, 588, "and is not read with what stands below it in larger ones at any time."
    )
    sheet.save()
    found = [" ".join(text.split()) for text in lines(read(buffer.getvalue()))]
    assert any("STOP_ON_ERROR_OF_ALL which is set to 700" in text for text in found)
    assert not any("smaller letters and is not" in text for text in found)


def test_a_sentence_goes_on_behind_a_note_s_raised_number():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setFont("Helvetica", 10)
    for n in range(3):
        sheet.drawString(60, 760 - 12 * n, f"Line {n} of what stands before it is as long as this.")
    words = sheet.beginText(60, 700)
    for size, rise, said in ((10, 0, "Now we can run the program"), (6, 6, "7"), (10, 0, " and")):
        words.setFont("Helvetica", size)
        words.setRise(rise)
        words.textOut(said)
    words.textOut(" see whether all went well.")
    sheet.drawText(words)
    sheet.drawString(60, 688, "The log is written to a file of its own, which is kept for a week.")
    sheet.save()
    found = [" ".join(text.split()) for text in lines(read(buffer.getvalue()))]
    assert any("run the program7 and see whether all went well. The log" in text for text in found)
