"""Reads the facts that a text states and another must repeat: numbers, dates, times and names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import compress

from nexus.text.numerals import NUMBER, NUMBER_WORDS, Fact, number, spelled

MONTHS = {
    name: month
    for month, names in enumerate(
        "jan january januari|feb february februari|mar march maret|apr april|may mei|jun june juni|"
        "jul july juli|aug august agustus agu|sep sept september|oct october oktober okt|"
        "nov november|dec december desember des".split("|"),
        start=1,
    )
    for name in names.split()
}
DAYS = {
    name: day
    for day, names in enumerate(
        "monday mondays senin|tuesday tuesdays selasa|wednesday wednesdays rabu|"
        "thursday thursdays kamis|friday fridays jumat|saturday saturdays sabtu|"
        "sunday sundays minggu".split("|")
    )
    for name in names.split()
}
_MONTH = r"(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_TH = r"(?:st|nd|rd|th)?"
_TO = r"\s*(?:-|to|until|through|and|or|sampai|hingga|dan|atau|s\.?d\.?)\s*"
URL = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,11}://|www\.|(?:mailto|javascript|data|vbscript|tel):)[^\s<>\"'`|]+|"
    # What goes on behind an address with "+" or "." begins another.
    r"(?:(?<![\w.+-])[\w.+-]++|(?<=[\w-])[+.][\w.+-]{0,63}+)@[\w-]++(?:\.[\w-]++)+|"
    # A name's parts are looked through once, from the first: what follows "part." is no start.
    r"(?<![a-z0-9-])(?<![a-z0-9-]\.)(?:[a-z0-9-]++\.)+(?:com|net|org|info|biz|io|ai|app|dev|co|id|edu|gov|xyz|site|online|link|"
    r"click|top|shop|example|test|invalid|ru|cn|me|ly|cc|tk|uk|us|eu|de|sg|my|au)\b(?:/[^\s<>\"'`|]*)?",
    re.IGNORECASE,
)
# No address is without one of these signs within a word; looking for them takes a thirtieth.
HAS_SIGN_OF_ADDRESS = re.compile(r"[.:@]\S")
_MAY_BE_ADDRESS = re.compile(r"[a-zA-Z]\.[a-zA-Z]|@|:[^\s\d]|://")
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_SLASHED = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}}){_TH}(?:{_TO}(\d{{1,2}}){_TH})?\s+(?:of\s+)?({_MONTH})", re.IGNORECASE
)
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\s+(\d{{1,2}})(?!\d|[.:,]\d){_TH}(?:{_TO}(\d{{1,2}})(?!\d){_TH})?", re.IGNORECASE
)
# "May" is a verb more often than a month.
_MONTH_ALONE = re.compile(
    rf"\b(?!may\b)(?:{_MONTH})|(?<=in )may\b|(?<=of )may\b|\bmay(?= \d{{4}})", re.IGNORECASE
)
_CLOCK = re.compile(
    r"\b(\d{1,2})(?:[.:](\d{2}))?\s*([ap])\.?m\b\.?|\b(\d{1,2}):(\d{2})\b", re.IGNORECASE
)
_CURRENCY = re.compile(
    r"(?:\b(?:rp|idr|usd|eur|gbp|sgd|myr|aud|jpy)\.?|us\$|[$€£¥])\s*(?=\d)", re.I
)
_CODE = re.compile(r"\b(?=[\w-]{0,64}[A-Z])[A-Za-z]{1,10}-?\d[\w-]*|\b[a-z]{1,4}\d[\w-]*")
_COUNTING = NUMBER_WORDS - {"one", "satu"}
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_UNITS = (
    ("%", re.compile(r"%|\bpercent|\bpersen", re.I)),
    ("rupiah", re.compile(r"\brp\b|\brp(?=[.\d])|\bidr\b|\bidr(?=\d)|\brupiah", re.I)),
    ("dollar", re.compile(r"\$|\busd\b|\busd(?=\d)|\bdollars?\b|\bdolar\b", re.I)),
    ("euro", re.compile(r"€|\beur\b|\beuros?\b", re.I)),
    ("pound", re.compile(r"£|\bgbp\b|\bpounds?\b", re.I)),
)  # fmt: skip
# What each of these has in it, where a text is ASCII.
_HINTS_OF_UNITS = (
    ("%", "percent", "persen"), ("rp", "idr", "rupiah"), ("$", "usd", "dollar", "dolar"),
    ("eur",), ("gbp", "pound"),
)  # fmt: skip

_SAME = str.maketrans(
    dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("‘’‚‛′`´", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)


# Words that are read as facts, and are no claim beside them. Short months are words besides.
FACT_WORDS = frozenset(
    {
        *NUMBER_WORDS, *(name for name in MONTHS if len(name) > 3), *(DAYS.keys() - {"minggu"}),
        *"rp idr usd eur gbp sgd rupiah dollar dollars dolar euro euros percent persen".split(),
    }
) - {"one", "satu"}  # fmt: skip


def folded(text: str) -> str:
    """The text with one form of each quote, dash, blank and compatible character."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)


def urls(text: str) -> list[str]:
    """The web and mail addresses in a text, each without the stop that ends its sentence."""
    if not HAS_SIGN_OF_ADDRESS.search(text):
        return []
    return [address_of(match) for match in URL.finditer(text)]


def address_of(match: re.Match[str]) -> str:
    """The address that `URL` found, without the stop that ends its sentence."""
    return match.group().rstrip(".,;:!?)]}'\"*_")


def units(text: str) -> frozenset[str]:
    """The currencies, and the percent, that a text mentions."""
    if text.isascii():  # where the patterns are looked for only in what may hold them
        lowered = text.lower()
        may_be = [any(map(lowered.__contains__, hints)) for hints in _HINTS_OF_UNITS]
        if not any(may_be):
            return frozenset()
        units_there = compress(_UNITS, may_be)
        return frozenset(name for name, pattern in units_there if pattern.search(text))
    return frozenset(name for name, pattern in _UNITS if pattern.search(text))


@lru_cache(maxsize=1024)
def stated(text: str) -> tuple[Fact, ...]:
    """The numbers, amounts, dates, times, codes and addresses of a folded text; not its names."""
    found: list[Fact] = []
    text = _take_addresses(text, found)
    # Most texts name no month and spell no number: what looks for these is not run on them.
    words = set(_LETTERS.findall(text.lower()))
    text = _take_dates(text, found, has_month=not words.isdisjoint(MONTHS))
    if not words.isdisjoint(DAYS):
        found += _weekdays(text)
    if _DIGIT.search(text):
        text = _take_numbers(text, found)
    if not words.isdisjoint(_COUNTING):
        found += spelled(text)
    return tuple(found)


def _take_addresses(text: str, found: list[Fact]) -> str:
    if not _MAY_BE_ADDRESS.search(text):
        return text
    found += [frozenset({"url:" + address}) for address in urls(text)]
    return URL.sub(" ", text)


def _take_dates(text: str, found: list[Fact], *, has_month: bool) -> str:
    def take(pattern: re.Pattern[str], read: Callable[[re.Match[str]], list[Fact] | None]) -> None:
        nonlocal text

        def record(match: re.Match[str]) -> str:
            facts = read(match)
            if facts is None:
                return match.group()
            found.extend(facts)
            return " "

        text = pattern.sub(record, text)

    if _DIGIT.search(text):
        take(_ISO, lambda m: [*_days(m[2], m[3]), number(m[1])])
        take(
            _SLASHED,
            lambda m: [
                _day(int(m[2]), int(m[1])) | _day(int(m[1]), int(m[2])),
                frozenset({f"month:{int(m[1])}", f"month:{int(m[2])}"}),
                number(m[3]),
            ],
        )
        if has_month:
            take(_DAY_FIRST, lambda m: _days(m[3], m[1], m[2]))
            take(_MONTH_FIRST, lambda m: _days(m[1], m[2], m[3]))
        take(_CLOCK, _time)
    if has_month:
        take(_MONTH_ALONE, _month)
    return text


def _weekdays(text: str) -> list[Fact]:
    # "minggu" is a week, "Minggu" a Sunday.
    return [
        frozenset({f"weekday:{DAYS[word.lower()]}"})
        for word in _LETTERS.findall(text)
        if word[0].isupper() and word.lower() in DAYS
    ]


def _day(month: int, day: int) -> Fact:
    return frozenset({f"day:{month}-{day}"})


def _days(month: str, *days: str | None) -> list[Fact]:
    number = int(month) if month.isdigit() else MONTHS[month.lower().rstrip(".")]
    dates = [_day(number, int(day)) for day in days if day]
    return [*dates, frozenset({f"month:{number}"})]


def _month(match: re.Match[str]) -> list[Fact] | None:
    word = match.group().rstrip(".")
    # "mar" and "may" are words; a month alone is told by its capital.
    if not word[0].isupper():
        return None
    return [frozenset({f"month:{MONTHS[word.lower()]}"})]


def _time(match: re.Match[str]) -> list[Fact] | None:
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    if hour > 24 or minute > 59:
        return None
    half = (match[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return [frozenset({f"time:{hour}:{minute}"})]


def _take_numbers(text: str, found: list[Fact]) -> str:
    text = _CURRENCY.sub(" ", text)

    def code(match: re.Match[str]) -> str:
        found.append(frozenset({"code:" + match.group().replace("-", "").lower()}))
        return " "

    text = _CODE.sub(code, text)
    found += [number(m.group().rstrip("% \t"), m[1]) for m in NUMBER.finditer(text)]
    return NUMBER.sub(" ", text)
