"""Cuts a section's texts into pieces: the smallest stretches that a chunk is put together from.

A piece is a paragraph or a table row; of one longer than a chunk, a sentence or a line; of a longer
sentence, a few words. Where a piece begins and ends depends on the words around its ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from nexus.models import LocatedText, TableRow

if TYPE_CHECKING:
    from semantic_text_splitter import TextSplitter

SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]\s*|\n\s*")
_WORD = re.compile(r"\S+")
_STRETCH = 8
# One word of eight begins a piece of a long sentence.
_WORDS = 8


class Border(IntEnum):
    """What begins with a piece, from the border that is given up first to the one kept longest."""

    SYLLABLE = 0
    WORD = 1
    SENTENCE = 2
    PARAGRAPH = 3


class Piece(NamedTuple):  # a long document has hundreds of thousands
    """A stretch of a section's text that is not cut; `row` is the table row that it is of."""

    start: int
    end: int
    row: int | None
    border: Border


# Makes one of the tuple of all its fields, in half the time.
_made: Callable[[tuple[int, int, int | None, Border]], Piece] = partial(tuple.__new__, Piece)


class TableStretch(NamedTuple):
    """Where the lines of a table that one text says stand in its section."""

    start: int
    end: int
    rows: tuple[TableRow | None, ...]


class LaidOut(NamedTuple):
    """A section's texts as one string, its pieces, and where it says rows of tables."""

    text: str
    pieces: list[Piece]
    tables: list[TableStretch]


def lay_out(texts: Sequence[LocatedText], longest: int, capacity: int) -> LaidOut:
    """The section's texts as one string, and its pieces of at most `longest` characters.

    A text without spaces is cut into pieces of at most `capacity` characters.
    """
    parts: list[str] = []
    pieces: list[Piece] = []
    tables: list[TableStretch] = []
    at = 0
    for located in texts:
        text, row = located.text.strip(), located.locator.row
        if not text:
            continue
        if parts:
            separator = "\n" if row is not None and pieces[-1].row is not None else "\n\n"
            parts.append(separator)
            at += len(separator)
        if len(text) <= longest:
            pieces.append(_made((at, at + len(text), row, Border.PARAGRAPH)))
        else:
            border: Border | None = Border.PARAGRAPH
            for start, end, kind in _cuts(text, longest, capacity):
                pieces.append(_made((at + start, at + end, row, border or kind)))
                border = None
        parts.append(text)
        if located.rows:
            tables.append(TableStretch(at, at + len(text), located.rows))
        at += len(text)
    return LaidOut("".join(parts), pieces, tables)


def _cuts(text: str, longest: int, capacity: int) -> Iterator[tuple[int, int, Border]]:
    """Start, end and border of each piece of a paragraph that is longer than one."""
    for start, end in _sentences(text):
        border = Border.SENTENCE
        if end - start <= longest:
            yield start, end, border
            continue
        for first, behind in _words(text, start, end, longest):
            if behind - first <= longest:
                yield first, behind, border
            else:
                for at, cut in _syllables(text[first:behind], capacity):
                    yield first + at, first + at + len(cut), border
                    border = Border.SYLLABLE
            border = Border.WORD


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence or line, without the space around it."""
    start = 0
    for match in SENTENCE_END.finditer(text):
        end = match.end()
        if end < len(text) and not text[end].islower():  # "e.g. this" goes on
            yield start, match.start() + len(match[0].rstrip())
            start = end
    yield start, len(text)


def _words(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """A long sentence a few words at a time, begun by words that their spelling chooses."""
    first = behind = start
    for word in _WORD.finditer(text, start, end):
        begins = crc32(word[0].encode(errors="surrogatepass")) % _WORDS == 0
        if behind > first and (begins or (word.end() - first) * _WORDS > longest):
            yield first, behind
            first = word.start()
        behind = word.end()
    yield first, behind


def _syllables(word: str, capacity: int) -> Iterator[tuple[int, str]]:
    """A text without spaces, cut between characters as people count them.

    The splitter's time grows with the square of a text's length, so it gets stretches.
    """
    for at in range(0, len(word), _STRETCH * capacity):
        for start, cut in _splitter(capacity).chunk_indices(word[at : at + _STRETCH * capacity]):
            yield at + start, cut


@lru_cache(maxsize=8)
def _splitter(capacity: int) -> TextSplitter:
    from semantic_text_splitter import TextSplitter

    return TextSplitter(capacity)
