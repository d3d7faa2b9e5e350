"""Finds where the paragraphs of a text begin and end, and the rows of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BREAK = re.compile(r"\n[ \t]*\n")
# A row as `ingestion.parsing.tables` writes it: "Header: value; Header: value".
_ROW = re.compile(r"[^:;\n]{1,60}: [^;\n]*; \S")


def paragraphs(text: str) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each paragraph; a table's row is one by itself."""
    at = 0
    for gap in [*_BREAK.finditer(text), None]:
        stop = gap.start() if gap else len(text)
        lines = text[at:stop].split("\n")
        if any(_ROW.match(line) for line in lines):
            start = at
            for line in lines:
                yield start, start + len(line), True
                start += len(line) + 1
        elif stop > at:
            yield at, stop, False
        at = gap.end() if gap else stop
