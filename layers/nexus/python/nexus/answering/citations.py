"""Reads and rewrites the `[n]` markers by which an answer cites its passages.

A canonical marker is `[2]` for a passage, `[2.3]` for a sentence of it and `[2.3-4]` for several;
passages and sentences count from 1. `notations.canonical` makes them of whatever a model wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# One marker as a pattern; group 1 is the passage.
MARKER = re.compile(r"\[(\d{1,2})(?:\.\d{1,3}(?:-\d{1,3})?)?\]")
# The same without groups, for the patterns that markers are a part of.
ANY_MARKER = r"\[\d{1,2}(?:\.\d{1,3}(?:-\d{1,3})?)?\]"
_PARTS = re.compile(r"\[(\d{1,2})(?:\.(\d{1,3})(?:-(\d{1,3}))?)?\]")
# Models also write several numbers in one pair of brackets.
_GROUP = re.compile(r"\[(\d{1,2}(?:\s*[,;]\s*\d{1,2})+)\]")
# Markers that stand together, with the blanks before and between them, and what comes next.
_RUN = re.compile(rf"(?<![ \t])([ \t]*+)({ANY_MARKER}(?:[ \t]*+{ANY_MARKER})*)(?=(.?))")
_NUMBER = re.compile(r"\d+")
# What may follow a word without a blank, the end of the line among it.
_STOPS = " \t.,;:!?"


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage, or of it the sentences from `first` to `last`; all count from 1."""

    passage: int
    first: int | None = None
    last: int | None = None

    def __str__(self) -> str:
        """The canonical marker."""
        if self.first is None:
            return f"[{self.passage}]"
        last = "" if self.last in (None, self.first) else f"-{self.last}"
        return f"[{self.passage}.{self.first}{last}]"


def citations_in(text: str) -> tuple[Citation, ...]:
    """What the text's canonical markers cite, each once, in order; `[2.3]` has first == last."""
    return tuple(dict.fromkeys(map(_citation, _PARTS.finditer(text))))


def with_plain_markers(text: str) -> tuple[str, tuple[Citation, ...]]:
    """The text with `[2.3]` as `[2]`, and the citation of each of its markers in order."""
    found = tuple(map(_citation, _PARTS.finditer(text)))
    return _PARTS.sub(lambda marker: f"[{marker[1]}]", text), found


def _citation(marker: re.Match[str]) -> Citation:
    passage, first, last = marker.groups()
    if first is None:
        return Citation(int(passage))
    return Citation(int(passage), int(first), int(last or first))


def single_markers(text: str) -> str:
    """The text with `[1, 2]` written as `[1][2]`."""
    return _GROUP.sub(lambda group: f"[{']['.join(_NUMBER.findall(group[1]))}]", text)


def renumber(text: str, numbers: Mapping[int, int]) -> str:
    """The text with its markers' numbers exchanged, and without those that have no new one.

    What a marker said of sentences is left out. A dropped marker leaves no odd blank, and nothing
    else of the text changes.
    """

    def rewrite(run: re.Match[str]) -> str:
        blanks, markers, following = run.groups()
        new = dict.fromkeys(numbers.get(int(old)) for old in MARKER.findall(markers))
        kept = "".join(f"[{number}]" for number in new if number)
        # What is dropped takes its blanks along, unless they part two words.
        return f"{blanks}{kept}" if kept or following not in _STOPS else ""

    return _RUN.sub(rewrite, text)
