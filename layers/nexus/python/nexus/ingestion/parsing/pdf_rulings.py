"""Finds the ruling lines of a PDF page: drawn lines, thin bars, and the edges of boxes."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from nexus.ingestion.parsing.pdf_calls import address, calls

# A bar of up to so many points is a line; what is shorter than a line is a dot.
_THICKEST, _SHORTEST = 2.5, 6.0
# Lines whose distance is smaller than this are one.
NEAR = 2.0
# A page of more objects, a path of more segments or a page of more lines is a drawing.
_MOST_OBJECTS, _MOST_SEGMENTS, _MOST_LINES = 5_000, 1_000, 400

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Ruling:
    """A line on the page at `at`, from `start` to `end`: an x from y to y, or a y from x to x."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rulings:
    """The level and the upright lines of a page, those in one place put together."""

    level: tuple[Ruling, ...] = ()
    upright: tuple[Ruling, ...] = ()


def rulings(page: Any, shown: Callable[[float, float, float, float], Box]) -> Rulings:
    """The page's ruling lines; none of a page with more lines than tables have.

    `shown` gives the place (left, bottom, right, top) on the page as it is shown.
    """
    level, upright = list[Ruling](), list[Ruling]()
    for corners in _edges(page):
        left, bottom, right, top = shown(*corners)
        if top - bottom <= _THICKEST and right - left >= _SHORTEST:
            level.append(Ruling((bottom + top) / 2, left, right))
        elif right - left <= _THICKEST and top - bottom >= _SHORTEST:
            upright.append(Ruling((left + right) / 2, bottom, top))
    merged = Rulings(tuple(_merged(level)), tuple(_merged(upright)))
    return merged if len(merged.level) + len(merged.upright) <= _MOST_LINES else Rulings()


def _merged(lines: Iterable[Ruling]) -> Iterator[Ruling]:
    """The lines with those that go on in one another made one."""
    tracks: dict[int, list[Ruling]] = defaultdict(list)
    at, track = None, 0
    for line in sorted(lines, key=lambda line: line.at):
        if at is None or line.at - at > NEAR:
            at, track = line.at, track + 1
        tracks[track].append(line)
    for together in tracks.values():
        together.sort(key=lambda line: line.start)
        first = together[0]
        start, end = first.start, first.end
        for line in together[1:]:
            if line.start > end + NEAR:
                yield Ruling(first.at, start, end)
                start, end = line.start, line.end
            end = max(end, line.end)
        yield Ruling(first.at, start, end)


def _edges(page: Any) -> Iterator[Box]:
    """The thin boxes of the page's paths and the edges of the wide ones, before it is turned."""
    from pypdfium2 import raw  # type: ignore[import-untyped]

    count = raw.FPDFPage_CountObjects(page)
    if count > _MOST_OBJECTS:
        return
    pdfium, there = calls(), address(page)
    edges, into = pdfium.edges, pdfium.into_edges
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for at in range(count):
        one = pdfium.page_object(there, at)
        if pdfium.kind(one) != raw.FPDF_PAGEOBJ_PATH or not pdfium.bounds(one, *into):
            continue
        left, bottom, right, top = edges
        if right - left <= _THICKEST or top - bottom <= _THICKEST:
            yield left, bottom, right, top
            continue
        path = raw.FPDFPage_GetObject(page, at)
        raw.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
        if stroke.value:
            yield from _strokes(path)


def _strokes(path: Any) -> Iterator[Box]:
    """The straight strokes of a path that run along the page's sides."""
    from pypdfium2 import raw

    count = raw.FPDFPath_CountSegments(path)
    if count > _MOST_SEGMENTS:
        return
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(path, ctypes.byref(matrix))
    x, y = ctypes.c_float(), ctypes.c_float()
    begun = pen = (0.0, 0.0)
    for at in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            begun = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield _box(pen, point)
        pen = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield _box(pen, begun)
            pen = begun


def _box(one: tuple[float, float], other: tuple[float, float]) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[0], other[0]),
        max(one[1], other[1]),
    )
