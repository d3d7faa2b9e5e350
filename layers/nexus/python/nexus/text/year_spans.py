"""Reads centuries and decades as the years that they span."""

from __future__ import annotations

import re

_CENTURY = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|\.|e|è)?[\s-]*(?:century|centuries|jahrhundert|siècle)"
)
_CENTURY_WORDS = {
    word: n
    for n, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
        "twentieth".split(),
        start=1,
    )
} | {"twenty-first": 21}
_CENTURY_SPELLED = re.compile(
    r"\b(" + "|".join(sorted(_CENTURY_WORDS, key=len, reverse=True)) + r")[ -]centur(?:y|ies)"
)
_CENTURY_AFTER = re.compile(
    r"(?:abad(?: ke)?-?|siglo)\s?(\d{1,2})\b|(\d{1,2})\s?(?:世纪|世紀|세기)"
)
_YEARS = re.compile(r"\b([12]\d)([0-9])0'?s\b")


def year_spans(text: str) -> list[tuple[int, int, int, int]]:
    """The centuries and decades of a lower-case text: start, end, first and last year."""
    spans: list[tuple[int, int, int, int]] = []
    for pattern in (_CENTURY, _CENTURY_AFTER):
        for match in pattern.finditer(text):
            last = int(match[1] or match[2]) * 100
            spans.append((match.start(), match.end(), last - 100, last))
    for match in _CENTURY_SPELLED.finditer(text):
        last = _CENTURY_WORDS[match[1]] * 100
        spans.append((match.start(), match.end(), last - 100, last))
    for match in _YEARS.finditer(text):
        first = int(match[1] + match[2]) * 10
        spans.append((match.start(), match.end(), first, first + (9 if match[2] != "0" else 100)))
    return sorted(spans)
