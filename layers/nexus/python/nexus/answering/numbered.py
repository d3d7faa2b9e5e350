"""Numbers the sentences of a passage: a model cites one, and the server cuts it out verbatim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nexus.models import Passage
from nexus.text.inert import inert_spans
from nexus.text.sentences import sentence_spans

# What ends a sentence in scripts that set no blank behind it, with the quotes that close there.
_STOP = re.compile(r"[。！？｡؟۔।॥]++[\"'”’」』）)\]]*+")
_RULE = re.compile(r"[\s|:+=-]++")
_HAS_WORDS = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class NumberedSentence:
    """The sentence `text[start:end]` of a passage; its number is its place in the order, from 1."""

    start: int
    end: int


def sentences(passage: Passage) -> tuple[NumberedSentence, ...]:
    """The sentences of a passage, in order; the first one is number 1.

    A line ends a sentence, and a table's row is one. Rules of tables, lines without a word and what
    speaks to a machine have no number: the latter is neither shown nor quoted.
    """
    return sentences_of(passage.text)


@lru_cache(maxsize=512)
def sentences_of(text: str) -> tuple[NumberedSentence, ...]:
    """The numbered sentences of a passage's text, as `sentences` gives them."""
    inert = inert_spans(text)
    return tuple(
        NumberedSentence(start, end)
        for start, end in _pieces(text)
        if _HAS_WORDS.search(text, start, end) and not any(a < end and start < b for a, b in inert)
    )


def cut(passage: Passage, first: int, last: int | None = None) -> tuple[int, int] | None:
    """Where the sentences from `first` to `last` stand in the passage's text, or None.

    A `last` beyond the end, or before `first`, is read as the nearest that there is.
    """
    found = sentences(passage)
    if not 1 <= first <= len(found):
        return None
    end = min(max(last or first, first), len(found))
    return found[first - 1].start, found[end - 1].end


def header_of(text: str, sentence: NumberedSentence) -> str:
    """The header of the Markdown table that a row stands in, or "" where there is none."""
    if not text.startswith("|", sentence.start):
        return ""
    return _headers(text).get(sentence.start, "")


@lru_cache(maxsize=256)
def _headers(text: str) -> dict[int, str]:
    """The header of each row, by where the row begins."""
    found: dict[int, str] = {}
    at, header, above = 0, "", ""
    for line in text.split("\n"):
        row = line.strip()
        start = at + len(line) - len(line.lstrip())
        at += len(line) + 1
        if not row.startswith("|"):
            header = above = ""
        elif _RULE.fullmatch(row):
            header = above
        else:
            if header:
                found[start] = header
            above = row
    return found


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    for start, end in sentence_spans(text):
        if text.startswith("|", start):
            yield start, end
            continue
        begin = start
        for stop in _STOP.finditer(text, start, end):
            yield begin, stop.end()
            begin = stop.end()
            while begin < end and text[begin].isspace():
                begin += 1
        if begin < end:
            yield begin, end
