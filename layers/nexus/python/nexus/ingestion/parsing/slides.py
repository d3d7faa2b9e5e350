"""Reads PPTX: the title, text, tables and speaker's notes of each slide."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.tables import render
from nexus.models import LocatedText, Locator, ParsedDocument

_DEEPEST_GROUP = 50


def read(content: bytes) -> ParsedDocument:
    """The visible slides in order; the title of each heads its texts."""
    import pptx

    presentation = pptx.Presentation(io.BytesIO(content))
    texts: list[LocatedText] = []
    number = 0
    for number, slide in enumerate(presentation.slides, start=1):
        if slide._element.get("show") == "0":
            continue
        title_shape = slide.shapes.title
        title = squeeze(clean(title_shape.text_frame.text)) if title_shape is not None else ""
        place = Locator(slide=number, heading=(title,) if title else ())
        found = [
            LocatedText(text, place)
            for shape in _flat(slide.shapes)
            if title_shape is None or shape.shape_id != title_shape.shape_id
            for text in _texts(shape)
        ]
        if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
            found += [LocatedText(frame.text, place)] if clean(frame.text) else []
        texts += found or ([LocatedText(title, place)] if title else [])
    return ParsedDocument(tuple(texts), presentation.core_properties.title, pages=max(number, 1))


def _flat(shapes: Any, depth: int = 0) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST_GROUP:
                yield from _flat(shape.shapes, depth + 1)
        else:
            yield shape


def _texts(shape: Any) -> list[str]:
    if _is_furniture(shape):
        return []
    if getattr(shape, "has_table", False):
        return _table(shape.table)
    if getattr(shape, "has_chart", False):
        return _chart(shape.chart)
    if shape.has_text_frame:
        text = clean(shape.text_frame.text)
        return [text] if text else []
    return []


def _is_furniture(shape: Any) -> bool:
    """Whether the shape is a footer, date or slide number."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    furniture = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
    return shape.is_placeholder and shape.placeholder_format.type in furniture


def _table(table: Any) -> list[str]:
    rows: list[list[str]] = []
    emphasised: set[tuple[int, int]] = set()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for tr in table.rows:
        row = []
        for column, cell in enumerate(tr.cells):
            text = squeeze(clean(cell.text))
            # The lower part of a merged cell repeats it: each row says what it is about.
            if cell.is_spanned and rows and column < len(rows[-1]) and not text:
                text = rows[-1][column] if cell._tc.vMerge else ""
            if cell.is_merge_origin:
                spans[len(rows), column] = (cell.span_height, cell.span_width)
            # PowerPoint shows the first row of nearly every table apart, whether or not it names.
            if text and ((table.first_row and not rows) or _is_bold(cell)):
                emphasised.add((len(rows), column))
            row.append(text)
        rows.append(row)
    return render(rows, looks=Looks((), emphasised, spans))


def _is_bold(cell: Any) -> bool:
    runs = [run for line in cell.text_frame.paragraphs for run in line.runs if run.text.strip()]
    return bool(runs) and all(run.font.bold for run in runs)


def _chart(chart: Any) -> list[str]:
    """The numbers behind a chart: one line for each category."""
    rows = []
    for plot in chart.plots:
        series = list(plot.series)
        rows.append(["", *(squeeze(str(one.name)) for one in series)])
        for index, category in enumerate(plot.categories):
            values = [one.values[index] if index < len(one.values) else None for one in series]
            rows.append(
                [squeeze(str(category)), *("" if v is None else f"{v:.15g}" for v in values)]
            )
    title = squeeze(chart.chart_title.text_frame.text) if chart.has_title else ""
    return [title, *render(rows, 1)] if title else render(rows, 1)
