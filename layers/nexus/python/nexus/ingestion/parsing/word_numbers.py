"""Writes Word's automatic numbers and list marks where the page shows them: "2.2 ", "(b) ", "• ".

How they count is said in ECMA-376, part 1, section 17.9.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from nexus.ingestion.parsing.word_marks import shown
from nexus.ingestion.parsing.word_styles import Styles
from nexus.ingestion.parsing.word_xml import W, is_on, number, run_of, value

_LEVELS = 9
# Word has no more columns.
_MOST_CELLS = 64
_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_HIGHEST_ROMAN, _HIGHEST_IN_WORDS = 4_000, 100
_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_OWN_MARKS = "-–—*·•◦▪■□☐☑✓✔➢→"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    after: str = " "
    is_legal: bool = False
    restart: int | None = None
    style: str = ""


@dataclass(slots=True)
class _List:
    """A list and how far it has counted; lists of one abstract numbering count on together."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbers:
    """The numberings of a document; `root` is the parsed numbering part, or None."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, _List] = {}
        self._lists: dict[str, tuple[_List, dict[int, _Level], dict[int, int]]] = {}
        self._begun: set[str] = set()
        if root is not None:
            self._read(root)

    def write(self, root: Any) -> None:
        """Writes the number of every paragraph below `root` into it, counting in their order."""
        looked_at: dict[Any, bool] = {}
        for paragraph in root.iter(f"{W}p"):
            said = self._next(paragraph)
            if said and (_has_text(paragraph) or _numbers_a_row(paragraph, looked_at)):
                properties = paragraph.find(f"{W}pPr")
                place = 0 if properties is None else paragraph.index(properties) + 1
                paragraph.insert(place, run_of(paragraph, said))

    def _next(self, paragraph: Any) -> str:
        place = self._place(paragraph)
        found = self._lists.get(place[0]) if place else None
        if place is None or found is None or _is_deleted(paragraph):
            return ""
        name, depth = place
        counting, own, starts = found
        levels = {**counting.levels, **own}
        if name not in self._begun:
            self._begun.add(name)
            for at, start in starts.items():
                counting.counts[at] = start - 1
        level = levels.get(depth, _Level())
        counting.counts[depth] = counting.counts.get(depth, level.start - 1) + 1
        for deeper in range(depth + 1, _LEVELS):
            after = levels.get(deeper, _Level()).restart
            if after is None or depth < after:
                counting.counts.pop(deeper, None)
        if level.form == "bullet":
            return _bullet(level.text) + level.after
        if level.form == "none":
            return ""

        def counted(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = levels.get(at, _Level())
            form = "decimal" if level.is_legal else other.form
            return formatted(counting.counts.get(at, other.start), form)

        text = _PLACE.sub(counted, level.text)
        return text + level.after if text.strip() else ""

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """The list and the level, from 0, of a paragraph."""
        given = paragraph.find(f"{W}pPr/{W}numPr")
        name = None if given is None else value(given, f"{W}numId")
        depth = None if given is None else number(given, f"{W}ilvl")
        if name is None:
            style_id = self._styles.of_paragraph(paragraph)
            for style in self._styles.chain(style_id):
                of_style = style.find(f"{W}pPr/{W}numPr")
                if of_style is None:
                    continue
                if name is None:
                    name = value(of_style, f"{W}numId")
                if depth is None:
                    depth = number(of_style, f"{W}ilvl")
                if depth is None and name in self._lists:
                    depth = self._depth_of(name, style.get(f"{W}styleId"))
                if name is not None:
                    break
        if name is None or name == "0" or name not in self._lists:
            return None
        return name, min(depth or 0, _LEVELS - 1)

    def _depth_of(self, name: str | None, style_id: str) -> int | None:
        counting, own, _ = self._lists[name or ""]
        levels = {**counting.levels, **own}
        return next((at for at, level in levels.items() if level.style == style_id), None)

    def _read(self, root: Any) -> None:
        links: dict[str, str] = {}
        by_style: dict[str, str] = {}
        for one in root.iterchildren(f"{W}abstractNum"):
            name = one.get(f"{W}abstractNumId", "")
            self._abstract[name] = _List(_levels(one))
            if link := value(one, f"{W}numStyleLink"):
                links[name] = link
            if style := value(one, f"{W}styleLink"):
                by_style[style] = name
        for name, link in links.items():
            if link in by_style:
                self._abstract[name] = self._abstract[by_style[link]]
        for one in root.iterchildren(f"{W}num"):
            counting = self._abstract.get(value(one, f"{W}abstractNumId") or "")
            if counting is None:
                continue
            own: dict[int, _Level] = {}
            starts: dict[int, int] = {}
            for override in one.iterchildren(f"{W}lvlOverride"):
                at = override.get(f"{W}ilvl", "")
                if not (at.isdigit() and len(at) == 1):
                    continue
                own |= _levels(override)
                start = number(override, f"{W}startOverride")
                if start is not None:
                    starts[int(at)] = start
            self._lists[one.get(f"{W}numId", "")] = (counting, own, starts)


def _levels(parent: Any) -> dict[int, _Level]:
    levels = {}
    for one in parent.iterchildren(f"{W}lvl"):
        at = one.get(f"{W}ilvl", "")
        if not (at.isdigit() and len(at) == 1):
            continue
        start = number(one, f"{W}start")
        font = one.find(f"{W}rPr/{W}rFonts")
        text = value(one, f"{W}lvlText") or ""
        levels[int(at)] = _Level(
            start=1 if start is None else start,
            form=value(one, f"{W}numFmt") or "decimal",
            text=text if font is None else shown(text, font.get(f"{W}ascii", "")),
            after="" if value(one, f"{W}suff") == "nothing" else " ",
            is_legal=bool(is_on(one, f"{W}isLgl")),
            restart=number(one, f"{W}lvlRestart"),
            style=value(one, f"{W}pStyle") or "",
        )
    return levels


def _has_text(paragraph: Any) -> bool:
    return any((text.text or "").strip() for text in paragraph.iter(f"{W}t"))


def _numbers_a_row(paragraph: Any, looked_at: dict[Any, bool]) -> bool:
    """Whether an empty cell has a number of its own, beside cells that hold something.

    Rows may hold whole tables, so that each is looked at once.
    """
    cell = paragraph.getparent()
    if cell is None or cell.tag != f"{W}tc" or len(cell.findall(f"{W}p")) > 1:
        return False
    row = cell.getparent()
    if row is None or row.tag != f"{W}tr" or len(row) > _MOST_CELLS:
        return False
    if row not in looked_at:
        looked_at[row] = _has_text(row)
    return looked_at[row]


def _is_deleted(paragraph: Any) -> bool:
    """Whether nothing of the paragraph is left once the tracked changes are accepted."""
    return paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None and not _has_text(paragraph)


def _bullet(text: str) -> str:
    return text if text and all(letter in _OWN_MARKS for letter in text) else "•"


def formatted(count: int, form: str) -> str:
    """A count as Word writes it in one of its formats; decimal for those that are rarely used."""
    match form:
        case "lowerLetter" | "upperLetter" if count > 0:
            # a to z, then aa, bb, …
            letters = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 10)
            return letters.upper() if form == "upperLetter" else letters
        case "lowerRoman" | "upperRoman" if 0 < count < _HIGHEST_ROMAN:
            return _roman(count).upper() if form == "upperRoman" else _roman(count)
        case "decimalZero":
            return f"{count:02d}"
        case "ordinal":
            tens = count % 100
            ending = "th" if 10 < tens < 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
            return f"{count}{ending}"
        case "cardinalText" | "ordinalText" if 0 < count < _HIGHEST_IN_WORDS:
            return _in_words(count, is_ordinal=form == "ordinalText").capitalize()
    return "" if form in ("bullet", "none") else str(count)


def _in_words(count: int, *, is_ordinal: bool) -> str:
    """A count below a hundred in English words."""
    small = _ORDINALS if is_ordinal else _CARDINALS
    if count < len(small):
        return small[count]
    tens, ones = divmod(count, 10)
    if ones:
        return f"{_TENS[tens - 2]}-{small[ones]}"
    return _TENS[tens - 2].removesuffix("y") + "ieth" if is_ordinal else _TENS[tens - 2]


def _roman(count: int) -> str:
    said = ""
    for worth, letters in _ROMAN:
        times, count = divmod(count, worth)
        said += letters * times
    return said
