"""Finds where a long text or table is cut into parts: at places that its content chooses.

A part ends at the paragraph or row, in a window after its nominal size, whose bytes hash lowest. So
an insertion moves the border after it only if it changed the winner of that window, and not those
further on, whose distance to the start of the file it changed. The file is read once, in order.
"""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Iterator
from itertools import accumulate

from nexus.ingestion.parsing.encodings import Evidence
from nexus.ingestion.parsing.outlines import Part
from nexus.ingestion.parsing.sources import WatchedSource

PART_BYTES = 4 * 1024 * 1024
WINDOW_BYTES = 1024 * 1024
_BLOCK = 1024 * 1024
# No part may grow beyond this, as a row that never ends would make it.
_LARGEST_PART = 32 * 1024 * 1024
_HASHED = 64
_BREAK = rb"(?:\r\n|\r(?!\n)|\n)"
_BORDERS = (
    re.compile(_BREAK + rb"[ \t]*" + _BREAK + rb"|\f"),
    re.compile(_BREAK),
    re.compile(rb"[ \t]"),
)
_CHARACTER = re.compile(rb"[\x00-\x7f\xc0-\xff]")  # begins a character of UTF-8


class CannotCutError(Exception):
    """The file holds a stretch without a border that is too long for one part."""


def is_short(size: int) -> bool:
    """Whether a text or table of so many bytes is one part."""
    return size <= PART_BYTES + WINDOW_BYTES


def cut_paragraphs(source: WatchedSource, size: int, evidence: Evidence) -> list[Part]:
    """The parts of a text file: cut between paragraphs, else lines, else words."""
    parts: list[Part] = []
    start = at = 0
    source.seek(0)
    while not is_short(size - start):
        for block in _blocks(source, start + PART_BYTES - at):
            evidence.add(block)
        window = source.read(WINDOW_BYTES)
        evidence.add(window)
        at = start + PART_BYTES + WINDOW_BYTES
        end = start + PART_BYTES + _border(window)
        parts.append(Part(len(parts), start, end))
        start = end
    for block in _blocks(source, size - at):
        evidence.add(block)
    return [*parts, Part(len(parts), start, size)]


def cut_rows(
    source: WatchedSource, size: int, first: int, delimiter: str | None, evidence: Evidence | None
) -> list[Part]:
    """The parts of a table that begins at byte `first`, each with the number of its first row.

    Without a delimiter, quotes are text and each line is a row. Raises csv.Error where the quotes
    make no sense, and CannotCutError.
    """
    parts: list[Part] = []
    start, start_row, at, row = 0, 1, first, 1
    best: tuple[int, int, int] | None = None
    rest = b""
    source.seek(first)
    for more in _whole_lines(source, size - first, evidence):
        block, rest = rest + more, b""
        is_quoted = delimiter is not None and b'"' in block
        is_near = at + len(block) > start + PART_BYTES
        if not is_quoted and not is_near:
            at, row = at + len(block), row + _count_lines(block)
            continue
        lines = list(io.StringIO(block.decode("latin-1"), newline=""))
        ends = _row_ends(lines, delimiter or ",") if is_quoted else [*range(1, len(lines) + 1)]
        # The row that is still open waits for the next block.
        rest = "".join(lines[ends[-1] if ends else 0 :]).encode("latin-1")
        if len(rest) > _LARGEST_PART:
            raise CannotCutError
        if not is_near:
            at, row = at + len(block) - len(rest), row + len(ends)
            continue
        begun, lengths = at, [*accumulate(map(len, lines))]
        for end in ends:
            at, row = begun + lengths[end - 1], row + 1
            if at < start + PART_BYTES or end == len(lines):
                continue
            if at - start > _LARGEST_PART:
                raise CannotCutError
            here = (zlib.crc32(lines[end].encode("latin-1")), at, row)
            if at < start + PART_BYTES + WINDOW_BYTES:
                best = min(best or here, here)
                continue
            _, cut, cut_row = best or here
            parts.append(Part(len(parts), start, cut, start_row))
            start, start_row, best = cut, cut_row, None
    return [*parts, Part(len(parts), start, size, start_row)]


def _whole_lines(source: WatchedSource, length: int, evidence: Evidence | None) -> Iterator[bytes]:
    """The next `length` bytes in blocks that end with a line."""
    rest = b""
    for block in _blocks(source, length):
        if evidence:
            evidence.add(block)
        rest += block
        whole = rest.rfind(b"\n") + 1 or rest.rfind(b"\r", 0, -1) + 1
        if whole:
            yield rest[:whole]
            rest = rest[whole:]
        if len(rest) > _LARGEST_PART:
            raise CannotCutError
    if rest:
        yield rest


def _count_lines(block: bytes) -> int:
    count = block.count(b"\n") + (not block.endswith((b"\n", b"\r")))
    if b"\r" in block:
        count += block.count(b"\r") - block.count(b"\r\n")
    return count


def _row_ends(lines: list[str], delimiter: str) -> list[int]:
    """The number of lines up to the end of each row; a row that the last line leaves open has none.

    Whether it does shows in what becomes of one line more.
    """
    if "\0" in "".join(lines):
        lines = [line.replace("\0", "") for line in lines]
    reader = csv.reader([*lines, "x"], delimiter=delimiter, skipinitialspace=True)
    return [reader.line_num for _ in reader][:-1]


def _blocks(source: WatchedSource, length: int) -> Iterator[bytes]:
    """The next `length` bytes, block by block."""
    while length > 0 and (block := source.read(min(length, _BLOCK))):
        length -= len(block)
        yield block


def _border(window: bytes) -> int:
    """The best place to cut the window: its start, if there is none."""
    for border in _BORDERS:
        ends = (match.end() for match in border.finditer(window, 0, len(window) - _HASHED))
        hashed = ((zlib.crc32(window[end : end + _HASHED]), end) for end in ends)
        if best := min(hashed, default=None):
            return best[1]
    begun = _CHARACTER.search(window)
    return begun.start() if begun else 0
