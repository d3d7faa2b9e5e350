"""Makes the texts that cost a regular expression most, out of the expression itself."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

_parser = importlib.import_module("re._parser")
_constants = importlib.import_module("re._constants")

# What a class of characters is tried with: of each kind that patterns tell apart, one.
_CHARACTERS = "a1.A- \n_:<[(\"'#@/|*,;=&!\t)]>+`?~\\éß²٣中‘…\u2028"
# From here on a repetition is taken for endless.
_ENDLESS = 60
# Ends that no pattern hopes for; "$" can stand before a last line break.
_ENDS = ("\0", "\n\0")
_GENERAL = (
    *("a", "A", "1", " ", "\n", ".", "-", "<", "[", "(", "*", "|", ":", "#", "&", "/", "`", "_"),
    *("a.", "a@a.", "a a", "A ", "1.", "1,", "1 ", "- ", "[1]", "[1", "<a", "<a ", "&lt;", "]("),
    *("![", "é.", "a:", ". ", ".\n", "\n ", "\n\n", "a\n", "x.y/", "http://", "a;", "((", "²", "٣"),
    *("中", '"', "'"),
)  # fmt: skip

Attack = Callable[[int], str]


def attacks(pattern: re.Pattern[Any], *, at_one_place: bool = False) -> Iterator[Attack]:
    """Texts of any size that make the pattern start, go on for long and fail.

    Each repetition of the pattern is reached by what stands before it, repeated with each kind of
    character that it takes, and left by something that nothing takes; and what is reached so is
    repeated as a whole. Each is a function of the text's length. A pattern that is only tried
    `at_one_place` is left by more ends.
    """
    source = pattern.pattern
    tree = _parser.parse(source.decode("latin-1") if isinstance(source, bytes) else source)
    seen: set[tuple[str, str, str]] = set()
    for prefix, body in (*_reached(list(tree), ""), *(("", text) for text in _GENERAL)):
        for before, unit in ((prefix, body), ("", prefix + body), ("", prefix)):
            for end in _ENDS if at_one_place else _ENDS[:1]:
                if unit and (before, unit, end) not in seen:
                    seen.add((before, unit, end))
                    yield _repeat(before, unit, end)


def _repeat(before: str, unit: str, end: str) -> Attack:
    return lambda size: before + unit * (size // len(unit)) + end


def _reached(items: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
    """Each repetition in the items, as what reaches it and what it repeats."""
    for place, (kind, value) in enumerate(items):
        name = str(kind)
        if "REPEAT" in name:
            _, most, inner = value
            yield from _reached(list(inner), prefix)
            if most > _ENDLESS:
                bodies = list(_samples(list(inner)))
                yield from ((prefix, body) for body in bodies if body)
                # What comes after may take the same: "a*b?a*".
                following = next(_samples(items[place + 1 : place + 2]), "")
                yield from ((prefix, body + following) for body in bodies[:3] if body)
        elif name == "SUBPATTERN":
            yield from _reached(list(value[-1]), prefix)
        elif name == "ATOMIC_GROUP":
            yield from _reached(list(value), prefix)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _reached(list(value[1]), prefix)
        elif name == "BRANCH":
            branches = [list(branch) for branch in value[1]]
            words = [branch for branch in branches if all(str(k) == "LITERAL" for k, _ in branch)]
            # Of a list of words one does as well as another.
            for branch in [b for b in branches if b not in words] + words[:1]:
                yield from _reached(branch, prefix)
        prefix += next(_samples([items[place]]), "")
    if prefix:
        yield "", prefix


def _samples(items: list[Any]) -> Iterator[str]:
    """Texts that the items match, more or less: all kinds of the first, one of those after it."""
    if not items:
        yield ""
        return
    rest = "".join(next(_of_one(item), "") for item in items[1:])
    for first in _of_one(items[0]):
        yield first + rest


def _of_one(item: Any) -> Iterator[str]:
    kind, value = item
    name = str(kind)
    if name == "LITERAL":
        yield chr(value)
    elif name == "NOT_LITERAL":
        yield from (c for c in _CHARACTERS if ord(c) != value)
    elif name == "ANY":
        yield from "a. 1"
    elif name == "IN":
        known = [c for c in _CHARACTERS if _is_in(value, c)]
        yield from known or _first_of(value)
    elif name == "BRANCH":
        for branch in value[1][:6]:
            yield next(_samples(list(branch)), "")
    elif "REPEAT" in name:
        for body in _samples(list(value[2])):
            yield body * max(1, value[0])
    elif name == "SUBPATTERN":
        yield from _samples(list(value[-1]))
    elif name == "ATOMIC_GROUP":
        yield from _samples(list(value))
    else:
        yield ""


def _first_of(members: list[Any]) -> Iterator[str]:
    for kind, value in members:
        if str(kind) == "LITERAL":
            yield chr(value)
        elif str(kind) == "RANGE":
            yield chr(value[0])


def _is_in(members: list[Any], character: str) -> bool:
    code = ord(character)
    negated = found = False
    for kind, value in members:
        name = str(kind)
        negated = negated or name == "NEGATE"
        found = found or (
            (name == "LITERAL" and code == value)
            or (name == "RANGE" and value[0] <= code <= value[1])
            or (name == "CATEGORY" and _CATEGORIES[str(value)].match(character) is not None)
        )
    return found != negated


_CATEGORIES = {
    "CATEGORY_DIGIT": re.compile(r"\d"),
    "CATEGORY_NOT_DIGIT": re.compile(r"\D"),
    "CATEGORY_SPACE": re.compile(r"\s"),
    "CATEGORY_NOT_SPACE": re.compile(r"\S"),
    "CATEGORY_WORD": re.compile(r"\w"),
    "CATEGORY_NOT_WORD": re.compile(r"\W"),
}
