"""Reads the selectors of style sheets, within bounds.

Elements and classes, ids and attributes are compared, with at most two steps up (`a b`, `a > b`).
What asks for more, such as a state or a place among siblings, is unsure: it is compared by what is
known of it, and what it says only counts in favour of what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Ids, then classes, attributes and states, then elements: more of them goes before less.
Weight = tuple[int, int, int]
_HEAVIEST: Weight = (1_000, 0, 0)
_NAME = r"(?:[\w-]|[^\x00-\x7f]|\\[0-9a-fA-F]{1,6}\s?|\\[^\n0-9a-fA-F])++"
_PIECE = re.compile(
    rf"(?P<up>\s*+[>+~]\s*+|\s++)|\.(?P<class>{_NAME})|#(?P<id>{_NAME})"
    rf"|(?P<tag>(?:{_NAME}|\*))|(?P<state>::?{_NAME})"
    r"(?P<given>\(\))?"
    rf"|\[\s*+(?P<name>{_NAME})\s*+(?:(?P<way>[~|^$*]?=)\s*+"
    r"""(?:"(?P<a>[^"\\\n]*+)"|'(?P<b>[^'\\\n]*+)'|(?P<c>[\w-]++))\s*+)?(?P<case>[iIsS]\s*+)?\]"""
)
_SIMPLE = re.compile(r"([A-Za-z][A-Za-z0-9]*+)?(?:\.([A-Za-z_][\w-]*+))?")
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.S)
_LONGEST = 500
# What stands in the brackets of states is not read.
_BRACKETS = re.compile(r"\"[^\"\n]*+\"?|'[^'\n]*+'?|\\.|[()]", re.S)
# Three elements, and so two steps up.
_MOST_PARTS = 3
# What is no element of the page, though a selector of one colon names it.
_WITHIN = {":before", ":after", ":first-line", ":first-letter"}
# Browsers know these, so that what stands beside them in a list counts.
_STATES = re.compile(
    r":(?:hover|focus(?:-within|-visible)?|active|visited|link|any-link|target|root|empty|checked"
    r"|disabled|enabled|required|optional|read-only|read-write|indeterminate|default|valid|invalid"
    r"|placeholder-shown|lang|dir|not|is|where|has|(?:first|last|only)-(?:child|of-type)"
    r"|nth-(?:last-)?(?:child|of-type))\Z"
)
_PARTS = re.compile(
    r"::?(?:before|after|first-line|first-letter)\Z|::(?:selection|marker|placeholder|backdrop"
    r"|cue|part|slotted|file-selector-button|-webkit-[\w-]+)\Z"
)
# The names of classes that pages give and take while they are read.
STATE_NAME = re.compile(
    r"(?:is|has|js|was)-[\w-]+|(?:un|de)?(?:open(?:ed)?|active|activated|show(?:n|ing)?|visible|"
    r"expand(?:ed)?|collapsed?|select(?:ed)?|current|on|in|out|checked|hover(?:ed)?|focus(?:ed)?|"
    r"toggled|loaded|ready|js|no-js|animated|enabled|disabled|reveal(?:ed)?)\Z",
    re.I,
)


# Attributes that scripts change while a page is read, each with "=" and its value.
_OF_SCRIPTS = re.compile(
    r"aria-(?!hidden)|[^=]*cloak=|data-[^=]*="
    r"(?:closed|inactive|false|hidden|collapsed|off|idle|loading)\Z"
)
# Those that scripts take away once a page is there; what they hide is shown then.
_GONE = re.compile(r"(?:no-?js|.*loading|.*preload|.*cloak)\Z", re.I)


class Compound(NamedTuple):
    """What a selector says of one element; an attribute is its name, a way to compare, a value."""

    tag: str = ""
    id: str = ""
    classes: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str, str], ...] = ()


class Selector(NamedTuple):
    """The element meant comes last of the `parts`; `ups` says how each part leads to the next."""

    parts: tuple[Compound, ...]
    ups: tuple[str, ...]
    weight: Weight
    is_sure: bool
    # It means what is painted before or after an element's words, which may be a ground of them.
    is_within: bool = False

    @property
    def names(self) -> set[str]:
        """The classes and ids that it names."""
        return {name for part in self.parts for name in (*part.classes, part.id) if name}

    @property
    def is_of_state(self) -> bool:
        """Whether it asks for what may change while the page is read."""
        return not self.is_sure or any(
            STATE_NAME.match(name) for part in self.parts for name in part.classes
        )


def selectors(text: str) -> tuple[list[Selector], bool]:
    """The selectors of a list, and whether browsers surely know all of them.

    Those that mean no element, such as `::selection`, are left out, but not `::before`.
    """
    found: list[Selector] = []
    are_known = True
    for one in _split(text):
        made = _selector(one.strip())
        are_known = are_known and made is not None and made[1]
        if made is not None and made[0] is not None:
            found.append(made[0])
    return found, are_known


def _split(text: str) -> Iterator[str]:
    """The parts of a list between its commas, not those within brackets or quotes."""
    begin = depth = 0
    for mark in re.finditer(r"\"[^\"\n]*+\"?|'[^'\n]*+'?|\\.|[()\[\],]", text, re.S):
        if mark[0] in "([":
            depth += 1
        elif mark[0] in ")]":
            depth = max(depth - 1, 0)
        elif mark[0] == "," and not depth:
            yield text[begin : mark.start()]
            begin = mark.end()
    yield text[begin:]


def _selector(text: str) -> tuple[Selector | None, bool] | None:
    """One selector, None if it means no element, and whether browsers know it; None if damaged."""
    text = _emptied(text) if "(" in text else text
    if not text or len(text) > _LONGEST:
        return None
    simple = _SIMPLE.fullmatch(text)
    if simple is not None and not _is_gone(simple[2] or "", alone=True):  # as most are
        tag = (simple[1] or "").lower()
        classes = frozenset((simple[2],) if simple[2] else ())
        weight = (0, len(classes), int(bool(tag)))
        return Selector((Compound(tag, "", classes),), (), weight, is_sure=True), True
    making = _Making()
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None or not making.take(piece):
            return None
        at = piece.end()
    return making.made(), making.is_known


def _emptied(text: str) -> str:
    """A selector with nothing in its round brackets."""
    kept, begin, depth = list[str](), 0, 0
    for mark in _BRACKETS.finditer(text):
        if mark[0] == "(":
            if not depth:
                kept.append(text[begin : mark.end()])
            depth += 1
        elif mark[0] == ")" and depth:
            depth -= 1
            begin = mark.start()
    return "".join(kept) + (text[begin:] if not depth else ")")


class _Making:
    """A selector while it is read from the left."""

    def __init__(self) -> None:
        self.is_within, self.is_known = False, True
        # Whether it means what is painted before or after an element's words.
        self._is_beside = False
        self._parts: list[Compound] = [Compound()]
        self._ups: list[str] = []
        self._is_sure = True
        self._weight = [0, 0, 0]

    def take(self, piece: re.Match[str]) -> bool:
        """Adds a piece; false if it cannot stand there."""
        part = self._parts[-1]
        if piece["up"] is not None:
            self._step(piece["up"].strip() or " ")
        elif piece["class"] is not None:
            self._weight[1] += 1
            self._parts[-1] = part._replace(classes=part.classes | {_plain(piece["class"])})
        elif piece["id"] is not None:
            self._weight[0] += 1
            self._is_sure = self._is_sure and not part.id
            self._parts[-1] = part._replace(id=_plain(piece["id"]))
        elif piece["tag"] is not None:
            if part != Compound():
                return False
            if piece["tag"] != "*":
                self._weight[2] += 1
                self._parts[-1] = part._replace(tag=_plain(piece["tag"]).lower())
        elif piece["name"] is not None:
            self._weight[1] += 1
            value = piece["a"] or piece["b"] or piece["c"] or ""
            name = _plain(piece["name"]).lower()
            is_of_scripts = _OF_SCRIPTS.match(f"{name}={value}") is not None
            self._is_sure = self._is_sure and piece["case"] is None and not is_of_scripts
            attribute = (name, piece["way"] or "", value)
            self._parts[-1] = part._replace(attributes=(*part.attributes, attribute))
        else:
            self._state(piece["state"].lower(), given=piece["given"] is not None)
        return True

    def _step(self, up: str) -> None:
        if up in "+~":  # what stands before is not looked at
            self._is_sure = False
            self._parts, self._ups = [Compound()], []
        else:
            self._parts.append(Compound())
            self._ups.append(up)

    def _state(self, state: str, *, given: bool) -> None:
        if state.startswith("::") or state in _WITHIN:
            self.is_within = True
            self._is_beside = state.lstrip(":") in ("before", "after")
            self.is_known = self.is_known and _PARTS.match(state) is not None
            return
        self._is_sure = False
        self.is_known = self.is_known and _STATES.match(state) is not None
        self._weight[1] += 1
        if given:
            self._weight = list(_HEAVIEST)

    def made(self) -> Selector | None:
        if self.is_within and not self._is_beside:
            return None
        parts, ups = self._parts[-_MOST_PARTS:], self._ups[-(_MOST_PARTS - 1) :]
        ids, classes, tags = self._weight
        is_sure = self._is_sure and len(parts) == len(self._parts) and not self.is_within
        is_sure = is_sure and not any(
            _is_gone(name, alone=part is parts[-1] and part.tag not in ("html", "body"))
            for part in parts
            for name in part.classes
        )
        return Selector(tuple(parts), tuple(ups), (ids, classes, tags), is_sure, self.is_within)


def _plain(name: str) -> str:
    """A name without its escapes."""
    if "\\" not in name:
        return name
    return _ESCAPED.sub(
        lambda mark: chr(min(int(mark[1], 16), 0x10FFFF)) if mark[1] else mark[2], name
    )


def _is_gone(name: str, *, alone: bool) -> bool:
    """Whether an element loses a class early: one that hides the element itself is a cloak."""
    return name.lower().endswith("cloak") if alone else _GONE.match(name) is not None


def may_come(part: Compound) -> bool:
    """Whether elements without any of its classes may be given them."""
    return bool(part.classes and (part.tag or part.attributes))
