"""Reads HTML (and the text of other XML): blocks under their headings, and tables row by row."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from nexus.errors import CorruptDocument
from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.hidden import hidden_text, struck_text
from nexus.ingestion.parsing.plain import decode
from nexus.ingestion.parsing.sections import Sections
from nexus.ingestion.parsing.web_content import is_toggle, judge
from nexus.ingestion.parsing.web_lists import ListMarks
from nexus.ingestion.parsing.web_notes import place_notes
from nexus.ingestion.parsing.web_sheets import Linked
from nexus.ingestion.parsing.web_tables import is_table, table_lines
from nexus.ingestion.parsing.web_words import INLINE, of_leaf, words
from nexus.models import ParsedDocument, ReadingWarning

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_CHARSET = re.compile(
    rb"""(?:charset|encoding)\s*+=\s*+(?:["']\s*+)?([A-Za-z0-9_:.-]{1,40})""", re.I
)
# A document type with definitions of its own, which an HTML parser takes for text.
_DEFINITIONS = re.compile(r"<!DOCTYPE[^<>\[]*\[", re.I)
_DEFINITIONS_END = re.compile(r"\]\s*+>")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
# A parser's time grows with the square of the depth; browsers stop at 512.
_DEEPEST = 5_000
_NOT_NESTING = {
    "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "colgroup",
    "br", "hr", "img", "input", "meta", "link", "col", "area", "base", "embed", "source", "track",
    "wbr", "param",
}  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# Deeper than any heading: a question, above what it unfolds.
_QUESTION = 7
# A question stands alone in so many elements at most.
_WRAPPED = 4
# Cells of a table that lays out a page hold whole blocks.
_LAYOUT = "table, h1, h2, h3, h4, h5, h6"


def read(
    content: bytes, *, read_hidden: bool = False, linked: Linked | None = None
) -> ParsedDocument:
    """The page's own text, panels that unfold too; without menus, scripts and hidden parts.

    `linked` gives the style sheets that the page links to, where they came with it.
    """
    from selectolax.lexbor import LexborHTMLParser

    declared = _CHARSET.search(content[:2048])
    text = decode(content, declared[1].decode("ascii") if declared else None)
    text = _without_definitions(text.replace("\0", ""))
    _refuse_deep_nesting(text)
    tree = LexborHTMLParser(text)
    title_node = tree.css_first("head > title") or tree.css_first("title:not(svg title)")
    title = words(title_node) if title_node else None
    walk = _Walk()
    warnings: tuple[ReadingWarning, ...] = ()
    if tree.root is not None:
        judged = judge(tree.root, read_hidden=read_hidden, linked=linked)
        warnings += (hidden_text(judged.hidden),) if judged.hidden else ()
        warnings += (struck_text(),) if judged.is_struck else ()
        for node in judged.dropped:
            node.decompose()
        place_notes(tree)
        walk.through(tree.root)
    texts = walk.sections.finish()
    return ParsedDocument(texts, title or walk.first_heading, warnings=warnings)


def _without_definitions(text: str) -> str:
    begin = _DEFINITIONS.search(text)
    end = begin and _DEFINITIONS_END.search(text, begin.end())
    return text[: begin.start()] + text[end.end() :] if begin and end else text


def _refuse_deep_nesting(text: str) -> None:
    depth = 0
    for match in _TAG.finditer(text):
        if match[2].lower() not in _NOT_NESTING:
            depth = max(depth - 1, 0) if match[1] else depth + 1
            if depth > _DEEPEST:
                raise CorruptDocument(
                    "The page nests its elements too deeply to be read: save it again from a "
                    "browser, or as PDF, and upload that."
                )


class _Walk:
    """A walk through the tree, without recursion, since pages nest as deep as they like."""

    def __init__(self) -> None:
        self.sections = Sections()
        self.first_heading: str | None = None
        self._pieces: list[str] = []
        # The elements with which what a question unfolds ends.
        self._questions: set[int] = set()
        self._marks = ListMarks()
        # Of the item that was begun, until its first words.
        self._mark = ""

    def through(self, root: LexborNode) -> None:
        node: LexborNode | None = root
        while node is not None:
            child = node.child if self._enter(node) else None
            if child is not None:
                node = child
                continue
            while node is not None and node.next is None:
                node = None if node.mem_id == root.mem_id else node.parent
                if node is not None:
                    self._leave(node)
                    if node.mem_id == root.mem_id:
                        node = None
            if node is not None:
                node = node.next
        self._flush()

    def _enter(self, node: LexborNode) -> bool:  # noqa: PLR0911 - one for each kind
        """Takes what the node says by itself; returns whether to go into it."""
        tag = node.tag or ""
        if (said := of_leaf(node)) is not None:
            self._pieces.append(said)
            return False
        if tag in _HEADINGS:
            self._flush()
            heading = words(node)
            self.first_heading = self.first_heading or heading or None
            self.sections.heading(_HEADINGS[tag], heading)
            return False
        if tag == "summary" or (tag == "button" and is_toggle(node)):
            self._flush()
            self._questions.add(_scope(node).mem_id)
            self.sections.heading(_QUESTION, words(node))
            return False
        if is_table(node):
            self._flush()
            if tag == "table" and self._is_layout(node):
                return True
            for line in table_lines(node):
                self.sections.text(line)
            return False
        if tag in ("pre", "textarea"):
            self._flush()
            self.sections.text(node.text())
            return False
        if tag == "br":
            self._pieces.append("\n")
        elif tag not in INLINE:
            self._flush()
            if tag == "li":
                self._mark = self._marks.of(node)
        return True

    def _leave(self, node: LexborNode) -> None:
        if (node.tag or "") not in INLINE:
            self._flush()
        if node.mem_id in self._questions:
            self._flush()
            self.sections.close(_QUESTION)

    def _flush(self) -> None:
        if self._pieces:
            lines = "".join(self._pieces).split("\n")
            text = "\n".join(squeeze(line) for line in lines).strip()
            if text and self._mark:
                text, self._mark = f"{self._mark} {text}", ""
            self.sections.text(text)
            self._pieces.clear()

    @staticmethod
    def _is_layout(table: LexborNode) -> bool:
        return any(node.mem_id != table.mem_id for node in table.css(_LAYOUT))


def _scope(question: LexborNode) -> LexborNode:
    """The element that holds a question and what it unfolds."""
    inner, outer = question, question.parent
    for _ in range(_WRAPPED):
        if outer is None or outer.parent is None or len(list(islice(outer.iter(), 2))) > 1:
            break
        inner, outer = outer, outer.parent
    return outer or inner
