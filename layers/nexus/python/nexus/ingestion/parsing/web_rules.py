"""Reads style sheets (CSS) into rules, as far as they bear on whether text is seen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from nexus.ingestion.parsing.web_selectors import Selector, may_come, selectors
from nexus.ingestion.parsing.web_statements import statements

_IMPORT = re.compile(r"@import\s*+(?:url\(\s*+)?[\"']?([^\"')\s;]{1,500})[\"']?\s*+\)?(.*)", re.S)
# Longer sheets, and those of more rules, are not known as a whole; deeper ones are not read.
_MOST_CSS, _MOST_RULES, _DEEPEST = 700_000, 30_000, 3
# A list of selectors of more characters is not read.
_LONGEST_LIST = 20_000
# So many characters of selectors are read of a sheet: rules within rules repeat those around them.
_MOST_SELECTORS = 1_000_000
_LONGEST_STYLE = 20_000
_MOST_VALUE = 300
# A rule is looked into only if it may say something that bears on it.
_TELLING = re.compile(
    r"display|visibility|opacity|font|clip|transform|filter|left|right|top|bottom|indent|margin"
    r"|position|transition|flex|height|width|padding|overflow|color|background|decoration|animation|shadow|inset"
    r"|text-stroke|all\s*:|[{]",
    re.I,
)
_CONDITIONS = ("@supports", "@layer", "@container", "@scope", "@document", "@-moz-document")
# What stands for a list of selectors around a rule: any element.
_ANY = ":is(a)"
_GROUNDS = ("background-color", "background-image")
# What rules for classes to come mostly show elements by.
_SHOWING = ("display", "visibility", "opacity", "transform", "height", "max-height")
_SIDES = ("top", "right", "bottom", "left")
# What bears on whether text is seen; of `font` and its like, what they set of it.
_KNOWN = {
    "display", "visibility", "opacity", "font-size", "clip", "clip-path", "transform", "filter",
    "left", "right", "top", "bottom", "text-indent", "margin-left", "margin-top", "position",
    "height", "width", "max-height", "max-width", "min-height",
    "min-width", "padding-top", "padding-bottom",
    "overflow-x", "overflow-y",
    "color", "background-color", "background-image", "text-decoration-line", "animation",
    "text-shadow", "-webkit-text-fill-color", "-webkit-text-stroke", "transition", "flex",
    "flex-grow",
}  # fmt: skip
_SHORT = {
    "font", "background", "margin", "inset", "padding", "padding-block", "overflow", "all",
    "text-decoration", "animation-name", "-webkit-animation", "-webkit-animation-name",
    "transition-property", "-webkit-transition",
}  # fmt: skip
_FONT_SIZE = re.compile(
    r"(?<![\w.#-])((?:\d++(?:\.\d++)?|\.\d++)(?:px|pt|r?em|%|[a-z]{2,4}))", re.I
)


class State(IntEnum):
    """Whether what a condition is for holds on a screen: never, perhaps, or always."""

    OFF, MAYBE, ON = range(3)


class Declaration(NamedTuple):
    """What a property is set to, and whether it is `!important`."""

    name: str
    value: str
    is_important: bool


class Rule(NamedTuple):
    """What a selector's elements are given; a rule that is not sure only tells what may show."""

    selector: Selector
    declarations: tuple[Declaration, ...]
    is_sure: bool

    @property
    def backs(self) -> bool:
        """Whether it may draw a ground behind white letters, on some screen or in some state."""
        return not self.is_sure and any(
            one.name in (*_GROUNDS, "position") for one in self.declarations
        )


@dataclass(frozen=True)
class Sheet:
    """A style sheet: what it imports, and its rules in order; whether all of them are known."""

    imports: tuple[tuple[str, State], ...]
    rules: tuple[Rule, ...]
    is_whole: bool

    @cached_property
    def index(self) -> dict[str, list[tuple[int, Rule]]]:
        """The rules with their places, by what the elements have to be: "#id", ".class" or a name.

        Those for any element stand under "".
        """
        found: dict[str, list[tuple[int, Rule]]] = defaultdict(list)
        for place, rule in enumerate(self.rules):
            meant = rule.selector.parts[-1]
            keys = [f"#{meant.id}"] if meant.id else [f".{name}" for name in meant.classes]
            shows = any(one.name in _SHOWING for one in rule.declarations)
            if not keys or (shows and may_come(meant)):
                keys.append(meant.tag)
            for key in keys:
                found[key].append((place, rule))
        return dict(found)


# A sheet that is there and cannot be read as a whole.
UNKNOWN = Sheet((), (), is_whole=False)


def read_sheet(css: str) -> Sheet:
    """The rules of a style sheet; none of one that is too long to be read."""
    if len(css) > _MOST_CSS:
        return UNKNOWN
    reading = _Reading(css.replace("<!--", "    ").replace("-->", "   "))
    reading.block(0, len(css), State.ON, 0)
    is_whole = reading.is_whole and len(reading.rules) < _MOST_RULES
    return Sheet(tuple(reading.imports), tuple(reading.rules), is_whole)


def media(query: str) -> State:
    """Whether what is for such media is for screens: widths and colours are left open."""
    states = [_medium(one) for one in query.lower().split(",")] if query.strip() else [State.ON]
    return max(states)


def _medium(query: str) -> State:
    words = query.split()
    is_not = words[:1] == ["not"]
    words = words[1:] if words[:1] in (["not"], ["only"]) else words
    if not words or words[0].startswith("("):
        return State.MAYBE
    is_screen = words[0] in ("all", "screen")
    if len(words) > 1:
        return State.MAYBE if is_screen or is_not else State.OFF
    return State.ON if is_screen != is_not else State.OFF


def declarations(style: str) -> tuple[Declaration, ...]:
    """What an element's own style says; nothing of one that is too long to be read."""
    if len(style) > _LONGEST_STYLE:
        return ()
    found = statements(style, 0, len(style))
    return tuple(one for text, body in found if body is None for one in _declared(text))


def _declared(text: str) -> Iterator[Declaration]:
    name, colon, value = text.partition(":")
    name = name.strip().lower()
    if not colon or (name not in _KNOWN and name not in _SHORT):
        return
    value = value.strip().lower()
    stem, mark, rest = value.rpartition("!")
    is_important = bool(mark) and rest.strip() == "important"
    value = (stem.strip() if is_important else value)[:_MOST_VALUE]
    if not value:
        return
    for own, given in _expanded(name, value):
        yield Declaration(own, given, is_important)


def _expanded(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name in _KNOWN:
        yield name, value
    elif name == "all":
        yield from ((own, "unset") for own in sorted(_KNOWN))
    elif name == "font":
        size = _FONT_SIZE.search(value)
        yield "font-size", size[1] if size else "medium"
    elif name == "background":
        yield "background-color", value
        yield "background-image", value
    elif name == "overflow":
        both = value.split()
        yield "overflow-x", both[0]
        yield "overflow-y", both[-1]
    elif name == "text-decoration":
        yield "text-decoration-line", value
    elif name.endswith(("animation", "animation-name")):
        yield "animation", value
    elif "transition" in name:
        yield "transition", value
    else:
        around = value.split()
        around = [*around, *around, *around, *around][:4] if len(around) < 3 else around
        for side, given in zip(_SIDES, [*around, around[1]], strict=False):
            own = side if name == "inset" else f"{name.partition('-')[0]}-{side}"
            if own in _KNOWN:
                yield own, given


class _Reading:
    """What has been read of a style sheet."""

    def __init__(self, css: str) -> None:
        self._css = css
        self.imports: list[tuple[str, State]] = []
        self.rules: list[Rule] = []
        self.is_whole = True
        self._left = _MOST_SELECTORS

    def block(self, begin: int, end: int, state: State, depth: int) -> None:
        """Reads the rules of a sheet, or those within a condition."""
        for text, body in statements(self._css, begin, end):
            if len(self.rules) >= _MOST_RULES:
                return
            if text.startswith("@"):
                self._at_rule(text, body, state, depth)
            elif body is not None:
                self._rule(text, body, state, depth, "")

    def _at_rule(self, text: str, body: tuple[int, int] | None, state: State, depth: int) -> None:
        lowered = text[:20].lower()
        if body is None:
            if lowered.startswith("@import") and (found := _IMPORT.match(text)):
                self.imports.append((found[1], min(state, media(found[2]))))
            return
        inner = State.OFF
        if lowered.startswith("@media"):
            inner = min(state, media(text[6:]))
        elif lowered.startswith(_CONDITIONS):
            inner = min(state, State.MAYBE)
        if inner != State.OFF and depth < _DEEPEST:
            self.block(*body, inner, depth + 1)

    def _rule(
        self, text: str, body: tuple[int, int], state: State, depth: int, around: str
    ) -> None:
        if _TELLING.search(self._css, *body) is None:
            return
        said: list[Declaration] = []
        length = len(text) + len(around) * max(text.count("&"), 1)
        self._left -= length
        if length > _LONGEST_LIST or self._left < 0:
            self.is_whole = False
            return
        meant = text.replace("&", around) if "&" in text else f"{around} {text}"
        for own, nested in statements(self._css, *body):
            if nested is None:
                said += _declared(own)
            elif depth < _DEEPEST:
                # What is nested is taken as a condition, whatever it asks for.
                is_rule = not own.startswith("@")
                within = _ANY if is_rule and "," in meant else meant
                self._rule(own if is_rule else "&", nested, State.MAYBE, depth + 1, within)
        if not said:
            return
        found, are_known = selectors(meant)
        is_sure = state == State.ON and are_known
        grounds = tuple(one for one in said if one.name in _GROUNDS)
        for one in found[: _MOST_RULES - len(self.rules)]:
            if given := grounds if one.is_within else tuple(said):
                self.rules.append(Rule(one, given, is_sure and one.is_sure))
