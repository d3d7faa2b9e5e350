"""Tells what style sheets and an element's own style make of it: the declaration that wins counts.

Importance goes first, then an element's own style, then the weight of selectors, then the order
(CSS Cascading, 6.1). Where a rule that may hold, on another screen or in another state, would win
and show what the winner hides, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from nexus.ingestion.parsing.web_matching import Element, fits, matches, may_fit
from nexus.ingestion.parsing.web_rules import Declaration, Rule, Sheet, State, declarations
from nexus.ingestion.parsing.web_selectors import Compound, Selector, may_come
from nexus.ingestion.parsing.web_styles import (
    INHERITED,
    UNSURE,
    Looks,
    is_open,
    is_white,
    may_hide,
    reveals,
)

# So many comparisons of selectors with elements are made for a page; then sheets say nothing.
_MOST_STEPS = 1_000_000
# On a page of more sheets, or of an element of more classes, they are not known as a whole.
_MOST_SHEETS, _MOST_CLASSES = 60, 100
_MOST_KEPT = 20_000
# Importance, whether it is the element's own, the selector's weight, the sheet and the place.
_Rank = tuple[bool, bool, tuple[int, int, int], int, int]
_NO_WEIGHT = (0, 0, 0)
_PLAIN = Selector((Compound(),), (), _NO_WEIGHT, is_sure=True)
_Found = tuple[_Rank, Declaration, Selector]


class Cascade:
    """What the sheets of one page, in their order, say of its elements.

    `are_known` says that all of them could be read; otherwise none of them says anything.
    `present` gives the classes of the page, which are asked for where a state may show something.
    """

    def __init__(
        self, sheets: Sequence[tuple[Sheet, State]], present: Callable[[], frozenset[str]]
    ) -> None:
        given = [(number, *one) for number, one in enumerate(sheets) if one[0].rules]
        are_known = len(sheets) <= _MOST_SHEETS and all(sheet.is_whole for sheet, _ in sheets)
        self.are_known = are_known
        self._sheets = given if are_known else []
        self._present = present
        self._left = _MOST_STEPS
        self._kept: dict[tuple[str, str, str, str, bool], Looks] = {}
        self._own: dict[str, Looks] = {}

    @property
    def has_rules(self) -> bool:
        """Whether the sheets say anything, so that elements have to be known with those around."""
        return bool(self._sheets)

    @property
    def is_spent(self) -> bool:
        """Whether the sheets say nothing any more, since the page took too many comparisons."""
        return self.has_rules and self._left <= 0

    def spend(self) -> bool:
        """Takes a step for somebody who looks through elements; false if none is left."""
        self._left -= 1
        return self._left > 0

    def own(self, style: str) -> Looks:
        """What an element's own style says."""
        if (found := self._own.get(style)) is None:
            winners: dict[str, _Found] = {}
            for place, one in enumerate(declarations(style) if style else ()):
                _take(winners, ((one.is_important, True, _NO_WEIGHT, 0, place), one, _PLAIN))
            found = {name: won[1].value for name, won in winners.items()}
            if len(self._own) < _MOST_KEPT:
                self._own[style] = found
        return found

    def looks(self, element: Element, style: str, *, is_blank: bool = False) -> Looks:
        """The values that win for an element with that own style, by their properties.

        `is_blank` says that letters around it are not seen, so that it matters what shows them.
        """
        if not self._sheets or self._left <= 0 or len(element.classes) > _MOST_CLASSES:
            return self.own(style)
        classes = element.attributes.get("class") or ""
        key = element.tag, element.id, classes, style, is_blank
        if (known := self._kept.get(key)) is not None:
            return known
        winners: dict[str, _Found] = {}
        others: list[tuple[int, int, Rule]] = []
        is_plain = True
        for number, place, rule, is_sure in self._candidates(element):
            selector = rule.selector
            is_plain = is_plain and not selector.ups and not selector.parts[-1].attributes
            if not (is_sure and self._means(selector, element, fits)):
                others.append((number, place, rule))
                continue
            for one in rule.declarations:
                rank = one.is_important, False, selector.weight, number, place
                _take(winners, (rank, one, selector))
        for place, one in enumerate(declarations(style) if style else ()):
            _take(winners, ((one.is_important, True, _NO_WEIGHT, 0, place), one, _PLAIN))
        found = {name: won[1].value for name, won in winners.items()}
        if others:
            is_told = is_blank or may_hide(found)
            self._weigh(element, [one for one in others if is_told or one[2].backs], winners, found)
        colour = winners.get("color")
        if colour is not None and is_white(found) and _is_of_names(colour):
            found["color"] = UNSURE
        if self._left <= 0:
            return self.own(style)
        if is_plain and len(self._kept) < _MOST_KEPT:
            self._kept[key] = found
        return found

    def _weigh(
        self,
        element: Element,
        others: Sequence[tuple[int, int, Rule]],
        winners: Mapping[str, _Found],
        found: dict[str, str],
    ) -> None:
        """Has unsure values found where a rule that may hold shows what the winner hides."""
        for number, place, rule in others:
            if not self._may_mean(rule.selector, element):
                continue
            for one in rule.declarations:
                rank = one.is_important, False, rule.selector.weight, number, place
                _open(winners, (rank, one, rule.selector), found)

    def _candidates(self, element: Element) -> Iterator[tuple[int, int, Rule, bool]]:
        keys = ["", element.tag, *(f".{name}" for name in element.classes)]
        if element.id:
            keys.append(f"#{element.id}")
        for number, sheet, state in self._sheets:
            index, met = sheet.index, set[int]()
            for key in keys:
                for place, rule in index.get(key, ()):
                    self._left -= 1
                    if self._left <= 0:
                        return
                    if place not in met:
                        met.add(place)
                        yield number, place, rule, rule.is_sure and state == State.ON

    def _means(
        self, selector: Selector, element: Element, fit: Callable[[Compound, Element], bool]
    ) -> bool:
        found, steps = matches(selector, element, fit)
        self._left -= steps
        return found

    def _may_mean(self, selector: Selector, element: Element) -> bool:
        """Whether an element may come to be what a selector means."""
        meant = selector.parts[-1]
        if meant.classes and meant.classes.isdisjoint(element.classes):
            has_all = all(name in element.attributes for name, _, _ in meant.attributes)
            if not (may_come(meant) and has_all):
                return False
        return self._means(selector, element, partial(may_fit, present=self._present()))


def _is_of_names(found: _Found) -> bool:
    """Whether a rule is for all elements of a name: that white is the page's, on what is dark."""
    (_, is_own, *_), _, selector = found
    return not (is_own or selector.names or any(part.attributes for part in selector.parts))


def _take(winners: dict[str, _Found], found: _Found) -> None:
    name = found[1].name
    if (before := winners.get(name)) is None or found[0] >= before[0]:
        winners[name] = found


def _open(winners: Mapping[str, _Found], may_be: _Found, found: dict[str, str]) -> None:
    rank, one, selector = may_be
    name, value = one.name, one.value
    won = winners.get(name)
    if reveals(name, value):
        if not reveals(name, found.get(name, "none")):
            found[name] = value
    elif won is None:
        if name in INHERITED:
            found[name] = UNSURE
    elif (
        rank > won[0]
        and value != won[1].value
        and is_open(name, won[1].value)
        and _bears_on(selector, won[2])
    ):
        found[name] = UNSURE


def _bears_on(selector: Selector, winner: Selector) -> bool:
    """Whether a rule that may hold is for the winner's elements, not for others of their name."""
    meant = selector.parts[-1]
    return bool(
        meant.classes
        or meant.id
        or selector.is_of_state
        or not winner.names
        or not selector.names.isdisjoint(winner.names)
    )
