"""Cuts a parsed document into chunks to embed: pure, deterministic, and local to its sections.

A section is a run of texts of one place: the same page, slide, sheet and heading path. Chunks never
cross sections, so that an edit changes the chunks of its own section only.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from nexus.models import Chunk, LocatedText, Locator, ParsedDocument
from nexus.settings import CHUNKER_VERSION

if TYPE_CHECKING:
    from semantic_text_splitter import TextSplitter

# The last piece of a section joins the chunk before if it is shorter than an eighth of a chunk and
# the two together are at most 1.2 chunks long.
_TINY = 8
_LONGEST = 1.2
# Rows start a new chunk at each multiple of this, so that an edited row moves the borders of the
# chunks around it and not of the whole sheet.
_ROW_WINDOW = 50
_STRETCH = 8
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]\s*|\n\s*")
_ENDS_SENTENCE = re.compile(r"(?:[.!?…。！？:;][\"'”’)\]]*\s*|\n\s*)\Z")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a section's text that is not cut: a paragraph, a row, or part of a long one."""

    start: int
    end: int
    row: int | None


def chunk(
    document: ParsedDocument,
    document_id: str,
    *,
    embedding_model: str,
    max_chars: int = 1000,
    overlap: int = 120,
) -> list[Chunk]:
    """The document's chunks in reading order, each a verbatim stretch of one section.

    A chunk has at most `max_chars` characters, or 1.2 times as many where a tiny last piece joined
    it. It begins with up to `overlap` characters of the chunk before: whole sentences of the same
    section, or whole words where a sentence was too long for one chunk. Table rows stand whole in
    one chunk and do not overlap. An id is 32 hex digits over the document's id, the text, its place
    and the embedding model; not the title, so that a new title costs no embedding.
    """
    if not 0 <= overlap * 2 <= max_chars:
        raise ValueError("overlap must be from 0 to half of max_chars")
    chunks: list[Chunk] = []
    seen: Counter[str] = Counter()
    for _, group in groupby(document.texts, key=_section_of):
        texts = list(group)
        section, pieces = _lay_out(texts, max_chars, overlap)
        for start, end, row in _spans(section, pieces, max_chars, overlap):
            text, locator = section[start:end], replace(texts[0].locator, row=row)
            basis = json.dumps(
                [document_id, text, astuple(locator), embedding_model, CHUNKER_VERSION]
            )
            # The same words twice at one place are two chunks.
            digest = hashlib.sha256(f"{basis}{seen[basis]}".encode()).hexdigest()
            seen[basis] += 1
            chunks.append(Chunk(digest[:32], text, locator, len(chunks)))
    return chunks


def context_line(title: str, locator: Locator) -> str:
    """What a chunk stands under: the document's title, its sheet and its headings, each once."""
    names = [title.strip(), locator.sheet or "", *locator.heading]
    return " › ".join(dict.fromkeys(name for name in names if name))


def embedding_text(title: str, chunk: Chunk) -> str:
    """What is embedded for a chunk: the line it stands under, then its text."""
    context = context_line(title, chunk.locator)
    return f"{context}\n{chunk.text}" if context else chunk.text


def _section_of(text: LocatedText) -> tuple[object, ...]:
    place = text.locator
    return place.page, place.slide, place.sheet, place.heading


def _lay_out(
    texts: Sequence[LocatedText], max_chars: int, overlap: int
) -> tuple[str, list[_Piece]]:
    """The section's texts as one string, and the pieces of it that stay whole."""
    parts: list[str] = []
    pieces: list[_Piece] = []
    at = 0
    for located in texts:
        text, row = located.text.strip(), located.locator.row
        if not text:
            continue
        if parts:
            separator = "\n" if row is not None and pieces[-1].row is not None else "\n\n"
            parts.append(separator)
            at += len(separator)
        if len(text) <= max_chars:
            pieces.append(_Piece(at, at + len(text), row))
        else:
            for start, cut in _cuts(text, max_chars - overlap):
                pieces.append(_Piece(at + start, at + start + len(cut), row))
        parts.append(text)
        at += len(text)
    return "".join(parts), pieces


def _cuts(text: str, capacity: int) -> Iterator[tuple[int, str]]:
    """The text cut at the best borders that make pieces of at most `capacity` characters.

    The splitter's time grows with the square of a text's length, so it gets stretches of a few
    pieces that end at a line, a sentence or a word.
    """
    at = 0
    while at < len(text):
        stretch = text[at : at + _STRETCH * capacity]
        if at + len(stretch) < len(text):
            middle = len(stretch) // 2
            ends = (stretch.rfind(mark, middle) for mark in ("\n", ". ", "。", " "))
            stretch = stretch[: next((end + 1 for end in ends if end > 0), len(stretch))]
        for start, cut in _splitter(capacity).chunk_indices(stretch):
            yield at + start, cut
        at += len(stretch)


@lru_cache(maxsize=8)
def _splitter(capacity: int) -> TextSplitter:
    from semantic_text_splitter import TextSplitter

    return TextSplitter(capacity)


def _spans(
    section: str, pieces: Sequence[_Piece], max_chars: int, overlap: int
) -> Iterator[tuple[int, int, int | None]]:
    """Start, end and first row of each chunk of the section."""
    for _, group in groupby(pieces, key=lambda p: None if p.row is None else p.row // _ROW_WINDOW):
        window = list(group)
        spans: list[tuple[int, int, int | None]] = []
        own_start = first = 0
        while first < len(window):
            row, own_start = window[first].row, window[first].start
            start = own_start
            is_split_row = bool(first) and row is not None and window[first - 1].row == row
            if first and (row is None or is_split_row):
                start = _reach_back(section, spans[-1][0], own_start, overlap)
            if window[first].end - start > max_chars:
                start = own_start
            last = first
            while last + 1 < len(window) and window[last + 1].end - start <= max_chars:
                last += 1
            spans.append((start, window[last].end, row))
            first = last + 1
        if len(spans) > 1:
            before, end = spans[-2], spans[-1][1]
            is_tiny = (end - own_start) * _TINY < max_chars
            if is_tiny and end - before[0] <= _LONGEST * max_chars:
                spans[-2:] = [(before[0], end, before[2])]
        yield from spans


def _reach_back(section: str, floor: int, start: int, overlap: int) -> int:
    """Where a chunk begins that repeats up to `overlap` characters from before `start`."""
    lowest = max(start - overlap, floor)
    for match in _SENTENCE_END.finditer(section, lowest, start):
        if match.end() < start:
            return match.end()
    if _ENDS_SENTENCE.search(section, lowest, start):
        return start  # the sentence before is too long to repeat, and whole where it stands
    space = _SPACE.search(section, lowest, start)
    return space.end() if space else lowest
