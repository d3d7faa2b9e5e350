"""Cuts a parsed document into chunks to embed: pure, deterministic, and local to its sections.

A section is a run of texts of one place: the same page, slide, sheet and heading path. Chunks never
cross sections, so that an edit changes the chunks of its own section only, and within it the few
around the edit (nexus.ingestion.chunk_borders).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from nexus.ingestion.chunk_borders import chunk_ranges
from nexus.ingestion.pieces import SENTENCE_END, Border, Piece, TableStretch, lay_out
from nexus.models import Chunk, LocatedText, Locator, ParsedDocument, TableRow
from nexus.settings import CHUNKER_VERSION
from nexus.text.row_layouts import NO_ROWS, written

_STOPS, _CLOSING = tuple(".!?…。！？:;"), "\"'”’)]"
_SPACE = re.compile(r"\s+")


def chunk(
    document: ParsedDocument,
    document_id: str,
    *,
    embedding_model: str,
    max_chars: int = 1000,
    overlap: int = 120,
) -> list[Chunk]:
    """The document's chunks in reading order, each a verbatim stretch of one section.

    A chunk has at most `max_chars` characters, or 1.2 times as many where a tiny neighbour joined
    it. It begins with up to `overlap` characters of the chunk before: whole sentences of the same
    section, or whole words where a sentence was too long for one chunk. Table rows stand whole in
    one chunk and do not overlap. An id is 32 hex digits over the document's id, the text, its place
    and the embedding model; not the title, so that a new title costs no embedding.
    """
    if not 0 <= overlap * 2 <= max_chars:
        raise ValueError("overlap must be from 0 to half of max_chars")
    chunks: list[Chunk] = []
    seen: dict[str, int] = {}
    identity = json.dumps(document_id)
    model = f"{json.dumps(embedding_model)}, {json.dumps(CHUNKER_VERSION)}"
    for _, group in groupby(document.texts, key=_section_of):
        texts = list(group)
        first = texts[0].locator
        section, pieces, tables = lay_out(texts, max_chars, max_chars - overlap)
        coming = deque(tables)
        locator, place = first, _place(first)
        for start, own, end, row in _spans(section, pieces, max_chars, overlap):
            text = section[start:end]
            table = NO_ROWS if row else ""
            if coming and coming[0].start < end:
                table = _table(section, start, own, end, coming) or table
            if row != locator.row:
                locator = replace(first, row=row)
                place = _place(locator)
            # As JSON of a list; all but the text is the same for most chunks of a section.
            end_of_basis = f"{place}, {model}{f', {json.dumps(table)}' if table else ''}]"
            basis = f"[{identity}, {json.dumps(text)}, {end_of_basis}"
            # The same words twice at one place are two chunks.
            count = seen.get(basis, 0)
            digest = hashlib.sha256(f"{basis}{count}".encode()).hexdigest()
            seen[basis] = count + 1
            chunks.append(Chunk(digest[:32], text, locator, len(chunks), table))
    return chunks


def context_line(title: str, locator: Locator) -> str:
    """What a chunk stands under: the document's title, its sheet and its headings, each once."""
    if not locator.heading and not locator.sheet:
        return title.strip()
    names = [title.strip(), locator.sheet or "", *locator.heading]
    return " › ".join(dict.fromkeys(name for name in names if name))


def embedding_text(title: str, chunk: Chunk) -> str:
    """What is embedded for a chunk: the line it stands under, then its text."""
    context = context_line(title, chunk.locator)
    return f"{context}\n{chunk.text}" if context else chunk.text


def text_key(chunk: Chunk, embedding_model: str) -> str:
    """Names what is embedded for a chunk but the document's title, in 32 hex digits.

    Chunks of one key under one title have one vector, whatever their document, page or row.
    """
    place = chunk.locator
    basis = json.dumps([place.sheet, place.heading, chunk.text, embedding_model])
    return hashlib.sha256(basis.encode()).hexdigest()[:32]


def _place(locator: Locator) -> str:
    """Where a chunk stands, as JSON."""
    # The encoder of lists takes longer to make than all of them take to write.
    heading = ", ".join(map(json.dumps, locator.heading))
    sheet = "null" if locator.sheet is None else json.dumps(locator.sheet)
    page, slide, row = (
        "null" if number is None else number
        for number in (locator.page, locator.slide, locator.row)
    )
    return f"[{page}, [{heading}], {slide}, {sheet}, {row}]"


def _section_of(text: LocatedText) -> tuple[object, ...]:
    place = text.locator
    return place.page, place.slide, place.sheet, place.heading


def _table(section: str, start: int, own: int, end: int, coming: deque[TableStretch]) -> str:
    """How the lines of a chunk are rows; takes those that begin in it from the ones that come.

    `own` is where what the chunk does not repeat begins. Lines that do not end in it are not told.
    """
    rows: list[tuple[int, TableRow]] = []
    cut: list[TableRow] = []
    while coming and coming[0].start < end:
        at, behind, lines = coming.popleft()
        said = [(place, row) for place, row in enumerate(lines) if row]
        if own <= at and behind <= end:
            first = sum(map(bool, section[start:at].split("\n")))
            rows += [(first + place, row) for place, row in said]
        else:
            cut += (row for _, row in said)
    return written(rows, cut)


def _spans(
    section: str, pieces: Sequence[Piece], max_chars: int, overlap: int
) -> Iterator[tuple[int, int, int, int | None]]:
    """Start, own start, end and first row of each chunk of the section."""
    for is_prose, group in groupby(pieces, key=lambda piece: piece.row is None):
        run = list(group)
        full = max_chars - overlap if is_prose else max_chars
        before = None
        for first, behind in chunk_ranges(section, run, max_chars, full):
            start, end, row = run[first].start, run[behind - 1].end, run[first].row
            room = min(overlap, max_chars - (end - start))
            # Lines of one long row each say whose they are; only a line that was cut goes on.
            is_split_row = bool(first) and run[first].border is not Border.PARAGRAPH
            if before is not None and (is_prose or is_split_row) and room > 0:
                yield _reach_back(section, before, start, room), start, end, row
            else:
                yield start, start, end, row
            before = start


def _reach_back(section: str, floor: int, start: int, overlap: int) -> int:
    """Where a chunk begins that repeats up to `overlap` characters from before `start`.

    `floor` is where the chunk before begins.
    """
    lowest = start - overlap
    if lowest <= floor:
        return floor
    for match in SENTENCE_END.finditer(section, lowest, start):
        if match.end() < start:
            return match.end()
    if _ends_sentence(section[lowest:start]):
        return start  # the sentence before is too long to repeat, and whole where it stands
    space = _SPACE.search(section, lowest, start)
    return space.end() if space else lowest


def _ends_sentence(text: str) -> bool:
    """Whether the text ends with a sentence or a line."""
    words = text.rstrip()
    return "\n" in text[len(words) :] or words.rstrip(_CLOSING).endswith(_STOPS)
