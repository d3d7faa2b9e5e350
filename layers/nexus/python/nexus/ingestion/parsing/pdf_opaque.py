"""Tells what a drawing of a PDF page surely hides of what was painted before: opaque boxes alone.

It is told by the drawing's outline, colours and clips, without painting it: a page that is painted
can take any time and memory. What is in doubt hides nothing, and so do pictures: they may have
holes, and text under them is mostly what was recognised in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from nexus.ingestion.parsing.pdf_calls import Address, calls
from nexus.ingestion.parsing.pdf_layers import Layers
from nexus.ingestion.parsing.pdf_objects import DEEPEST_MARK, LAYER, Box, mark_name

# An outline of more segments is a drawing, and a clip of more paths is not looked at.
_MOST_SEGMENTS = 100
_MOST_CLIPS = 10
_MOST_OF_CLIP = 6
# A straight stroke has two ends.
_ENDS = 2
# Corners this near to each other, in points, are one.
_NEAR = 0.05
# PDFium's kinds of segments and of fills (fpdf_edit.h).
_CURVE, _MOVE_TO = 1, 2
_EVEN_ODD = 1
_OPAQUE = 255
# What PDFium gives as the colour of a pattern with colours of its own.
_PATTERN = (0xBF, 0xBF, 0xBF)
# And as that of a shading.
_UNTOLD = (0xFF, 0xFF, 0xFF)
_Point = tuple[float, float]


def may_be_opaque(path: Address) -> bool:
    """Whether a path is worth a closer look: it is filled, or a single stroke."""
    pdfium = calls()
    return bool(
        pdfium.draw_mode(path, *pdfium.into_modes)
        and (pdfium.modes[0] or pdfium.count_strokes(path) == _ENDS)
    )


def opaque_boxes(path: Address, layers: Layers) -> list[Box]:
    """What the path surely hides, in the coordinates of what paints it; mostly nothing or one box.

    `layers` tells whether the document has patterns, which a colour may stand for.
    """
    pdfium = calls()
    if not pdfium.draw_mode(path, *pdfium.into_modes):
        return []
    fill, is_stroked = pdfium.modes[0], pdfium.modes[1]
    whites = set[bool]()
    is_filled = bool(fill) and _is_opaque(pdfium.object_colour, path, whites)
    is_stroked = bool(is_stroked) and _is_opaque(pdfium.stroke_colour, path, whites)
    if not (is_filled or is_stroked) or pdfium.has_transparency(path) or _is_layered(path):
        return []
    outline = _outline(path)
    if outline is None:
        return []
    boxes = _filled(outline, even_odd=fill == _EVEN_ODD) if is_filled else []
    if is_stroked and not boxes:
        boxes = _stroked(outline, path)
    if not boxes or layers.may_show_through(is_white=True in whites):
        return []
    clip = _clip(path)
    return [] if clip is None else [cut for box in boxes if (cut := _common(box, clip))]


def _is_opaque(colour_of: Any, path: Address, whites: set[bool]) -> bool:
    """Whether a path's colour is none that shines through; adds whether it is white."""
    pdfium = calls()
    red, green, blue, alpha = pdfium.colour if colour_of(path, *pdfium.into_colour) else (0,) * 4
    whites.add((red, green, blue) == _UNTOLD)
    return alpha == _OPAQUE and (red, green, blue) != _PATTERN


def _is_layered(path: Address) -> bool:
    """Whether a layer holds the path, which may be off."""
    pdfium = calls()
    count = pdfium.count_marks(path)
    return count > DEEPEST_MARK or any(
        mark_name(pdfium.mark(path, number)) == LAYER for number in range(count)
    )


def _outline(path: Address) -> list[list[_Point]] | None:
    """The corners of each part of a path without curves; None of another."""
    pdfium = calls()
    pdfium.matrix_of(path, pdfium.into_matrix)
    a, b, c, d, e, f = pdfium.matrix
    parts = _parts(pdfium.count_strokes(path), lambda at: pdfium.stroke(path, at))
    return parts and [[(a * x + c * y + e, b * x + d * y + f) for x, y in part] for part in parts]


def _parts(count: int, segment: Callable[[int], Address]) -> list[list[_Point]] | None:
    pdfium = calls()
    if not 0 < count <= _MOST_SEGMENTS:
        return None
    edges, (into_x, into_y) = pdfium.edges, pdfium.into_edges[:2]
    parts: list[list[_Point]] = []
    for at in range(count):
        one = segment(at)
        kind = pdfium.stroke_kind(one)
        if kind == _CURVE or not pdfium.stroke_point(one, into_x, into_y):
            return None
        if kind == _MOVE_TO or not parts:
            parts.append([])
        parts[-1].append((edges[0], edges[1]))
    return parts


def _filled(outline: list[list[_Point]], *, even_odd: bool) -> list[Box]:
    """The upright boxes that are filled; none if any part is no box, or may cut out another."""
    boxes, ways = list[Box](), set[bool]()
    for part in outline:
        box = _upright(part)
        if box is None:
            return []
        boxes.append(box)
        (x, y), (to_x, to_y), (end_x, end_y) = part[:3]
        ways.add((to_x - x) * (end_y - to_y) - (end_x - to_x) * (to_y - y) > 0)
    return boxes if len(boxes) == 1 or (len(ways) == 1 and not even_odd) else []


def _upright(part: list[_Point]) -> Box | None:
    """The box with these four corners, its sides along the page's."""
    if len(part) == 5 and _is_near(part[0], part[4]):
        part = part[:4]
    if len(part) != 4:
        return None
    xs, ys = [x for x, _ in part], [y for _, y in part]
    box = min(xs), min(ys), max(xs), max(ys)
    around = [*part, part[0]]
    is_box = all(
        min(abs(one[0] - other[0]), abs(one[1] - other[1])) <= _NEAR
        for one, other in pairwise(around)
    )
    at_corners = {
        (abs(x - box[0]) <= _NEAR, abs(y - box[1]) <= _NEAR)
        for x, y in part
        if min(abs(x - box[0]), abs(x - box[2])) <= _NEAR
        and min(abs(y - box[1]), abs(y - box[3])) <= _NEAR
    }
    return box if is_box and len(at_corners) == 4 else None


def _is_near(one: _Point, other: _Point) -> bool:
    return abs(one[0] - other[0]) <= _NEAR and abs(one[1] - other[1]) <= _NEAR


def _stroked(outline: list[list[_Point]], path: Address) -> list[Box]:
    """The box of one straight stroke along the page's sides, without its caps."""
    pdfium = calls()
    if len(outline) != 1 or len(outline[0]) != _ENDS or pdfium.count_dashes(path) != 0:
        return []
    a, b, c, d = pdfium.matrix[:4]
    if not pdfium.stroke_width(path, pdfium.into_edges[0]) or max(abs(b), abs(c)) > _NEAR:
        return []
    across, upward = (pdfium.edges[0] * abs(scale) / 2 for scale in (a, d))
    (x, y), (to_x, to_y) = outline[0]
    left, bottom, right, top = min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)
    if top - bottom <= _NEAR:
        return [(left, bottom - upward, right, top + upward)]
    if right - left <= _NEAR:
        return [(left - across, bottom, right + across, top)]
    return []


def _clip(path: Address) -> Box | None:
    """What the page lets the path paint on; None if that is no box."""
    pdfium = calls()
    box: Box | None = (-1e9, -1e9, 1e9, 1e9)
    clip = pdfium.clip_of(path)
    count = pdfium.count_clips(clip) if clip.value else 0
    if count > _MOST_CLIPS:
        return None
    for number in range(count):
        parts = _clip_parts(clip, number)
        own = _upright(parts[0]) if parts is not None and len(parts) == 1 else None
        box = own and box and _common(box, own)
    return box


def _clip_parts(clip: Address, number: int) -> list[list[_Point]] | None:
    pdfium = calls()
    count = pdfium.count_clip_strokes(clip, number)
    if count > _MOST_OF_CLIP:
        return None
    return _parts(count, lambda at: pdfium.clip_stroke(clip, number, at))


def _common(one: Box, other: Box) -> Box | None:
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, right, top) if left < right and bottom < top else None


def moved(box: Box, matrix: tuple[float, ...]) -> Box | None:
    """The box as a form's matrix places it; None if it does not stay upright."""
    a, b, c, d, e, f = matrix
    if max(abs(b), abs(c)) > 1e-6 and max(abs(a), abs(d)) > 1e-6:
        return None
    left, bottom, right, top = box
    ends = [(a * x + c * y + e, b * x + d * y + f) for x, y in ((left, bottom), (right, top))]
    (x, y), (to_x, to_y) = ends
    return min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)


def matrices(forms: Iterator[Address]) -> Iterator[tuple[float, ...]]:
    """The matrices of forms, the innermost first."""
    pdfium = calls()
    for form in forms:
        if pdfium.matrix_of(form, pdfium.into_matrix):
            yield tuple(pdfium.matrix)
