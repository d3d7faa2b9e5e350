"""Reads and rewrites the `[n]` markers by which an answer cites its passages."""

from __future__ import annotations

import re
from collections.abc import Mapping

MARKER = re.compile(r"\[(\d{1,2})\]")
# Models also write several numbers in one pair of brackets.
_GROUP = re.compile(r"\[(\d{1,2}(?:\s*[,;]\s*\d{1,2})+)\]")
# Markers that stand together, with the blanks before and between them, and what comes next.
_RUN = re.compile(r"(?<![ \t])([ \t]*+)(\[\d{1,2}\](?:[ \t]*+\[\d{1,2}\])*)(?=(.?))")
_NUMBER = re.compile(r"\d+")
# What may follow a word without a blank, the end of the line among it.
_STOPS = " \t.,;:!?"


def single_markers(text: str) -> str:
    """The text with `[1, 2]` written as `[1][2]`."""
    return _GROUP.sub(lambda group: f"[{']['.join(_NUMBER.findall(group[1]))}]", text)


def renumber(text: str, numbers: Mapping[int, int]) -> str:
    """The text with its markers' numbers exchanged, and without those that have no new one.

    A dropped marker leaves no odd blank, and nothing else of the text changes.
    """

    def rewrite(run: re.Match[str]) -> str:
        blanks, markers, following = run.groups()
        new = dict.fromkeys(numbers.get(int(old)) for old in _NUMBER.findall(markers))
        kept = "".join(f"[{number}]" for number in new if number)
        # What is dropped takes its blanks along, unless they part two words.
        return f"{blanks}{kept}" if kept or following not in _STOPS else ""

    return _RUN.sub(rewrite, text)
