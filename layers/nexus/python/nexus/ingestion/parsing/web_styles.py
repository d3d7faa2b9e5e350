"""Tells from a page's own styles which elements show nothing, white on white, or struck out text.

Only what is certain counts: rules for a lone class or id that no other rule takes back, outside
conditions such as `@media`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nexus.ingestion.parsing.hidden import is_near_white

_BRACE = re.compile(r"[{}]")
_NAME = re.compile(r"[.#]?[A-Za-z_][\w-]{0,200}")
_LONE = re.compile(r"(?:[A-Za-z][\w-]{0,40})?([.#][A-Za-z_][\w-]{0,200})")
_LONGEST_RULE = 4_000
_MOST_CSS = 2_000_000
_NONE = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}(?:hidden|collapse)", re.I)
_UNREADABLE = re.compile(
    r"(?<![\w-])(?:opacity\s{0,9}:\s{0,9}0(?:\.0{1,9})?%?(?![\w.])"
    r"|font-size\s{0,9}:\s{0,9}(?:0|0?\.\d{1,9}|[012](?:\.\d{1,9})?)(?:px|pt|em|rem|%)?(?![\w.%])"
    r"|clip-path\s{0,9}:\s{0,9}(?:inset\(\s{0,9}(?:[5-9]\d|100)%|circle\(\s{0,9}0)"
    r"|transform\s{0,9}:\s{0,9}scale\(\s{0,9}0\s{0,9}[,)]"
    r"|filter\s{0,9}:\s{0,9}opacity\(\s{0,9}0%?\s{0,9}\)"
    r"|(?:left|right|top|bottom|text-indent|margin-left|margin-top)\s{0,9}:\s{0,9}-\d{3,9})",
    re.I,
)
_EM = re.compile(r"font-size\s{0,9}:\s{0,9}(?:[12](?:\.\d{1,9})?)(?:em|rem)", re.I)
_SHOWN = re.compile(r"display\s{0,9}:\s{0,9}(?!none)\w|visibility\s{0,9}:\s{0,9}visible", re.I)
_STRUCK = re.compile(
    r"text-decoration(?:-line)?\s{0,9}:\s{0,9}(?:[\w#.%-]{1,40}\s{1,9}){0,4}line-through", re.I
)
_UNSTRUCK = re.compile(r"text-decoration(?:-line)?\s{0,9}:\s{0,9}(?:none|underline)", re.I)
_COLOUR = re.compile(r"(?<![\w-])color\s{0,9}:\s{0,9}([^;]{1,60})", re.I)
_BACKGROUND = re.compile(r"background(?:-color|-image)?\s{0,9}:\s{0,9}([^;]{1,200})", re.I)
_RGB = re.compile(r"rgba?\(\s{0,9}(\d{1,3})[\s,]{1,9}(\d{1,3})[\s,]{1,9}(\d{1,3})")
_NO_ALPHA = re.compile(r"(?:rgba?|hsla?)\([^()]{1,60}[,/]\s{0,9}0(?:\.0{1,9})?%?\s{0,9}\)")
_CLEAR = {"none", "transparent", "inherit", "initial", "white"}


@dataclass(slots=True)
class PageStyles:
    """What the style sheets within a page say, by class (".note") and id ("#note").

    `backed` names classes, ids and elements that have a background of their own.
    """

    hidden: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    white: set[str] = field(default_factory=set)
    backed: set[str] = field(default_factory=set)


def page_styles(sheets: list[str]) -> PageStyles:
    """Reads the texts of a page's `style` elements."""
    found = PageStyles()
    shown: set[str] = set()
    unstruck: set[str] = set()
    for selectors, said in _rules("\n".join(sheets)[:_MOST_CSS]):
        names = {name for one in selectors for name in _NAME.findall(one)}
        lone = {match[1] for one in selectors if (match := _LONE.fullmatch(one.strip()))}
        if is_backed(said):
            found.backed |= names
        if _SHOWN.search(said):
            shown |= names
        if is_none(said):
            found.hidden |= lone
        if is_struck(said):
            found.struck |= lone
        if _UNSTRUCK.search(said):
            unstruck |= names
        if is_unreadable(said):
            found.unreadable |= lone
        if is_white(said):
            found.white |= lone
    found.hidden -= shown
    found.struck -= unstruck
    return found


def is_none(said: str) -> bool:
    """Whether declarations show nothing of an element."""
    return _NONE.search(said) is not None


def is_struck(said: str) -> bool:
    """Whether declarations draw a line through the letters."""
    return _STRUCK.search(said) is not None


def is_unreadable(said: str) -> bool:
    """Whether declarations make letters tiny or invisible, as their ground, or off the page."""
    if _UNREADABLE.search(said) is not None and _EM.search(said) is None:
        return True
    colour, ground = _COLOUR.search(said), _BACKGROUND.search(said)
    own = _rgb(colour[1]) if colour and ground else None
    return own is not None and ground is not None and own == _rgb(ground[1])


def is_white(said: str) -> bool:
    """Whether declarations colour letters white without a background of their own."""
    colour = _COLOUR.search(said)
    return colour is not None and _is_white(colour[1]) and not is_backed(said)


def is_backed(said: str) -> bool:
    """Whether declarations draw a background that is not white."""
    found = _BACKGROUND.search(said)
    if found is None:
        return False
    value = found[1].replace("!important", "").strip().lower()
    return not (value in _CLEAR or _is_white(value))


def _rgb(value: str) -> tuple[int, ...] | None:
    """A colour in figures; None for one by its name."""
    value = value.replace("!important", "").strip().lower()
    if match := _RGB.match(value):
        return tuple(map(int, match.groups())) if not value.startswith("rgba") else None
    if re.fullmatch("#[0-9a-f]{3}", value):
        value = "#" + "".join(letter * 2 for letter in value[1:])
    if re.fullmatch("#[0-9a-f]{6}", value):
        return tuple(int(value[at : at + 2], 16) for at in (1, 3, 5))
    return None


def _is_white(value: str) -> bool:
    value = value.replace("!important", "").strip().lower()
    if _NO_ALPHA.match(value):
        return True
    if match := _RGB.match(value):
        return all(int(part) >= 0xF8 for part in match.groups())
    if value.startswith("#") and len(value) == 4:
        value = "#" + "".join(letter * 2 for letter in value[1:])
    return value in ("white", "transparent") or is_near_white(value)


def _rules(css: str) -> Iterator[tuple[list[str], str]]:
    """The selectors and declarations of rules that hold without a condition."""
    css = _without_comments(css)
    begin, opened, depth = 0, 0, 0
    for brace in _BRACE.finditer(css):
        if brace[0] == "{":
            depth += 1
            opened = brace.end() if depth == 1 else opened
            continue
        depth = max(depth - 1, 0)
        if depth == 0 and opened > begin:
            prelude = css[begin : opened - 1].rpartition(";")[2].strip()
            if not prelude.startswith("@") and brace.start() - begin <= _LONGEST_RULE:
                yield prelude.split(","), css[opened : brace.start()]
            begin = brace.end()


def _without_comments(css: str) -> str:
    kept, at = [], 0
    while (begin := css.find("/*", at)) >= 0:
        kept.append(css[at:begin])
        end = css.find("*/", begin + 2)
        at = end + 2 if end >= 0 else len(css)
    return " ".join([*kept, css[at:]])
