"""Tells from a page's own styles which elements show nothing, white on white, or struck out text.

Only what is certain counts: rules that no other rule takes back, outside conditions such as
`@media` and states such as `:hover`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.hidden import is_near_white

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_BRACE = re.compile(r"[{}]")
_NAME = re.compile(r"[.#]?[A-Za-z_][\w-]{0,200}")
_LONE = re.compile(r"(?:[A-Za-z][\w-]{0,40})?([.#][A-Za-z_][\w-]{0,200})")
# Selectors of several parts, which are looked up in the page; so many of them, of such a length.
_COMPOUND = re.compile(r"[\w\s.#>+~\[\]=\"'*^$|-]{1,200}")
_MOST_COMPOUND = 60
_MOST_MATCHED = 20_000
_LONGEST_RULE = 4_000
_MOST_CSS = 2_000_000
_NONE = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}(?:hidden|collapse)", re.I)
_UNREADABLE = re.compile(
    r"(?<![\w-])(?:opacity\s{0,9}:\s{0,9}0(?:\.0{1,9})?%?(?![\w.])"
    r"|font-size\s{0,9}:\s{0,9}(?:0|0?\.\d{1,9}|[012](?:\.\d{1,9})?)(?:px|pt|em|rem|%)?(?![\w.%])"
    r"|clip-path\s{0,9}:\s{0,9}(?:inset\(\s{0,9}(?:[5-9]\d|100)%|circle\(\s{0,9}0)"
    r"|clip\s{0,9}:\s{0,9}rect\(\s{0,9}(?:[01](?:px)?[\s,]{1,9}){3}[01](?:px)?\s{0,9}\)"
    r"|transform\s{0,9}:\s{0,9}scale\(\s{0,9}0\s{0,9}[,)]"
    r"|filter\s{0,9}:\s{0,9}opacity\(\s{0,9}0%?\s{0,9}\)"
    r"|(?:left|right|top|bottom|text-indent|margin-left|margin-top)\s{0,9}:\s{0,9}-\d{3,9})",
    re.I,
)
_NO_HEIGHT = re.compile(r"(?<![\w-])height\s{0,9}:\s{0,9}0(?:px|em|rem|%)?(?![\w.%])", re.I)
_CUT_OFF = re.compile(r"(?<![\w-])overflow(?:-y)?\s{0,9}:\s{0,9}(?:hidden|clip)", re.I)
_NO_LETTERS = re.compile(
    r"visibility\s{0,9}:\s{0,9}(?:hidden|collapse)|font-size\s{0,9}:\s{0,9}0?(?:\.\d{1,9}|0)?"
    r"(?:px|pt|em|rem|%)?(?![\w.%])",
    re.I,
)
_LETTERS = re.compile(
    r"visibility\s{0,9}:\s{0,9}visible"
    r"|font-size\s{0,9}:\s{0,9}(?:[a-z]|[3-9]|[1-9]\d|\d(?:\.\d{1,9})?r?em)",
    re.I,
)
_NOT_DISPLAYED = re.compile(r"display\s{0,9}:\s{0,9}none", re.I)
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

    `backed` names classes, ids and elements that have a background of their own; `lettered` those
    that are given letters to be seen, and `blank` those that are given none, which elements within
    may have again. The `elements` are those, by their ids in memory, that rules of several parts
    hide.
    """

    hidden: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    white: set[str] = field(default_factory=set)
    backed: set[str] = field(default_factory=set)
    blank: set[str] = field(default_factory=set)
    lettered: set[str] = field(default_factory=set)
    elements: set[int] = field(default_factory=set)


def page_styles(sheets: list[str], root: LexborNode) -> PageStyles:
    """Reads the style sheets of the page with that root."""
    found = PageStyles()
    hiding: list[str] = []
    showing: list[str] = []
    unstruck: set[str] = set()
    for selectors, said in _rules("\n".join(sheets)[:_MOST_CSS]):
        names = {name for one in selectors for name in _NAME.findall(one)}
        lone = {match[1] for one in selectors if (match := _LONE.fullmatch(one.strip()))}
        for holds, those, named in (
            (is_backed, found.backed, names),
            (is_lettered, found.lettered, names),
            (_unstrikes, unstruck, names),
            (is_none, found.hidden, lone),
            (is_struck, found.struck, lone),
            (is_unreadable, found.unreadable, lone),
            (is_white, found.white, lone),
            (is_blank, found.blank, lone),
        ):
            if holds(said):
                those.update(named)
        if _SHOWN.search(said):
            showing += selectors
        if is_none(said) or is_unreadable(said):
            hiding += [one for one in selectors if _LONE.fullmatch(one.strip()) is None]
    found.struck -= unstruck
    _weigh(found, hiding, showing, root)
    return found


def _weigh(found: PageStyles, hiding: list[str], showing: list[str], root: LexborNode) -> None:
    """Decides which elements are hidden where rules hide and show them."""
    lookup = _Lookup(root)
    names = found.hidden.union(*(_marks(one) for one in hiding))
    again: set[int] = set()
    partly: set[str] = set()
    shown: set[str] = set()
    for one in showing:
        if names.isdisjoint(own := set(_NAME.findall(one))):
            continue
        elements = set[int]() if _LONE.fullmatch(one.strip()) else lookup.elements(one)
        again |= elements
        # What nothing matches yet is a state: what it shows can be unfolded.
        (partly if elements else shown).update(own)
    for one in hiding:
        if _marks(one).isdisjoint(shown):
            found.elements |= lookup.elements(one)
    found.hidden -= shown
    for name in found.hidden & partly:
        found.hidden.discard(name)
        found.elements |= lookup.elements(name)
    found.elements -= again


def _marks(selector: str) -> set[str]:
    """The classes and ids that a selector names."""
    return {name for name in _NAME.findall(selector) if name[0] in ".#"}


class _Lookup:
    """Looks up which elements of a page a selector means, for so many selectors."""

    def __init__(self, root: LexborNode) -> None:
        self._root = root
        self._left = _MOST_COMPOUND

    def elements(self, selector: str) -> set[int]:
        """The ids in memory of the elements; none of a selector that asks for a state."""
        selector = selector.strip()
        if self._left <= 0 or not _COMPOUND.fullmatch(selector):
            return set()
        self._left -= 1
        try:
            nodes = self._root.css(selector)
        except Exception:  # noqa: BLE001 - a selector that is none hides nothing
            return set()
        return {node.mem_id for node in nodes[:_MOST_MATCHED]}


def _unstrikes(said: str) -> bool:
    return _UNSTRUCK.search(said) is not None


def is_none(said: str) -> bool:
    """Whether declarations show nothing of an element."""
    if _NO_HEIGHT.search(said) is not None and _CUT_OFF.search(said) is not None:
        return True
    return _NONE.search(said) is not None


def is_blank(said: str) -> bool:
    """Whether declarations only give no letters, so that elements within may have some."""
    return _NO_LETTERS.search(said) is not None and _NOT_DISPLAYED.search(said) is None


def is_lettered(said: str) -> bool:
    """Whether declarations give letters to what may have none around it."""
    return _LETTERS.search(said) is not None


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
