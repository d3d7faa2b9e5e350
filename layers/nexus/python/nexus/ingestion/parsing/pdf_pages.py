"""Reads one page of a PDF: its lines in reading order, rows of tables, values and notes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus.ingestion.parsing.pdf_annotations import Mark, marks, with_marks
from nexus.ingestion.parsing.pdf_arrangement import arranged, stretch_of
from nexus.ingestion.parsing.pdf_calls import calls, failure
from nexus.ingestion.parsing.pdf_drawn_lines import Drawn, drawn_lines, is_sparse
from nexus.ingestion.parsing.pdf_layers import Layers
from nexus.ingestion.parsing.pdf_letters import Letters, Place
from nexus.ingestion.parsing.pdf_lines import HYPHEN, Line, Page
from nexus.ingestion.parsing.pdf_listings import cut_at_columns
from nexus.ingestion.parsing.pdf_rulings import rulings
from nexus.ingestion.parsing.pdf_runs import cells, runs

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

# On a page where something stands side by side, words so far apart are of different cells: in
# heights of a letter. Spaces in justified lines are narrower.
_CELL_GAP = 0.85
# Rows so near to each other are of one block: in heights of a letter.
_NEAR_ROWS = 4.0
# Rows of which none is sure to be cells are a block from so many on.
_UNSURE_ROWS = 4
# More lines than this are not arranged: a drawing.
_MOST_LINES = 2_000
# A picture of a page has fewer letters on it: a stamp, a page number.
_FEW_LETTERS = 100


def read_page(
    document: PdfDocument,
    index: int,
    form: Any,
    layers: Layers,
    *,
    weighs: bool = True,
    read_hidden: bool = False,
) -> Page:
    """The page at `index`, from 0; `weighs` whether it is asked which lines are bold.

    What a reader does not see is left out, unless `read_hidden`. Raises PdfiumError if the page is
    damaged.
    """
    pdfium = calls()
    page = pdfium.load_page(document, index)
    if not page:
        raise failure("The page cannot be loaded.")
    try:
        textpage = pdfium.load_text(page)
        if not textpage:
            raise failure("The text of the page cannot be loaded.")
        try:
            letters = Letters(page, textpage, layers, read_hidden=read_hidden)
            found, hides = list[Mark](), False
            if pdfium.count_annotations(letters.page) > 0:
                found, hides = marks(page, form, letters.shown, read_hidden=read_hidden)
            boxes = [mark.place for mark in found if mark.is_box]
            lines = _lines(letters, boxes, weighs=weighs)
            is_scan = (
                len(letters.text) < _FEW_LETTERS
                and letters.visibility.shows_picture()
                and not letters.visibility.is_recognised()
            )
        finally:
            pdfium.close_text(textpage)
        hides = hides or letters.hides
        lines = with_marks(lines, found) if found else lines
        is_picture = is_scan or (not lines and pdfium.count_objects(letters.page) > 0)
        return Page(index + 1, letters.height, lines, is_picture, hides)
    finally:
        pdfium.close_page(page)


def _lines(letters: Letters, boxes: Sequence[Place], *, weighs: bool) -> list[Line]:
    found = list(drawn_lines(letters, weighs=weighs))
    if boxes and letters.are_placed:
        found = [part for one in found for part in _cut_at(boxes, one, letters)]
    lines = [drawn.line for drawn in found]
    if not letters.are_placed or len(lines) > _MOST_LINES:
        return lines
    stretches = _side_by_side(found)
    if not stretches:
        return lines
    ruled = rulings(letters.objects.drawings, letters.shown if letters.turn else None)
    uprights = sorted((line.at, line.start, line.end) for line in ruled.upright)
    return arranged(_parted(found, letters, stretches, uprights), ruled, stretches)


def _is_divided(line: Line, uprights: Sequence[tuple[float, float, float]]) -> bool:
    """Whether ruling lines divide a line, such as a last row below rows of several lines."""
    middle = (line.bottom + line.top) / 2
    return any(
        line.left < at < line.right and start <= middle <= end for at, start, end in uprights
    )


def _parted(
    found: Sequence[Drawn],
    letters: Letters,
    stretches: Sequence[tuple[float, float]],
    uprights: Sequence[tuple[float, float, float]],
) -> list[tuple[Line, list[Line]]]:
    """The lines, each with its runs of words: several in stretches, if it may be cells."""
    parts: list[tuple[Line, list[Line]]] = []
    listings: dict[int, list[int]] = defaultdict(list)
    for start, is_gapped, line, _, is_typed in found:
        own = [line]
        is_mended = HYPHEN in line.text
        stretch = None
        if (
            (is_gapped or is_typed or is_mended)
            and not line.is_turned
            and (
                (stretch := stretch_of(line, stretches)) is not None
                or (is_gapped and _is_divided(line, uprights))
            )
        ):
            blank = letters.blank(start, start + len(line.text) - 1)
            if uprights or is_mended or letters.turn or is_sparse(line):
                cut = runs(letters, start, line.text, _CELL_GAP, uprights, blank=blank)
                own = [run for _, run in cut]
            elif is_gapped:
                own = [run for _, run in cells(letters, start, line.text, blank)]
            if blank and stretch is not None:
                listings[stretch].append(len(parts))
        parts.append((line, own))
    for listed in listings.values():
        columned = cut_at_columns([parts[at][1] for at in listed])
        for at, own in zip(listed, columned, strict=True):
            parts[at] = (parts[at][0], own)
    return parts


def _cut_at(boxes: Sequence[Place], drawn: Drawn, letters: Letters) -> list[Drawn]:
    """The line in parts, where boxes to tick stand in it: each is for the words behind it."""
    line = drawn.line
    cuts = [
        ((box.left + box.right) / 2, box.bottom, box.top)
        for box in boxes
        if line.left < box.left
        and box.right < line.right
        and line.bottom < box.top
        and line.top > box.bottom
    ]
    if not cuts:
        return [drawn]
    parts = runs(letters, drawn.start, line.text, math.inf, sorted(cuts))
    return [Drawn(start, False, part) for start, part in parts]


def _side_by_side(drawn: Sequence[Drawn]) -> list[tuple[float, float]]:
    """The stretches of the page, as bottom and top, with rows in which things stand side by side.

    A single such row, like a running header, is none; turned text is. Rows of a list, where only
    marks stand apart, are none by themselves.
    """
    found: list[tuple[float, float]] = []
    rows: list[bool] = []
    is_told = False
    before = math.inf
    for _, is_gapped, line, tells, _ in sorted(drawn, key=_top):
        beside = line.top - before > 0.5 * line.size
        before = line.bottom
        is_sure = (is_gapped and line.is_row) or line.is_turned or beside
        if not (is_sure or is_gapped):
            continue
        near = _NEAR_ROWS * line.size
        if rows and found[-1][0] <= line.top:
            found[-1] = (min(found[-1][0], line.bottom - near), found[-1][1])
        else:
            if rows and not (is_told and _is_block(rows)):
                found.pop()
            found.append((line.bottom - near, line.top + near))
            rows, is_told = [], False
        rows.append(is_sure)
        is_told = is_told or is_sure or tells
        if line.is_turned:
            rows.append(True)
    if rows and not (is_told and _is_block(rows)):
        found.pop()
    return found


def _top(drawn: Drawn) -> float:
    return -drawn.line.top


def _is_block(rows: Sequence[bool]) -> bool:
    """Whether rows near to one another, each sure to be cells or not, may be a table or columns."""
    return len(rows) > 1 and (any(rows) or len(rows) >= _UNSURE_ROWS)
