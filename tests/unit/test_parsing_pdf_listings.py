"""Listings on PDF pages: one blank parts words, two part columns, as letters are all as wide."""

import io

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from nexus.ingestion.parsing import parse

SIZE = 10
PITCH = 0.6 * SIZE  # of Courier


def listing(rows, *, font="Courier", pitch=PITCH):
    """A page whose words stand where a typewriter puts them, each painted on its own."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setFont(font, SIZE)
    for number, row in enumerate(rows):
        at = 0
        for word in row.split(" "):
            if word:
                sheet.drawString(60 + pitch * at, 700 - 12 * number, word)
            at += len(word) + 1
    sheet.save()
    return buffer.getvalue()


def lines(content):
    document = parse(content, "a.pdf", "application/pdf", max_bytes=1 << 20, max_unpacked_bytes=1)
    return "\n".join(text.text for text in document.texts).split("\n")


CODES = [
    "OL      -- On line with mains",
    "OB      -- On battery of the house",
    "CHRG    -- The battery is charging",
    "DISCHRG -- The battery is discharging",
    "BYPASS  -- The bypass is active",
]


def test_single_blanks_in_a_listing_are_no_borders_of_cells():
    rows = [
        "0x00840010 = UPS",
        "0x00840012 = Battery",
        "0x00840030 = Voltage",
        "0x0084001a = Input",
    ]
    assert " ".join(lines(listing(rows))) == " ".join(rows)


def test_the_same_gaps_between_letters_of_other_widths_are_borders_of_cells():
    rows = ["ab cd 12", "ef gh 34", "ij kl 56", "mn op 78"]
    assert ";" in lines(listing(rows, font="Times-Roman", pitch=8))[0]


def test_two_blanks_in_a_listing_are_borders_of_cells():
    found = lines(listing(["OL  On line", "OB  On battery", "LB  Low battery", "HB  High battery"]))
    assert found == ["OL: On line", "OB: On battery", "LB: Low battery", "HB: High battery"]


def test_a_table_with_a_header_in_letters_that_are_all_as_wide_keeps_its_names():
    rows = [
        "Code   Fee      Due",
        "A1     500000   Monday",
        "B22    750000   Friday",
        "C3     90000    Sunday",
    ]
    assert lines(listing(rows))[1] == "Code: B22; Fee: 750000; Due: Friday"


def test_the_longest_entry_of_a_column_ends_where_those_beside_it_begin():
    found = lines(listing(CODES))
    assert found[3] == "DISCHRG: -- The battery is discharging"
    assert [line.partition(":")[0] for line in found] == ["OL", "OB", "CHRG", "DISCHRG", "BYPASS"]


def test_words_that_begin_where_a_few_lines_have_a_column_stay_together():
    note = "# Now it is with us"
    rows = ["BIN   = /usr/bin", note, "ICONS = /usr/share", note, "ETC   = /etc", note]
    assert " ".join(lines(listing(rows))).count(note) == 3


@pytest.mark.parametrize("value", ["(command)", "(variable, R/W)"])
def test_a_remark_in_brackets_below_another_is_of_its_own_row(value):
    names = ["load.on", "load.off.delay", "test.start", "beeper.mute"]
    found = lines(listing([f"{name:16}{value}" for name in names]))
    assert found == [f"{name}: {value}" for name in names]
