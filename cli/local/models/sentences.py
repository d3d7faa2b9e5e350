"""Cuts a passage into the units that an answer can quote: sentences, list items, table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nexus.text.sentences import DAY_BEFORE_MONTH

# A "line" is short and has no full stop, as a heading, but nothing stands under it.
Kind = Literal["sentence", "item", "row", "field", "line", "heading"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch `text[start:end]` of a passage that can be quoted on its own.

    `context` is another stretch that a reader needs beside it: the sentence that a pronoun points
    to, the heading of a list, the first row of a table. `term` is what a sentence stands under: the
    lines without a full stop right above its paragraph, such as an option that it explains.
    """

    start: int
    end: int
    kind: Kind
    context: tuple[int, int] | None = None
    term: tuple[int, int] | None = None


# A context longer than this says more than the answer.
MAX_CONTEXT = 220
MAX_TERM = 120  # longer lines above a paragraph are no names of what it explains
MIN_WRAPPED_LINE = 45  # a shorter line without a full stop ends a block: a heading, an address

_ITEM = re.compile(r"(?:[-*•–·▪◦]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+\S")
_BAR = re.compile(r"^\||\|$|\s\|\s")
_RULE = re.compile(r"[\s|:+=_-]+")
# What names the thing that a paragraph, or an item of a list, explains from its first word on.
_LABEL = re.compile(
    r"(?:[-*•–·▪◦] )?(?P<label>[^\s:.|][^:.|\n]{0,60}(?=:\s)|"
    r"[\"'‘“\[]?(?:--?[A-Za-z][\w-]*|[\w.-]+=\w+|\w+\(\)))"
)
_LABEL_WORDS = 5
_FIELD = re.compile(r"(?!\d{1,41}:)[^\s:.|](?:[^:.|\n]|\.(?!\s)){0,40}:\s+\S")
_MARKED_HEADING = re.compile(r"#{1,6}\s+\S")
SECTION = re.compile(r"(?:#{1,6}|(?:Chapter |Bab )?\d{1,3}(?:\.\d{1,3})*[.:]?)\s+[A-Z\"“(]")
# The dots that lead from an entry of a list of contents, or an index, to its page.
_LEADERS = re.compile(r"(?:\. ?){5}")
_ITEM_NUMBER = re.compile(r"\(?(\d{1,3}|[a-zA-Z])[.)]\s")
# A note's mark, such as [1], [b] or [note 2], may follow the stop.
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?:\[(?:\d+|[a-z]|note \d+)\])*(?=\s)")
_NEXT = re.compile(r"\s+[\"'“‘«(\[]*[A-Z0-9À-Þ]")
_WHOLE_WORD = re.compile(r"(?:[^\W\d_]{4}|[^\W\d_]{2}\))\Z")
_CLOSING = ('"', "'", "”", "’", "»", ")", "]")  # after one of these a full stop ends a sentence
_CLOSED = ".!?…:;"  # a line that ends with one of these goes on nowhere
_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof st sr jr vs inc ltd co corp no nos fig figs eq vol eds pp p al cf
    approx resp incl excl cont misc spec temp orig equiv univ assoc etc
    dept est gen gov hon lt col capt sgt rev rep sen u.s u.k e.g i.e a.k.a ph.d sec ch
    jan feb mar apr jun jul aug sep sept oct nov dec
    bpk drs ir hj jl gg kec kab kel prov tlp telp rp hlm yth a.n s.d d.a u.p tn ny sdr""".split()
)
_WORD_START = re.compile(r"[\s(\[\"'“‘]")
_LONGEST_WORD = 20
_POINTS_BACK = re.compile(
    r"(?:He|She|It|They|This|That|These|Those|His|Her|Its|Their|Such|Both|"
    r"Ia|Dia|Mereka|Ini|Itu|Hal|Beliau|Keduanya|Tersebut)\b"
)


def split_units(text: str) -> list[Unit]:
    """The units of a passage in reading order; none overlap, none is blank, none has white ends."""
    units: list[Unit] = []
    heading: tuple[int, int] | None = None
    term: tuple[int, int] | None = None
    header_row: tuple[int, int] | None = None
    previous_end = 0
    blocks = [(start, end, _kind(text, start, end)) for start, end in _blocks(text)]
    following: list[Kind] = [*(kind for _, _, kind in blocks[1:]), "heading"]
    for (start, end, kind), after in zip(blocks, following, strict=False):
        # A blank line ends a table.
        if kind != "row" or "\n\n" in text[previous_end:start]:
            header_row = None
        if kind == "row":
            if not _RULE.fullmatch(text, start, end):
                units.append(Unit(start, end, "row", header_row or heading))
                header_row = header_row or (start, end)
        elif kind in ("item", "field"):
            units += _of_entry(text, start, end, kind, heading)
        elif kind == "heading":
            bare = after == "heading" and not _names_a_section(text, start, end)
            bare = bare and text[end - 1] != ":"
            above = units[-1] if units and units[-1].kind in ("heading", "line") else None
            units.append(Unit(start, end, "line" if bare else "heading"))
            heading = (start, end)
            joined = above is not None and text[above.end : start] == "\n"
            term = (term[0], end) if term and joined and end - term[0] <= MAX_TERM else heading
        else:
            spans = list(_sentences(text, start, end))
            own = _label(text, start, spans[0][1]) if len(spans) > 1 else None
            units += _with_context(text, spans[:1], term)
            units += _with_context(text, spans, own or term)[1:]
            last = units[-1]
            introduces = text[last.end - 1] == ":" and last.end - last.start <= MAX_CONTEXT
            heading = (last.start, last.end) if introduces else heading
        previous_end = end
    return units


def _of_entry(
    text: str, start: int, end: int, kind: Kind, heading: tuple[int, int] | None
) -> Iterator[Unit]:
    """An item or a field; of one of several sentences, each, under the name that it begins with.

    A table's row that names the header of each cell stays whole.
    """
    if kind == "field" and _FIELD.match(text[start:end].partition("; ")[2]):
        yield Unit(start, end, kind, heading)
        return
    marker = _ITEM.match(text, start, end)
    spans = list(_sentences(text, marker.end() - 1 if marker else start, end))
    spans[0] = (start, spans[0][1])
    label = _label(text, start, spans[0][1])
    for place, (first, last) in enumerate(spans):
        if not place:
            yield Unit(first, last, kind, heading)
            continue
        before = spans[place - 1]
        near = before if before[1] - before[0] <= MAX_CONTEXT else None
        yield Unit(first, last, "sentence", near, label)


def _label(text: str, start: int, end: int) -> tuple[int, int] | None:
    found = _LABEL.match(text, start, end)
    if found is None or len(found["label"].split()) > _LABEL_WORDS:
        return None
    return found.span("label")


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Lines that stand alone, and runs of lines that are one paragraph."""
    open_block: tuple[int, int] | None = None
    for line in re.finditer(r"[^\n]+", text):
        body = line.group()
        start = line.start() + len(body) - len(body.lstrip())
        end = line.start() + len(body.rstrip())
        if open_block is not None and (
            start >= end or not _continues(text, open_block, start, end)
        ):
            yield open_block
            open_block = None
        if start < end:
            open_block = (open_block[0], end) if open_block else (start, end)
    if open_block is not None:
        yield open_block


def _continues(text: str, block: tuple[int, int], start: int, end: int) -> bool:
    """Whether the line goes on with the block above it, wrapped there only for its width."""
    if text.count("\n", block[1], start) > 1:
        return False
    last_line = text[max(block[0], text.rfind("\n", block[0], block[1]) + 1) : block[1]]
    if _is_row(last_line) or _MARKED_HEADING.match(last_line):
        return False
    wrapped = len(last_line) >= MIN_WRAPPED_LINE
    if _alone(text, start, end):
        return wrapped and _is_wrapped(text, block, start, end)
    return wrapped or text[start].islower()


def _is_wrapped(text: str, block: tuple[int, int], start: int, end: int) -> bool:
    """Whether what looks like an item or a field is the rest of the open sentence above it.

    An item is numbered 1 or a, or one after the item that the block above is.
    """
    if text[block[1] - 1] in _CLOSED:
        return False
    number = _ITEM_NUMBER.match(text, start, end)
    if number is None:
        return bool(_FIELD.match(text, start, end)) and text[start].islower()
    before = _ITEM_NUMBER.match(text, *block)
    return number[1] not in ("1", "a", "A", "i") and before is None


def _alone(text: str, start: int, end: int) -> bool:
    patterns = (_ITEM, _FIELD, _MARKED_HEADING)
    return _is_row(text[start:end]) or any(p.match(text, start, end) for p in patterns)


def _is_row(line: str) -> bool:
    """Whether a line, without white ends, is a table's: cells between tabs, or spaced bars.

    A bar within words is a sign that a sentence speaks of, or a choice such as on|off.
    """
    return "\n" not in line and bool("\t" in line or _BAR.search(line))


def _kind(text: str, start: int, end: int) -> Kind:
    if _is_row(text[start:end]):
        return "row"
    if _MARKED_HEADING.match(text, start, end) or _LEADERS.search(text, start, end):
        return "heading"
    if _ITEM.match(text, start, end):
        # "8. PRINTING AND SCANNING" numbers a section.
        numbered = text[start].isdigit() and text[start:end].isupper() and end - start < 80
        return "heading" if numbered else "item"
    # The parsers write a table's row as "Header: value; Header: value": a field of any length.
    if _FIELD.match(text, start, end) and (
        end - start <= 160 or ": " in text[start:end].partition("; ")[2]
    ):
        return "field"
    if end - start < 80 and _is_title_like(text, start, end):
        return "heading"
    return "sentence"


def _is_title_like(text: str, start: int, end: int) -> bool:
    """Whether a line ends as no sentence does, and none ends in it."""
    bare = text[start:end].rstrip("\"”'’)]")
    closed = ".!?…;,:" if len(bare) < end - start else ".!?…;,"
    return bare[-1:] not in closed and len(list(_sentences(text, start, end))) == 1


def _names_a_section(text: str, start: int, end: int) -> bool:
    return bool(SECTION.match(text, start, end) or _LEADERS.search(text, start, end))


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for mark in _END.finditer(text, start, end):
        # After a whole word, and at the end of a line, the next sentence may begin with any: with a
        # programme's name, such as "gdb".
        if (
            text[mark.end()] != "\n"
            and not _NEXT.match(text, mark.end(), end)
            and not (
                text[mark.start()] == "."
                and _WHOLE_WORD.search(text, max(begin, mark.start() - 4), mark.start())
            )
        ):
            continue
        if text[mark.start()] == "." and _abbreviates(text, begin, mark.start()):
            continue
        yield begin, mark.end()
        begin = mark.end()
        while text[begin].isspace():
            begin += 1
    yield begin, end


def _abbreviates(text: str, begin: int, dot: int) -> bool:
    """Whether the full stop at `dot` belongs to an abbreviation or an initial."""
    if text[dot - 1 : dot] in _CLOSING:
        return False
    # No abbreviation is longer; a sentence of abbreviations would be read from its start for each.
    word = _WORD_START.split(text[max(begin, dot - _LONGEST_WORD) : dot])[-1]
    if word.isdigit() and DAY_BEFORE_MONTH.match(text, dot - len(word)):
        return True
    return word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper()) or word == ""


def _with_context(
    text: str, spans: list[tuple[int, int]], term: tuple[int, int] | None
) -> list[Unit]:
    units = []
    for place, (start, end) in enumerate(spans):
        context = None
        if place and _POINTS_BACK.match(text, start):
            before = spans[place - 1]
            context = before if before[1] - before[0] <= MAX_CONTEXT else None
        units.append(Unit(start, end, "sentence", context, term))
    return units
