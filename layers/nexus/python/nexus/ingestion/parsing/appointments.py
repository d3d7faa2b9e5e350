"""Reads what invitations in messages say (iCalendar, RFC 5545): what, when, where and who."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from nexus.ingestion.parsing.cleaning import clean

_FOLDED = re.compile(r"\r?\n[ \t]")
_FIELD = re.compile(r"([A-Za-z-]{1,30})((?:;(?:[^;:\"]++|\"[^\"]*+\")*+)*+):(.*)", re.S)
_NAMES = {
    "SUMMARY": "Event", "DTSTART": "Start", "DTEND": "End", "DUE": "Due", "DURATION": "Duration",
    "LOCATION": "Place", "ORGANIZER": "Organiser", "ATTENDEE": "Attendees", "CONTACT": "Contact",
    "RRULE": "Repeats", "RDATE": "Also on", "EXDATE": "Not on", "STATUS": "Status",
    "CATEGORIES": "Categories", "RESOURCES": "Resources", "URL": "Link",
    "DESCRIPTION": "Description",
}  # fmt: skip
_TIMES = ("DTSTART", "DTEND", "DUE", "RDATE", "EXDATE")
_PEOPLE = ("ORGANIZER", "ATTENDEE")
# What stands in several lines, each of which adds to one list.
_LISTED = ("ATTENDEE", "RDATE", "EXDATE", "CATEGORIES", "RESOURCES")
_DURATION = re.compile(
    r"\+?P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,5})S)?)?"
)
_UNITS = ("week", "day", "hour", "minute", "second")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
_ZONE = re.compile(r";TZID=(?:\"([^\"]{1,60})\"|([^;:\"]{1,60}))", re.I)
_NAMED = re.compile(r";CN=(?:\"([^\"]{1,200})|([^;:\"]{1,200}))", re.I)
_ESCAPED = re.compile(r"\\([nN,;\\])")
_KINDS = ("VEVENT", "VTODO")
_BEGUN = re.compile(r"^BEGIN:(?:VEVENT|VTODO)\b", re.M | re.I)
_MOST, _LONGEST = 5_000, 8_000_000


def appointments(text: str) -> tuple[list[str], int]:
    """Each event or task of a calendar as lines of "Name: value", and how many more there are.

    The first 5,000 are read, of the first 8 million characters.
    """
    reading = _Reading()
    for line in _FOLDED.sub("", text[:_LONGEST]).split("\n"):
        reading.take(line.rstrip("\r"))
    reading.end()
    rest = len(_BEGUN.findall(text[_LONGEST:])) if len(text) > _LONGEST else 0
    return reading.found, reading.more + rest


class _Reading:
    """The events so far, and what is said of the one that was begun."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.more = 0
        self._said: dict[str, dict[str, None]] | None = None
        # How deep within the event; what stands in it, such as a reminder, is not of it.
        self._depth = 0

    def take(self, line: str) -> None:
        """Takes one line, with what was folded put together."""
        kind, _, what = line.partition(":")
        kind, what = kind.strip().upper(), what.strip().upper()
        if kind == "BEGIN":
            if what in _KINDS:
                self.end()
                self._said, self._depth = {}, 0
            else:
                self._depth += 1
        elif kind == "END":
            if what in _KINDS:
                self.end()
            else:
                self._depth = max(self._depth - 1, 0)
        elif self._said is not None and not self._depth and (field := _FIELD.fullmatch(line)):
            name = field[1].upper()
            if name in _NAMES and (value := clean(_value(name, field[2], field[3]))):
                # In the order in which they are said, each once: some are invited in two roles.
                self._said.setdefault(name, {})[value] = None

    def end(self) -> None:
        """Ends the event that was begun, if one was."""
        if self._said:
            if len(self.found) < _MOST:
                self.found.append("\n".join(_lines(self._said)))
            else:
                self.more += 1
        self._said = None


def _lines(said: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for name, values in said.items():
        for value in [", ".join(values)] if name in _LISTED else values:
            yield f"{_NAMES[name]}: {value}"


def _time(value: str, zone: str) -> str:
    time = _TIME.fullmatch(value.strip())
    if time is None:
        return value
    day = "-".join(time.groups()[:3])
    return f"{day} {time[4]}:{time[5]}{' UTC' if time[6] else zone}" if time[4] else day


def _value(name: str, given: str, value: str) -> str:
    if name in _TIMES:
        # Once for all: a line may have many times, and much before them.
        found = _ZONE.search(given)
        zone = f" {found[1] or found[2]}" if found else ""
        return ", ".join(_time(one, zone) for one in value.split(","))
    if name == "DURATION" and (lasts := _DURATION.fullmatch(value.strip())):
        counted = [(int(n), unit) for n, unit in zip(lasts.groups(), _UNITS, strict=True) if n]
        return " ".join(f"{n} {unit}{'s' * (n != 1)}" for n, unit in counted if n) or value
    if name in _PEOPLE:
        named = _NAMED.search(given)
        own = (named[1] or named[2]).strip() if named else ""
        return own or re.sub("(?i)^mailto:", "", value)
    return _ESCAPED.sub(lambda mark: "\n" if mark[1] in "nN" else mark[1], value)
