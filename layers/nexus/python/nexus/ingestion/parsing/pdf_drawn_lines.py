"""Reads the lines of one PDF page that a reader sees, as PDFium puts their letters together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from nexus.ingestion.parsing.pdf_calls import calls, failure
from nexus.ingestion.parsing.pdf_letters import UNEVEN, Letters
from nexus.ingestion.parsing.pdf_lines import HYPHEN, HYPHENS, PLAIN, Line, made_line
from nexus.ingestion.parsing.pdf_runs import APART, WIDE_GAP, runs

# So wide on average, in heights of a letter, are not letters alone.
SPARSE = 0.8
# Longer lines are no headings.
HEADING_CHARS = 110
# What stands before a list's item, as printers mark it.
_MARK = re.compile(r"[^\w\s]{1,2} ")
_NO_HEADING_END = (".", ",", ";", ":", *HYPHENS, HYPHEN)


class Drawn(NamedTuple):
    """A line, the index of its first letter, and whether it may be cells rather than words.

    Whether it `tells` that things stand side by side: the mark of a list's item beside the item
    does not. Words that stand apart by single blanks of letters that are all as wide are no cells
    by themselves, either: such a line `is_typed`.
    """

    start: int
    is_gapped: bool
    line: Line
    tells: bool = False
    is_typed: bool = False


# Makes one of the tuple of all its fields, in half the time.
_made: Callable[[tuple[int, bool, Line, bool, bool]], Drawn] = partial(tuple.__new__, Drawn)


def drawn_lines(letters: Letters, *, weighs: bool) -> Iterator[Drawn]:
    """The lines that a reader sees, in the file's order; if it `weighs`, which are bold."""
    pdfium, textpage, visibility = calls(), letters.address, letters.visibility
    hides, is_off, may_hide = visibility.hides, visibility.is_off, visibility.may_hide
    covers_any = visibility.covers_any
    leftmost, lowest, rightmost, highest = visibility.box
    tiny, paints_all = visibility.tiny, visibility.paints_all
    first_box, last_box = pdfium.box, pdfium.last_box
    into_first, into_last, corners = pdfium.into_box, pdfium.into_last_box, pdfium.corners
    box_of, count_segments, painted_by = (
        pdfium.loose_box,
        pdfium.count_segments,
        pdfium.text_object,
    )
    at = 0
    for line in letters.text.split("\r\n"):
        words = line.strip()
        if not words:
            pass
        elif not letters.are_placed:
            yield Drawn(at, False, Line(words))
        else:
            length = len(words)
            first = at if length == len(line) else at + line.index(words[0])
            final = first + length - 1
            if not (box_of(textpage, first, into_first) and box_of(textpage, final, into_last)):
                raise failure("A character has no place.")
            segments = count_segments(textpage, first, length)
            left, top, _, first_bottom, last_left, last_top, right, bottom = corners()
            size = top - first_bottom
            is_on = (
                size >= tiny
                and bottom < highest
                and top > lowest
                and left < rightmost
                and right > leftmost
            )
            # What tells at once that a letter is seen is looked at before what decides. What is
            # hidden is painted apart: in the middle of a line it is a third segment;
            # what is covered is not.
            if (
                not (is_on and (paints_all or not may_hide(first, painted_by(textpage, first))))
                and hides(first, first_box)
            ) or (
                (segments > 1 or covers_any)
                and not (
                    paints_all
                    and is_on
                    and last_top - bottom >= tiny
                    and last_top > lowest
                    and last_left < rightmost
                )
                and (
                    hides(final, last_box)
                    if segments == 2 and not covers_any
                    else is_off(final, last_box) or letters.hides_word(first, words)
                )
            ):
                letters.hides = True
                for begun, run in runs(letters, first, words, WIDE_GAP, seen_only=True):
                    yield Drawn(begun, False, run)
            elif letters.turn:
                for begun, run in runs(letters, first, words, WIDE_GAP):
                    yield Drawn(begun, False, run)
            elif bottom >= top or (
                last_top <= top - size and abs(last_left - left) < size and HYPHEN not in words
            ):
                yield Drawn(first, False, _turned(words, first_box, last_box))
            else:
                is_wide = right - left > SPARSE * size * length
                looks = segments > 1 and not is_wide
                gap = letters.widest_gap(segments, WIDE_GAP * size) if looks else 0.0
                is_row = is_wide or gap > WIDE_GAP * size
                is_gapped = (is_row or gap > APART * size) and not letters.is_listing(first)
                is_typed = False
                if is_gapped and not is_row:
                    blank = right - last_left
                    is_typed = abs(
                        right - left - length * blank
                    ) < UNEVEN * blank and letters.are_typed(first, final)
                    is_gapped = not is_typed
                tells = is_gapped and (
                    is_row or not _is_item(letters, words, segments, APART * size)
                )
                is_bold = weighs and may_be_heading(words) and letters.is_bold(first)
                place = (words, left, right, bottom, top, last_top - bottom, size)
                drawn = made_line((*place, is_row, is_bold, *PLAIN))
                yield _made((first, is_gapped, drawn, tells, is_typed))
        at += len(line) + 2


def _is_item(letters: Letters, words: str, segments: int, apart: float) -> bool:
    """Whether only the mark of a list's item stands apart in the line last counted."""
    return _MARK.match(words) is not None and letters.widest_gap(segments, apart, 1) <= apart


def _turned(words: str, first: Any, last: Any) -> Line:
    left, right = min(first.left, last.left), max(first.right, last.right)
    bottom, top = min(first.bottom, last.bottom), max(first.top, last.top)
    size = right - left
    return Line(words, left, right, bottom, top, size, size, is_turned=True)


def is_sparse(line: Line) -> bool:
    """Whether the line is wider than its letters are, so that there are gaps in it."""
    return line.right - line.left > SPARSE * line.size * len(line.text)


def may_be_heading(text: str) -> bool:
    """Whether the text is one that headings are, whatever its letters look like."""
    return (
        len(text) <= HEADING_CHARS and not text.endswith(_NO_HEADING_END) and not text[:1].islower()
    )
