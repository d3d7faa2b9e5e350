"""Reads the cells of a column as dates: in digits, or with a month in English or Indonesian."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from nexus.text.facts import MONTHS

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.{0,20})?")
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
# As tables in Indonesian shorten them, beside what running text has.
_MONTHS = {
    **MONTHS,
    "agt": 8,
    "agst": 8,
    "ags": 8,
    "nop": 11,
    "nopember": 11,
    "peb": 2,
    "pebruari": 2,
}
_DAY_FIRST = re.compile(r"(?:[^\W\d]{2,12},?\s+)?(\d{1,2})\s+([^\W\d]{3,12})\.?,?\s+(\d{4})")
_MONTH_FIRST = re.compile(r"([^\W\d]{3,12})\.?\s+(\d{1,2}),?\s+(\d{4})")


def is_month_first(cells: Iterable[str]) -> bool:
    """Whether dates like 08/31/2026 begin with the month, as a day over 12 behind it tells.

    Where none tells, the day stands first.
    """
    read = [match for cell in cells if (match := _SLASHED.fullmatch(cell.strip()))]
    return any(int(match[3]) > 12 for match in read) and not any(int(m[1]) > 12 for m in read)


def is_order_unsure(cells: Iterable[str]) -> bool:
    """Whether nothing tells if dates like 03/04/2026 begin with the day or the month."""
    read = [match for cell in cells if (match := _SLASHED.fullmatch(cell.strip()))]
    ordered = [m for m in read if "." not in m[2]]  # dots are put behind the day
    tells = any(int(m[1]) > 12 or int(m[3]) > 12 for m in read)
    return not tells and any(m[1] != m[3] for m in ordered)


def date_of(cell: str, *, month_first: bool = False) -> date | None:
    """A cell's date; None for what is none, or only a part of one."""
    text = cell.strip()[:60]
    if match := _ISO.fullmatch(text):
        return _made(match[1], match[2], match[3])
    if match := _SLASHED.fullmatch(text):
        month, day = (match[1], match[3]) if month_first else (match[3], match[1])
        year = match[4]
        return _made(year if len(year) == 4 else f"{19 if year > '69' else 20}{year}", month, day)
    if match := _DAY_FIRST.fullmatch(text):
        return _made(match[3], match[2], match[1])
    if match := _MONTH_FIRST.fullmatch(text):
        return _made(match[3], match[1], match[2])
    return None


def _made(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None
