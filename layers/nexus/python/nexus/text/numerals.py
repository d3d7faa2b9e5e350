"""Reads numbers as people write them, in digits and in words, in English and Indonesian.

A number in digits is never made an int: it may have as many digits as a text is long, and Python
refuses to convert more than 4,300 of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# A fact is the set of its readings: "1.000" is a thousand here and a decimal there. Two facts agree
# when they share a reading.
Fact = frozenset[str]

_SMALL = {
    name: value
    for value, names in enumerate(
        "zero nol|one satu|two dua|three tiga|four empat|five lima|six enam|seven tujuh|"
        "eight delapan|nine sembilan|ten sepuluh|eleven sebelas|twelve|thirteen|fourteen|fifteen|"
        "sixteen|seventeen|eighteen|nineteen|twenty".split("|")
    )
    for name in names.split()
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {
    "belas": 10, "puluh": 10, "hundred": 100, "ratus": 100, "thousand": 1000, "ribu": 1000,
    "million": 10**6, "juta": 10**6, "billion": 10**9, "miliar": 10**9, "milyar": 10**9,
    "trillion": 10**12, "triliun": 10**12,
}  # fmt: skip
_WHOLE = {"seratus": 100, "seribu": 1000, "sejuta": 10**6}
NUMBER_WORDS = _SMALL.keys() | _SCALES.keys() | _WHOLE.keys()


_SPELLED_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_SPELLED = re.compile(
    rf"\b(?:{_SPELLED_WORD})(?:(?:[ -]+|\s+(?:and|dan)\s+)(?:{_SPELLED_WORD}))*\b", re.IGNORECASE
)
_SCALE = "|".join(name for name in _SCALES if name not in ("belas", "puluh"))
NUMBER = re.compile(rf"\d+(?:[.,]\d+)*(?:\s*({_SCALE})\b)?(\s*(?:%|percent\b|persen\b))?", re.I)
_THOUSANDS = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")
_LETTERS = re.compile(r"[^\W\d_]+")


def number(written: str, scale: str | None = None) -> Fact:
    """The readings of a number in digits, with the word (million, juta) that multiplies it."""
    match = re.match(r"\d+(?:[.,]\d+)*", written)
    digits = match.group() if match else written
    readings = {_plain(digits)}
    if _THOUSANDS.fullmatch(digits):
        whole = re.sub(r"[.,]", "", digits)
        readings = {_plain(whole)}
        if len(re.findall(r"[.,]", digits)) == 1:
            readings.add("exactly:" + digits.replace(",", "."))
    elif clock := re.fullmatch(r"([01]?\d|2[0-4])\.([0-5]\d)", digits):
        readings.add(f"time:{int(clock[1])}:{int(clock[2])}")
    if scale:
        # Each of these words multiplies by a power of ten.
        readings = {_plain(digits, len(str(_SCALES[scale.lower()])) - 1)}
    return frozenset("number:" + r if r[0].isdigit() else r for r in readings)


def _plain(digits: str, zeros: int = 0) -> str:
    """A number in digits: its last separator begins the decimals, the others part thousands.

    It is multiplied by ten to the power of `zeros`.
    """
    parts = re.split(r"[.,]", digits)
    if len(parts) > 2 and len(parts[-1]) == 3 and len(set(re.findall(r"[.,]", digits))) == 1:
        whole, decimals = "".join(parts), ""
    else:
        whole, decimals = ("".join(parts[:-1]), parts[-1]) if len(parts) > 1 else (parts[0], "")
    shifted = _ascii(whole + decimals) + "0" * zeros
    cut = len(shifted) - len(decimals)
    before, after = shifted[:cut].lstrip("0") or "0", shifted[cut:].rstrip("0")
    return f"{before}.{after}" if after else before


def _ascii(digits: str) -> str:
    """Digits of any script as those from 0 to 9."""
    if digits.isascii():
        return digits
    return "".join(str(unicodedata.decimal(digit, digit)) for digit in digits)


def spelled(text: str) -> list[Fact]:
    """The numbers that are written as words, in either language."""
    found: list[Fact] = []
    for match in _SPELLED.finditer(text):
        run: list[str] = []
        for word in _LETTERS.findall(match.group().lower()):
            if word in NUMBER_WORDS:
                run.append(word)
            elif run[-1] not in _SCALES:
                found += _value(run)
                run = []
        found += _value(run)
    return found


def _value(run: Sequence[str]) -> list[Fact]:
    # "one" alone is a pronoun more often than a number, and "hundreds" is none.
    if not run or list(run) in (["one"], ["satu"]) or run[0] in _SCALES:
        return []
    total = current = 0
    for word in run:
        if word in _WHOLE:
            current += _WHOLE[word]
        elif word in _SMALL:
            current += _SMALL[word]
        elif word == "belas":
            current += 10
        elif _SCALES[word] <= 100:
            last = current % 100 or 1
            current = current - current % 100 + last * _SCALES[word]
        else:
            total += (current or 1) * _SCALES[word]
            current = 0
    return [frozenset({f"number:{total + current}"})]
