"""Reads what invitations in messages say (iCalendar, RFC 5545): what, when, where and who."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nexus.ingestion.parsing.cleaning import clean

_FOLDED = re.compile(r"\r?\n[ \t]")
_FIELD = re.compile(r"([A-Z-]{1,30})((?:;[^;:\"]{0,200}(?:\"[^\"]{0,200}\")?){0,9}):(.*)")
_NAMES = {
    "SUMMARY": "Event", "DTSTART": "Start", "DTEND": "End", "DUE": "Due", "LOCATION": "Place",
    "ORGANIZER": "Organiser", "RRULE": "Repeats", "STATUS": "Status", "DESCRIPTION": "Description",
}  # fmt: skip
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ESCAPED = re.compile(r"\\([nN,;\\])")
_MOST = 500


def appointments(text: str) -> Iterator[str]:
    """Each event or task of a calendar as lines of "Name: value"; the first 500."""
    said: list[str] | None = None
    count = 0
    for line in _FOLDED.sub("", text[:1_000_000]).splitlines():
        kind, _, what = line.partition(":")
        if kind == "BEGIN" and what.strip() in ("VEVENT", "VTODO"):
            said = []
        elif kind == "END" and what.strip() in ("VEVENT", "VTODO") and said is not None:
            if said and count < _MOST:
                count += 1
                yield "\n".join(said)
            said = None
        elif said is not None and (field := _FIELD.match(line)) and field[1] in _NAMES:
            value = clean(_value(field[1], field[2], field[3]))
            if value:
                said.append(f"{_NAMES[field[1]]}: {value}")


def _value(name: str, given: str, value: str) -> str:
    if name.startswith("D") and (time := _TIME.fullmatch(value.strip())):
        day = "-".join(time.groups()[:3])
        zone = re.search(r"TZID=([^;:]{1,60})", given)
        where = " UTC" if time[6] else f" {zone[1]}" if zone else ""
        return f"{day} {time[4]}:{time[5]}{where}" if time[4] else day
    if name == "ORGANIZER":
        named = re.search(r"CN=\"?([^;:\"]{1,200})", given)
        return named[1] if named else value.removeprefix("mailto:").removeprefix("MAILTO:")
    return _ESCAPED.sub(lambda mark: "\n" if mark[1] in "nN" else mark[1], value)
