"""Reads PPTX: the title, text, tables, charts, diagrams and speaker's notes of each slide."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

from pptx.exc import PythonPptxError

from nexus.ingestion.parsing.charts import chart_lines
from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.diagrams import diagram_text
from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.hidden import left_out, struck_text
from nexus.ingestion.parsing.pictures import is_large, unread
from nexus.ingestion.parsing.slide_hidden import is_hidden, is_on_white, take_out
from nexus.ingestion.parsing.slide_text import frame_text
from nexus.ingestion.parsing.strict_xml import transitional
from nexus.ingestion.parsing.table_lines import located, said_again
from nexus.ingestion.parsing.tables import render
from nexus.models import LocatedText, Locator, ParsedDocument, ReadingWarning

_DEEPEST_GROUP = 50
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_CHARTS = (
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
    "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart",
)
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_VARIANTS = (
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
    "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
    "application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
)
# What python-pptx and the readers of parts raise on something that is not as it should be.
_BROKEN = (
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    PythonPptxError,
    TypeError,
    ValueError,
)


def read(content: bytes, *, read_hidden: bool = False) -> ParsedDocument:
    """The visible slides in order, hidden ones if asked for; the title heads a slide's texts.

    What cannot be read of a slide is left out, with a warning.
    """
    presentation = _opened(content)
    warnings: list[ReadingWarning] = []
    size = (presentation.slide_width or 0, presentation.slide_height or 0)
    texts: list[LocatedText] = []
    number = 0
    for number, slide in enumerate(presentation.slides, start=1):
        if slide._element.get("show") == "0" and not read_hidden:
            warnings.append(left_out("a hidden slide is", f"slide {number}"))
            continue
        reader = _Slide(slide, number, size, read_hidden)
        try:
            texts += reader.texts()
        except _BROKEN:
            reader.warnings.append(
                ReadingWarning(
                    "the slide is damaged and not read",
                    f"slide {number}",
                    "Make it anew in PowerPoint, and upload the presentation again.",
                )
            )
        warnings += reader.warnings
    return ParsedDocument(
        tuple(texts),
        presentation.core_properties.title,
        pages=max(number, 1),
        warnings=tuple(warnings),
    )


def _opened(content: bytes) -> Any:
    """The presentation, be it a show or a template, which python-pptx refuses by name."""
    from pptx.opc.package import PartFactory
    from pptx.package import Package
    from pptx.parts.presentation import PresentationPart

    for kind in _VARIANTS:
        PartFactory.part_type_for[kind] = PresentationPart
    return Package.open(io.BytesIO(transitional(content))).main_document_part.presentation


class _Slide:
    """One slide, and what of it is not read."""

    def __init__(self, slide: Any, number: int, size: tuple[int, int], read_hidden: bool) -> None:
        self.warnings: list[ReadingWarning] = []
        self._slide = slide
        self._number = number
        self._where = f"slide {number}"
        self._size = size
        self._read_hidden = read_hidden
        self._hides = self._strikes = False

    def texts(self) -> list[LocatedText]:
        _without_alternatives(self._slide._element)
        shapes = list(_flat(self._slide.shapes))
        title_shape = self._slide.shapes.title
        title = ""
        if title_shape is not None and not self._is_hidden(title_shape):
            title = squeeze(self._frame(title_shape, shapes))
        place = Locator(slide=self._number, heading=(title,) if title else ())
        found = [
            located(text, place)
            for shape in shapes
            if title_shape is None or shape.shape_id != title_shape.shape_id
            for text in self._of_shape(shape, shapes)
        ]
        found += [LocatedText(text, place) for text in self._notes()]
        self._warn_of_pictures(shapes, has_text=bool(found or title))
        if self._hides:
            self.warnings.append(left_out("hidden text or a hidden shape is", self._where))
        if self._strikes:
            self.warnings.append(struck_text(self._where))
        return found or ([LocatedText(title, place)] if title else [])

    def _of_shape(self, shape: Any, shapes: list[Any]) -> list[str]:
        """What a shape says; a shape that cannot be read says nothing and is warned of."""
        try:
            if _is_furniture(shape):
                return []
            if self._is_hidden(shape):
                self._hides = True
                return []
            if getattr(shape, "has_table", False):
                return self._table(shape.table)
            if shape._element.tag == f"{_P}graphicFrame":
                return self._graphic(shape)
            if shape.has_text_frame:
                text = self._frame(shape, shapes)
                return [text] if text else []
        except _BROKEN:
            self.warnings.append(
                ReadingWarning(
                    "a shape is damaged and not read",
                    self._where,
                    "Draw it anew in PowerPoint, and upload the presentation again.",
                )
            )
        return []

    def _is_hidden(self, shape: Any) -> bool:
        return not self._read_hidden and is_hidden(shape, *self._size)

    def _frame(self, shape: Any, shapes: list[Any]) -> str:
        body = shape._element.find(f"{_P}txBody")
        if body is None:
            return ""
        return self._text(body, lambda: is_on_white(shape, self._slide, shapes))

    def _text(self, body: Any, is_on_white_: Callable[[], bool]) -> str:
        """What a text frame shows, without what is hidden or struck out in it."""
        if not self._read_hidden:
            taken = take_out(body, is_on_white_)
            self._hides = self._hides or taken.hidden
            self._strikes = self._strikes or taken.is_struck
        return clean(frame_text(body))

    def _table(self, table: Any) -> list[str]:
        rows: list[list[str]] = []
        emphasised: set[tuple[int, int]] = set()
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        for tr in table.rows:
            row = []
            for column, cell in enumerate(tr.cells):
                text = squeeze(self._text(cell._tc.get_or_add_txBody(), lambda: False))
                # The lower part of a merged cell repeats it: each row says what it is about.
                if cell.is_spanned and rows and column < len(rows[-1]) and not text:
                    text = said_again(rows[-1][column]) if cell._tc.vMerge else ""
                if cell.is_merge_origin:
                    spans[len(rows), column] = (cell.span_height, cell.span_width)
                # PowerPoint shows the first row of nearly all tables apart, naming or not.
                if text and ((table.first_row and not rows) or _is_bold(cell)):
                    emphasised.add((len(rows), column))
                row.append(text)
            rows.append(row)
        return render(rows, looks=Looks((), emphasised, spans))

    def _graphic(self, shape: Any) -> list[str]:
        """The words of a chart or a diagram; of what else is embedded, a warning."""
        element = shape._element
        for tag in _CHARTS:
            if (chart := next(element.iter(tag), None)) is not None:
                return self._drawn(chart.get(f"{_R}id", ""), "chart")
        if (diagram := next(element.iter(_DIAGRAM), None)) is not None:
            return self._drawn(diagram.get(f"{_R}dm", ""), "diagram")
        if next(element.iter(f"{_P}oleObj"), None) is not None:
            self.warnings.append(
                ReadingWarning(
                    "an embedded file is not read",
                    self._where,
                    "Upload the embedded file as a document of its own.",
                )
            )
        return []

    def _drawn(self, relation: str, kind: str) -> list[str]:
        from lxml.etree import LxmlError
        from pptx.oxml import parse_xml

        try:
            root = parse_xml(self._slide.part.related_part(relation).blob)
            lines = chart_lines(root) if kind == "chart" else [diagram_text(root)]
        except (*_BROKEN, LxmlError):
            lines = []
        lines = [line for line in lines if line]
        if not lines:
            self.warnings.append(unread(f"a {kind} is", self._where))
        return lines

    def _notes(self) -> list[str]:
        try:
            if not self._slide.has_notes_slide:
                return []
            shape = self._slide.notes_slide.notes_placeholder
            _without_alternatives(self._slide.notes_slide._element)
            body = None if shape is None else shape._element.find(f"{_P}txBody")
            text = "" if body is None else self._text(body, lambda: False)
        except _BROKEN:
            self.warnings.append(
                ReadingWarning(
                    "the speaker's notes are damaged and not read",
                    self._where,
                    "Write them anew in PowerPoint, and upload the presentation again.",
                )
            )
            return []
        return [text] if text else []

    def _warn_of_pictures(self, shapes: list[Any], *, has_text: bool) -> None:
        for shape in shapes:
            if shape._element.tag != f"{_P}pic":
                continue
            if not has_text or is_large(str(shape.width or ""), str(shape.height or "")):
                self.warnings.append(unread("a picture is", self._where))
                return


def _without_alternatives(root: Any) -> None:
    """Puts what newer programs show in the place of content in several versions."""
    for both in list(root.iter(f"{_MC}AlternateContent")):
        versions = [*both.iterchildren(f"{_MC}Choice"), *both.iterchildren(f"{_MC}Fallback")]
        parent = both.getparent()
        if parent is None:
            continue
        for child in list(versions[0]) if versions else []:
            both.addprevious(child)
        parent.remove(both)


def _flat(shapes: Any, depth: int = 0) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST_GROUP:
                yield from _flat(shape.shapes, depth + 1)
        else:
            yield shape


def _is_furniture(shape: Any) -> bool:
    """Whether the shape is a footer, date or slide number."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    furniture = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
    return shape.is_placeholder and shape.placeholder_format.type in furniture


def _is_bold(cell: Any) -> bool:
    runs = [run for line in cell.text_frame.paragraphs for run in line.runs if run.text.strip()]
    return bool(runs) and all(run.font.bold for run in runs)
