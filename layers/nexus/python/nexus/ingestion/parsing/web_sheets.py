"""Collects the style sheets of a page in their order: its own, and those that came with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.web_cascade import Cascade
from nexus.ingestion.parsing.web_rules import UNKNOWN, Sheet, State, media, read_sheet

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# Gives the style sheet at an address as a page names it; None if it did not come with the page.
Linked = Callable[[str], Sheet | None]
# Sheets import others down to here, and so many sheets are taken of a page.
_DEEPEST = 3
_MOST = 200
# Of a page's own sheets, so many characters are read; deeper ones are not looked up from.
_MOST_CSS, _MOST_AROUND = 2_000_000, 100


def cascade_of(root: LexborNode, linked: Linked | None) -> tuple[Cascade, bool]:
    """What the sheets of a page say of its elements, and whether all of them are known."""
    collecting = _Collecting(linked)
    for node in root.css("style, link"):
        collecting.take(node)
        if len(collecting.found) > _MOST:
            break

    @cache
    def present() -> frozenset[str]:
        classes = (one.attributes.get("class") or "" for one in root.css("[class]"))
        return frozenset(name for given in classes for name in given.split())

    styles = Cascade(collecting.found, present)
    return styles, collecting.are_all and styles.are_known


class _Collecting:
    """The sheets that were found so far, each with whether it counts."""

    def __init__(self, linked: Linked | None) -> None:
        self.found: list[tuple[Sheet, State]] = []
        self.are_all = True
        self._linked = linked
        self._title = ""
        self._left = _MOST_CSS

    def take(self, node: LexborNode) -> None:
        """Adds the sheet that an element holds or links to."""
        given = node.attributes
        state = media(given.get("media") or "")
        named = (given.get("title") or "").strip()
        if node.tag == "link":
            names = (given.get("rel") or "").lower().split()
            is_preloaded = "preload" in names and (given.get("as") or "").lower() == "style"
            if is_preloaded or (state == State.OFF and "onload" in given):
                self.are_all = False  # a script has it count once it is there
            if "stylesheet" not in names or "alternate" in names or "disabled" in given:
                return
        elif (given.get("type") or "text/css").strip().lower() != "text/css":
            return
        # Of sheets with titles, those of the first title are on (HTML, 4.2.4).
        self._title = self._title or named
        if named not in ("", self._title):
            state = min(state, State.MAYBE)
        state = min(state, _place(node))
        if state == State.OFF:
            return
        sheet = self._linked_to(given.get("href") or "") if node.tag == "link" else self._own(node)
        if sheet is None or (sheet.imports and self._linked is None):
            self.are_all = False
        if sheet is not None:
            for one in _with_imports(sheet, state, self._linked, _DEEPEST):
                self.found.append(one)
                if len(self.found) > _MOST:
                    break

    def _linked_to(self, address: str) -> Sheet | None:
        return self._linked(address) if self._linked is not None else None

    def _own(self, node: LexborNode) -> Sheet:
        css = node.text()
        self._left -= len(css)
        return read_sheet(css) if self._left >= 0 else UNKNOWN


def _place(node: LexborNode) -> State:
    """Whether a sheet counts where it stands: not in a template, and perhaps without scripts."""
    around = node.parent
    for _ in range(_MOST_AROUND):
        if around is None:
            return State.ON
        if around.tag == "template":
            return State.OFF
        if around.tag == "noscript":
            return State.MAYBE
        around = around.parent
    return State.MAYBE


def _with_imports(
    sheet: Sheet, state: State, linked: Linked | None, depth: int
) -> Iterator[tuple[Sheet, State]]:
    if depth and linked is not None:
        for address, own in sheet.imports[:_MOST]:
            imported = linked(address)
            if imported is not None and own != State.OFF:
                yield from _with_imports(imported, min(state, own), linked, depth - 1)
    yield sheet, state
