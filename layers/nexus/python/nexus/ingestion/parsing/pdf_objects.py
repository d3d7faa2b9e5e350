"""Looks once at what a PDF page paints: text that may be hidden, and drawings and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, repeat
from typing import Any, NamedTuple

from nexus.ingestion.parsing.pdf_calls import Address, address, calls

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


class Drawing(NamedTuple):
    """What is painted beside text: its address, its kind, and its left, bottom, right and top."""

    address: Address
    kind: int
    box: Box


class PageObjects:
    """The objects of one page, which has to stay open and shows so many `lines` of text.

    `may_hide` are the addresses of texts painted in white, transparent or not at all; None where
    it would take long to tell. `are_too_many` says that nothing is looked for among them.
    """

    def __init__(self, page: Any, lines: int) -> None:
        self._page = address(page)
        self._count = calls().count_objects(self._page)
        self.are_too_many = self._count > _MOST_OBJECTS
        self.may_hide: set[int] | None = None
        self._others: list[Address] | None = None
        self._most = _MOST_TO_A_LINE * lines
        if self._count <= self._most:
            self._look()

    def _look(self) -> None:
        may_hide = set[int]()
        self._others = _unlike_text(self._every(), may_hide)
        if self._looks_into_forms(may_hide):
            self.may_hide = may_hide

    def _looks_into_forms(self, may_hide: set[int]) -> bool:
        """Adds the texts within the page's forms that may be hidden; false if that takes long."""
        pdfium = calls()
        kind_of, count_in, object_in = pdfium.kind, pdfium.count_nested, pdfium.nested_object
        others, left = self._others or [], self._most - self._count
        while forms := [one for one in others if kind_of(one) == _FORM]:
            counts = [count_in(form) for form in forms]
            left -= sum(counts)
            if left < 0:
                return False
            nested = chain.from_iterable(
                map(object_in, repeat(form), range(count))
                for form, count in zip(forms, counts, strict=True)
            )
            others = _unlike_text(nested, may_hide)
        return True

    def _every(self) -> Iterator[Address]:
        # One after the other: all of them at once would take longer to make.
        return map(calls().page_object, repeat(self._page), range(self._count))

    @cached_property
    def drawings(self) -> list[Drawing]:
        """What is painted beside text; none of a page of more than 5,000 objects."""
        if self.are_too_many:
            return []
        pdfium = calls()
        kind_of, bounds = pdfium.kind, pdfium.bounds
        edges, (left, bottom, right, top) = pdfium.edges, pdfium.into_edges
        return [
            Drawing(one, kind, (edges[0], edges[1], edges[2], edges[3]))
            for one in (self._every() if self._others is None else self._others)
            if (kind := kind_of(one)) != _TEXT and bounds(one, left, bottom, right, top)
        ]


def _unlike_text(objects: Iterable[Any], may_hide: set[int]) -> list[Address]:
    """The objects that are no texts; of texts, those that may be hidden go into `may_hide`."""
    pdfium = calls()
    mode_of, colour_of = pdfium.render_mode, pdfium.object_colour
    colour, (red, green, blue, alpha) = pdfium.colour, pdfium.into_colour
    others: list[Address] = []
    for one in objects:
        mode = mode_of(one)
        if mode == _NO_TEXT:
            others.append(one)
        elif (
            mode == UNPAINTED
            or not colour_of(one, red, green, blue, alpha)
            or not colour[3]
            or (colour[0] >= WHITE and colour[1] >= WHITE and colour[2] >= WHITE)
        ):
            may_hide.add(one.value)
    return others
