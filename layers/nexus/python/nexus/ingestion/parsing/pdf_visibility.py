"""Tells which letters of a PDF page a reader does not see: white on white, unpainted, tiny, off.

What cannot be decided counts as seen, so that no check takes away a text.
"""

from __future__ import annotations

import ctypes
from functools import cached_property
from typing import Any

from nexus.ingestion.parsing.pdf_calls import address, calls

# Nobody reads letters lower than these points, or than this share of a small page.
_TINY, _TINY_SHARE = 1.5, 1 / 400
_WHITE = 245
# A picture that covers so much of a page is the page.
_MOST = 0.8
# PDF 32000-1, table 106: text that is neither filled nor stroked.
_UNPAINTED = 3
# Beyond so many objects on a page, none is looked for behind a letter: it counts as seen.
_MOST_OBJECTS = 5_000


class Visibility:
    """Decides for the letters of one page, which has to stay open; all count with `read_hidden`."""

    def __init__(self, page: Any, textpage: Any, *, read_hidden: bool = False) -> None:
        from pypdfium2 import raw  # type: ignore[import-untyped]

        self._page, self._textpage = page, textpage
        self._sees_all = read_hidden
        self._text_address = address(textpage)
        shown = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, ctypes.byref(shown))
        self._left, self._right = shown.left, shown.right
        self._bottom, self._top = shown.bottom, shown.top
        pdfium = calls()
        self._colour, self._into_colour = pdfium.colour, pdfium.into_colour
        self._fill_colour, self._mode = pdfium.fill_colour, pdfium.render_mode
        self._object = pdfium.text_object
        self._tiny = min(_TINY, (shown.top - shown.bottom) * _TINY_SHARE)

    def is_plain(
        self, index: int, left: float, bottom: float, right: float, top: float, size: float
    ) -> bool:
        """Whether the letter that begins a line of this place is seen, by what tells so at once."""
        if not (
            size >= self._tiny
            and bottom < self._top
            and top > self._bottom
            and left < self._right
            and right > self._left
        ):
            return False
        colour = self._colour
        if not self._fill_colour(self._text_address, index, *self._into_colour) or not colour[3]:
            return False
        if colour[0] >= _WHITE and colour[1] >= _WHITE and colour[2] >= _WHITE:
            return False
        return bool(self._mode(self._object(self._text_address, index)) != _UNPAINTED)

    def may_hide(self, index: int, painted: int) -> bool:
        """Whether the letter, painted with that object, is white, transparent or not painted."""
        colour = self._colour
        if not self._fill_colour(self._text_address, index, *self._into_colour) or not colour[3]:
            return True
        is_white = colour[0] >= _WHITE and colour[1] >= _WHITE and colour[2] >= _WHITE
        return is_white or bool(self._mode(painted) == _UNPAINTED)

    def hides(self, index: int, box: Any) -> bool:
        """Whether the letter at `index`, of the loose `box`, is not to be seen."""
        if self._sees_all:
            return False
        if self.is_off(index, box):
            return True
        colour = self._colour
        if self._fill_colour(self._text_address, index, *self._into_colour):
            if not colour[3]:
                return True
            if colour[0] >= _WHITE and colour[1] >= _WHITE and colour[2] >= _WHITE:
                return not self._is_on(box, self._grounds)
        if self._mode(self._object(self._text_address, index)) == _UNPAINTED:
            # A scanned page has its words, as recognised, unpainted over its picture.
            return not self._is_on(box, self._pictures)
        return False

    def is_off(self, index: int, box: Any) -> bool:
        """Whether the letter stands off the page, or is too small to be read."""
        bottom, top = box.bottom, box.top
        return not self._sees_all and (
            bottom >= self._top
            or top <= self._bottom
            or box.left >= self._right
            or box.right <= self._left
            or (top - bottom < self._tiny and top > bottom and self._is_low(index))
        )

    def shows_picture(self) -> bool:
        """Whether one picture covers most of the page, as a scan does."""
        whole = (self._right - self._left) * (self._top - self._bottom)
        return any(
            (right - left) * (top - bottom) >= _MOST * whole
            for left, bottom, right, top in self._pictures
        )

    def is_recognised(self) -> bool:
        """Whether the text begins unpainted, as that which was recognised in a scan does."""
        return bool(self._mode(self._object(self._text_address, 0)) == _UNPAINTED)

    def _is_low(self, index: int) -> bool:
        """Whether the letter is tiny as painted too: fonts may say wrongly how high they are."""
        from pypdfium2 import raw

        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(
            self._textpage, index, *map(ctypes.byref, (left, right, bottom, top))
        )
        return bool(0 < top.value - bottom.value < self._tiny)

    @staticmethod
    def _is_on(box: Any, grounds: list[tuple[float, float, float, float]]) -> bool:
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        return any(
            left <= x <= right and bottom <= y <= top for left, bottom, right, top in grounds
        )

    @cached_property
    def _grounds(self) -> list[tuple[float, float, float, float]]:
        """What white letters may stand on: fills that are not white, pictures, nested content."""
        return [box for box, is_picture in self._painted if not is_picture] + self._pictures

    @cached_property
    def _pictures(self) -> list[tuple[float, float, float, float]]:
        return [box for box, is_picture in self._painted if is_picture]

    @cached_property
    def _painted(self) -> list[tuple[tuple[float, float, float, float], bool]]:
        """Left, bottom, right and top of what is painted beside text, and whether it is a picture.

        Nested content may hold pictures.
        """
        from pypdfium2 import raw

        pdfium, page = calls(), address(self._page)
        edges, into, bounds = pdfium.edges, pdfium.into_edges, pdfium.bounds
        count = raw.FPDFPage_CountObjects(self._page)
        if count > _MOST_OBJECTS:
            everywhere = (self._left, self._bottom, self._right, self._top)
            return [(everywhere, True)]
        found = []
        for at in range(count):
            one = pdfium.page_object(page, at)
            kind = pdfium.kind(one)
            if kind == raw.FPDF_PAGEOBJ_TEXT or (
                kind == raw.FPDF_PAGEOBJ_PATH and not self._is_dark_fill(one)
            ):
                continue
            if bounds(one, *into):
                left, bottom, right, top = edges
                found.append(((left, bottom, right, top), kind != raw.FPDF_PAGEOBJ_PATH))
        return found

    @staticmethod
    def _is_dark_fill(path: int) -> bool:
        pdfium = calls()
        colour = pdfium.colour
        return bool(
            pdfium.draw_mode(path, *pdfium.into_modes)
            and pdfium.modes[0]
            and pdfium.object_colour(path, *pdfium.into_colour)
            and colour[3]
            and min(colour[0], colour[1], colour[2]) < _WHITE
        )
