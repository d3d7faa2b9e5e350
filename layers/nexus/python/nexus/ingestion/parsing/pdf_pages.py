"""Reads one page of a PDF: its lines in reading order, rows of tables, values and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus.ingestion.parsing.pdf_annotations import marks, with_marks
from nexus.ingestion.parsing.pdf_arrangement import arranged
from nexus.ingestion.parsing.pdf_letters import Letters
from nexus.ingestion.parsing.pdf_lines import HYPHEN, Line, Page
from nexus.ingestion.parsing.pdf_rulings import rulings

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

# On a page where something stands side by side, words so far apart are of different cells: in
# heights of a letter. Spaces in justified lines are narrower.
_CELL_GAP = 0.85
# Rows so near to each other are of one block: in heights of a letter.
_NEAR_ROWS = 4.0
# More lines than this are not arranged: a drawing.
_MOST_LINES = 2_000


def read_page(document: PdfDocument, index: int, form: Any = None) -> Page:
    """The page at `index`, from 0. Raises PdfiumError if it is damaged."""
    from pypdfium2 import PdfiumError, raw

    page = raw.FPDF_LoadPage(document, index)
    if not page:
        raise PdfiumError("The page cannot be loaded.")
    try:
        textpage = raw.FPDFText_LoadPage(page)
        if not textpage:
            raise PdfiumError("The text of the page cannot be loaded.")
        try:
            letters = Letters(page, textpage)
            lines = _lines(page, letters)
        finally:
            raw.FPDFText_ClosePage(textpage)
        hides = letters.hides
        if raw.FPDFPage_GetAnnotCount(page) > 0:
            found, hides_notes = marks(page, form, letters.shown)
            lines, hides = with_marks(lines, found) if found else lines, hides or hides_notes
        is_picture = not lines and raw.FPDFPage_CountObjects(page) > 0
        return Page(index + 1, raw.FPDF_GetPageHeightF(page), lines, is_picture, hides)
    finally:
        raw.FPDF_ClosePage(page)


def _lines(page: Any, letters: Letters) -> list[Line]:
    found = list(letters.lines())
    lines = [drawn.line for drawn in found]
    if not letters.are_placed or len(lines) > _MOST_LINES:
        return lines
    stretches = _side_by_side(lines)
    if not stretches:
        return lines
    ruled = rulings(page, letters.shown)
    uprights = [(line.at, line.start, line.end) for line in ruled.upright]
    parts = []
    for start, segments, line in found:
        if line.is_turned or not (
            line.is_row or HYPHEN in line.text or (segments > 1 and _is_in(line, stretches))
        ):
            parts.append((line, [line]))
            continue
        runs = letters.runs(start, line.text, _CELL_GAP, uprights)
        parts.append((line, [run._replace(is_bold=letters.is_bold(at)) for at, run in runs]))
    return arranged(parts, ruled)


def _side_by_side(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The stretches of the page, as bottom and top, with rows in which things stand side by side.

    A single such row, like a running header, is none; turned text is.
    """
    found: list[tuple[float, float]] = []
    rows = 0
    before: Line | None = None
    for line in sorted(lines, key=lambda line: -line.top):
        beside = before is not None and line.top - before.bottom > 0.5 * line.size
        before = line
        if not (line.is_row or line.is_turned or beside):
            continue
        near = _NEAR_ROWS * line.size
        if found and found[-1][0] <= line.top:
            rows += 1
            found[-1] = (min(found[-1][0], line.bottom - near), found[-1][1])
        else:
            if rows == 1:
                found.pop()
            found.append((line.bottom - near, line.top + near))
            rows = 2 if line.is_turned else 1
    return found[:-1] if rows == 1 else found


def _is_in(line: Line, stretches: Sequence[tuple[float, float]]) -> bool:
    return any(line.bottom < top and line.top > bottom for bottom, top in stretches)
