"""Finds where a long text or table is cut into parts: at places that its content chooses.

A part ends at the paragraph or row, in a window after its nominal size, whose bytes hash lowest. So
an insertion moves the border after it only if it changed the winner of that window, and not those
further on, whose distance to the start of the file it changed. The file is read once, in order.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator

from nexus.parsing.encodings import Evidence
from nexus.parsing.outlines import Part
from nexus.parsing.sources import WatchedSource

PART_BYTES = 4 * 1024 * 1024
WINDOW_BYTES = 1024 * 1024
_BLOCK = 1024 * 1024
# No part may grow beyond this, as one row or one quoted cell that never ends would make it.
_LARGEST_PART = 64 * 1024 * 1024
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
    lines = _Lines(source, first, size, evidence)
    reader = csv.reader(lines, delimiter=delimiter or ",", skipinitialspace=True)
    start, start_row, row = 0, 1, 1
    best: tuple[int, int, int] | None = None
    while lines.fill():
        is_plain = delimiter is None or b'"' not in lines.block
        if is_plain and lines.end <= start + PART_BYTES:
            row += lines.skip()
            continue
        lines.split()
        while lines.waiting:
            lines.row_start = lines.at
            next(lines if is_plain else reader)
            row += 1
            if lines.at < start + PART_BYTES or not lines.waiting:
                continue
            here = (zlib.crc32(lines.waiting[-1]), lines.at, row)
            if lines.at < start + PART_BYTES + WINDOW_BYTES:
                best = min(best or here, here)
                continue
            _, end, end_row = best or here
            parts.append(Part(len(parts), start, end, start_row))
            start, start_row, best = end, end_row, None
    return [*parts, Part(len(parts), start, size, start_row)]


class _Lines:
    """The file's lines for csv.reader, a block of whole lines at a time.

    `at` is the place in the file that the next line begins at and `end` the block's end; `waiting`
    are the block's lines that are still to come, the next one last.
    """

    def __init__(
        self, source: WatchedSource, first: int, size: int, evidence: Evidence | None
    ) -> None:
        source.seek(first)
        self._blocks = _blocks(source, size - first)
        self._evidence = evidence
        self._rest = self.block = b""
        self.at = self.end = self.row_start = first
        self.waiting: list[bytes] = []

    def fill(self) -> bool:
        """Goes on to the next block; False at the end of the file."""
        content, whole = self._rest, 0
        for more in self._blocks:
            if self._evidence:
                self._evidence.add(more)
            content += more
            whole = content.rfind(b"\n") + 1 or content.rfind(b"\r", 0, -1) + 1
            if whole:
                break
            if len(content) > _LARGEST_PART:
                raise CannotCutError
        whole = whole or len(content)
        self.block, self._rest = content[:whole], content[whole:]
        self.end += whole
        return whole > 0

    def skip(self) -> int:
        """Passes over the block; how many lines it had."""
        self.at = self.end
        count = self.block.count(b"\n") + (not self.block.endswith((b"\n", b"\r")))
        if b"\r" in self.block:
            count += self.block.count(b"\r") - self.block.count(b"\r\n")
        return count

    def split(self) -> None:
        """Makes the block's lines wait."""
        self.waiting = self.block.splitlines(keepends=True)[::-1]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self.waiting:  # in the middle of a row
            if self.at - self.row_start > _LARGEST_PART:
                raise CannotCutError
            if not self.fill():
                raise StopIteration
            self.split()
        line = self.waiting.pop()
        self.at += len(line)
        return line.replace(b"\0", b"").decode("latin-1")


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
