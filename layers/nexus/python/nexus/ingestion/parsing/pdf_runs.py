"""Cuts the lines of a PDF page into runs of words: cells, columns, the lines of a mended word."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from nexus.ingestion.parsing.pdf_calls import calls
from nexus.ingestion.parsing.pdf_letters import Letters
from nexus.ingestion.parsing.pdf_lines import Line

# A gap this many times as wide as a letter is high divides cells rather than words; after a
# narrower one, what was painted on its own is a cell of its own.
WIDE_GAP, APART = 1.2, 0.55
# A word that PDFium put together across a line end is two: its sign for the hyphen stands between.
_WORD = re.compile(r"[^\s\ufffe]+\ufffe?")


def runs(
    letters: Letters,
    start: int,
    words: str,
    gap: float,
    uprights: Sequence[tuple[float, float, float]] = (),
    *,
    seen_only: bool = False,
) -> Iterator[tuple[int, Line]]:
    """The line of `words` from index `start`, cut where it is not one run of words.

    It is cut at gaps wider than `gap` heights of a letter, where it goes on at another height,
    and at `uprights`: ruling lines, as (x, bottom, top).
    """
    pdfium, textpage, turn = calls(), letters.address, letters.turn
    box, into, box_of = pdfium.box, pdfium.into_box, pdfium.loose_box
    parts: list[str] = []
    begun, size = start, 0.0
    low = high = first = last = 0.0
    for word in _WORD.finditer(words):
        index, end = start + word.start(), start + word.end() - 1
        if seen_only and letters.hides_letter(index):
            continue
        if turn:
            left, bottom, right, top = letters.box(index)
            _, end_bottom, right, _ = letters.box(end) if end > index else (0, bottom, right, 0)
        else:
            box_of(textpage, index, into)
            left, bottom, top = box.left, box.bottom, box.top
            if end > index:
                box_of(textpage, end, into)
            right, end_bottom = box.right, box.bottom
        middle = (bottom + top) / 2
        if parts and (
            left > last + gap * size
            or left < last - size
            or (gap < math.inf and left > last + APART * size and _are_apart(letters, index))
            or not low < middle < high
            or (uprights and _are_divided(last - 1, left + 1, middle, uprights))
        ):
            text = " ".join(parts)
            yield (
                begun,
                Line(text, first, last, low, high, size, size, is_bold=letters.is_bold(begun)),
            )
            parts = []
        if parts:
            low, high = min(low, end_bottom), max(high, top)
            last = max(last, right)
        else:
            begun, size = index, top - bottom
            first, last, low, high = left, right, min(bottom, end_bottom), top
        parts.append(word[0])
    if parts:
        text = " ".join(parts)
        yield begun, Line(text, first, last, low, high, size, size, is_bold=letters.is_bold(begun))


def cells(letters: Letters, start: int, words: str) -> Iterator[tuple[int, Line]]:
    """The line cut as `runs` does it, if what stands apart in it was painted apart."""
    pdfium, textpage = calls(), letters.address
    box, into, box_of = pdfium.box, pdfium.into_box, pdfium.loose_box
    painted_by = pdfium.text_object
    index = begun = start
    last, before = 0, painted_by(textpage, start)
    first = before
    box_of(textpage, start, into)
    left, low, high = box.left, box.bottom, box.top
    gap = APART * (high - low)
    for word in words.split(" "):
        if not word:
            index += 1
            continue
        painted = painted_by(textpage, index)
        if painted != before:
            before = painted
            box_of(textpage, last, into)
            right, bottom = box.right, min(low, box.bottom)
            box_of(textpage, index, into)
            middle = (box.bottom + box.top) / 2
            if box.left - right > gap or box.left < left or not bottom < middle < high:
                text = words[begun - start : last + 1 - start]
                size, is_bold = high - low, letters.is_bold(begun, first)
                yield begun, Line(text, left, right, bottom, high, size, size, is_bold=is_bold)
                first, begun, left, low, high = painted, index, box.left, box.bottom, box.top
                gap = APART * (high - low)
        index += len(word) + 1
        last = index - 2
    box_of(textpage, last, into)
    right, bottom = box.right, min(low, box.bottom)
    text = words[begun - start :]
    size, is_bold = high - low, letters.is_bold(begun, first)
    yield begun, Line(text, left, right, bottom, high, size, size, is_bold=is_bold)


def _are_apart(letters: Letters, index: int) -> bool:
    """Whether the letter begins something that was painted on its own."""
    painted = calls().text_object
    here = painted(letters.address, index)
    before = (painted(letters.address, at) for at in range(index - 1, max(index - 4, -1), -1))
    return bool(next((one for one in before if one), here) != here)


def _are_divided(
    left: float, right: float, y: float, uprights: Sequence[tuple[float, float, float]]
) -> bool:
    """Whether an upright line stands between two places at this height."""
    for x, low, high in uprights:  # noqa: SIM110 - called for every word, half as fast as any()
        if left < x < right and low < y < high:
            return True
    return False
