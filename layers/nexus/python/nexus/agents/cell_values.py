"""Reads the cells of a column as exact numbers or as words, the same way for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

_MONEY = r"rp\.?|idr|us\$|usd|eur|gbp|sgd|s\$|aud|a\$|myr|rm|chf|jpy|cny|inr|rs\.?|aed|sar|[$€£¥₹]"
_NUMBER = re.compile(
    rf"(?P<sign>[-−–(+]?)\s*+(?P<paid>{_MONEY})?\s*+(?P<minus>[-−(+]?)\s*+"
    r"(?P<digits>\d{1,30}(?:[.,' \u00a0\u202f]\d{1,30}){0,12})"
    r"(?:\s*+(?P<scale>thousand|million|billion|ribu|rb|juta|jt|miliar|milyar)|(?P<short>[km]))?"
    rf"(?!\w)\s*+(?P<behind>(?:{_MONEY}|%)(?!\w))?\s*+\)?(?:,-|\.-|,–|(?P<last>[-−]))?",
    re.IGNORECASE,
)
# A number and what it counts: "24 months", "12 m2", "3 kg/ha".
_MEASURED = re.compile(
    r"(?P<number>[-−–(+]?\s?\d[\d.,']{0,40})\s{0,2}"
    r"(?P<unit>(?![¹²³⁴⁵⁶⁷⁸⁹⁰])[^\W\d_]{1,15}[23²³]?(?:/[^\W\d_]{1,10}[23²³]?)?\.?)"
)
_SAME_UNIT = {"rp.": "rp", "idr": "rp", "usd": "$", "us$": "$", "eur": "€", "gbp": "£", "s$": "sgd",
              "a$": "aud", "rm": "myr", "jpy": "¥", "rs": "₹", "rs.": "₹", "inr": "₹"}  # fmt: skip
CURRENCIES = frozenset(
    "rp $ € £ ¥ ₹ sgd aud myr chf cny aed sar".split(),
)
_MOST_MARKS, _LONGEST_MARK = 6, 250
# Marks of footnotes behind a cell's words or number; 10² is no footnote.
_MARK = re.compile(
    r"(?:[*†‡§]|[¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜ]\)?|\[[^\[\]\n]{1,200}\]|(?<=\s)\d\))\Z",
)
_WORD_MARK = re.compile(r"(?:[*†‡§]|(?<=[^\W\d_]{4})[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2}\)?|(?<=\w)\[\d{1,2}\])\Z")
# A letter of a footnote behind grouped digits, whose raising the file did not keep: "1,150a".
_LETTER_MARK = re.compile(r"(?<=[.,]\d{3})[a-d]\Z")
_POWER = re.compile(r"(?:\A|[×x·*]\s?)10[¹²³⁴⁵⁶⁷⁸⁹⁰⁻]")
_EMPHASIS = re.compile(r"\A(\*{1,3}|_{1,3}|`)(?=\S)(.{1,2000}?)\1\Z", re.DOTALL)
_NOTHING = re.compile(
    rf"(?:{_MONEY})?\s?[-–—−.…/?]{{1,5}}|n\.?\s?[/.]?\s?a\.?|null|nil|#n/a", re.IGNORECASE
)
_SCALES = {"thousand": 3, "ribu": 3, "rb": 3, "k": 3, "million": 6, "juta": 6, "jt": 6, "m": 6,
           "billion": 9, "miliar": 9, "milyar": 9}  # fmt: skip
# Whole numbers in groups of three, or as India parts them, all by one sign.
_WHOLE = re.compile(
    r"\d+|\d{1,3}(?P<sign>[.,' \u00a0\u202f])\d{3}(?:(?P=sign)\d{3})*|"
    r"\d{1,2}(?:,\d{2}){1,12},\d{3}"
)
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})+")
_DIGITS = re.compile(r"\d+")
_SPACES = re.compile(r"[' \u00a0\u202f]")


def decimal_mark(cells: Iterable[str]) -> str:
    """Which of "." and "," parts the fractions of a column's numbers, as its cells show together.

    A number of two groups or more tells (1.000.000), one with both marks (1.234,5), and digits
    behind a mark that are not three (4.75). Where none tells, as in 1.500 alone, three digits are
    a group, whichever mark: then it is "", and none parts a fraction.
    """
    votes = {".": 0, ",": 0}
    for cell in cells:
        match = _matched(cell)
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


def bare(cell: str) -> str:
    """A number's cell without emphasis of Markdown and marks of footnotes."""
    text = _plain(cell)
    if _POWER.search(text):
        return text
    return _unmarked(text, _MARK)


def _plain(cell: str) -> str:
    text = cell.strip()
    match = _EMPHASIS.match(text)
    return match[2].strip() if match else text


def _unmarked(text: str, mark: re.Pattern[str]) -> str:
    for _ in range(_MOST_MARKS):
        found = mark.search(text, max(len(text) - _LONGEST_MARK, 0))
        if found is None or not found.start():
            break
        text = text[: found.start()].strip()
    return text


def says_nothing(cell: str) -> bool:
    """Whether a cell only says that there is nothing in it: "–", "n/a"."""
    return _NOTHING.fullmatch(bare(cell)) is not None


def unit_of(cell: str) -> str:
    """What a cell's number is of: a currency, "%", or a word such as "kg"; "" for nothing."""
    text = _LETTER_MARK.sub("", bare(cell))
    if match := _NUMBER.fullmatch(text):
        said = (match["paid"] or match["behind"] or "").casefold()
        return _SAME_UNIT.get(said, said)
    measured = _MEASURED.fullmatch(text)
    if measured is None:
        return ""
    unit = measured["unit"].casefold().rstrip(".")
    return unit[:-1] if len(unit) > 3 and unit.endswith("s") else unit


def _matched(cell: str) -> re.Match[str] | None:
    """The number of a cell, without the word for what it counts."""
    text = _LETTER_MARK.sub("", bare(cell))
    if match := _NUMBER.fullmatch(text):
        return match
    measured = _MEASURED.fullmatch(text)
    return _NUMBER.fullmatch(measured["number"].strip()) if measured else None


def number_of(cell: str, mark: str) -> Decimal | None:
    """A cell's number, exact; None for what is no number. `mark` is the column's `decimal_mark`.

    What it is of, if anything, is for `unit_of` to tell.
    """
    match = _matched(cell)
    if match is None:
        return None
    short = match["short"] or ""
    if short == "m" and not match["paid"]:
        short = ""  # metres
    digits = match["digits"]
    whole, _, fraction = digits.partition(mark) if mark else (digits, "", "")
    grouped = _WHOLE.fullmatch(whole)
    if (
        grouped is None
        or (mark and grouped["sign"] == mark)
        or (fraction and not fraction.isdigit())
    ):
        return None
    found = Decimal(f"{''.join(_DIGITS.findall(whole))}.{fraction or 0}")  # of any script
    if scale := match["scale"] or short:
        found = found.scaleb(_SCALES[scale.lower()])
    negative = (match["sign"] + match["minus"]).strip("+") or match["last"]
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


def cell_word(value: Any) -> str:
    """A cell as it is compared with another: as `word_of`, and without marks of footnotes.

    What may tell one cell from another stays: m² and m³, "Hall (1)" and "Hall (2)".
    """
    return word_of(_unmarked(_plain(str(value)), _WORD_MARK))


def shown(number: Decimal) -> str:
    """A number in digits, without zeros that say nothing; fractions have six places at most."""
    rounded = round(number, 6)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
