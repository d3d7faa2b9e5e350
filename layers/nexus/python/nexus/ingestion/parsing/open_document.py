"""Reads OpenDocument texts and presentations (ODT, ODP): headings, lists, tables, notes, slides."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nexus.errors import CorruptDocument, EncryptedDocument
from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.headers import Looks, Place
from nexus.ingestion.parsing.hidden import hidden_text, left_out, struck_text
from nexus.ingestion.parsing.open_lists import OpenList, OpenNumbers
from nexus.ingestion.parsing.open_styles import OpenStyles
from nexus.ingestion.parsing.pictures import unread
from nexus.ingestion.parsing.sections import Sections
from nexus.ingestion.parsing.table_lines import said_again
from nexus.ingestion.parsing.tables import render
from nexus.ingestion.parsing.xml_trees import local_name, parse_xml
from nexus.models import LocatedText, Locator, ParsedDocument, ReadingWarning

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_TEXT, _TABLE, _DRAW, _OFFICE, _PRESENTATION, _STYLE = (
    f"{{{_SPACE.format(name)}}}"
    for name in ("text", "table", "drawing", "office", "presentation", "style")
)
_MANIFEST = "META-INF/manifest.xml"
# What the reader does not see: deleted text, what is hidden on purpose, and what is said elsewhere.
_SKIPPED = {
    f"{_TEXT}tracked-changes", f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph",
    f"{_TEXT}note-citation", f"{_TEXT}sequence-decls", f"{_TEXT}variable-decls",
    f"{_TEXT}user-field-decls", f"{_OFFICE}forms", f"{_OFFICE}annotation-end",
    f"{_TEXT}index-title-template", f"{_TEXT}alphabetical-index-source",
    f"{_TEXT}table-of-content", f"{_DRAW}image", f"{_DRAW}object-ole",
}  # fmt: skip
_HIDDEN = {f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph"}
_BLOCKS = {f"{_TEXT}p", f"{_TEXT}h", f"{_TEXT}list", f"{_TABLE}table"}
_MARGINS = tuple(
    f"{_STYLE}{name}{of}" for name in ("header", "footer") for of in ("", "-left", "-first")
)
_MOST_REPEATED = 64


def read(content: bytes, *, read_hidden: bool = False) -> ParsedDocument:
    """The text in reading order; `pages` is the number of slides, 1 for a text.

    Hidden slides, sections and words are left out, and told, unless `read_hidden`. Raises
    EncryptedDocument or CorruptDocument.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if _MANIFEST in names and b"encryption-data" in archive.read(_MANIFEST):
            raise EncryptedDocument(
                "The file is protected by a password: remove the protection and upload it again."
            )
        if "content.xml" not in names:
            raise CorruptDocument(
                "The file is damaged: open it in its own program, save it again and upload that."
            )
        root = parse_xml(archive.read("content.xml"))
        title = _title(archive, names)
        has_styles = "styles.xml" in names
        styles = parse_xml(archive.read("styles.xml"), forgiving=True) if has_styles else None
    body = root.find(f"{_OFFICE}body")
    roots = [one for one in (styles, root) if one is not None]
    looks = OpenStyles(roots, read_hidden=read_hidden)
    reading = _Reading(OpenNumbers(roots), looks, read_hidden=read_hidden)
    deck = None if body is None else body.find(f"{_OFFICE}presentation")
    if deck is not None:
        return reading.slides(deck, title)
    if body is not None:
        reading.blocks(body)
    texts = reading.sections.finish()
    known = {reading.title or "", *(name for text in texts for name in text.locator.heading)}
    margins = reading.margins(styles, known)
    return ParsedDocument((*margins, *texts), title or reading.title, warnings=reading.warnings())


def _title(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    if "meta.xml" not in names:
        return None
    meta = parse_xml(archive.read("meta.xml"), forgiving=True)
    found = next((one.text for one in meta.iter() if local_name(one) == "title"), None)
    return squeeze(found) if found else None


class _Reading:
    """A walk through the content; its depth is bounded by the parser's."""

    def __init__(self, numbers: OpenNumbers, styles: OpenStyles, *, read_hidden: bool) -> None:
        self.sections = Sections()
        self._numbers = numbers
        self._styles = styles
        self.title: str | None = None
        self._hidden = self._pictures = 0
        self._is_struck = False
        self._hidden_slides: list[int] = []
        self._skipped = _SKIPPED - _HIDDEN if read_hidden else _SKIPPED
        self._reads_hidden = read_hidden

    def warnings(self) -> tuple[ReadingWarning, ...]:
        """What was left out or not read."""
        told = [hidden_text(self._hidden)] if self._hidden else []
        told += [struck_text()] if self._is_struck else []
        if self._hidden_slides:
            told += [left_out("a hidden slide is", f"slide {at}") for at in self._hidden_slides]
        if self._pictures:
            told.append(unread("a picture is", ""))
        return tuple(told)

    def slides(self, deck: Any, title: str | None) -> ParsedDocument:
        """The visible slides in order, with their notes; the title of each heads its texts."""
        texts: list[LocatedText] = []
        number = 0
        for number, page in enumerate(deck.findall(f"{_DRAW}page"), start=1):
            if page.get(f"{_DRAW}style-name") in self._styles.hidden_pages:
                self._hidden_slides.append(number)
                continue
            heading, rest = "", []
            for frame in page:
                if frame.get(f"{_PRESENTATION}class") == "title" and not heading:
                    heading = squeeze(clean(self.words(frame)))
                else:
                    rest.append(frame)
            place = Locator(slide=number, heading=(heading,) if heading else ())
            self.sections = Sections()
            for frame in rest:
                self.blocks_of(frame)
            found = [replace(text, locator=place) for text in self.sections.finish()]
            texts += found or ([LocatedText(heading, place)] if heading else [])
        return ParsedDocument(tuple(texts), title, max(number, 1), self.warnings())

    def margins(self, styles: Any, known: set[str]) -> list[LocatedText]:
        """What the heads and feet of pages say, each line once, but for numbers of pages."""
        lines: dict[str, None] = {}
        master = None if styles is None else styles.find(f"{_OFFICE}master-styles")
        for one in () if master is None else master.iter(*_MARGINS):
            if one.get(f"{_STYLE}display") == "false":
                continue
            for block in one.iter(f"{_TEXT}p"):
                if self._is_left_out(block):
                    continue
                line = squeeze(clean(self.words(block)))
                counts = next(block.iter(f"{_TEXT}page-number"), None) is not None
                if any(map(str.isalpha, line)) and line not in known and not counts:
                    lines[line] = None
        return [LocatedText("\n".join(lines))] if lines else []

    def blocks(self, parent: Any) -> None:
        """Takes each block within an element."""
        for child in parent:
            self.blocks_of(child)

    def blocks_of(self, element: Any, mark: str = "") -> None:
        """Takes an element: a block by itself, or the blocks within it."""
        tag = element.tag
        if tag in self._skipped or not isinstance(tag, str):
            self._pictures += tag == f"{_DRAW}image"
            return
        is_section = tag == f"{_TEXT}section" and not self._reads_hidden
        if is_section and element.get(f"{_TEXT}display") in ("none", "condition"):
            self._hidden += 1
        elif self._is_left_out(element):
            pass
        elif tag == f"{_TEXT}h":
            self._heading(element)
        elif tag == f"{_TEXT}p":
            style = element.get(f"{_TEXT}style-name") or ""
            words = clean(self.words(element))
            if self.title is None and words and self._styles.root_of(style) == "Title":
                self.title = squeeze(words)
            self.sections.text(mark + words if words else "")
        elif tag == f"{_TEXT}list":
            self._list(element)
        elif tag == f"{_TABLE}table":
            rows, marked, spans = self._rows(element)
            header = marked if 0 < marked < len(rows) else None
            for line in render(rows, header, Looks(spans=spans)):
                self.sections.text(line)
        else:
            self.blocks(element)

    def _is_left_out(self, element: Any) -> bool:
        """Whether an element is hidden or struck out; what it holds is counted."""
        is_struck, hides = self._styles.strikes(element), self._styles.hides(element)
        hides = hides or (not self._reads_hidden and _hides_itself(element))
        says = (is_struck or hides) and bool("".join(element.itertext()).strip())
        self._is_struck = self._is_struck or (is_struck and says)
        self._hidden += hides and says and not is_struck
        return is_struck or hides

    def words(self, element: Any) -> str:
        """The running text of a block, notes and comments in brackets."""
        return "".join(self._pieces(element))

    def _heading(self, element: Any) -> None:
        level = element.get(f"{_TEXT}outline-level") or "1"
        depth = int(level) if level.isascii() and level.isdigit() and len(level) < 3 else 1
        words = squeeze(clean(self.words(element)))
        self.title = self.title or words or None
        number = self._numbers.heading(max(depth, 1), element) if words else ""
        self.sections.heading(max(depth, 1), number + words)

    def _list(self, element: Any, around: OpenList | None = None, depth: int = 1) -> None:
        """Takes the items of a list, each under its mark; what follows in an item has none."""
        own = self._numbers.begin(element, around)
        for item in element:
            mark = "" if item.tag == f"{_TEXT}list-header" else None
            for child in item:
                if child.tag == f"{_TEXT}list":
                    self._list(child, own, depth + 1)
                    continue
                if mark is None:
                    mark = self._numbers.mark(own, depth, item)
                self.blocks_of(child, mark)
                mark = ""

    def _pieces(self, element: Any) -> Iterator[str]:
        yield element.text or ""
        for child in element:
            tag = child.tag
            if tag in self._skipped or not isinstance(tag, str):
                self._pictures += tag == f"{_DRAW}image"
                self._hidden += tag in _HIDDEN
            elif tag == f"{_TEXT}s":
                count = child.get(f"{_TEXT}c") or "1"
                yield " " * min(int(count) if count.isdigit() and len(count) < 4 else 1, 80)
            elif tag == f"{_TEXT}tab":
                yield "\t"
            elif tag == f"{_TEXT}line-break":
                yield "\n"
            elif tag == f"{_TEXT}note":
                note = child.find(f"{_TEXT}note-body")
                words = "" if note is None else squeeze(self.words(note))
                yield f" [{words}]" if words else ""
            elif tag == f"{_OFFICE}annotation":
                yield ""  # a remark between authors
            elif tag == f"{_TABLE}table":
                rows, *_ = self._rows(child)
                yield f"\n{' | '.join(render(rows))}\n"
            elif not self._is_left_out(child):
                if tag in _BLOCKS:
                    yield "\n"
                yield from self._pieces(child)
                if tag in _BLOCKS:
                    yield "\n"
            yield child.tail or ""

    def _rows(self, table: Any) -> tuple[list[list[str]], int, dict[Place, tuple[int, int]]]:
        """The rows of a table, how many at its top are marked as headers, and merged cells."""
        spans: dict[Place, tuple[int, int]] = {}
        rows: list[list[str]] = []
        marked = 0
        down: dict[int, tuple[int, str]] = {}
        for element in table.iter(f"{_TABLE}table-row"):
            if _owner(element) is not table:
                continue
            row: list[str] = []
            for cell in element:
                if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                    continue
                text = squeeze(clean(self.words(cell)))
                if (wide := _count(cell, "number-columns-spanned")) > 1:
                    spans[len(rows), len(row)] = (_count(cell, "number-rows-spanned"), wide)
                if cell.tag.endswith("covered-table-cell"):
                    left, above = down.get(len(row), (0, ""))
                    text = said_again(above) if left else text
                    down[len(row)] = (max(left - 1, 0), above)
                elif (spanned := _count(cell, "number-rows-spanned")) > 1:
                    down[len(row)] = (spanned - 1, text)
                row += [text] * _count(cell, "number-columns-repeated")
            if element.getparent().tag == f"{_TABLE}table-header-rows" and marked == len(rows):
                marked += 1
            rows.append(row)
        return rows, marked, spans


def _hides_itself(paragraph: Any) -> bool:
    """Whether a paragraph holds the field that hides it, and whose condition is met."""
    if paragraph.tag not in (f"{_TEXT}p", f"{_TEXT}h"):
        return False
    return any(
        one.get(f"{_TEXT}is-hidden") == "true" for one in paragraph.iter(f"{_TEXT}hidden-paragraph")
    )


def _owner(row: Any) -> Any:
    """The table that a row belongs to, and not one around it."""
    parent = row.getparent()
    while parent is not None and parent.tag != f"{_TABLE}table":
        parent = parent.getparent()
    return parent


def _count(cell: Any, name: str) -> int:
    value = cell.get(f"{_TABLE}{name}") or "1"
    return min(int(value), _MOST_REPEATED) if value.isdigit() and len(value) < 9 else 1
