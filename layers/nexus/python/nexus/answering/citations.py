"""Reads and rewrites the `[n]` markers by which an answer cites its passages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MARKER = re.compile(r"\[(\d{1,2})\]")
# Models also write several numbers in one pair of brackets.
_GROUP = re.compile(r"\[(\d{1,2}(?:\s*[,;]\s*\d{1,2})+)\]")
# Markers that stand together, with the blanks before and between them, and what comes next.
_RUN = re.compile(r"(?<![ \t])([ \t]*+)(\[\d{1,2}\](?:[ \t]*+\[\d{1,2}\])*)(?=(.?))")
_NUMBER = re.compile(r"\d+")
# What may follow a word without a blank, the end of the line among it.
_STOPS = " \t.,;:!?"

# A passage's number, and the numbers of its sentences.
CITATION = re.compile(r"\[(\d{1,2})(?:\.(\d{1,3})(?:-(\d{1,3}))?)?\]")


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage, counted from 1, and its sentences `first` to `last`; None is the whole passage."""

    passage: int
    first: int | None = None
    last: int | None = None


def citations_in(text: str) -> tuple[Citation, ...]:
    """What a text cites as `[2]`, `[2.3]` or `[2.3-4]`, each once, in order."""
    return tuple(dict.fromkeys(map(_citation, CITATION.finditer(text))))


def with_plain_markers(text: str) -> tuple[str, tuple[Citation, ...]]:
    """The text with `[2.3]` as `[2]`, and the citation of each of its markers in order."""
    found = tuple(map(_citation, CITATION.finditer(text)))
    return CITATION.sub(lambda marker: f"[{marker[1]}]", text), found


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

    A dropped marker leaves no odd blank, and nothing else of the text changes.
    """

    def rewrite(run: re.Match[str]) -> str:
        blanks, markers, following = run.groups()
        new = dict.fromkeys(numbers.get(int(old)) for old in _NUMBER.findall(markers))
        kept = "".join(f"[{number}]" for number in new if number)
        # What is dropped takes its blanks along, unless they part two words.
        return f"{blanks}{kept}" if kept or following not in _STOPS else ""

    return _RUN.sub(rewrite, text)
