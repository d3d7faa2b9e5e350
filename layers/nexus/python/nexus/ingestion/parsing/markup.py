"""Reads Markdown: blocks under their headings, tables row by row, code left alone."""

from __future__ import annotations

import re

from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.plain import decode
from nexus.ingestion.parsing.sections import Sections
from nexus.ingestion.parsing.tables import render
from nexus.models import ParsedDocument

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_CLOSING_MARKS = re.compile(r"(?<![ \t])[ \t]++#++[ \t]*+$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RULE_CELL = r":?-++:?[ \t]*+"
_TABLE_RULE = re.compile(
    rf"[ \t]*+(?:\|[ \t]*+)?{_RULE_CELL}(?:\|[ \t]*+{_RULE_CELL})*(?:\|[ \t]*+)?$"
)
_CELLS = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_TITLE = re.compile(r"title[ \t]*[:=][ \t]*(.+)", re.I)
_NOT_SETEXT = (">", "- ", "* ", "+ ", "|", "    ", "\t")


def read(content: bytes) -> ParsedDocument:
    """The text of a Markdown file; its title is the front matter's, else its first heading."""
    lines = decode(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines, title = _front_matter(lines)
    reader = _Reader()
    reader.through(_without_comments(lines))
    return ParsedDocument(reader.sections.finish(), title or reader.first_heading)


class _Reader:
    """The lines of the block being read, and the sections that take each finished one."""

    def __init__(self) -> None:
        self.sections = Sections()
        self.first_heading: str | None = None
        self._block: list[str] = []

    def through(self, lines: list[str]) -> None:
        at = 0
        while at < len(lines):
            line = lines[at]
            if fence := _FENCE.match(line):
                end = _fence_end(lines, at, fence[1])
                self._block += lines[at:end]
                self._flush()
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

    def _is_setext(self, line: str) -> bool:
        # Only a paragraph of one line: a rule below a list or a quote is just a rule.
        return (
            len(self._block) == 1
            and not self._block[0].startswith(_NOT_SETEXT)
            and _SETEXT.match(line) is not None
        )

    def _heading(self, level: int, text: str) -> None:
        self._flush()
        text = squeeze(_LINK.sub(r"\1", text)).strip("*_` ") if text.strip() else ""
        self.first_heading = self.first_heading or text or None
        self.sections.heading(level, text)

    def _table(self, lines: list[str], at: int) -> int:
        self._flush()
        rows = [_cells(lines[at])]
        at += 2
        while at < len(lines) and "|" in lines[at]:
            rows.append(_cells(lines[at]))
            at += 1
        for line in render(rows, 1):
            self.sections.text(line)
        return at

    def _flush(self) -> None:
        self.sections.text("\n".join(self._block))
        self._block.clear()


def _front_matter(lines: list[str]) -> tuple[list[str], str | None]:
    """The lines after the front matter (YAML between ---, TOML between +++), and its title."""
    if not lines or lines[0].strip() not in ("---", "+++"):
        return lines, None
    for end, line in enumerate(lines[1:200], start=1):
        if line.strip() == lines[0].strip():
            titles = [found[1] for line in lines[1:end] if (found := _TITLE.match(line))]
            return lines[end + 1 :], titles[0].strip().strip("\"'") if titles else None
    return lines, None


def _without_comments(lines: list[str]) -> list[str]:
    """The lines without HTML comments; those inside code stay, as the code shows them."""
    kept, inside, fence = [], False, ""
    for line in lines:
        if not inside and (ticks := _FENCE.match(line)):
            if not fence:
                fence = ticks[1]
            elif ticks[1].startswith(fence):
                fence = ""
        if fence:
            kept.append(line)
            continue
        out: list[str] = []
        at = 0
        while at < len(line):
            mark = "-->" if inside else "<!--"
            found = line.find(mark, at)
            if not inside:
                out.append(line[at : found if found >= 0 else len(line)])
            if found < 0:
                break
            at, inside = found + len(mark), not inside
        kept.append("".join(out))
    return kept


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
    return [squeeze(cell.replace("\\|", "|")) for cell in _CELLS.split(inner)]
