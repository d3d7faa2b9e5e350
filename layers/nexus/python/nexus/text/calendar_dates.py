"""Reads dates, months, weekdays and times of the day as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Dated = tuple[Literal["date", "month", "weekday", "time"], int, int, tuple[float, ...], str]

_NAMES = (
    "january januari jan januar janvier enero|february februari feb februar février febrero|"
    "march maret mar märz mars marzo|april apr avril abril|may mei mai mayo|"
    "june juni jun juin junio|july juli jul juillet julio|"
    "august agustus aug agu août agosto|september sept sep septembre septiembre|"
    "october oktober oct okt octobre octubre|november nov novembre noviembre|"
    "december desember dec des dezember décembre diciembre"
)
_MONTHS = {
    name: month for month, names in enumerate(_NAMES.split("|"), start=1) for name in names.split()
}
_DAYS = {
    name: day
    for day, names in enumerate(
        "monday mondays senin montag lundi lunes 월요일 星期一 周一|"
        "tuesday tuesdays selasa dienstag mardi martes 화요일 星期二 周二|"
        "wednesday wednesdays rabu mittwoch mercredi miércoles 수요일 星期三 周三|"
        "thursday thursdays kamis donnerstag jeudi jueves 목요일 星期四 周四|"
        "friday fridays jumat freitag vendredi viernes 금요일 星期五 周五|"
        "saturday saturdays sabtu samstag samedi sábado 토요일 星期六 周六|"
        "sunday sundays sonntag dimanche domingo 일요일 星期日 周日".split("|")
    )
    for name in names.split()
}
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
# Short names and words of other meanings ("may", "mars", "des") are months beside a number only.
_ALONE = r"\b(?:" + "|".join(m for m in _MONTHS if len(m) > 4 and m not in ("march",)) + r")\b"
MONTH_WORDS = re.compile(
    _ALONE
    + "|"
    + "|".join(_DAYS)
    + r"|\bnoon\b|\bmidnight\b|\bmidday\b|half past|o'clock|half-past"
)
_TH = r"(?:st|nd|rd|th|er|\.)?"
_TO = r"\s?(?:-|to|until|through|and|or|sampai|hingga|dan|atau|bis|und|au|et|al|y)\s?"
_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_SLASHED = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}}){_TH}(?:{_TO}(\d{{1,2}}){_TH})?\s?(?:(?:of|de)\s)?({_MONTH})"
)
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\s?(?:the\s)?(\d{{1,2}})(?!\d|[.:,]\d){_TH}(?:{_TO}(\d{{1,2}})(?!\d){_TH})?"
)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})(?=,?\s(?:de\s)?\d{{4}}\b)|{_ALONE}")
_EASTERN = re.compile(r"(\d{1,2})\s?[月월]\s?(?:(\d{1,2})\s?[日일号])?(?![个個])")
_DAY = re.compile(r"\b(?:" + "|".join(d for d in _DAYS if d[0] < "z") + r")\b|"
                  + "|".join(d for d in _DAYS if d[0] > "z"))  # fmt: skip
_CLOCK = re.compile(
    r"\b(\d{1,2})(?:[.:](\d{2}))?\s?([ap])\.?\s?m\b\.?|\b(\d{1,2}):(\d{2})\b(?!:\d)|"
    r"(?:\b(?:pukul|jam|at|um|à|from|until|by)\s)(\d{1,2})[.h](\d{2})\b(?!\.?\d|\s?[ap]\.?m)|"
    r"\b(0\d|1\d|2[0-4])\.([0-5]\d)\b(?![.,]?\d)"
)
_OCLOCK = re.compile(
    r"\b(\d{1,2}|[a-z]{3,6})\s?(?:o'clock|uhr)\b|\b(?:pukul|jam)\s(\d{1,2})\b(?![.:,]\d)"
)
_PAST = re.compile(r"\b(half|quarter)[ -](past|to)\s(\d{1,2}|[a-z]{3,6})\b|"
                   r"\bhalb\s([a-zäöüß]{3,6})\b|\bsetengah\s([a-z]{4,8})\b")  # fmt: skip
_HOURS = {
    word: hour
    for hour, words in enumerate(
        "one satu eins|two dua zwei|three tiga drei|four empat vier|five lima fünf|six enam sechs|"
        "seven tujuh sieben|eight delapan acht|nine sembilan neun|ten sepuluh zehn|"
        "eleven sebelas elf|twelve zwölf".split("|"),
        start=1,
    )
    for word in words.split()
}
_NAMED = re.compile(r"\b(noon|midday|midnight)\b")
_LATER = re.compile(r"\s?(?:in the (?:afternoon|evening)|at night|malam|sore|siang|abends)\b")
_EARLIER = re.compile(r"\s?(?:in the morning|pagi|morgens)\b")


def taken_dates(text: str) -> Iterator[Dated]:
    """The dates of a lower-case text: kind, start, end, values and key; none overlap.

    A date's values are its day, its month if that is a number, and its year if it has one; a
    time's are minutes of the day, two where nothing tells morning from afternoon.
    """
    taken: list[tuple[int, int]] = []
    for one in _dates(text):
        _, start, end, _, _ = one
        if not any(a < end and start < b for a, b in taken):
            taken.append((start, end))
            yield one


def _dates(text: str) -> Iterator[Dated]:
    for m in _ISO.finditer(text):
        yield "date", *m.span(), (float(m[3]), float(m[2]), float(m[1])), _key(m[2], m[3])
    for m in _SLASHED.finditer(text):
        key = "|".join(sorted({_key(m[1], m[2]), _key(m[2], m[1])}))
        yield "date", *m.span(), (float(m[1]), float(m[2]), float(m[3])), key
    for m in _DAY_FIRST.finditer(text):
        month = _MONTHS[m[3].rstrip(".")]
        days = [d for d in (m[1], m[2]) if d]
        yield "date", *m.span(), tuple(map(float, days)), _keys(month, days)
    for m in _MONTH_FIRST.finditer(text):
        month = _MONTHS[m[1].rstrip(".")]
        days = [d for d in (m[2], m[3]) if d]
        yield "date", *m.span(), tuple(map(float, days)), _keys(month, days)
    for m in _EASTERN.finditer(text):
        if m[2]:
            yield "date", *m.span(), (float(m[2]), float(m[1])), _key(m[1], m[2])
        else:
            yield "month", *m.span(), (float(m[1]),), m[1].lstrip("0")
    for m in _MONTH_YEAR.finditer(text):
        month = _MONTHS[m.group().rstrip(".")]
        yield "month", *m.span(), (), str(month)
    for m in _DAY.finditer(text):
        yield "weekday", *m.span(), (), str(_DAYS[m.group()])
    yield from _times(text)


def _key(month: str, day: str) -> str:
    return f"{month.lstrip('0')}-{day.lstrip('0')}"


def _keys(month: int, days: list[str]) -> str:
    return "&".join(_key(str(month), day) for day in days)


def _times(text: str) -> Iterator[Dated]:
    for m in _PAST.finditer(text):
        word = m[3] or m[4] or m[5]
        hour = int(word) if word.isdigit() else _HOURS.get(word)
        if hour is None or (m[5] and not text[: m.start()].rstrip().endswith(("pukul", "jam"))):
            continue
        shift = -30 if m[4] or m[5] else 30 if m[1] == "half" else 15
        yield _at(text, m, hour * 60 + (-shift if m[2] == "to" else shift), fixed=False)
    for m in _CLOCK.finditer(text):
        hour = int(m[1] or m[4] or m[6] or m[8])
        minute = int(m[2] or m[5] or m[7] or m[9] or 0)
        if hour > 24 or minute > 59:
            continue
        if m[3]:
            hour = hour % 12 + (12 if m[3] == "p" else 0)
        written = m[4] or m[6] or m[8] or ""
        yield _at(text, m, hour * 60 + minute, fixed=bool(m[3]) or written[:1] == "0")
    for m in _OCLOCK.finditer(text):
        word = m[1] or m[2]
        number = int(word) if word.isdigit() else _HOURS.get(word)
        if number is not None and number <= 24:
            yield _at(text, m, number * 60, fixed=word[0] == "0")
    for m in _NAMED.finditer(text):
        yield "time", *m.span(), ((0.0, 1440.0) if m[1] == "midnight" else (720.0,)), m[1]


def _at(text: str, match: re.Match[str], minutes: int, *, fixed: bool) -> Dated:
    if not fixed and _LATER.match(text, match.end()):
        values = ((minutes + 720.0) if minutes < 720 else float(minutes),)
    elif fixed or minutes >= 780 or _EARLIER.match(text, match.end()):
        values = (float(minutes),)
    else:
        return "time", *match.span(), (float(minutes), float((minutes + 720) % 1440)), ""
    return "time", *match.span(), values, ""
