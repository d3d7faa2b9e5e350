"""Tells which elements of a page the selectors of its style sheets mean, or may come to mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from nexus.ingestion.parsing.web_selectors import STATE_NAME, Compound, Selector


class Element(NamedTuple):
    """An element of a page with what it stands in."""

    tag: str
    id: str
    classes: frozenset[str]
    attributes: Mapping[str, str | None]
    around: Element | None


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
            or all(STATE_NAME.match(one) or one not in present for one in part.classes)
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
