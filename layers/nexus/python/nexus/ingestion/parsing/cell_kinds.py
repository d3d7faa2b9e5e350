"""Says of a cell's text what kind of thing it is: a word, a number, a period of time, a mixture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

# A longer text is prose, whatever it is made of.
_LONGEST = 60


class Kind(Enum):
    """What a cell holds; a PERIOD (a year, a month, a day, an hour, a range) can head a column."""

    WORD = "word"
    NUMBER = "number"
    PERIOD = "period"
    MIXED = "mixed"
    SIGN = "sign"
    # Enum's own hashes the name, and kinds of cells are counted by the thousand.
    __hash__ = object.__hash__


_MONEY = r"(?:Rp|IDR|USD|EUR|GBP|SGD|MYR|JPY|US\$|[$€£¥])\.?"
_NUMBER = re.compile(
    rf"\(?[-+−]?\s?(?:{_MONEY}\s?)?[-+−]?\d[\d.,']{{0,30}}(?: \d{{3}}){{0,5}}(?:,-)?"
    rf"\s?%?(?:\s?{_MONEY})?\)?",
    re.I,
)
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue wed thu fri sat sun",
    "senin selasa rabu kamis jumat sabtu minggu",
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januari februari maret april mei juni juli agustus september oktober november desember",
    "jan feb mar apr mei jun jul agu sep okt nov des",
)
_PLACES = {word: place for line in _DAYS for place, word in enumerate(line.split(), start=1)}
_ORDINALS = (
    "first second third fourth fifth sixth",
    "pertama kedua ketiga keempat kelima keenam",
)
_COUNTED = _PLACES | {
    word: place for line in _ORDINALS for place, word in enumerate(line.split(), start=1)
}
_NAMES = "|".join(sorted(_PLACES, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_PERIOD = re.compile(
    rf"{_YEAR}(?:\s?[-/–]\s?(?:{_YEAR}|\d\d))?|"  # 2025, 2025/26, 2026-02
    r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-](?:\d\d|\d{4})|"
    r"\d{1,2}[:.]\d\d(?:\s?[-–]\s?\d{1,2}[:.]\d\d)?|"
    r"\d{1,4}\s?(?:-|–|to|s/d|sampai)\s?\d{1,4}|[<>≤≥]\s?\d{1,4}|\d{1,3}\s?\+|"
    rf"(?:\d{{1,2}}[ -])?(?:{_NAMES})\.?(?:[ -]\d{{1,2}})?(?:,?[ '-](?:{_YEAR}|\d\d))?",
    re.I,
)
# With a point, "12.50" is more often a number than an hour.
_POINTED = re.compile(r"\d{1,2}\.\d\d")
_DIGITS = re.compile(r"\d{1,9}")
_LETTERS = re.compile(r"[^\W\d_]{3,12}")


@lru_cache(maxsize=4096)
def kind_of(text: str) -> Kind:
    """The kind of a cell that holds a text."""
    if len(text) > _LONGEST:
        return Kind.WORD
    if _PERIOD.fullmatch(text) and not _POINTED.fullmatch(text):
        return Kind.PERIOD
    if _NUMBER.fullmatch(text):
        return Kind.NUMBER
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    if not letters and not digits:
        return Kind.SIGN
    return Kind.MIXED if digits and digits * 4 >= letters else Kind.WORD


def numbered(cells: Sequence[str]) -> set[int]:
    """The places of cells that count on from one another, as the names of columns do.

    Such as 2024, 2025 or 18-24, 25-34 or Q1, Q2 or Monday, Tuesday; bare numbers only from three
    on and one by one, as amounts rise by chance.
    """
    found: set[int] = set()
    run: list[int] = []
    for place, cell in enumerate(cells):
        if run and _counts_on(cells[run[-1]], cell):
            run.append(place)
        else:
            run = [place]
        enough = 3 if kind_of(cell) is Kind.NUMBER else 2
        if len(run) == enough:
            found.update(run)
        elif len(run) > enough:
            found.add(place)
    return found


@lru_cache(maxsize=4096)
def _counts(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without what it counts, and the counts."""
    if not text or len(text) > _LONGEST:
        return "", ()
    folded = _LETTERS.sub(lambda m: f"\0{_COUNTED.get(m[0], m[0])}", text.lower())
    numbers = tuple(int(digits) for digits in _DIGITS.findall(folded))
    return _DIGITS.sub("#", folded), numbers


def _counts_on(before: str, after: str) -> bool:
    shape, first = _counts(before)
    same, second = _counts(after)
    if not first or shape != same or len(first) != len(second) or first == second:
        return False
    if kind_of(before) is Kind.NUMBER or len(first) == 1:
        return abs(second[0] - first[0]) == 1 or (len(first) == 1 and shape != "#")
    changed = next(place for place, (a, b) in enumerate(zip(first, second, strict=True)) if a != b)
    rises = second[changed] > first[changed]
    # What counts is a number that rises; of a date written day first, the later ones.
    return rises or any(a < b for a, b in zip(first[changed:], second[changed:], strict=True))


def counts_alike(cells: Sequence[str], rows: Sequence[Sequence[str]], places: set[int]) -> bool:
    """Whether most rows count on as the cells do at these places, so that it tells nothing."""
    alike = 0
    for row in rows:
        counting = numbered(row) & places
        same = [place for place in counting if _counts(row[place])[0] == _counts(cells[place])[0]]
        alike += len(same) * 2 >= len(places)
    return alike * 2 > len(rows)
