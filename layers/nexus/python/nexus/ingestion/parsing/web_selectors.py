"""Reads the selectors of style sheets, and tells which elements they mean, within bounds.

Elements and classes, ids and attributes are compared, with at most two steps up (`a b`, `a > b`).
What asks for more, such as a state or a place among siblings, is unsure: it is compared by what is
known of it, and what it says only counts in favour of what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

# Ids, then classes, attributes and states, then elements: more of them goes before less.
Weight = tuple[int, int, int]
_HEAVIEST: Weight = (1_000, 0, 0)
_NAME = r"(?:[\w-]|[^\x00-\x7f]|\\[0-9a-fA-F]{1,6}\s?|\\[^\n0-9a-fA-F])++"
_PIECE = re.compile(
    rf"(?P<up>\s*+[>+~]\s*+|\s++)|\.(?P<class>{_NAME})|#(?P<id>{_NAME})"
    rf"|(?P<tag>(?:{_NAME}|\*))|(?P<state>::?{_NAME})"
    r"(?P<given>\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))?"
    rf"|\[\s*+(?P<name>{_NAME})\s*+(?:(?P<way>[~|^$*]?=)\s*+"
    r"""(?:"(?P<a>[^"\\\n]*+)"|'(?P<b>[^'\\\n]*+)'|(?P<c>[\w-]++))\s*+)?\]"""
)
_SIMPLE = re.compile(r"([A-Za-z][A-Za-z0-9]*+)?(?:\.([A-Za-z_][\w-]*+))?")
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.S)
_LONGEST = 500
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
_STATE_NAME = re.compile(
    r"(?:is|has|js|was)-[\w-]+|(?:un|de)?(?:open(?:ed)?|active|activated|show(?:n|ing)?|visible|"
    r"expand(?:ed)?|collapsed?|select(?:ed)?|current|on|in|out|checked|hover(?:ed)?|focus(?:ed)?|"
    r"toggled|loaded|ready|js|no-js|animated|enabled|disabled|reveal(?:ed)?)\Z",
    re.I,
)


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

    @property
    def names(self) -> set[str]:
        """The classes and ids that it names."""
        return {name for part in self.parts for name in (*part.classes, part.id) if name}

    @property
    def is_of_state(self) -> bool:
        """Whether it asks for what may change while the page is read."""
        return not self.is_sure or any(
            _STATE_NAME.match(name) for part in self.parts for name in part.classes
        )


class Element(NamedTuple):
    """An element of a page with what it stands in."""

    tag: str
    id: str
    classes: frozenset[str]
    attributes: Mapping[str, str | None]
    around: Element | None


def selectors(text: str) -> tuple[list[Selector], bool]:
    """The selectors of a list, and whether browsers surely know all of them.

    Those that mean no element, such as `::before`, are left out.
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
    if not text or len(text) > _LONGEST:
        return None
    if (simple := _SIMPLE.fullmatch(text)) is not None:  # as most are
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
    return (None if making.is_within else making.made()), making.is_known


class _Making:
    """A selector while it is read from the left."""

    def __init__(self) -> None:
        self.is_within, self.is_known = False, True
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
            attribute = (_plain(piece["name"]).lower(), piece["way"] or "", value)
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
            self.is_known = self.is_known and _PARTS.match(state) is not None
            return
        self._is_sure = False
        self.is_known = self.is_known and _STATES.match(state) is not None
        self._weight[1] += 1
        if given:
            self._weight = list(_HEAVIEST)

    def made(self) -> Selector:
        parts, ups = self._parts[-_MOST_PARTS:], self._ups[-(_MOST_PARTS - 1) :]
        ids, classes, tags = self._weight
        is_sure = self._is_sure and len(parts) == len(self._parts)
        return Selector(tuple(parts), tuple(ups), (ids, classes, tags), is_sure)


def _plain(name: str) -> str:
    """A name without its escapes."""
    if "\\" not in name:
        return name
    return _ESCAPED.sub(
        lambda mark: chr(min(int(mark[1], 16), 0x10FFFF)) if mark[1] else mark[2], name
    )


def fits(part: Compound, element: Element) -> bool:
    """Whether an element is surely what a part of a selector says."""
    return (
        (not part.tag or part.tag == element.tag)
        and (not part.id or part.id == element.id)
        and (not part.classes or part.classes <= element.classes)
        and (not part.attributes or all(_has(element.attributes, one) for one in part.attributes))
    )


def may_fit(part: Compound, element: Element, present: frozenset[str]) -> bool:
    """Whether an element may become what a part says, when its classes or attributes change.

    `present` are the classes of the page: others come while it is read.
    """
    return (
        (not part.tag or part.tag == element.tag)
        and (not part.id or part.id == element.id)
        and (
            not part.classes
            or not part.classes.isdisjoint(element.classes)
            or all(_STATE_NAME.match(one) or one not in present for one in part.classes)
        )
    )


def _has(given: Mapping[str, str | None], attribute: tuple[str, str, str]) -> bool:  # noqa: PLR0911
    name, way, wanted = attribute
    if name not in given:
        return False
    value = given[name] or ""
    if way in ("", "="):
        return not way or value == wanted
    if way == "~=":
        return wanted in value.split()
    if way == "|=":
        return value == wanted or value.startswith(wanted + "-")
    if not wanted:
        return False
    if way == "^=":
        return value.startswith(wanted)
    return value.endswith(wanted) if way == "$=" else wanted in value


def matches(
    selector: Selector, element: Element, fit: Callable[[Compound, Element], bool]
) -> tuple[bool, int]:
    """Whether a selector means an element, and how many elements were compared to tell."""
    parts, ups = selector.parts, selector.ups
    if not fit(parts[-1], element):
        return False, 1
    if not ups:
        return True, 1
    steps = 1
    for near in _above(element, ups[-1]):
        steps += 1
        if not fit(parts[-2], near):
            continue
        if len(ups) == 1:
            return True, steps
        for far in _above(near, ups[0]):
            steps += 1
            if fit(parts[0], far):
                return True, steps
        if ups[0] == " ":  # what is not above the nearest is not above others
            break
    return False, steps


def _above(element: Element, up: str) -> Iterable[Element]:
    around = element.around
    while around is not None:
        yield around
        around = around.around if up == " " else None
