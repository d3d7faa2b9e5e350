"""Reads RTF by striprtf, with what it would lose put where it keeps it: notes, tables, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.headers import Looks, Place
from nexus.ingestion.parsing.hidden import hidden_text, struck_text
from nexus.ingestion.parsing.sections import Sections
from nexus.ingestion.parsing.tables import render
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

_TOKEN = re.compile(
    r"\\bin(?P<raw>[0-9]{1,9}) ?|\\(?P<word>[a-z]{1,32})(?P<number>-?[0-9]{1,10})? ?"
    r"|\\'[0-9a-f]{2}|\\[^a-z]|[{}]|[^\\{}]+",
    re.I | re.S,
)
# Marks that stand in no text: private characters, written as RTF writes a character.
_HEADING, _CELL, _ROW, _NOTE, _NOTE_END, _ABOVE, _LEFT, _MARGIN, _MARGIN_END = (
    chr(0xE0F0 + number) for number in range(9)
)
_MARGINS = {f"{name}{of}" for name in ("header", "footer") for of in ("", "l", "r", "f")}
# A line of a margin that only counts pages.
_OF_PAGE = re.compile(r"\W*(?:\w{1,12}\W{1,3})?\d{1,5}(?:\W{1,3}\w{1,6}\W{1,3}\d{1,5})?\W*")
_BORDERS = re.compile(f"[{_ROW}{_ABOVE}{_LEFT}{_MARGIN}{_MARGIN_END}]")
_MARKED = re.compile(f"{_HEADING}([1-9])")
# The mark of a list's item, in a font of symbols.
_BULLET = re.compile("^\\s{0,9}[\uf000-\uf0ff](?=\\s)")
_STYLED = re.compile(
    r"\{\\s([0-9]{1,5})\b[^{};]{0,2000}(?:heading|berschrift|judul) ?([1-9])", re.I
)
_TITLE = re.compile(r"\{\\title\s+([^{}\\]{1,300})\}")
_COLOURS = re.compile(r"\{\\colortbl([^{}]{0,20000})\}")
_COLOUR_PART = re.compile(r"\\(?:red|green|blue)([0-9]{1,3})")
# Shading, filled cells and shapes; a highlight is behind its own letters alone.
_BACKED = re.compile(r"\\(?:chshdng|cbpat|clcbpat|clshdng|shp)(?![a-z])[1-9]?")
_LIT = {"highlight", "cb", "chcbpat"}
_WHITE, _MOST_COLOURS, _MOST_CELLS = 0xF8, 1_000, 1_000
# Half points: nobody reads letters of two points.
_TINY = 4
_LINK = re.compile("HYPERLINK", re.I)
_DELETED = frozenset({"deleted"})
_BEHIND = "behind"
_STRIKES = {"strike", "striked"}
# What Word writes beside a paragraph's automatic number, for programs that do not count.
_COUNTED = {"listtext", "pntext"}
# The deepest group that is followed; striprtf keeps a state for each.
_DEEPEST = 10_000


def read(content: bytes, *, read_hidden: bool = False) -> ParsedDocument:
    """The text, its tables row by row, without pictures; the heads and feet of pages come first.

    Hidden text is left out, and told, unless `read_hidden`.
    """
    from striprtf.striprtf import rtf_to_text

    # Without its star, what a shape holds is no longer skipped, nor LibreOffice's notes.
    source = content.decode("latin-1")
    for starred in ("shpinst", "footnote"):
        source = source.replace("{\\*\\" + starred, "{\\" + starred)
    styles = {number: int(level) for number, level in _STYLED.findall(source[:1_000_000])}
    prepared = _Prepared(styles, read_hidden=read_hidden)
    text = rtf_to_text(  # type: ignore[no-untyped-call]
        "".join(prepared.pieces(source)), errors="replace"
    )
    title = _TITLE.search(source[:100_000])
    sections = Sections()
    rows: list[list[str]] = []
    margins: dict[str, None] = {}
    in_margin = 0
    for line in text.split("\n"):
        around = in_margin
        in_margin = max(in_margin + line.count(_MARGIN) - line.count(_MARGIN_END), 0)
        if around > 0 or _MARGIN in line:
            said = squeeze(_words(line))
            if any(map(str.isalpha, said)) and not _OF_PAGE.fullmatch(said):
                margins[said] = None
            continue
        if _ROW in line:
            rows += _rows(line)
            continue
        _flush(sections, rows)
        if heading := _MARKED.search(line):
            sections.heading(int(heading[1]), _words(_MARKED.sub("", line)))
        else:
            sections.text(_words(line))
    _flush(sections, rows)
    head = [LocatedText("\n".join(margins))] if margins else []
    return ParsedDocument(
        (*head, *sections.finish()),
        squeeze(clean(title[1])) if title else None,
        warnings=prepared.warnings(),
    )


class _Prepared:
    """The file without what striprtf stumbles over, and with our marks.

    Its search for links takes time that grows with the cube of a line, so that no HYPERLINK
    reaches it; it drops notes and automatic numbers as a whole, and hidden text it does not know.
    """

    def __init__(self, styles: dict[str, int], *, read_hidden: bool) -> None:
        self._hidden = 0
        self._is_struck = False
        self._styles = styles
        self._read_hidden = read_hidden
        self._white = frozenset[str]()
        # Of the row at hand: which cells go on another, and which cell it is at.
        self._goes_on: list[str] = []
        self._goes_on_next = ""
        self._cell = 0

    def pieces(self, source: str) -> Iterator[str]:
        """What striprtf is given, in order."""
        self._white = _white_colours(source)
        stack: list[tuple[frozenset[str], str]] = []
        given = hidden = frozenset[str]()
        end, is_told = "", False  # what is marked where the group ends
        at = 0
        while match := _TOKEN.match(source, at):
            at, piece, word, number = match.end(), match[0], match["word"], match["number"]
            if match["raw"]:
                at += int(match["raw"])  # bytes of a picture
            elif piece[0] == "{":
                if len(stack) < _DEEPEST:
                    stack.append((given, end))
                end = ""
                yield piece
            elif piece[0] == "}":
                yield piece + end  # not within, where a picture may have begun
                given, end = stack.pop() if stack else (frozenset(), "")
                hidden = _hidden(given)
                is_told = is_told and bool(hidden)
            elif word:
                given = self._hidden_by(word, number, given)
                hidden = _hidden(given)
                is_told = is_told and bool(hidden)
                end = end or _ENDS.get(word, "")
                said = self._in_row(word) + (_worded(word, number, self._styles) or piece)
                yield "" if hidden and word == "u" else said
            elif not hidden or (piece[0] == "\\" and piece[1] != "'"):
                yield _LINK.sub("LINK", piece)
            elif not is_told and piece.strip() and _DELETED.isdisjoint(hidden):
                is_told = True
                is_struck = not _STRIKES.isdisjoint(hidden)
                self._is_struck = self._is_struck or is_struck
                self._hidden += not is_struck

    def warnings(self) -> tuple[ReadingWarning, ...]:
        """What was left out of the pieces that were taken so far."""
        hidden = (hidden_text(self._hidden),) if self._hidden else ()
        return (*hidden, struck_text()) if self._is_struck else hidden

    def _in_row(self, word: str) -> str:
        """Follows a table's row; the mark of a cell that goes on the one above it."""
        if word in ("trowd", "row"):
            self._goes_on = [] if word == "trowd" else self._goes_on
            self._cell = 0
        elif word in ("clvmrg", "clmrg"):
            self._goes_on_next = _ABOVE if word == "clvmrg" else _LEFT
        elif word == "cellx":
            if len(self._goes_on) < _MOST_CELLS:
                self._goes_on.append(self._goes_on_next)
            self._goes_on_next = ""
        elif word == "cell":
            self._cell += 1
            if self._cell <= len(self._goes_on):
                return _character(self._goes_on[self._cell - 1])
        return ""

    def _hidden_by(self, word: str, number: str | None, hidden: frozenset[str]) -> frozenset[str]:
        """What hides the text after a control word: "v", "cf" (white), "fs" (tiny), "strike"."""
        if word == "plain":
            return frozenset()
        if word in ("deleted", "mvf", "stylesheet"):  # by somebody who kept track; names of styles
            return hidden - _DELETED if number == "0" else hidden | _DELETED
        if self._read_hidden or word not in ("v", "cf", "fs", *_STRIKES, *_LIT):
            return hidden
        if word in _LIT:
            return hidden - {_BEHIND} if number == "0" else hidden | {_BEHIND}
        hides = {
            "v": number != "0",
            "strike": number != "0",
            "striked": number != "0",
            "cf": number in self._white,
            "fs": number is not None and number.isdigit() and int(number) <= _TINY,
        }
        return hidden | {word} if hides[word] else hidden - {word}


def _hidden(given: frozenset[str]) -> frozenset[str]:
    """For which reasons text is hidden: white letters on a highlight are not."""
    return given - {"cf", _BEHIND} if _BEHIND in given else given


def _white_colours(source: str) -> frozenset[str]:
    """The numbers of colours that are white; none where something may be drawn behind the text."""
    table = _COLOURS.search(source)
    if table is None or _BACKED.search(source):
        return frozenset()
    entries = table[1].split(";")[:_MOST_COLOURS]
    found = {
        str(at): [int(part) for part in _COLOUR_PART.findall(one)] for at, one in enumerate(entries)
    }
    return frozenset(at for at, parts in found.items() if len(parts) == 3 and min(parts) >= _WHITE)


def _worded(word: str, number: str | None, styles: dict[str, int]) -> str:
    """The mark that takes the place of a control word; "" for one that stays."""
    if word == "outlinelevel" and number and number in "012345678":
        return _character(f"{_HEADING}{int(number) + 1}")
    if word == "s" and number in styles:
        return _character(f"{_HEADING}{styles[number]}")
    return "{}" if word in _COUNTED else _WORDS.get(word, "")


def _character(marks: str) -> str:
    """Characters as RTF's escapes, with the question mark that stands for each elsewhere."""
    return "".join(mark if mark.isascii() else f"\\uc1\\u{ord(mark) - 0x10000}?" for mark in marks)


_ENDS = {
    "footnote": _character(_NOTE_END),
    **dict.fromkeys(_MARGINS, f"{_character(_MARGIN_END)}\\par "),
}
_WORDS = {
    **dict.fromkeys(_MARGINS, f"\\par {_character(_MARGIN)}"),
    "footnote": _character(_NOTE),
    "cell": _character(_CELL), "nestcell": _character(_CELL),
    "row": f"{_character(_ROW)}\\par ", "nestrow": f"{_character(_ROW)}\\par ",
    "v": "{}", "shp": "{}", "shpinst": "{}",  # nothing
    "shptxt": "\\par ",
}  # fmt: skip


def _rows(line: str) -> Iterator[list[str]]:
    for row in line.split(_ROW):
        if _CELL in row:
            yield [
                squeeze(_words(cell.replace(_ABOVE, "").replace(_LEFT, "")))
                + (_ABOVE if _ABOVE in cell else _LEFT if _LEFT in cell else "")
                for cell in row.split(_CELL)[:-1]
            ]


def _flush(sections: Sections, rows: list[list[str]]) -> None:
    for above, row in pairwise([[], *rows]):
        for place, cell in enumerate(row):
            if _ABOVE in cell:
                said = cell.replace(_ABOVE, "")
                row[place] = said or (above[place] if place < len(above) else "")
    spans: dict[Place, tuple[int, int]] = {}
    for at, row in enumerate(rows):
        first = 0
        for place, cell in enumerate(row):
            if cell == _LEFT:
                row[place] = ""
                spans[at, first] = (1, place - first + 1)
            else:
                row[place] = cell.replace(_LEFT, "")  # a cell that is merged and yet says something
                first = place
    for line in render(rows, None, Looks(spans=spans)) if rows else ():
        sections.text(line)
    rows.clear()


def _words(text: str) -> str:
    """The text of a line, notes in brackets."""
    text = text.replace(_NOTE_END, "]").replace(_NOTE, " [").replace(_CELL, " ")
    text = _BULLET.sub("•", text)
    text = _BORDERS.sub("", text)
    return clean(_MARKED.sub("", text).replace(_HEADING, ""))
