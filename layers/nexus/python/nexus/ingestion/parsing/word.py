"""Reads DOCX: paragraphs under their headings, and tables row by row."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.sections import Sections
from nexus.ingestion.parsing.tables import render
from nexus.models import ParsedDocument

if TYPE_CHECKING:
    from docx.document import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"heading (\d)$", re.I)
# Deleted or moved-away text, the instructions of fields, and the old copy of a text box.
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", _FALLBACK, f"{_W}rPr", f"{_W}pPr"}
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# What wraps paragraphs and tables without being one: content controls, tracked insertions.
_WRAPPERS = {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins", f"{_W}moveTo"}


def read(content: bytes) -> ParsedDocument:
    """The body of a Word document; headers and footers are not part of it."""
    import docx

    document = docx.Document(io.BytesIO(content))
    levels = _heading_levels(document)
    sections, title = Sections(), None
    for block in _blocks(document.element.body):
        if block.tag == f"{_W}tbl":
            for line in _table(block):
                sections.text(line)
            continue
        text, level = _paragraph(block), _level(block, levels)
        if level == 0:
            title = title or text
        if level is None:
            sections.text(text)
        else:
            sections.heading(level, text)
    return ParsedDocument(sections.finish(), document.core_properties.title or title)


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order; python-docx's iter_inner_content misses content controls."""
    for child in parent.iterchildren():
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _blocks(child)


def _heading_levels(document: Document) -> dict[str, int]:
    """The heading level of each style that makes one, by style id; 0 is the document's title."""
    levels = {}
    for style in document.styles.element.iterchildren(f"{_W}style"):
        style_id = style.get(f"{_W}styleId")
        name = style.find(f"{_W}name")
        words = "" if name is None else name.get(f"{_W}val", "")
        if match := _HEADING.match(words):
            levels[style_id] = int(match[1])
        elif words.lower() == "title":
            levels[style_id] = 0
        elif (outline := _number(style, f"{_W}pPr/{_W}outlineLvl")) is not None:
            levels[style_id] = outline + 1
    for style in document.styles.element.iterchildren(f"{_W}style"):
        base = _value(style, f"{_W}basedOn")
        if levels.get(base):
            levels.setdefault(style.get(f"{_W}styleId"), levels[base])
    return {style_id: level for style_id, level in levels.items() if level <= 9}


def _level(paragraph: Any, levels: dict[str, int]) -> int | None:
    outline = _number(paragraph, f"{_W}pPr/{_W}outlineLvl")
    if outline is not None and outline < 9:
        return outline + 1
    return levels.get(_value(paragraph, f"{_W}pPr/{_W}pStyle") or "")


def _value(element: Any, path: str) -> str | None:
    found = element.find(path)
    return None if found is None else found.get(f"{_W}val")


def _number(element: Any, path: str) -> int | None:
    """A whole number as the file says it; None where it says none, or one that Word cannot mean."""
    value = _value(element, path) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None


def _paragraph(element: Any) -> str:
    return "".join(_pieces(element))


def _pieces(element: Any) -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag in _SKIPPED or not isinstance(child.tag, str):
            continue
        else:
            yield from _pieces(child)
            if child.tag == f"{_W}p":  # of a text box
                yield "\n"


def _table(table: Any) -> list[str]:
    rows: list[list[str]] = []
    marked = 0
    above: dict[int, str] = {}
    emphasised: set[tuple[int, int]] = set()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for tr in _descend(table, f"{_W}tr"):
        row: list[str] = []
        for tc in _descend(tr, f"{_W}tc"):
            properties = tc.find(f"{_W}tcPr")
            span, merged = 1, None
            if properties is not None:
                span = min(_number(properties, f"{_W}gridSpan") or 1, 63)
                merged = properties.find(f"{_W}vMerge")
            text = _cell(tc)
            place = (len(rows), len(row))
            if merged is not None and merged.get(f"{_W}val") != "restart":
                text = above.get(len(row), text)  # one cell over several rows: each row says it
            if span > 1:
                spans[place] = (1, span)
            if _stands_out(tc):
                emphasised.add(place)
            above[len(row)] = text
            row += [text] + [""] * (span - 1)
        if marked == len(rows) and tr.find(f"{_W}trPr/{_W}tblHeader") is not None:
            marked += 1
        rows.append(row)
    is_marked = 0 < marked < len(rows)
    return render(rows, marked if is_marked else None, Looks((), emphasised, spans))


def _stands_out(tc: Any) -> bool:
    """Whether all of a cell's words are bold."""
    runs = [run for run in tc.iter(f"{_W}r") if run.find(f"{_W}t") is not None]
    bold = (run.find(f"{_W}rPr/{_W}b") for run in runs)
    return bool(runs) and all(
        mark is not None and mark.get(f"{_W}val") not in ("0", "false") for mark in bold
    )


def _descend(parent: Any, tag: str) -> Iterator[Any]:
    for child in parent.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _descend(child, tag)


def _cell(tc: Any) -> str:
    """A cell's text; the rows of a table inside it follow in parentheses."""
    parts = []
    for block in _blocks(tc):
        if block.tag == f"{_W}tbl":
            parts.append(f"({' | '.join(_table(block))})")
        else:
            parts.append(squeeze(clean(_paragraph(block))))
    return " ".join(part for part in parts if part and part != "()")
