"""Which of several forms of an answer a request prefers, by its header Accept.

RFC 9110, 12.5.1.
"""

from __future__ import annotations

from collections.abc import Mapping

# Ranges of a header that are looked at; browsers send eight, Prometheus five.
_MOST = 32


def preferred(accept: str, forms: Mapping[str, str]) -> str:
    """The name of the form that the header prefers, given their media types; else the first.

    The most specific range that fits a type gives its quality, and of equals the first form wins.
    """
    ranges = [_range(part) for part in accept.split(",", _MOST)[:_MOST]]
    return max(forms, key=lambda name: _quality(forms[name], ranges))


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return media, min(max(float(value), 0.0), 1.0)
            except ValueError:
                return media, 0.0
    return media, 1.0


def _quality(media: str, ranges: list[tuple[str, float]]) -> float:
    for pattern in (media, f"{media.partition('/')[0]}/*", "*/*"):
        found = [quality for named, quality in ranges if named == pattern]
        if found:
            return max(found)
    return 0.0
