"""Looks once at what a PDF page paints: text that may be hidden, and drawings and pictures."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from itertools import repeat
from typing import Any, NamedTuple

from nexus.ingestion.parsing.pdf_calls import Address, calls

Box = tuple[float, float, float, float]

# Each of red, green and blue; nobody tells lighter letters from paper.
WHITE = 245
# PDF 32000-1, table 106: text that is neither filled nor stroked.
UNPAINTED = 3
# PDFium's kinds of objects, and the mode that it gives of one that is no text (fpdf_edit.h).
_TEXT, PATH, _FORM = 1, 2, 5
_NO_TEXT = -1
# A page of more objects is a drawing.
_MOST_OBJECTS = 5_000
# Where lines are painted in more pieces than they have words, asking about words is faster.
_MOST_TO_A_LINE = 12
# A text in more marks than these is not looked at any closer.
DEEPEST_MARK = 10
# The name of the marks of layers (optional content).
LAYER = "OC"


class Drawing(NamedTuple):
    """What is painted beside text: its address, its kind, and its left, bottom, right and top.

    `place` is its place among all that the page paints, one over the other, from 0.
    """

    address: Address
    kind: int
    box: Box
    place: int


# Makes one of the tuple of all its fields, in half the time.
_drawing: Callable[[tuple[Address, int, Box, int]], Drawing] = partial(tuple.__new__, Drawing)


# An object that is no text: its place among all that are painted, its address and its kind.
_Other = tuple[int, Address, int]


class Painted(NamedTuple):
    """What a page, or a form on it (PDF 32000-1, 8.10), paints one over the other.

    `form` is the form's address, None for the page; `around` what paints the form. `others` are
    the objects that are no texts, each with its place among all `total` of them, from 0.
    """

    form: Address | None
    around: Painted | None
    others: list[_Other]
    total: int

    @property
    def may_cover(self) -> bool:
        """Whether anything that is no text is painted over the first text."""
        return bool(self.others) and self.others[-1][0] >= len(self.others)


class PageObjects:
    """The objects of the page at an address, which stays open and shows so many `lines` of text.

    `may_hide` are the addresses of texts painted in white, transparent or not at all; None where
    it would take long to tell. `layered` are the texts of layers (optional content), which may not
    be shown. `painted` are the page and the forms on it, and `clips` says that letters cut out
    what is painted over them. `are_too_many` says that nothing is looked for among the objects.
    """

    def __init__(self, page: Address, lines: int) -> None:
        self._page = page
        self._count = calls().count_objects(self._page)
        self.are_too_many = self._count > _MOST_OBJECTS
        self.may_hide: set[int] | None = None
        self._others: list[_Other] | None = None
        self.layered: list[Address] = []
        self.painted: list[Painted] = []
        self.clips = False
        # Of the marks that were met, which of them are layers'; most texts are of few.
        self._layers: dict[int, bool] = {}
        self._most = _MOST_TO_A_LINE * lines
        if self._count <= self._most:
            self._look()

    def _look(self) -> None:
        may_hide = set[int]()
        self._others = self._unlike_text(self._every(), may_hide)
        self.painted.append(Painted(None, None, self._others, self._count))
        if self._looks_into_forms(may_hide):
            self.may_hide = may_hide

    def _looks_into_forms(self, may_hide: set[int]) -> bool:
        """Adds the texts within the page's forms that may be hidden; false if that takes long."""
        pdfium = calls()
        count_in, object_in = pdfium.count_nested, pdfium.nested_object
        left = self._most - self._count
        for around in self.painted:  # which grows meanwhile
            for _, one, kind in around.others:
                if kind != _FORM:
                    continue
                count = count_in(one)
                left -= count
                if left < 0:
                    return False
                nested = map(object_in, repeat(one), range(count))
                others = self._unlike_text(nested, may_hide)
                self.painted.append(Painted(one, around, others, count))
        return True

    def every(self, painted: Painted) -> Iterator[Address]:
        """All that the page or a form paints itself, texts and others, in order."""
        if painted.form is None:
            return self._every()
        return map(calls().nested_object, repeat(painted.form), range(painted.total))

    def drawings_of(self, painted: Painted) -> list[Drawing]:
        """What the page or a form paints itself beside text, in its own coordinates."""
        return self.drawings if painted.form is None else _drawings(painted.others)

    def _every(self) -> Iterator[Address]:
        # One after the other: all of them at once would take longer to make.
        return map(calls().page_object, repeat(self._page), range(self._count))

    @cached_property
    def drawings(self) -> list[Drawing]:
        """What is painted beside text; none of a page of more than 5,000 objects."""
        if self.are_too_many:
            return []
        if self._others is not None:
            return _drawings(self._others)
        # Among so many texts there is little else: what is none is asked for again.
        kinds, object_at = map(calls().kind, self._every()), calls().page_object
        found = [(place, kind) for place, kind in enumerate(kinds) if kind != _TEXT]
        return _drawings((place, object_at(self._page, place), kind) for place, kind in found)

    def _unlike_text(self, objects: Iterable[Any], may_hide: set[int]) -> list[_Other]:
        """The objects that are no texts, each with its place.

        Of texts, those that may be hidden go into `may_hide`, those of layers into `layered`.
        """
        pdfium = calls()
        mode_of, kind_of, colour_of = pdfium.render_mode, pdfium.kind, pdfium.object_colour
        count_marks, number_of = pdfium.count_marks, pdfium.structure_number
        colour, (red, green, blue, alpha) = pdfium.colour, pdfium.into_colour
        others: list[_Other] = []
        for place, one in enumerate(objects):
            mode = mode_of(one)
            if mode == _NO_TEXT:
                others.append((place, one, kind_of(one)))
                continue
            if (
                mode >= UNPAINTED
                or not colour_of(one, red, green, blue, alpha)
                or not colour[3]
                or (colour[0] >= WHITE and colour[1] >= WHITE and colour[2] >= WHITE)
            ):
                may_hide.add(one.value)
                self.clips = self.clips or mode > UNPAINTED
            # Of tagged text, the one mark is that of its place in the structure.
            if (marks := count_marks(one)) and (
                (marks > 1 or number_of(one) < 0) and self._is_layered(one, marks)
            ):
                self.layered.append(one)
        return others

    def _is_layered(self, text: Address, marks: int) -> bool:
        """Whether a mark around a text is that of optional content (PDF 32000-1, 8.11.3)."""
        mark_of = calls().mark
        for number in range(min(marks, DEEPEST_MARK)):
            mark = mark_of(text, number)
            if (is_layer := self._layers.get(mark)) is None:
                is_layer = self._layers[mark] = mark_name(mark) == LAYER
            if is_layer:
                return True
        return False


def _drawings(objects: Iterable[_Other]) -> list[Drawing]:
    pdfium = calls()
    bounds, edges, (left, bottom, right, top) = pdfium.bounds, pdfium.edges, pdfium.into_edges
    return [
        _drawing((one, kind, (edges[0], edges[1], edges[2], edges[3]), place))
        for place, one, kind in objects
        if kind != _TEXT and bounds(one, left, bottom, right, top)
    ]


def mark_name(mark: int) -> str:
    """The name of a mark around marked content, such as "OC"; "" of one that is damaged."""
    pdfium = calls()
    size = pdfium.written
    if not pdfium.mark_name(Address(mark), pdfium.name, len(pdfium.name), ctypes.byref(size)):
        return ""
    return pdfium.name.raw[: max(size.value - 2, 0)].decode("utf-16-le", "ignore")
