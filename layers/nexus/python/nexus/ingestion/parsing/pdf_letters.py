"""Reads the letters of one PDF page, line by line and word by word, by PDFium's own functions.

pypdfium2's objects would take longer than PDFium does: they watch over every page and box.
"""

from __future__ import annotations

import ctypes
import re
from codecs import decode
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from nexus.ingestion.parsing.pdf_calls import address, calls
from nexus.ingestion.parsing.pdf_lines import HYPHEN, Line
from nexus.ingestion.parsing.pdf_visibility import Visibility

_SEGMENTS_LOOKED_AT = 60
# A word that PDFium put together across a line end is two: its sign for the hyphen stands between.
_WORD = re.compile(r"[^\s\ufffe]+\ufffe?")
# How fonts that carry no weight of their own name a bold face.
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi|cmbx|-medi", re.I)
_FORCE_BOLD = 1 << 18
# A gap this many times as wide as a letter is high divides cells rather than words.
WIDE_GAP = 1.2
# What was painted on its own is a cell of its own after a narrower gap.
APART = 0.55
# So wide on average, in heights of a letter, are not letters alone.
SPARSE = 0.8
# Longer lines are no headings.
HEADING_CHARS = 110
_NO_HEADING_END = (".", ",", ";", ":", "-", HYPHEN)


class Place(NamedTuple):
    """A rectangle in points, y growing upwards."""

    left: float
    bottom: float
    right: float
    top: float


class Drawn(NamedTuple):
    """A line, the index of its first letter, and whether it may be cells rather than words."""

    start: int
    is_gapped: bool
    line: Line


class Letters:
    """The text of one page, which has to stay open, with the place of each letter.

    Places are those of the page as it is shown, turned or not. `hides` tells whether a letter was
    passed over because a reader does not see it. Raises PdfiumError if the text is damaged.
    """

    def __init__(self, page: Any, textpage: Any) -> None:
        from pypdfium2 import PdfiumError, raw

        self._textpage = textpage
        self._address = address(textpage)
        count = raw.FPDFText_CountChars(textpage)
        if count < 0:
            raise PdfiumError("The characters of the page cannot be counted.")
        self.text = _text(textpage, count)
        # Where PDFium's two counts of characters differ, positions cannot be trusted.
        self.are_placed = len(self.text) == count
        self.hides = False
        self._visibility = Visibility(page, textpage)
        self._turn = raw.FPDFPage_GetRotation(page)
        self.is_turned = bool(self._turn)
        self._width, self._height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)

    def lines(self, *, weighs: bool) -> Iterator[Drawn]:
        """The lines that a reader sees, in the file's order; if it `weighs`, which are bold."""
        from pypdfium2 import PdfiumError

        pdfium, textpage, hides = calls(), self._address, self._visibility.hides
        first_box, last_box = pdfium.box, pdfium.last_box
        into_first, into_last = pdfium.into_box, pdfium.into_last_box
        box_of, count_segments = pdfium.loose_box, pdfium.count_segments
        is_plain = self._visibility.is_plain
        at = 0
        for line in self.text.split("\r\n"):
            words = line.strip()
            if not words:
                pass
            elif not self.are_placed:
                yield Drawn(at, False, Line(words))
            else:
                first, length = at + line.index(words[0]), len(words)
                final = first + length - 1
                if not (box_of(textpage, first, into_first) and box_of(textpage, final, into_last)):
                    raise PdfiumError("A character has no place.")
                segments = count_segments(textpage, first, length)
                top, bottom = first_box.top, last_box.bottom
                left, right, last_top = first_box.left, last_box.right, last_box.top
                size = top - first_box.bottom
                # What is hidden is painted apart: in the middle of a line it is a third segment.
                if (
                    not is_plain(first, left, bottom, right, top, size) and hides(first, first_box)
                ) or (
                    segments > 1
                    and (
                        hides(final, last_box)
                        or (segments > 2 and self._hides_a_word(first, words))
                    )
                ):
                    self.hides = True
                    for begun, run in self.runs(first, words, WIDE_GAP, seen_only=True):
                        yield Drawn(begun, False, run)
                elif self._turn:
                    for begun, run in self.runs(first, words, WIDE_GAP):
                        yield Drawn(begun, False, run)
                elif bottom >= top or (
                    last_top <= top - size
                    and abs(last_box.left - left) < size
                    and HYPHEN not in words
                ):
                    yield Drawn(first, False, self._turned(words, first_box, last_box))
                else:
                    gap = self._widest_gap(segments) if segments > 1 else 0.0
                    is_row = gap > WIDE_GAP * size or right - left > SPARSE * size * length
                    yield Drawn(
                        first,
                        is_row or gap > APART * size,
                        Line(
                            words,
                            left,
                            right,
                            bottom,
                            top,
                            last_top - bottom,
                            size,
                            is_row,
                            weighs and may_be_heading(words) and self.is_bold(first),
                        ),
                    )
            at += len(line) + 2

    def runs(
        self,
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
        pdfium, textpage = calls(), self._address
        box, into, box_of = pdfium.box, pdfium.into_box, pdfium.loose_box
        parts: list[str] = []
        begun, size = start, 0.0
        low = high = first = last = 0.0
        for word in _WORD.finditer(words):
            index, end = start + word.start(), start + word.end() - 1
            if seen_only and self._hides(index):
                continue
            if self._turn:
                left, bottom, right, top = self.box(index)
                _, end_bottom, right, _ = self.box(end) if end > index else (0, bottom, right, 0)
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
                or (left > last + APART * size and self._are_apart(index))
                or not low < middle < high
                or (uprights and _are_divided(last, left, middle, uprights))
            ):
                text = " ".join(parts)
                yield (
                    begun,
                    Line(text, first, last, low, high, size, size, is_bold=self.is_bold(begun)),
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
            yield begun, Line(text, first, last, low, high, size, size, is_bold=self.is_bold(begun))

    def cells(self, start: int, words: str) -> Iterator[tuple[int, Line]]:
        """The line cut as `runs` does it, if what stands apart in it was painted apart."""
        pdfium, textpage = calls(), self._address
        box, into, box_of = pdfium.box, pdfium.into_box, pdfium.loose_box
        painted_by = pdfium.text_object
        index = begun = start
        before, last = painted_by(textpage, start), 0
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
                    size = high - low
                    yield (
                        begun,
                        Line(
                            text, left, right, bottom, high, size, size, is_bold=self.is_bold(begun)
                        ),
                    )
                    begun, left, low, high = index, box.left, box.bottom, box.top
                    gap = APART * (high - low)
            index += len(word) + 1
            last = index - 2
        box_of(textpage, last, into)
        size = high - low
        yield (
            begun,
            Line(
                words[begun - start :],
                left,
                box.right,
                min(low, box.bottom),
                high,
                size,
                size,
                is_bold=self.is_bold(begun),
            ),
        )

    def box(self, index: int) -> Place:
        """Where the letter at `index` stands. Raises PdfiumError if nothing tells."""
        pdfium = calls()
        box = pdfium.box
        if not pdfium.loose_box(self._address, index, pdfium.into_box):
            from pypdfium2 import PdfiumError

            raise PdfiumError("A character has no place.")
        if self._turn:
            return self.shown(box.left, box.bottom, box.right, box.top)
        return Place(box.left, box.bottom, box.right, box.top)

    def shown(self, left: float, bottom: float, right: float, top: float) -> Place:
        """The place on the page as it is shown, of one on the page before it is turned."""
        width, height = self._width, self._height
        if self._turn == 1:
            return Place(bottom, height - right, top, height - left)
        if self._turn == 2:
            return Place(width - right, height - top, width - left, height - bottom)
        if self._turn == 3:
            return Place(width - top, left, width - bottom, right)
        return Place(left, bottom, right, top)

    def is_bold(self, index: int) -> bool:
        """Whether the letter at `index` is of a bold face, as far as its font says."""
        pdfium = calls()
        pdfium.font_info(
            self._address, index, pdfium.into_name, len(pdfium.name), pdfium.into_flags
        )
        return bool(pdfium.flags.value & _FORCE_BOLD or _BOLD.search(pdfium.name.value))

    @staticmethod
    def _turned(words: str, first: Any, last: Any) -> Line:
        left, right = min(first.left, last.left), max(first.right, last.right)
        bottom, top = min(first.bottom, last.bottom), max(first.top, last.top)
        size = right - left
        return Line(words, left, right, bottom, top, size, size, is_turned=True)

    def _are_apart(self, index: int) -> bool:
        """Whether the letter begins something that was painted on its own."""
        painted = calls().text_object
        here = painted(self._address, index)
        before = (painted(self._address, at) for at in range(index - 1, max(index - 4, -1), -1))
        return next((one for one in before if one), here) != here

    def _hides(self, index: int) -> bool:
        pdfium = calls()
        placed = pdfium.loose_box(self._address, index, pdfium.into_box)
        return bool(placed) and self._visibility.hides(index, pdfium.box)

    def _hides_a_word(self, start: int, words: str) -> bool:
        """Whether a word is hidden; words painted together are looked at once."""
        textpage, painted_by = self._address, calls().text_object
        before, index = None, start
        for word in words.split(" "):
            painted = painted_by(textpage, index)
            if painted != before and self._hides(index):
                return True
            before, index = painted, index + len(word) + 1
        return False

    def _widest_gap(self, segments: int) -> float:
        """The widest gap between the parts that the line last counted was painted in, in points."""
        pdfium = calls()
        sides, into, segment = pdfium.sides, pdfium.into_sides, pdfium.segment
        segment(self._address, 0, *into)
        widest, end = 0.0, sides[2]
        for index in range(1, min(segments, _SEGMENTS_LOOKED_AT)):
            segment(self._address, index, *into)
            if sides[0] - end > widest:
                widest = sides[0] - end
            end = sides[2]
        return widest


def _are_divided(
    left: float, right: float, y: float, uprights: Sequence[tuple[float, float, float]]
) -> bool:
    """Whether an upright line stands between two places at this height."""
    return any(left - 1 < x < right + 1 and low < y < high for x, low, high in uprights)


def is_sparse(line: Line) -> bool:
    """Whether the line is wider than its letters are, so that there are gaps in it."""
    return line.right - line.left > SPARSE * line.size * len(line.text)


def may_be_heading(text: str) -> bool:
    """Whether the text is one that headings are, whatever its letters look like."""
    return (
        len(text) <= HEADING_CHARS and not text.endswith(_NO_HEADING_END) and not text[:1].islower()
    )


def _text(textpage: Any, count: int) -> str:
    """The text of the page's `count` characters."""
    from pypdfium2 import raw

    # PDFium reads beyond a range that begins or ends with a character that has no text
    # (crbug.com/pdfium/2079).
    text_index = raw.FPDFText_GetTextIndexFromCharIndex
    first, last = 0, count - 1
    while first <= last and (start := text_index(textpage, first)) < 0:
        first += 1
    while first <= last and (end := text_index(textpage, last)) < 0:
        last -= 1
    if first > last:
        return ""
    size = end - start + 2  # with a closing zero
    buffer = (ctypes.c_ushort * size)()
    written = raw.FPDFText_GetText(textpage, first, last - first + 1, buffer)
    return decode(memoryview(buffer)[: max(written - 1, 0)], "utf-16-le", "ignore")
