"""Reads DOCX: paragraphs under their headings as the page shows them, and tables row by row."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.coloured_rows import names_by_colour
from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.hidden import hidden_text, is_near_white, struck_text
from nexus.ingestion.parsing.sections import Sections
from nexus.ingestion.parsing.strict_xml import transitional
from nexus.ingestion.parsing.table_lines import said_again
from nexus.ingestion.parsing.tables import render
from nexus.ingestion.parsing.word_boxes import (
    insert_files,
    lift_boxes,
    parsed,
    pictures,
    take_out_hidden,
    without_alternatives,
    write_drawings,
    write_equations,
)
from nexus.ingestion.parsing.word_hidden import take_out
from nexus.ingestion.parsing.word_marks import superscripts, write_marks
from nexus.ingestion.parsing.word_notes import margins, without_page_numbers, write_notes
from nexus.ingestion.parsing.word_numbers import Numbers
from nexus.ingestion.parsing.word_styles import Styles
from nexus.ingestion.parsing.word_text import blocks, descend, paragraph_text, without_instructions
from nexus.ingestion.parsing.word_xml import W, number, remove
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

if TYPE_CHECKING:
    from docx.document import Document


_VARIANTS = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)


def read(content: bytes, *, read_hidden: bool = False) -> ParsedDocument:
    """A Word document: headers and footers once, then the body with its notes under their text."""
    return _Reader(content, read_hidden, 0).document()


def read_nested(content: bytes, depth: int) -> ParsedDocument:
    """A Word document that was inserted into another, `depth` files deep."""
    return _Reader(content, False, depth).document()


class _Reader:
    """Prepares the parts of a document so that each paragraph says what its page shows."""

    def __init__(self, content: bytes, read_hidden: bool, depth: int) -> None:
        self._document: Document = _opened(content)
        self._warnings: list[ReadingWarning] = []
        self._read_hidden = read_hidden
        self._depth = depth
        self._styles = Styles(self._document.styles.element)
        self._numbers = Numbers(self._part("numbering"), self._styles)
        self._hidden = 0
        self._is_struck = False

    def document(self) -> ParsedDocument:
        body = self._document.element.body
        self._prepare(body, self._document.part)
        notes = {kind: self._part(f"{kind}s") for kind in ("footnote", "endnote")}
        for note in notes.values():
            if note is not None:
                self._prepare(note, None)
        write_notes(body, notes, self._styles.level)
        sections, title = Sections(), None
        for block in blocks(body):
            if block.tag == f"{W}tbl":
                for line in _table(block):
                    sections.text(line)
                continue
            text, level = paragraph_text(block), self._styles.level(block)
            if level == 0:
                title = title or text
            if level is None:
                sections.text(text)
            else:
                sections.heading(level, text)
        texts = sections.finish()
        texts = (*self._margins(title, texts), *texts)
        self._warnings += pictures(body, of_any_size=not texts)
        comments = self._part("comments")
        if comments is not None and next(comments.iter(f"{W}t"), None) is not None:
            self._warnings.append(
                ReadingWarning(
                    "comments are not read", "", "Write what matters of them into the text."
                )
            )
        if self._is_struck:
            self._warnings.insert(0, struck_text())
        if self._hidden:
            self._warnings.insert(0, hidden_text(self._hidden))
        title = self._document.core_properties.title or title
        return ParsedDocument(texts, title, warnings=tuple(self._warnings))

    def _prepare(self, root: Any, part: Any) -> None:
        without_alternatives(root)
        _without_deleted_rows(root)
        if not self._read_hidden:
            self._hidden += take_out_hidden(root)
        lift_boxes(root)
        if not self._read_hidden:
            taken = take_out(root, self._styles)
            self._hidden += taken.hidden
            self._is_struck = self._is_struck or taken.is_struck
        without_instructions(root)
        write_marks(root)
        write_equations(root)
        superscripts(root)
        self._numbers.write(root)
        if part is not None:
            self._warnings += write_drawings(root, part)
            self._warnings += insert_files(root, part, self._depth)

    def _margins(self, title: str | None, texts: tuple[LocatedText, ...]) -> list[LocatedText]:
        """What headers and footers say, each line once, unless the text's own headings say it."""
        known = {squeeze(title or "")}
        known |= {heading for text in texts for heading in text.locator.heading}
        lines: list[str] = []
        for part in margins(self._document):
            root = part.element
            without_page_numbers(root)
            self._prepare(root, part)
            for block in blocks(root):
                found = _table(block) if block.tag == f"{W}tbl" else [paragraph_text(block)]
                for line in (squeeze(clean(one)) for one in found):
                    if line not in known and any(letter.isalnum() for letter in line):
                        lines.append(line)
                        known.add(line)
        return [LocatedText("\n".join(lines))] if lines else []

    def _part(self, kind: str) -> Any:
        """The XML of a part that the document relates to; None, and a warning, if it is broken."""
        from lxml.etree import LxmlError

        for relation in self._document.part.rels.values():
            if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
                try:
                    return parsed(relation.target_part)
                except LxmlError:
                    self._warnings.append(
                        ReadingWarning(
                            f"the {kind} are damaged and not read",
                            "",
                            "Open the document in Word, save it as a new file and upload that.",
                        )
                    )
        return None


def _opened(content: bytes) -> Any:
    """The document, be it a template or one with macros, which python-docx refuses by name."""
    from docx.opc.part import PartFactory
    from docx.package import Package
    from docx.parts.document import DocumentPart

    for kind in _VARIANTS:
        PartFactory.part_type_for[kind] = DocumentPart
    return Package.open(io.BytesIO(transitional(content))).main_document_part.document


def _without_deleted_rows(root: Any) -> None:
    """Takes out the rows of tables whose deletion is tracked."""
    for row in list(root.iter(f"{W}tr")):
        if row.find(f"{W}trPr/{W}del") is not None:
            remove(row)


def _table(table: Any) -> list[str]:
    rows: list[list[str]] = []
    marked = 0
    above: dict[int, str] = {}
    emphasised: set[tuple[int, int]] = set()
    coloured: set[tuple[int, int]] = set()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for tr in descend(table, f"{W}tr"):
        row: list[str] = []
        for tc in descend(tr, f"{W}tc"):
            properties = tc.find(f"{W}tcPr")
            span, merged = 1, None
            if properties is not None:
                span = min(number(properties, f"{W}gridSpan") or 1, 63)
                merged = properties.find(f"{W}vMerge")
            text = _cell(tc)
            place = (len(rows), len(row))
            if merged is not None and merged.get(f"{W}val") != "restart":
                text = said_again(
                    above.get(len(row), text)
                )  # one cell over several rows: each row says it
            if span > 1:
                spans[place] = (1, span)
            if _is_bold(tc):
                emphasised.add(place)
            if _is_coloured(properties):
                coloured.add(place)
            above[len(row)] = text
            row += [text] + [""] * (span - 1)
        if marked == len(rows) and tr.find(f"{W}trPr/{W}tblHeader") is not None:
            marked += 1
        rows.append(row)
    emphasised |= names_by_colour(rows, coloured)
    is_marked = 0 < marked < len(rows)
    return render(rows, marked if is_marked else None, Looks((), emphasised, spans))


def _is_coloured(properties: Any) -> bool:
    """Whether a cell of these properties is filled with another colour than that of paper."""
    fill = None if properties is None else properties.find(f"{W}shd")
    colour = "auto" if fill is None else fill.get(f"{W}fill", "auto")
    return colour.lower() != "auto" and not is_near_white(colour)


def _is_bold(tc: Any) -> bool:
    """Whether all of a cell's words are bold."""
    runs = [run for run in tc.iter(f"{W}r") if run.find(f"{W}t") is not None]
    bold = (run.find(f"{W}rPr/{W}b") for run in runs)
    return bool(runs) and all(
        mark is not None and mark.get(f"{W}val") not in ("0", "false") for mark in bold
    )


def _cell(tc: Any) -> str:
    """A cell's text; the rows of a table inside it follow in parentheses."""
    parts = []
    for block in blocks(tc):
        if block.tag == f"{W}tbl":
            parts.append(f"({' | '.join(_table(block))})")
        else:
            parts.append(squeeze(clean(paragraph_text(block))))
    return " ".join(part for part in parts if part and part != "()")
