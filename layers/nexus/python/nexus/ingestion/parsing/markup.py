"""Reads Markdown: blocks under their headings, tables row by row, code left alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.front_matter import front_matter
from nexus.ingestion.parsing.hidden import hidden_text, struck_text
from nexus.ingestion.parsing.markup_html import (
    FENCE,
    block_ends,
    hidden_block,
    html_block,
    lines_apart,
    paragraphs_of,
    without_comments,
    without_hidden,
    without_struck,
    without_tags,
)
from nexus.ingestion.parsing.markup_notes import Notes
from nexus.ingestion.parsing.plain import decode
from nexus.ingestion.parsing.sections import Sections
from nexus.ingestion.parsing.tables import render
from nexus.models import ParsedDocument

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_CLOSING_MARKS = re.compile(r"(?<![ \t])[ \t]++#++[ \t]*+$")
# What names a heading for links, or gives it a look: "{#return .wide}".
_ATTRIBUTES = re.compile(r"(?<![ \t])[ \t]*+\{[#.:][^{}\n]{0,200}\}[ \t]*+$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RULE_CELL = r":?-++:?[ \t]*+"
_TABLE_RULE = re.compile(
    rf"[ \t]*+(?:\|[ \t]*+)?{_RULE_CELL}(?:\|[ \t]*+{_RULE_CELL})*(?:\|[ \t]*+)?$"
)
_CELLS = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_HTML_HEADING = re.compile(r"\s{0,3}<h([1-6])(?:\s[^<>]{0,500})?>(.{0,1000}?)</h\1>\s*$", re.I)
_SUMMARY = re.compile(
    r"\s{0,99}(?:<details(?:\s[^<>]{0,500})?>\s{0,9})?<summary(?:\s[^<>]{0,500})?>(.{0,1000}?)</summary>",
    re.I,
)
_END_OF_DETAILS = re.compile(r"</details\s{0,9}>", re.I)
# Deeper than any heading: a question, above what it unfolds.
_QUESTION = 7
_NOT_SETEXT = (">", "- ", "* ", "+ ", "|", "    ", "\t")


def read(content: bytes, *, read_hidden: bool = False) -> ParsedDocument:
    """The text of a Markdown file, what its front matter says first.

    Its title is the front matter's, else its first heading.
    """
    lines = decode(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    above = front_matter(lines)
    reader = _Reader(read_hidden)
    reader.sections.text("\n".join(above.fields))
    reader.through(without_comments(lines[above.lines :]))
    for note in reader.notes.rest():
        reader.sections.text(note)
    hidden = (hidden_text(reader.hidden),) if reader.hidden else ()
    struck = (struck_text(),) if reader.is_struck else ()
    title = above.title or reader.first_heading
    return ParsedDocument(reader.sections.finish(), title, warnings=(*hidden, *struck))


class _Reader:
    """The lines of the block being read, and the sections that take each finished one."""

    def __init__(self, read_hidden: bool) -> None:
        self.hidden = 0
        self.is_struck = False
        self._read_hidden = read_hidden
        self.sections = Sections()
        self.first_heading: str | None = None
        self.notes = Notes([], (), self._shown)
        self._block: list[str] = []
        self._ends: dict[tuple[str, int], int] = {}

    def through(self, lines: list[str]) -> None:
        self._ends = block_ends(lines)
        self.notes = Notes(lines, lines_apart(lines, self._ends), self._shown)
        at = 0
        while at < len(lines):
            fence = FENCE.match(lines[at])
            if not fence and "<" in lines[at] and (end := self._html(lines, at)) > at:
                at = end
                continue
            if not fence:
                lines[at] = self._unstruck(lines[at])
            line = lines[at]
            if fence:
                end = _fence_end(lines, at, fence[1])
                self._flush(lines[at:end])
                at = end
            elif heading := _ATX.match(line):
                text = _CLOSING_MARKS.sub("", line[heading.end() :])
                self._heading(len(heading[1]), text)
                at += 1
            elif self._is_setext(line):
                underlined = self._block.pop()
                self._heading(1 if "=" in line else 2, underlined)
                at += 1
            elif "|" in line and at + 1 < len(lines) and _is_rule(line, lines[at + 1]):
                at = self._table(lines, at)
            else:
                if line.strip():
                    self._block.append(line)
                else:
                    self._flush()
                at += 1
        self._flush()

    def _html(self, lines: list[str], at: int) -> int:
        """The line after the HTML that begins at this one; `at` if the line is Markdown."""
        line = lines[at]
        if not self._read_hidden:
            if (end := hidden_block(line, at, self._ends)) > at:
                self.hidden += 1
                return end
            lines[at], is_hidden = without_hidden(line)
            self.hidden += is_hidden
            line = lines[at]
        if heading := _HTML_HEADING.match(line):
            self._heading(int(heading[1]), without_tags(heading[2]))
            return at + 1
        if question := _SUMMARY.match(line):
            self._heading(_QUESTION, without_tags(question[1]))
            lines[at] = line[question.end() :]
            return self._html(lines, at) if lines[at].strip() else at + 1
        if _END_OF_DETAILS.search(line):
            self._block.append(_END_OF_DETAILS.sub("", line))
            self._flush()
            self.sections.close(_QUESTION)
            return at + 1
        if (end := html_block(line, at, self._ends)) > at:
            from nexus.ingestion.parsing import web

            self._flush()
            fragment = "<meta charset=utf-8>" + "\n".join(lines[at:end])
            found = web.read(fragment.encode(errors="replace"), read_hidden=self._read_hidden)
            for text in paragraphs_of((one.locator.heading, one.text) for one in found.texts):
                self.sections.text(text)
            self.is_struck = self.is_struck or struck_text() in found.warnings
            self.hidden += sum(warning != struck_text() for warning in found.warnings)
            return end
        return at

    def _shown(self, text: str) -> str:
        """What a page shows of a text in one line."""
        if not self._read_hidden:
            text, is_hidden = without_hidden(text)
            self.hidden += is_hidden
        return without_tags(self._unstruck(text))

    def _unstruck(self, line: str) -> str:
        if self._read_hidden:
            return line
        kept, is_struck = without_struck(line)
        self.is_struck = self.is_struck or is_struck
        return kept

    def _is_setext(self, line: str) -> bool:
        # Only a paragraph of one line: a rule below a list or a quote is just a rule.
        return (
            len(self._block) == 1
            and not self._block[0].startswith(_NOT_SETEXT)
            and _SETEXT.match(line) is not None
        )

    def _heading(self, level: int, text: str) -> None:
        self._flush()
        text = without_tags(_LINK.sub(r"\1", _ATTRIBUTES.sub("", text)))
        text = squeeze(text).strip("*_` ") if text.strip() else ""
        self.first_heading = self.first_heading or text or None
        self.sections.heading(level, text)

    def _table(self, lines: list[str], at: int) -> int:
        self._flush()
        rows = [_cells(lines[at])]
        at += 2
        while at < len(lines) and "|" in lines[at]:
            rows.append(_cells(self._unstruck(lines[at])))
            at += 1
        for line in render(rows, 1):
            self.sections.text(line if "[^" not in line else self.notes.below(line))
        return at

    def _flush(self, code: Sequence[str] = ()) -> None:
        """Ends the block, with the code that follows it at once."""
        block = [without_tags("\n".join(self._block))] if self._block else []
        if block:
            block = [self.notes.below(block[0])]
        self.sections.text("\n".join([*block, *code]))
        self._block.clear()


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    for at in range(start + 1, len(lines)):
        stripped = lines[at].strip()
        if stripped.startswith(fence) and not stripped.strip(fence[0]):
            return at + 1
    return len(lines)


def _is_rule(header: str, line: str) -> bool:
    return _TABLE_RULE.match(line) is not None and len(_cells(header)) == len(_cells(line))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [squeeze(without_tags(cell.replace("\\|", "|"))) for cell in _CELLS.split(inner)]
