"""Finds the ruling lines of a PDF page: drawn lines, thin bars, and the edges of boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from nexus.ingestion.parsing.pdf_calls import Address, calls
from nexus.ingestion.parsing.pdf_objects import PATH, Box, Drawing

# A bar of up to so many points is a line; what is shorter than a line is a dot.
_THICKEST, _SHORTEST = 2.5, 6.0
# Lines whose distance is smaller than this are one.
NEAR = 2.0
# A path of more segments, or a page of more lines, is a drawing.
_MOST_SEGMENTS, _MOST_LINES = 1_000, 400
_at, _start = attrgetter("at"), attrgetter("start")
# PDFium's kinds of segments (fpdf_edit.h).
_LINE_TO, _MOVE_TO = 0, 2


class Ruling(NamedTuple):  # a page of tables has hundreds
    """A line on the page at `at`, from `start` to `end`: an x from y to y, or a y from x to x."""

    at: float
    start: float
    end: float


# Makes one of the tuple of all its fields, in half the time.
_ruling: Callable[[tuple[float, float, float]], Ruling] = partial(tuple.__new__, Ruling)


@dataclass(frozen=True, slots=True)
class Rulings:
    """The level and the upright lines of a page, those in one place put together."""

    level: tuple[Ruling, ...] = ()
    upright: tuple[Ruling, ...] = ()


def rulings(
    drawings: Iterable[Drawing], shown: Callable[[float, float, float, float], Box] | None
) -> Rulings:
    """The ruling lines among a page's drawings; none if there are more than tables have.

    `shown` gives the place (left, bottom, right, top) on the page as it is shown, if it is turned.
    """
    level, upright = list[Ruling](), list[Ruling]()
    for corners in _edges(drawings):
        left, bottom, right, top = shown(*corners) if shown else corners
        if top - bottom <= _THICKEST and right - left >= _SHORTEST:
            level.append(_ruling(((bottom + top) / 2, left, right)))
        elif right - left <= _THICKEST and top - bottom >= _SHORTEST:
            upright.append(_ruling(((left + right) / 2, bottom, top)))
    merged = Rulings(tuple(_merged(level)), tuple(_merged(upright)))
    return merged if len(merged.level) + len(merged.upright) <= _MOST_LINES else Rulings()


def _merged(lines: Iterable[Ruling]) -> Iterator[Ruling]:
    """The lines with those that go on in one another made one."""
    tracks: list[list[Ruling]] = []
    at = 0.0
    for line in sorted(lines, key=_at):
        if not tracks or line.at - at > NEAR:
            at = line.at
            tracks.append([])
        tracks[-1].append(line)
    for together in tracks:
        together.sort(key=_start)
        first = together[0]
        start, end = first.start, first.end
        for line in together[1:]:
            if line.start > end + NEAR:
                yield _ruling((first.at, start, end))
                start, end = line.start, line.end
            end = line.end if line.end > end else end
        yield _ruling((first.at, start, end))


def _edges(drawings: Iterable[Drawing]) -> Iterator[Box]:
    """The thin boxes of the page's paths and the edges of the wide ones, before it is turned."""
    pdfium = calls()
    for path, kind, box, _ in drawings:
        if kind != PATH:
            continue
        left, bottom, right, top = box
        if right - left <= _THICKEST or top - bottom <= _THICKEST:
            yield box
        elif pdfium.draw_mode(path, *pdfium.into_modes) and pdfium.modes[1]:
            yield from _strokes(path)


def _strokes(path: Address) -> Iterator[Box]:
    """The straight strokes of a path that run along the page's sides."""
    pdfium = calls()
    count = pdfium.count_strokes(path)
    if count > _MOST_SEGMENTS:
        return
    pdfium.matrix_of(path, pdfium.into_matrix)
    a, b, c, d, e, f = pdfium.matrix
    edges, (into_x, into_y) = pdfium.edges, pdfium.into_edges[:2]
    begun = pen = (0.0, 0.0)
    for at in range(count):
        stroke = pdfium.stroke(path, at)
        pdfium.stroke_point(stroke, into_x, into_y)
        x, y = edges[0], edges[1]
        point = (a * x + c * y + e, b * x + d * y + f)
        kind = pdfium.stroke_kind(stroke)
        if kind == _MOVE_TO:
            begun = point
        elif kind == _LINE_TO:
            yield _box(pen, point)
        pen = point
        # Where the pen is back already, closing draws nothing.
        if pen != begun and pdfium.stroke_closes(stroke):
            yield _box(pen, begun)
            pen = begun


def _box(one: tuple[float, float], other: tuple[float, float]) -> Box:
    (x, y), (to_x, to_y) = one, other
    # Half as fast with min() and max(), and done for every stroke.
    return (
        to_x if to_x < x else x,
        to_y if to_y < y else y,
        to_x if to_x > x else x,
        to_y if to_y > y else y,
    )
