"""Cuts style sheets (CSS) into their statements, whatever is broken in them, without recursion."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Quotes, addresses and escapes go by whole, so that what stands in them ends nothing.
_PIECE = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*+[\"\n]?|'(?:[^'\\\n]|\\.)*+['\n]?|/\*|"
    r"url\(\s*+(?![\"'\s])(?:[^)\\]|\\.)*+\)?|\\.|[{}();\[\]]",
    re.S | re.I,
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
# What is shorter and without brackets and quotes is cut at its semicolons.
_MOST_PLAIN = 4_000
_UNPLAIN = re.compile(r"[{}()\"'\\\[\]]|/\*")


def statements(css: str, begin: int, end: int) -> Iterator[tuple[str, tuple[int, int] | None]]:
    """What stands in a block: each declaration or rule, and where the rule's own block is."""
    if end - begin < _MOST_PLAIN and _UNPLAIN.search(css, begin, end) is None:
        yield from ((one.strip(), None) for one in css[begin:end].split(";"))
        return
    depth = opened = 0
    prelude = ""
    for mark, start, at in _marks(css, begin, end):
        if mark == "{":
            if depth == 0:
                prelude, opened = css[begin:start], at
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0:
                yield _said(prelude), (opened, start)
            if depth <= 0:
                depth, begin = 0, at
        elif depth == 0:
            yield _said(css[begin:start]), None
            begin = at
    if depth:
        yield _said(prelude), (opened, end)
    elif begin < end:
        yield _said(css[begin:end]), None


def _marks(css: str, at: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The braces and semicolons that stand outside of brackets, quotes and comments."""
    within = 0
    while (piece := _PIECE.search(css, at, end)) is not None:
        at = piece.end()
        mark = piece[0]
        if mark == "/*":
            close = css.find("*/", at, end)
            at = close + 2 if close >= 0 else end
        elif mark in ("(", "["):
            within += 1
        elif mark in (")", "]"):
            within = max(within - 1, 0)
        elif not within and mark in ("{", "}", ";"):
            yield mark, piece.start(), at


def _said(text: str) -> str:
    return (_COMMENT.sub(" ", text) if "/*" in text else text).strip()
