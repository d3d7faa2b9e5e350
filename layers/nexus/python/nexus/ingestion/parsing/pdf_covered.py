"""Finds the texts of a PDF page that are painted over, or are of a layer that is not shown.

Whether they are seen is decided by two small pictures of the page, with them and without: what
makes no difference, nobody sees. They are made only of pages on which something may cover a text.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from nexus.ingestion.parsing.pdf_calls import Address, calls
from nexus.ingestion.parsing.pdf_objects import PATH, Box, PageObjects

# What is lower or narrower in points is a line, and covers no letters.
_LEAST = 4.0
# A page that pictures cover to this share is a scan: its text, as recognised, lies under them.
_SCAN = 0.5
# Dots of the pictures to a point: enough for the smallest letters that are read.
_SCALE = 1.5
_MOST_DOTS = 6_000_000
# A text, with the middle of its place, its place among what is painted, and its box.
_Text = tuple[float, float, int, Address, Box]


def covered_texts(page: Any, objects: PageObjects, box: Box) -> set[int]:
    """The addresses of the texts that are not seen on the page, which shows the `box`."""
    if objects.may_hide is None:
        return set()
    suspects: dict[int, tuple[Address, Box]] = {}
    if objects.may_cover:
        covers = _covers(objects, box)
        if covers:
            _take_under(covers, objects, suspects)
    if objects.layered:
        _take_layered(objects, suspects)
    if not suspects:
        return set()
    return _unseen(page, list(suspects.values()), box)


def _covers(objects: PageObjects, box: Box) -> list[tuple[int, Box]]:
    """What is large and may be painted over text, with its place among what is painted."""
    found: list[tuple[int, Box]] = []
    pictures = 0.0
    texts_before = 0
    for number, drawing in enumerate(objects.drawings):
        left, bottom, right, top = drawing.box
        texts_before = drawing.place - number
        if right - left < _LEAST or top - bottom < _LEAST:
            continue
        if drawing.kind != PATH:
            pictures += (right - left) * (top - bottom)
        if texts_before > 0 and (drawing.kind != PATH or _is_filled(drawing.address)):
            found.append((drawing.place, drawing.box))
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return [] if pictures >= _SCAN * whole else found


def _is_filled(path: Address) -> bool:
    pdfium = calls()
    return bool(
        pdfium.draw_mode(path, *pdfium.into_modes)
        and pdfium.modes[0]
        and pdfium.object_colour(path, *pdfium.into_colour)
        and pdfium.colour[3] == 255
        and not pdfium.has_transparency(path)
    )


def _take_under(
    covers: Sequence[tuple[int, Box]],
    objects: PageObjects,
    suspects: dict[int, tuple[Address, Box]],
) -> None:
    """Adds the texts that one of the covers is painted over."""
    last = covers[-1][0]
    texts = sorted(
        (_placed(place, text) for place, text in objects.texts() if place < last),
        key=itemgetter(0),
    )
    heights = [text[0] for text in texts]
    for place, (left, bottom, right, top) in covers:
        for text in texts[bisect_left(heights, bottom) : bisect_right(heights, top)]:
            if text[2] < place and left <= text[1] <= right:
                suspects[text[3].value or 0] = text[3], text[4]


def _placed(place: int, text: Address) -> _Text:
    pdfium = calls()
    edges = pdfium.edges
    if not pdfium.bounds(text, *pdfium.into_edges):
        return -1e9, 0.0, place, text, (0.0, 0.0, 0.0, 0.0)
    left, bottom, right, top = edges
    return (bottom + top) / 2, (left + right) / 2, place, text, (left, bottom, right, top)


def _take_layered(objects: PageObjects, suspects: dict[int, tuple[Address, Box]]) -> None:
    """Adds the texts that a layer holds, shown or not."""
    for text in objects.layered:
        suspects[text.value or 0] = text, _placed(0, text)[4]


def _unseen(page: Any, suspects: Sequence[tuple[Address, Box]], box: Box) -> set[int]:
    """Those of the texts that make no difference to what the page shows."""
    width, height = (int((high - low) * _SCALE) for low, high in zip(box[:2], box[2:], strict=True))
    if not 0 < width * height <= _MOST_DOTS:
        return set()
    pdfium = calls()
    before = _picture(page, width, height)
    for text, _ in suspects:
        pdfium.set_active(text, 0)
    after = _picture(page, width, height)
    for text, _ in suspects:
        pdfium.set_active(text, 1)
    unseen = set[int]()
    for text, (left, bottom, right, top) in suspects:
        first = max(int((left - box[0]) * _SCALE), 0)
        last = min(int((right - box[0]) * _SCALE) + 1, width)
        rows = range(
            max(int((box[3] - top) * _SCALE), 0), min(int((box[3] - bottom) * _SCALE) + 1, height)
        )
        if all(
            before[row * width + first : row * width + last]
            == after[row * width + first : row * width + last]
            for row in rows
        ):
            unseen.add(text.value or 0)
    return unseen


def _picture(page: Any, width: int, height: int) -> bytes:
    """The page in greys, unturned, a byte for each dot."""
    from pypdfium2 import raw  # type: ignore[import-untyped]

    buffer = ctypes.create_string_buffer(width * height)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_Gray, buffer, width)
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        turned = raw.FPDFPage_GetRotation(page)
        raw.FPDF_RenderPageBitmap(
            bitmap, page, 0, 0, width, height, -turned % 4, raw.FPDF_GRAYSCALE
        )
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return buffer.raw[: width * height]
