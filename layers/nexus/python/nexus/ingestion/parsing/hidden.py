"""Tells what an author hid or struck out in a document, and says that it is left out."""

from __future__ import annotations

import re

from nexus.models import ReadingWarning

ADVICE = "Show it and upload the document again, or set NEXUS_READ_HIDDEN to have it read."
# Each of red, green and blue; nobody tells lighter letters from paper.
_WHITE = 0xF8
_HEX = re.compile(r"#?([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})")


def left_out(what: str, where: str = "") -> ReadingWarning:
    """The warning that `what`, such as "a hidden slide is", is left out."""
    return ReadingWarning(f"{what} left out", where, ADVICE)


def hidden_text(places: int, where: str = "") -> ReadingWarning:
    """The warning that hidden text is left out in so many places."""
    if places == 1:
        return left_out("hidden text is", where)
    return left_out(f"hidden text in {places} places is", where)


def struck_text(where: str = "") -> ReadingWarning:
    """The warning that text which is struck out is left out."""
    return left_out("struck-out text is", where)


def is_near_white(colour: str) -> bool:
    """Whether a colour such as "FFFFFF" cannot be seen on white."""
    match = _HEX.fullmatch(colour)
    return match is not None and all(int(part, 16) >= _WHITE for part in match.groups())
