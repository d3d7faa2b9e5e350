"""Finds the names in a text that are written in one way only: --all, nut.conf, YY_NULL, maxSize.

Neither stems nor an embedding keep their strokes, dots and capitals; a text either holds them as
they are written, or is not about them.
"""

from __future__ import annotations

import re
from functools import lru_cache

# An option; a name with a stroke, a dot or a line in it; what is called, as main() is.
_LITERAL = re.compile(
    r"(?<![\w-])--?[A-Za-z][\w-]{0,40}|"
    r"(?<![\w/.])[A-Za-z][A-Za-z0-9]{0,40}(?:[_/.][A-Za-z0-9]{1,40}){1,9}|"
    r"(?<!\w)[A-Za-z_]\w{0,40}\(\)|"
    r"(?<![\w-])(?:[a-z]{2,20}|[A-Z][a-z]{1,20}[A-Z][a-z]{1,20})[A-Z][A-Za-z0-9]{0,40}(?![\w-])"
)
# More of them in one question tell no more.
MOST = 8
# The dots that lead from an entry of a list of contents, or of an index, to its page.
_LEADERS = re.compile(r"(?:\. ?){5,400}")
# A text of which such dots are this share is a list of places.
LEADING = 0.3


@lru_cache(maxsize=64)
def literals(text: str) -> tuple[str, ...]:
    """The literal names of a text, each once, in order; at most 8."""
    return tuple(dict.fromkeys(_LITERAL.findall(text)))[:MOST]


def share_held(names: tuple[str, ...], text: str) -> float:
    """The share of the names, from 0 to 1, that stand in a text as written; 0 without any."""
    if not names:
        return 0.0
    return sum(bool(_as_written(name).search(text)) for name in names) / len(names)


def lists_places(text: str) -> bool:
    """Whether a text is part of a list of contents or an index, which answers nothing itself."""
    if ".." not in text and ". ." not in text:
        return False
    dots = sum(found.end() - found.start() for found in _LEADERS.finditer(text))
    return dots > LEADING * len(text)


@lru_cache(maxsize=1_000)
def _as_written(name: str) -> re.Pattern[str]:
    # The path that stands right behind an option, as in -L/usr/lib, makes another thing of it; the
    # option's other name does not, as in -v/--verbose.
    end = "" if name[-1] == ")" else r"(?![\w-]|/(?!-))" if name[0] == "-" else r"(?![\w-])"
    return re.compile(rf"(?<![\w-]){re.escape(name)}{end}")
