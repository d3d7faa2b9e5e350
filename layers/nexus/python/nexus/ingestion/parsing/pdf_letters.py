"""Reads the letters of one PDF page, line by line and word by word, by PDFium's own functions.

pypdfium2's objects would take longer than PDFium does: they watch over every page and box.
"""

from __future__ import annotations

import ctypes
import re
from codecs import decode
from typing import Any, NamedTuple

from nexus.ingestion.parsing.pdf_calls import Address, address, calls, failure
from nexus.ingestion.parsing.pdf_layers import Layers
from nexus.ingestion.parsing.pdf_objects import PageObjects
from nexus.ingestion.parsing.pdf_visibility import Visibility

_SEGMENTS_LOOKED_AT = 60
# How fonts that carry no weight of their own name a bold face.
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi|cmbx|-medi", re.I)
# TeX's typewriter faces: blanks in what they set are parts of a listing, no borders of cells.
_LISTING = re.compile(rb"(?:cm|cmsl|ec|lm|tx|sf)(?:mono|tt)", re.I)
# Faces whose letters are all as wide, which not all fonts say by their flag.
_TYPED = re.compile(rb"mono|nimbusmon|courier|typewriter|consolas|menlo", re.I)
# Words of a listing stand whole letters apart, give or take this share of one; cells of a table,
# whose width is chosen freely, do not.
UNEVEN = 0.05
_FIXED_PITCH, _FORCE_BOLD = 1 << 0, 1 << 18


class Place(NamedTuple):
    """A rectangle in points, y growing upwards."""

    left: float
    bottom: float
    right: float
    top: float


class _Face(NamedTuple):
    is_bold: bool
    is_listing: bool
    is_typed: bool


class Letters:
    """The text of one page, which has to stay open, with the place of each letter.

    Places are those of the page as it is shown, turned or not. `hides` tells whether a letter was
    passed over because a reader does not see it. Raises PdfiumError if the text is damaged.
    """

    def __init__(
        self,
        page: Any,
        textpage: Any,
        layers: Layers | None = None,
        *,
        read_hidden: bool = False,
    ) -> None:
        layers = layers or Layers(lambda: None)
        pdfium = calls()
        self.page, self.address = address(page), address(textpage)
        count = pdfium.count_characters(self.address)
        if count < 0:
            raise failure("The characters of the page cannot be counted.")
        self.text = _text(self.address, count)
        # Where PDFium's two counts of characters differ, positions cannot be trusted.
        self.are_placed = len(self.text) == count
        self.hides = False
        # By the addresses of fonts, and of texts, which are others' once the page is closed.
        self._faces: dict[int | None, _Face] = {}
        self._faces_of_texts: dict[int | None, _Face] = {}
        self._has_typed = False
        self.objects = PageObjects(self.page, 0 if read_hidden else self.text.count("\n") + 1)
        self.visibility = Visibility(
            self.page, self.address, self.objects, layers, read_hidden=read_hidden
        )
        self.turn = pdfium.rotation(self.page)
        self._width, self.height = pdfium.width(self.page), pdfium.height(self.page)

    def box(self, index: int) -> Place:
        """Where the letter at `index` stands. Raises PdfiumError if nothing tells."""
        pdfium = calls()
        box = pdfium.box
        if not pdfium.loose_box(self.address, index, pdfium.into_box):
            raise failure("A character has no place.")
        if self.turn:
            return self.shown(box.left, box.bottom, box.right, box.top)
        return Place(box.left, box.bottom, box.right, box.top)

    def shown(self, left: float, bottom: float, right: float, top: float) -> Place:
        """The place on the page as it is shown, of one on the page before it is turned."""
        width, height = self._width, self.height
        if self.turn == 1:
            return Place(bottom, height - right, top, height - left)
        if self.turn == 2:
            return Place(width - right, height - top, width - left, height - bottom)
        if self.turn == 3:
            return Place(width - top, left, width - bottom, right)
        return Place(left, bottom, right, top)

    def is_listing(self, index: int) -> bool:
        """Whether the letter at `index` is of a face that TeX sets listings in."""
        painted = calls().text_object(self.address, index)
        return (self._faces_of_texts.get(painted) or self._face(index, painted)).is_listing

    def are_typed(self, first: int, last: int) -> bool:
        """Whether both letters are of faces whose letters are all as wide."""
        painted_by, faces = calls().text_object, self._faces_of_texts
        for index in (first, last):
            painted = painted_by(self.address, index)
            if not (faces.get(painted) or self._face(index, painted)).is_typed:
                return False
        return True

    def blank(self, first: int, last: int) -> float:
        """How wide a letter of the line is in points, if all are as wide as one another; else 0.

        Nothing is asked on pages where no face of that kind was met.
        """
        if not self._has_typed or not self.are_typed(first, last):
            return 0.0
        left, _, right, _ = self.box(first)
        return right - left

    def is_bold(self, index: int, painted: int | None = None) -> bool:
        """Whether the letter at `index` is of a bold face, as far as its font says.

        `painted` is the object that it is painted with, where that is known.
        """
        painted = painted or calls().text_object(self.address, index)
        return (self._faces_of_texts.get(painted) or self._face(index, painted)).is_bold

    def _face(self, index: int, painted: int | None) -> _Face:
        """Looks at the font of the letter at `index`, of a text that was not met before."""
        pdfium = calls()
        font = pdfium.font_of(Address(painted))
        face = self._faces.get(font)
        if face is None:
            name, flags = pdfium.name, pdfium.flags
            pdfium.font_info(self.address, index, name, pdfium.name_size, pdfium.into_flags)
            face = self._faces[font] = _Face(
                bool(flags.value & _FORCE_BOLD or _BOLD.search(name.value)),
                _LISTING.search(name.value) is not None,
                bool(flags.value & _FIXED_PITCH or _TYPED.search(name.value)),
            )
            self._has_typed = self._has_typed or face.is_typed
        self._faces_of_texts[painted] = face
        return face

    def hides_letter(self, index: int) -> bool:
        pdfium = calls()
        placed = pdfium.loose_box(self.address, index, pdfium.into_box)
        return bool(placed) and self.visibility.hides(index, pdfium.box)

    def hides_word(self, start: int, words: str) -> bool:
        """Whether a word after the first is hidden; words painted together are looked at once."""
        if self.visibility.paints_all:
            return False
        textpage, painted_by = self.address, calls().text_object
        may_hide, covers_in = self.visibility.may_hide, self.visibility.covers_in
        before, index = painted_by(textpage, start), start
        for word in words.split(" "):
            painted = painted_by(textpage, index)
            if (
                (painted != before or covers_in(painted))
                and may_hide(index, painted)
                and self.hides_letter(index)
            ):
                return True
            before, index = painted, index + len(word) + 1
        return False

    def widest_gap(self, segments: int, enough: float, first: int = 0) -> float:
        """The widest gap between the parts that the line last counted was painted in, in points.

        Beyond one of `enough`, none is looked for; parts before the `first` are passed over.
        """
        pdfium = calls()
        sides, into, segment = pdfium.sides, pdfium.into_sides, pdfium.segment
        textpage, (left, top, right, bottom) = self.address, into
        segment(textpage, first, left, top, right, bottom)
        widest, end = 0.0, sides[2]
        segments = min(segments, _SEGMENTS_LOOKED_AT)
        for index in range(first + 1, segments):
            segment(textpage, index, left, top, right, bottom)
            if (gap := sides[0] - end) > widest:
                widest = gap
                if gap > enough:
                    break
            end = sides[2]
        return widest


def _text(textpage: Address, count: int) -> str:
    """The text of the page's `count` characters."""
    # PDFium reads beyond a range that begins or ends with a character that has no text
    # (crbug.com/pdfium/2079).
    pdfium = calls()
    text_index = pdfium.text_index
    first, last = 0, count - 1
    while first <= last and (start := text_index(textpage, first)) < 0:
        first += 1
    while first <= last and (end := text_index(textpage, last)) < 0:
        last -= 1
    if first > last:
        return ""
    # With a closing zero. An array type of ctypes' own for each size would take longer to make.
    buffer = bytearray(2 * (end - start + 2))
    into = ctypes.byref(ctypes.c_char.from_buffer(buffer))
    written = pdfium.text(textpage, first, last - first + 1, into)
    return decode(memoryview(buffer)[: 2 * max(written - 1, 0)], "utf-16-le", "ignore")
