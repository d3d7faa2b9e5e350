"""Tells which letters of a PDF page a reader does not see: white on white, unpainted, tiny, off.

What cannot be decided counts as seen, so that no check takes away a text.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from nexus.ingestion.parsing.pdf_calls import Address, calls
from nexus.ingestion.parsing.pdf_covered import covered_texts, is_under
from nexus.ingestion.parsing.pdf_layers import Layers
from nexus.ingestion.parsing.pdf_objects import PATH, UNPAINTED, WHITE, Box, PageObjects

# Nobody reads letters lower than these points, or than this share of a small page.
_TINY, _TINY_SHARE = 1.5, 1 / 400
# A picture that covers so much of a page is the page.
_MOST = 0.8


class Visibility:
    """Decides for the letters of one page, which has to stay open; all count with `read_hidden`.

    A letter outside of the page's `box` is off it, one lower than `tiny` points may be too small.
    """

    def __init__(
        self,
        page: Address,
        textpage: Address,
        objects: PageObjects,
        layers: Layers,
        *,
        read_hidden: bool = False,
    ) -> None:
        self._objects = objects
        self._may_hide = set() if read_hidden else objects.may_hide
        self._sees_all = read_hidden
        self._text_address = textpage
        pdfium = calls()
        shown = pdfium.box
        pdfium.page_box(page, pdfium.into_box)
        self.box: Box = (shown.left, shown.bottom, shown.right, shown.top)
        self._left, self._bottom, self._right, self._top = self.box
        self._covered: dict[int, list[Box]] = {}
        self._off = set[int]()
        if self._may_hide is not None and not read_hidden:
            self._covered, self._off = covered_texts(objects, layers)
            self._may_hide |= self._covered.keys() | self._off
        self._colour, self._into_colour = pdfium.colour, pdfium.into_colour
        self._fill_colour, self._mode = pdfium.fill_colour, pdfium.render_mode
        self._object = pdfium.text_object
        # Of drawings by their addresses, as far as it was asked.
        self._dark: dict[int | None, bool] = {}
        self.tiny = min(_TINY, (shown.top - shown.bottom) * _TINY_SHARE)

    @property
    def paints_all(self) -> bool:
        """Whether every letter is painted, and in a colour other than white."""
        return self._may_hide is not None and not self._may_hide

    def may_hide(self, index: int, painted: int) -> bool:
        """Whether the letter, painted with that object, is white, transparent or not painted."""
        if self._may_hide is not None:
            return painted in self._may_hide
        colour = self._colour
        if not self._fill_colour(self._text_address, index, *self._into_colour) or not colour[3]:
            return True
        is_white = colour[0] >= WHITE and colour[1] >= WHITE and colour[2] >= WHITE
        return is_white or bool(self._mode(Address(painted)) == UNPAINTED)

    @property
    def covers_any(self) -> bool:
        """Whether anything is painted over a text of the page, or over a part of one."""
        return bool(self._covered)

    def covers_in(self, painted: int) -> bool:
        """Whether something is painted over a part of what is painted with that object."""
        return painted in self._covered

    def hides(self, index: int, box: Any) -> bool:
        """Whether the letter at `index`, of the loose `box`, is not to be seen."""
        if self._sees_all:
            return False
        return self.is_off(index, box) or self._is_unseen(index, box)

    def _is_unseen(self, index: int, box: Any) -> bool:
        """Whether the letter is painted so that it is not seen on what it stands on."""
        painted = self._object(self._text_address, index)
        if self._may_hide is not None and painted not in self._may_hide:
            return False
        if painted in self._off or is_under(box, self._covered.get(painted, ())):
            return True
        colour = self._colour
        if self._fill_colour(self._text_address, index, *self._into_colour):
            if not colour[3]:
                return True
            if colour[0] >= WHITE and colour[1] >= WHITE and colour[2] >= WHITE:
                return not self._is_on_ground(box)
        if self._mode(Address(painted)) == UNPAINTED:
            # A scanned page has its words, as recognised, unpainted over its picture.
            return not self._is_on_picture(box)
        return False

    def is_off(self, index: int, box: Any) -> bool:
        """Whether the letter stands off the page, or is too small to be read."""
        bottom, top = box.bottom, box.top
        return not self._sees_all and (
            bottom >= self._top
            or top <= self._bottom
            or box.left >= self._right
            or box.right <= self._left
            or (top - bottom < self.tiny and top > bottom and self._is_low(index))
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
        return bool(self._mode(Address(self._object(self._text_address, 0))) == UNPAINTED)

    def _is_low(self, index: int) -> bool:
        """Whether the letter is tiny as painted too: fonts may say wrongly how high they are."""
        pdfium = calls()
        if not pdfium.painted_box(self._text_address, index, *pdfium.into_sides):
            return False
        _, _, bottom, top = pdfium.sides
        return bool(0 < top - bottom < self.tiny)

    def _is_on_ground(self, box: Any) -> bool:
        """Whether white letters are seen: on a fill that is not white, a picture, nested content.

        Nested content may hold pictures. Among too many objects none is looked for: every letter
        counts as seen.
        """
        if self._objects.are_too_many:
            return self._is_on_picture(box)
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        for drawing in self._objects.drawings:
            left, bottom, right, top = drawing.box
            if (
                left <= x <= right
                and bottom <= y <= top
                and (drawing.kind != PATH or self._is_dark_fill(drawing.address))
            ):
                return True
        return False

    def _is_on_picture(self, box: Any) -> bool:
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        return any(
            left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._pictures
        )

    @cached_property
    def _pictures(self) -> list[Box]:
        """Left, bottom, right and top of what may be a picture; of too many objects, the page."""
        if self._objects.are_too_many:
            return [(self._left, self._bottom, self._right, self._top)]
        return [drawing.box for drawing in self._objects.drawings if drawing.kind != PATH]

    def _is_dark_fill(self, path: Address) -> bool:
        known = self._dark.get(path.value)
        if known is None:
            pdfium = calls()
            colour = pdfium.colour
            known = self._dark[path.value] = bool(
                pdfium.draw_mode(path, *pdfium.into_modes)
                and pdfium.modes[0]
                and pdfium.object_colour(path, *pdfium.into_colour)
                and colour[3]
                and min(colour[0], colour[1], colour[2]) < WHITE
            )
        return known
