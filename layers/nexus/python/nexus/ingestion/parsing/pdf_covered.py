"""Finds the texts of a PDF page that opaque boxes are painted over, or that a layer hides.

Both are told from the page's objects, without painting the page. A box hides only what is painted
before it by the same page or form, so that neither layers nor groups are between them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from nexus.ingestion.parsing.pdf_calls import Address, calls
from nexus.ingestion.parsing.pdf_layers import Layers
from nexus.ingestion.parsing.pdf_objects import (
    DEEPEST_MARK,
    LAYER,
    PATH,
    Box,
    Drawing,
    PageObjects,
    Painted,
    mark_name,
)
from nexus.ingestion.parsing.pdf_opaque import matrices, may_be_opaque, moved, opaque_boxes

# What is lower or narrower in points is a line, and covers no letters.
_LEAST = 4.0
# So many comparisons of boxes with texts are made on a page; to look at a box counts as several.
_MOST_STEPS, _LOOK = 100_000, 20
# More boxes over one text are not kept.
_MOST_OVER = 20
# PDFium compares a text with so many before it; sizes that differ by so many points are the same.
_COMPARED, _SLACK = 5, 0.1
# A letter is under a box that takes this share of its height, and all of its width but this.
_HEIGHT, _EDGE = 0.85, 0.15
# A text's middle, its place among what is painted, its left and right, and its address.
_Text = tuple[float, int, float, float, int]


def covered_texts(objects: PageObjects, layers: Layers) -> tuple[dict[int, list[Box]], set[int]]:
    """The texts that boxes cover, at least in part, by their addresses; and those of hidden layers.

    The boxes are in the page's coordinates.
    """
    covered: dict[int, list[Box]] = {}
    if objects.may_hide is None:
        return covered, set()
    if not objects.clips and any(one.may_cover for one in objects.painted):
        _Covers(objects, layers, covered).take()
    return covered, _switched_off(objects.layered, layers) if objects.layered else set()


def is_under(box: Any, covers: Sequence[Box]) -> bool:
    """Whether one of the covers hides a letter of that box."""
    left, bottom, right, top = box.left, box.bottom, box.right, box.top
    edge, height = _EDGE * (right - left), _HEIGHT * (top - bottom)
    middle = (bottom + top) / 2
    return any(
        cover[0] <= left + edge
        and right - edge <= cover[2]
        and cover[1] <= middle <= cover[3]
        and min(top, cover[3]) - max(bottom, cover[1]) >= height
        for cover in covers
    )


class _Covers:
    """A search for covered texts over one page, of so many steps."""

    def __init__(self, objects: PageObjects, layers: Layers, covered: dict[int, list[Box]]) -> None:
        self._objects, self._layers, self._covered = objects, layers, covered
        self._left = _MOST_STEPS

    def take(self) -> None:
        for painted in self._objects.painted:
            if painted.may_cover:
                self._among(painted)

    def _among(self, painted: Painted) -> None:
        drawings = self._objects.drawings_of(painted)
        large = [one for one in drawings if _is_large(one.box)]
        # Pictures and nested content may show the text again.
        shown = [one for one in large if one.kind != PATH]
        covers = [one for one in large if one.kind == PATH and may_be_opaque(one.address)]
        if not covers:
            return
        texts = _placed(self._objects, painted, covers)
        heights = [text[0] for text in texts]
        forms = list(matrices(_around(painted)))
        again: dict[int, int] | None = None
        for cover in covers:
            left, bottom, right, top = cover.box
            first, end = bisect_left(heights, bottom), bisect_right(heights, top)
            self._left -= end - first + 1
            if self._left < 0:
                return
            under = [
                text
                for text in texts[first:end]
                if text[1] < cover.place and text[2] < right and text[3] > left
            ]
            if not under:
                continue
            self._left -= _LOOK
            for box in opaque_boxes(cover.address, self._layers):
                self._left -= len(shown) + len(under)
                placed = _on_page(box, forms)
                if placed is None or _is_shown_again(box, cover.place, shown):
                    continue
                if painted.form is not None and self._is_painted_over(painted, placed):
                    continue
                if again is None:
                    self._left -= painted.total
                    again = _written_again(self._objects, painted)
                for text in under:
                    if again.get(text[4], -1) > cover.place:
                        continue
                    over = self._covered.setdefault(text[4], [])
                    if len(over) < _MOST_OVER:
                        over.append(placed)

    def _is_painted_over(self, painted: Painted, box: Box) -> bool:
        """Whether a picture may be painted over the box of a form, which shows the text again."""
        pdfium = calls()
        one = painted
        while one.around is not None and one.form is not None:
            later = False
            for _, other, kind in one.around.others:
                later = later or other.value == one.form.value
                if later and other.value != one.form.value and kind != PATH:
                    self._left -= 1
                    if one.around.form is not None or not pdfium.bounds(other, *pdfium.into_edges):
                        return True
                    left, bottom, right, top = pdfium.edges
                    if left < box[2] and right > box[0] and bottom < box[3] and top > box[1]:
                        return True
            one = one.around
        return False


def _is_large(box: Box) -> bool:
    return box[2] - box[0] >= _LEAST and box[3] - box[1] >= _LEAST


def _is_shown_again(box: Box, place: int, shown: Sequence[Drawing]) -> bool:
    return any(
        one.place > place
        and one.box[0] < box[2]
        and one.box[2] > box[0]
        and one.box[1] < box[3]
        and one.box[3] > box[1]
        for one in shown
    )


def _placed(objects: PageObjects, painted: Painted, covers: Sequence[Drawing]) -> list[_Text]:
    """The texts that one of the covers may be over, by their height."""
    pdfium = calls()
    bounds, edges, (left, bottom, right, top) = pdfium.bounds, pdfium.edges, pdfium.into_edges
    lowest, highest = (min(one.box[1] for one in covers), max(one.box[3] for one in covers))
    others = {place for place, _, _ in painted.others}
    found: list[_Text] = []
    for place, text in enumerate(islice(objects.every(painted), covers[-1].place)):
        if place not in others and bounds(text, left, bottom, right, top):
            middle = (edges[1] + edges[3]) / 2
            if lowest <= middle <= highest:
                found.append((middle, place, edges[0], edges[2], text.value or 0))
    found.sort(key=itemgetter(0))
    return found


def _written_again(objects: PageObjects, painted: Painted) -> dict[int, int]:
    """The texts that are painted again at their place soon after, each with its last's place.

    PDFium gives letters for the first of them alone, so that it stands for those that are seen.
    """
    pdfium = calls()
    bounds, edges, (left, bottom, right, top) = pdfium.bounds, pdfium.edges, pdfium.into_edges
    others = {place for place, _, _ in painted.others}
    found: dict[int, int] = {}
    before: deque[tuple[int, Box]] = deque(maxlen=_COMPARED)
    for place, text in enumerate(objects.every(painted)):
        if place in others or not bounds(text, left, bottom, right, top):
            continue
        box = (edges[0], edges[1], edges[2], edges[3])
        for earlier, other in before:
            if _is_same(box, other):
                found[earlier] = place
        before.append((text.value or 0, box))
    return found


def _is_same(one: Box, other: Box) -> bool:
    """Whether two texts of one page are as large and begin, nearly, at the same place."""
    width, height = one[2] - one[0], one[3] - one[1]
    return (
        abs(one[1] - other[1]) <= height / 8 + _SLACK
        and abs(one[0] - other[0]) <= height
        and abs(width - other[2] + other[0]) <= width / 50 + _SLACK
        and abs(height - other[3] + other[1]) <= height / 50 + _SLACK
    )


def _around(painted: Painted) -> Iterator[Address]:
    """The form and those around it, the innermost first."""
    one: Painted | None = painted
    while one is not None and one.form is not None:
        yield one.form
        one = one.around


def _on_page(box: Box, forms: Sequence[tuple[float, ...]]) -> Box | None:
    placed: Box | None = box
    for matrix in forms:
        placed = placed and moved(placed, matrix)
    return placed


def _switched_off(layered: Sequence[Address], layers: Layers) -> set[int]:
    """The addresses of those texts of layers that are in one which is surely off."""
    off = layers.off()
    if not off:
        return set()
    pdfium = calls()
    known: dict[int, bool] = {}
    found = set[int]()
    for text in layered:
        for number in range(min(pdfium.count_marks(text), DEEPEST_MARK)):
            mark = pdfium.mark(text, number)
            if (is_off := known.get(mark)) is None:
                is_off = known[mark] = mark_name(mark) == LAYER and _layer_name(mark) in off
            if is_off:
                found.add(text.value or 0)
    return found


def _layer_name(mark: int) -> bytes:
    """The name of the layer that a mark is of, as it is written; b"" of one that names none."""
    pdfium = calls()
    size, most = pdfium.written, len(pdfium.name)
    given = Address(mark), b"Name", pdfium.name, most, pdfium.into_written
    if not pdfium.mark_bytes(*given) or size.value > most:
        return b""
    return pdfium.name.raw[: size.value]
