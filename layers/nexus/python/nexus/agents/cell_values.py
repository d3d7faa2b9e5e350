"""Reads the cells of a column as exact numbers or as words, the same way for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(
    r"(?P<sign>[-−(]?)\s*+(?P<paid>rp\.?|idr|usd|us\$|eur|gbp|[$€£¥₹])?\s*+(?P<minus>[-−]?)"
    r"(?P<digits>\d{1,30}(?:[.,' \u00a0\u202f]\d{1,30}){0,12})"
    r"(?:\s*+(?P<scale>thousand|million|billion|ribu|juta|miliar)|(?P<short>[km]))?\b"
    r"\s*+(?:rp|idr|usd|eur|gbp|[$€£¥₹%])?\s*+\)?(?:,-|\.-)?",
    re.IGNORECASE,
)
_SCALES = {"thousand": 3, "ribu": 3, "k": 3, "million": 6, "juta": 6, "m": 6, "billion": 9,
           "miliar": 9}  # fmt: skip
# Whole numbers in groups of three, or as India parts them, all by one sign.
_WHOLE = re.compile(
    r"\d+|\d{1,3}(?P<sign>[.,' \u00a0\u202f])\d{3}(?:(?P=sign)\d{3})*|"
    r"\d{1,2}(?:,\d{2}){1,12},\d{3}"
)
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})+")
_SPACES = re.compile(r"[' \u00a0\u202f]")


def decimal_mark(cells: Iterable[str]) -> str:
    """Which of "." and "," parts the fractions of a column's numbers, as its cells show together.

    A number of two groups or more tells (1.000.000), one with both marks (1.234,5), and digits
    behind a mark that are not three (4.75). Where none tells, as in 1.500 alone, three digits are
    a group, whichever mark: then it is "", and none parts a fraction.
    """
    votes = {".": 0, ",": 0}
    for cell in cells:
        match = _NUMBER.fullmatch(cell.strip())
        if match is None:
            continue
        digits = _SPACES.sub("", match["digits"])
        if grouped := _GROUPED.fullmatch(digits):
            votes["," if grouped[1] == "." else "."] += 1
            continue
        last = max(digits.rfind("."), digits.rfind(","))
        if last < 0:
            continue
        other = "," if digits[last] == "." else "."
        if other in digits or len(digits) - last - 1 != 3 or digits.startswith("0"):
            votes[digits[last]] += 1
    if not any(votes.values()):
        return ""
    return "." if votes["."] >= votes[","] else ","


def number_of(cell: str, mark: str) -> Decimal | None:
    """A cell's number, exact; None for what is no number. `mark` is the column's `decimal_mark`."""
    match = _NUMBER.fullmatch(cell.strip())
    if match is None:
        return None
    short = match["short"] or ""
    if short == "m" and not match["paid"]:
        return None  # metres
    digits = match["digits"]
    whole, _, fraction = digits.partition(mark) if mark else (digits, "", "")
    grouped = _WHOLE.fullmatch(whole)
    if (
        grouped is None
        or (mark and grouped["sign"] == mark)
        or (fraction and not fraction.isdigit())
    ):
        return None
    found = Decimal(f"{''.join(re.findall('[0-9]+', whole))}.{fraction or 0}")
    if scale := match["scale"] or short:
        found = found.scaleb(_SCALES[scale.lower()])
    negative = match["sign"] or match["minus"]
    return -found if negative else found


def wanted_number(value: Any) -> Decimal | None:
    """The number that a query compares with: as JSON has it, or written as people do."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    text = str(value)
    return number_of(text, decimal_mark([text]))


def word_of(value: Any) -> str:
    """A text as texts are compared: without regard to case and blanks."""
    return " ".join(str(value).split()).casefold()


def shown(number: Decimal) -> str:
    """A number in digits, without zeros that say nothing; fractions have six places at most."""
    rounded = round(number, 6)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
