"""Reads the quantities of a text, each with its unit and place: what two texts must agree on."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nexus.text.calendar_dates import MONTH_WORDS, taken_dates
from nexus.text.facts import URL, folded
from nexus.text.measures import CURRENCIES, EASTERN, UNITS
from nexus.text.number_words import DIGIT_SCALES, VAGUE, han, spelled_numbers
from nexus.text.year_spans import year_spans

Kind = Literal["number", "date", "month", "weekday", "time", "address", "code"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a text says at `[start:end)` of its plain form.

    `values` are the readings of the number (minutes of the day for a time) and `unit` its unit's
    dimension, "" if it has none that is known; `base` are the values in the dimension's base unit.
    `key` holds what is compared as it is written: a date, an address, a code. `weak` ones are small
    counts in words, ordinals and halves, which a text may well find by counting.
    """

    kind: Kind
    start: int
    end: int
    values: frozenset[float] = frozenset()
    unit: str = ""
    base: frozenset[float] = frozenset()
    key: str = ""
    weak: bool = False
    span: tuple[int, int] = (0, 0)


_DIGIT = re.compile(r"\d")
_SCALE = "|".join(sorted(map(re.escape, DIGIT_SCALES), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:\d{{1,3}}(?:([ .,])\d{{3}}(?!\d))(?:\1\d{{3}}(?!\d))*+(?:[.,]\d++)?+|"
    rf"\d++(?:[.,]\d{{1,2}}(?!\d)|\.\d++)?+)(?:\s?(?:(?:{_SCALE})(?![a-z])))?+"
)
_DIGITS = re.compile(r"\d[\d., ]*\d|\d")
_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_CLOCK_LIKE = re.compile(r"([01]?\d|2[0-4])[.:]([0-5]\d)")
_FRACTION = re.compile(r"(?<![\d/])(\d{1,2})\s?[/⁄]\s?(\d{1,2})(?![\d/])")
_EASTERN_FRACTION = re.compile(
    r"(\d{1,2}|[일이삼사오육칠팔구십一二三四五六七八九十])\s?(?:분의|分の|分之)\s?(\d{1,2}|[일이삼사오육칠팔구십一二三四五六七八九十])"
)
_EASTERN_HALF = re.compile(r"반(?=\s?(?:세기|년|시간|달))|半(?=[个個年天小])|一半|절반")
# 36만 5천, 1億2千万: numbers of parts, each with its own scale.
_COMPOUND = re.compile(r"(?:\d{1,9}(?:\.\d{1,4})?\s?[千천万萬만億亿억]\s?){1,4}(?:\d{1,4}(?!\d))?")
_COMPOUND_PART = re.compile(r"(\d+(?:\.\d+)?)\s?([千천万萬만億亿억]*)")
_HALVES = {
    "half": 0.5, "setengah": 0.5, "separuh": 0.5, "seperempat": 0.25, "sepertiga": 1 / 3,
    "quarter": 0.25, "quarters": 0.25, "thirds": 1 / 3, "hälfte": 0.5, "moitié": 0.5, "mitad": 0.5,
}  # fmt: skip
_HALF = re.compile(
    r"(?:\b(a|one|two|three|dua|tiga)[ -])?\b(" + "|".join(_HALVES) + r")\b(?: (?:of )?an?\b)?"
)
_TIMES = {"one": 1, "a": 1, "two": 2, "three": 3, "dua": 2, "tiga": 3}
_CODE = re.compile(r"\b[a-z]{1,10}-?\d[\w-]*|\b\d{1,6}[a-z]{1,2}\d[\w-]*")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_WORD = re.compile(r"[-\s]{0,2}([^\W\d_]++|[%$€£¥₩])")
_BEFORE = re.compile(r"(us\$|(?<![^\W\d_])[^\W\d_]{1,8}|[$€£¥₩%])\.?\s?$")
# These may stand between a number and its unit.
_BETWEEN = frozenset(
    "full working calendar business consecutive whole more additional us kalender kerja".split()
)


def plain(text: str) -> str:
    """The text in lower case with one form of each character and one system of digits."""
    text = folded(text).lower()
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(c)) if ord(c) > 127 and c.isdecimal() else c for c in text
    )


@lru_cache(maxsize=2048)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text in its `plain` form, in the order of their places.

    Of what is both, the address comes before the date, the date before the number.
    """
    found: list[Quantity] = []
    if "." in text or "@" in text or ":" in text:
        for match in URL.finditer(text):
            address = match.group().rstrip(".,;:!?)]}'\"*_/")
            found.append(Quantity("address", match.start(), match.end(), key=address))
        text = URL.sub(_blank, text)
    if text.isascii() and not (
        _DIGIT.search(text) or MONTH_WORDS.search(text) or "century" in text or "centuries" in text
    ):
        return (*found, *_worded(text))
    for kind, start, end, values, key in taken_dates(text):
        found.append(Quantity(kind, start, end, frozenset(values), key=key))
    for one in found:
        if one.kind not in ("month", "weekday"):
            text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    text = _take(text, found, _ranges(text))
    text = _take(text, found, _codes(text))
    text = _take(text, found, _fractions(text))
    text = _take(text, found, _eastern_fractions(text))
    text = _take(text, found, _compounds(text))
    text = _take(text, found, _digits(text))
    found += _worded(text)
    return tuple(sorted(found, key=lambda q: q.start))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _take(text: str, found: list[Quantity], new: Iterator[Quantity]) -> str:
    """The text with what was found blanked out."""
    kept: list[str] = []
    at = 0
    for one in new:
        found.append(one)
        kept += [text[at : one.start], " " * (one.end - one.start)]
        at = one.end
    return "".join([*kept, text[at:]])


def _ranges(text: str) -> Iterator[Quantity]:
    """Centuries and decades, as the years that they span."""
    for start, end, low, high in year_spans(text):
        yield Quantity(
            "number", start, end, frozenset({float(low)}), "years", frozenset({float(low)}),
            span=(low, high),
        )  # fmt: skip


def _codes(text: str) -> Iterator[Quantity]:
    for match in _CODE.finditer(text):
        written = match.group()
        letters = re.match(r"[a-z]*", written)
        # "rp150.000" and "usd5" are amounts.
        if letters and letters.group() in CURRENCIES:
            continue
        digits = "".join(re.findall(r"\d", written)[:15])
        yield Quantity(
            "code", match.start(), match.end(), frozenset({float(digits)}),
            key=written.replace("-", ""),
        )  # fmt: skip


def _fractions(text: str) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(text):
        if 0 < int(match[1]) < int(match[2]):
            yield _number(text, match, {int(match[1]) / int(match[2])})


def _compounds(text: str) -> Iterator[Quantity]:
    if text.isascii():
        return
    for match in _COMPOUND.finditer(text):
        value = 0.0
        for part in _COMPOUND_PART.finditer(match.group()):
            scale = 1
            for character in part[2]:
                scale *= DIGIT_SCALES[character]
            value += _float(part[1]) * scale
        end = match.start() + len(match.group().rstrip())
        yield _made(text, match.start(), end, {value}, weak=False)


def _eastern_fractions(text: str) -> Iterator[Quantity]:
    if text.isascii():
        return
    for match in _EASTERN_FRACTION.finditer(text):
        below, above = (int(c) if c.isdigit() else han(c) for c in match.groups())
        above, below = (above, below) if above < below else (below, above)
        if above:
            yield _number(text, match, {above / below}, weak=True)
    for match in _EASTERN_HALF.finditer(text):
        yield _number(text, match, {0.5}, weak=True)


def _digits(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        written = match.group()
        digits = _DIGITS.match(written)
        if digits is None:  # pragma: no cover - the pattern begins with a digit
            continue
        values = readings(digits.group())
        scale = DIGIT_SCALES.get(written[digits.end() :].strip())
        if scale:
            values = frozenset({round(_decimal(digits.group()) * scale, 6)})
        yield _number(text, match, values)


def readings(digits: str) -> frozenset[float]:
    """What a number in digits may mean: three digits behind a separator make thousands."""
    if _GROUPED.fullmatch(digits):
        return frozenset({_float(re.sub(r"[., ]", "", digits))})
    if " " in digits:
        return frozenset({_float(digits.replace(" ", ""))})
    return frozenset({_decimal(digits)})


def _decimal(digits: str) -> float:
    parts = re.split(r"[.,]", digits.replace(" ", ""))
    if len(parts) == 1:
        return _float(parts[0])
    # 1,234.56: the last separator begins the decimals, unless all are alike (1.2.3).
    if len(parts) > 2 and len(set(re.findall(r"[.,]", digits))) == 1:
        return _float("".join(parts))
    return _float("".join(parts[:-1]) + "." + parts[-1])


def _float(digits: str) -> float:
    """The value; of more digits than a float holds, a number that only these digits have."""
    if len(digits) <= 15:
        return float(digits)
    told = hashlib.sha256(digits.encode()).digest()[:6]
    return 1e15 + int.from_bytes(told, "big")


def _worded(text: str) -> Iterator[Quantity]:
    for start, end, value, words in spelled_numbers(text):
        small = value <= 12 or (" " not in words and value < 20)
        if words in VAGUE or (not text.isascii() and len(words) == 1 and _inside(text, start, end)):
            one = _made(text, start, end, {float(value)}, weak=True)
            if one.unit:
                yield one
            continue
        yield _made(text, start, end, {float(value)}, weak=small)
    for match in _HALF.finditer(text):
        share = _TIMES.get(match[1] or "", 1) * _HALVES[match[2]]
        if 0 < share < 1:
            yield _number(text, match, {share}, weak=True)


def _inside(text: str, start: int, end: int) -> bool:
    """Whether a numeral of one character stands in a word, such as 一般, and not before a unit."""
    return (
        not any(text.startswith(unit, end) for unit in EASTERN) and text[start] in "一二三千万百十"
    )


def _number(
    text: str, match: re.Match[str], values: set[float] | frozenset[float], *, weak: bool = False
) -> Quantity:
    return _made(text, match.start(), match.end(), values, weak=weak)


def _made(
    text: str, start: int, end: int, values: set[float] | frozenset[float], *, weak: bool
) -> Quantity:
    """A number with the unit that stands behind it, or the currency before it."""
    unit, stop = _unit_after(text, end)
    begin = start
    if not unit.startswith("money"):
        before = _BEFORE.search(text[max(0, start - 8) : start])
        if before and before[1] in CURRENCIES:
            unit, begin = before[1], start - len(before.group())
    dimension, factor = UNITS.get(unit, ("", 1.0))
    if not dimension and weak and any(0 < v < 1 for v in values):
        dimension = "share"
    if _ORDINAL.match(text, end):
        weak = True
    return Quantity(
        "number", begin, stop, frozenset(values), dimension,
        frozenset(round(v * factor, 9) for v in values), weak=weak,
    )  # fmt: skip


def _unit_after(text: str, at: int) -> tuple[str, int]:
    """The word for a unit that follows, and where it ends."""
    for unit in EASTERN:
        if text.startswith(unit, at) or text.startswith(" " + unit, at):
            return unit, text.index(unit, at) + len(unit)
    end = at
    for _ in range(3):
        match = _WORD.match(text, end)
        if match is None:
            break
        end = match.end()
        if match[1] in UNITS:
            return match[1], end
        if match[1] in ("pour", "por", "per") and text.startswith((" cent", " ciento"), end):
            return "%", end + 5
        if match[1] not in _BETWEEN:
            break
    return "", at
