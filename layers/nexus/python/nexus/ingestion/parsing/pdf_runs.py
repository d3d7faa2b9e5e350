"""Cuts the lines of a PDF page into runs of words: cells, columns, the lines of a mended word."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from nexus.ingestion.parsing.pdf_calls import calls
from nexus.ingestion.parsing.pdf_letters import UNEVEN, Letters
from nexus.ingestion.parsing.pdf_lines import PLAIN, Line, made_line

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
    blank: float = 0.0,
    seen_only: bool = False,
) -> Iterator[tuple[int, Line]]:
    """The line of `words` from index `start`, cut where it is not one run of words.

    It is cut at gaps wider than `gap` heights of a letter, where it goes on at another height,
    and at `uprights`: ruling lines, as (x, bottom, top), in their order. Of letters that are all as
    wide, a `blank` parts words only.
    """
    pdfium, textpage, turn = calls(), letters.address, letters.turn
    box, into, box_of = pdfium.box, pdfium.into_box, pdfium.loose_box
    parts: list[str] = []
    begun, size, wide, apart = start, 0.0, 0.0, 0.0
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
            left > last + wide
            or left < last - size
            or (
                gap < math.inf
                and left > last + apart
                and not abs(left - last - blank) < UNEVEN * blank
                and _are_apart(letters, index)
            )
            or not low < middle < high
            or (uprights and _are_divided(last - 1, left + 1, middle, uprights))
        ):
            place = (" ".join(parts), first, last, low, high, size, size)
            yield begun, made_line((*place, False, letters.is_bold(begun), *PLAIN))
            parts = []
        if parts:
            # Half as fast with min() and max(), and done for every word.
            low = end_bottom if end_bottom < low else low
            high = top if top > high else high
            last = right if right > last else last
        else:
            begun, size = index, top - bottom
            wide, apart = gap * size, APART * size
            first, last, low, high = left, right, min(bottom, end_bottom), top
        parts.append(word[0])
    if parts:
        place = (" ".join(parts), first, last, low, high, size, size)
        yield begun, made_line((*place, False, letters.is_bold(begun), *PLAIN))


def cells(
    letters: Letters, start: int, words: str, blank: float = 0.0
) -> Iterator[tuple[int, Line]]:
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
            if (
                (box.left - right > gap and not abs(box.left - right - blank) < UNEVEN * blank)
                or box.left < left
                or not bottom < middle < high
            ):
                text, size = words[begun - start : last + 1 - start], high - low
                place = (text, left, right, bottom, high, size, size)
                yield begun, made_line((*place, False, letters.is_bold(begun, first), *PLAIN))
                first, begun, left, low, high = painted, index, box.left, box.bottom, box.top
                gap = APART * (high - low)
        index += len(word) + 1
        last = index - 2
    box_of(textpage, last, into)
    right, bottom = box.right, min(low, box.bottom)
    text, size = words[begun - start :], high - low
    place = (text, left, right, bottom, high, size, size)
    yield begun, made_line((*place, False, letters.is_bold(begun, first), *PLAIN))


def _are_apart(letters: Letters, index: int) -> bool:
    """Whether the letter begins something that was painted on its own."""
    painted, textpage = calls().text_object, letters.address
    here = painted(textpage, index)
    for at in range(index - 1, max(index - 4, -1), -1):
        if before := painted(textpage, at):
            return bool(before != here)
    return False


def _are_divided(
    left: float, right: float, y: float, uprights: Sequence[tuple[float, float, float]]
) -> bool:
    """Whether an upright line stands between two places at this height."""
    for at in range(bisect_right(uprights, (left, math.inf, math.inf)), len(uprights)):
        x, low, high = uprights[at]
        if x >= right:
            return False
        if low < y < high:
            return True
    return False
