"""A number reads as its sheet shows it.

The formats are those of ECMA-376 part 1, 18.8.31; what they show was compared with SheetJS's ssf.
"""

from __future__ import annotations

import pytest

from nexus.ingestion.parsing.clock_formats import shown_clock
from nexus.ingestion.parsing.number_formats import shown, shows_only_month

ACCOUNTING = '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.075, "0.00%", "7.50%"), (0.335, "0%", "34%"), (1234.5, '"Rp "#,##0.00', "Rp 1,234.50"),
        (1234.5, "[$€-2] #,##0.00", "€ 1,234.50"), (42, "000000", "000042"),
        (712, "000-00", "007-12"), (81234567890, "0000-0000-0000", "0812-3456-7890"),
        (-1250, "#,##0.00_);(#,##0.00)", "(1,250.00)"), (-3, "#,##0;[Red]-#,##0", "-3"),
        (99, ACCOUNTING, "$99.00"), (0, ACCOUNTING, "$-"), (0, '#,##0;-#,##0;"none"', "none"),
        (1234567, "#,##0,", "1,235"), (1e7, '0.0,,"M"', "10.0M"), (12.5, "0.0##", "12.5"),
        (-0.2, "0", "0"), (5, ";;;", ""), (1.5, '0.0" km"', "1.5 km"),
    ],
)  # fmt: skip
def test_a_number_is_shown_by_its_format(value, code, text):
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.25, "# ?/?", "1/4"), (1.5, "# ?/?", "1 1/2"), (-1.25, "# ?/?", "-1 1/4"),
        (5.3, "# ??/??", "5 3/10"), (0.25, "0 ?/?", "0 1/4"), (2.25, "?/?", "9/4"),
        (2.3, "# ?/8", "2 2/8"), (0.999, "# ?/?", "1"), (0, "# ?/?", "0"),
        (3.5, '#\\ ?/?" in"', "3 1/2 in"), (0.5, '0"#/#"', "1#/#"),
    ],
)  # fmt: skip
def test_a_fraction_is_shown_over_the_nearest_denominator(value, code, text):
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1500000, "1.5M"), (1500, "1.5K"), (15, "15"), (-15, "-15")]
)
def test_a_condition_chooses_what_shows_a_number(value, text):
    assert shown(value, '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0') == text


@pytest.mark.parametrize("code", ["General", "@", "E+0", "0%E+00", "[>20]0.0", "0" * 300])
def test_a_format_that_is_not_known_shows_nothing_of_its_own(code):
    assert shown(12.5, code) is None


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.000123, "0.00E+00", "1.23E-04"), (12500, "##0.0E+0", "12.5E+3"),
        (0, "0.0E+00", "0.0E+00"),
        (9.999, "0.0E+00", "1.0E+01 (exactly 9.999)"), (-1200, "0.0E-0", "-1.2E3"),
    ],
)  # fmt: skip
def test_an_exponent_is_shown_with_the_digits_that_it_loses(value, code, text):
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("seconds", "code", "text"),
    [
        (30 * 3600, "[h]:mm", "30:00"), (90, "[mm]:ss", "01:30"), (-90, "[h]:mm:ss", "-0:01:30"),
        (97380, '[h]" h "mm" min"', "27 h 03 min"), (52200, "h:mm AM/PM", "2:30 PM"),
        (1200, "[$-409]h:mm A/P;@", "12:20 A"), (43199.9, "hh:mm AM/PM", "12:00 PM"),
        (52200, "hh.mm", "14.30"), (52200, 'h"h"mm', "14h30"),
        (52245.25, "h:mm:ss.0", "14:30:45.3"),
        (330, "mm:ss", "05:30"), (52200, "dd/mm/yyyy h:mm AM/PM", "2:30 PM"),
        (52200, "dd/mm/yyyy", None), (52200, "General", None), (52200, "h:mm" * 99, None),
    ],
)  # fmt: skip
def test_a_time_is_shown_by_its_format(seconds, code, text):
    assert shown_clock(seconds, code) == text


def test_a_month_is_told_from_a_day():
    assert shows_only_month("mmm-yy")
    assert not shows_only_month("dd/mm/yyyy")
    assert not shows_only_month("mm:ss")
