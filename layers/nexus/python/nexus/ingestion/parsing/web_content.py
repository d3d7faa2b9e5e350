"""Decides what of a page is its content: not the furniture around it, nor what its author hid.

A panel that a reader can unfold is content, though it is not shown at first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.web_notes import is_note
from nexus.ingestion.parsing.web_styles import (
    PageStyles,
    is_backed,
    is_blank,
    is_lettered,
    is_none,
    is_struck,
    is_unreadable,
    is_white,
    page_styles,
)
from nexus.ingestion.parsing.web_words import INLINE, words

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_DROPPED = {
    "script", "style", "nav", "template", "noscript", "iframe", "object", "head", "title",
}  # fmt: skip
# Struck out: what was true once (HTML, 4.5.5 and 4.7.2).
_STRUCK = {"del", "s", "strike"}
_MARGINS = {"footer", "aside"}
# What a footer or an aside belongs to, where it is not the page's own.
_CONTENT = {
    "article", "section", "blockquote", "main", "figure", "details", "td", "li", "dd", "form",
}  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt", "legend"}
# Elements that are judged, and that tell of those within them, even without attributes.
_WEIGHED = {"button", "dialog", *_MARGINS, *_STRUCK}
_TELLING = {*_MARGINS, *_CONTENT, *_HEADINGS}
_TOGGLES = ("aria-expanded", "aria-controls", "data-bs-toggle", "data-toggle", "data-bs-target")
_UNFOLDS = ", ".join(("button", "summary", "[data-target]", *(f"[{name}]" for name in _TOGGLES)))
_FOLDS = re.compile(r"accordion|collaps|faq|answer|panel|tab-?(?:pane|content)|expand|toggle", re.I)
_ASKS = re.compile(r"accordion|collaps|faq|question|expand|toggle", re.I)
_COPYRIGHT = re.compile(r"©|copyright|all rights reserved|hak cipta", re.I)
_CONTACT = re.compile(r"@[\w-]|\d[\d\s().-]{5,20}\d")
_FEWEST_WORDS = 6
_MOST_NAMES = 100
_FULL_STOPS = (".", "。", "।")
_LONGEST_NOTICE = 25
# Blocks within a margin are weighed one by one down to here, so that the work does not grow with
# the depth.
_SIFTED = 4


@dataclass(slots=True)
class Judged:
    """The elements of a page to leave out, outermost ones only, and in how many text was hidden.

    `is_struck` says that text was struck out.
    """

    dropped: list[LexborNode] = field(default_factory=list)
    hidden: int = 0
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known of the place of an element from those around it."""

    in_content: bool = False
    margin_depth: int = 0
    in_heading: bool = False
    in_styled: bool = False
    is_backed: bool = False
    is_blank: bool = False


def judge(root: LexborNode, *, read_hidden: bool, sheets: Sequence[str] = ()) -> Judged:
    """Goes through a page once. With `read_hidden` nothing is left out for being hidden.

    `sheets` are the style sheets beside the page, where they came with it.
    """
    styles = page_styles([*sheets, *(node.text() for node in root.css("style"))], root)
    judge_ = _Judge(styles, _controlled(root), read_hidden=read_hidden)
    judge_.has_sheets = not sheets and root.css_first('link[rel~="stylesheet"]') is not None
    found = Judged()
    coming = [(root, _Around())]
    while coming:
        node, around = coming.pop()
        verdict = judge_.of(node, around)
        if verdict == "hidden" and judge_.is_blank(node, around):
            blanked = [one for one in node.iter(include_text=True) if one.tag == "-text"]
            found.dropped += blanked
            found.hidden += any((one.text() or "").strip() for one in blanked)
            inside = replace(judge_.inside(node, around), is_blank=True)
            coming += [(child, inside) for child in node.iter()]
            continue
        if verdict:
            found.dropped.append(node)
            found.hidden += verdict == "hidden" and bool(words(node))
            found.is_struck = found.is_struck or (verdict == "struck" and bool(words(node)))
            continue
        inside = judge_.inside(node, around)
        coming += [(child, inside) for child in node.iter()]
    return found


def is_toggle(node: LexborNode) -> bool:
    """Whether a button unfolds something, so that its words are the page's."""
    given = node.attributes
    if any(name in given for name in _TOGGLES) or given.get("role") == "tab":
        return True
    if _ASKS.search(given.get("class") or ""):
        return True
    after = _sibling(node, "next")
    is_folded = after is not None and ("hidden" in after.attributes or is_none(_style(after)))
    return is_folded or words(node).endswith("?")


class _Judge:
    """What holds for the whole page while its elements are judged."""

    def __init__(self, styles: PageStyles, controlled: set[str], *, read_hidden: bool) -> None:
        self.has_sheets = False
        self._lettered = ", ".join(
            [
                '[style*="font-size"]',
                '[style*="visibility"]',
                *sorted(styles.lettered)[:_MOST_NAMES],
            ]
        )
        self._styles = styles
        self._controlled = controlled
        self._read_hidden = read_hidden

    def of(self, node: LexborNode, around: _Around) -> str:  # noqa: PLR0911 - one for each reason
        """Why an element is left out, "hidden", "struck" or "furniture"; "" if it is not."""
        tag = node.tag or ""
        if tag in _DROPPED:
            return "furniture"
        given = node.attributes
        if around.is_blank and not self._read_hidden and not self._is_lettered(node):
            return "hidden"
        if node.mem_id in self._styles.elements and not self._read_hidden:
            return "" if self._is_folded(node) else "hidden"
        if not given and tag not in _WEIGHED and not around.margin_depth:
            return ""
        if given.get("role") in ("navigation", "menu", "menubar"):
            return "furniture"
        if tag == "button" and not around.in_heading and not is_toggle(node):
            return "furniture"
        if not around.in_content and self._is_margin(node, around):
            return "furniture"
        if given.get("aria-hidden") == "true" and not self._is_folded(node):
            return "furniture"
        if self._read_hidden:
            return ""
        if self._is_struck(node):
            return "struck"
        return "hidden" if self._is_hidden(node, around) else ""

    def inside(self, node: LexborNode, around: _Around) -> _Around:
        """What is known of the elements within one."""
        tag, given = node.tag or "", node.attributes
        if not given and tag not in _TELLING and not around.margin_depth:
            return around if tag not in self._styles.backed else replace(around, is_backed=True)
        names = self._names(node)
        return replace(
            around,
            is_blank=False,
            in_content=around.in_content or tag in _CONTENT,
            margin_depth=around.margin_depth + (tag in _MARGINS or around.margin_depth > 0),
            in_heading=around.in_heading or tag in _HEADINGS,
            in_styled=around.in_styled or bool(node.attributes.get("class")),
            is_backed=around.is_backed
            or is_backed(_style(node))
            or "bgcolor" in node.attributes
            or not self._styles.backed.isdisjoint({tag, *names}),
        )

    def is_blank(self, node: LexborNode, around: _Around) -> bool:
        """Whether a hidden element only has no letters, and others within it have some again."""
        return (
            around.is_blank
            or is_blank(_style(node))
            or not self._styles.blank.isdisjoint(self._names(node))
        ) and (around.is_blank or any(one.css_first(self._lettered) for one in node.iter()))

    def _is_lettered(self, node: LexborNode) -> bool:
        is_lettered_ = not self._styles.lettered.isdisjoint({node.tag or "", *self._names(node)})
        return is_lettered(_style(node)) or is_lettered_

    @staticmethod
    def _is_margin(node: LexborNode, around: _Around) -> bool:
        """Whether a page's own footer or aside, or a block within one, says nothing of its own."""
        if around.margin_depth:
            is_near = around.margin_depth <= _SIFTED
            return is_near and node.tag not in INLINE and not _may_be_content(node)
        if node.tag not in _MARGINS or is_note(node):
            return False
        return not (_is_content(node) or any(_is_content(block) for block in node.iter()))

    def _is_hidden(self, node: LexborNode, around: _Around) -> bool:
        names, said = self._names(node), _style(node)
        given = node.attributes
        shows_nothing = (
            ("hidden" in given and given["hidden"] != "until-found")
            or is_none(said)
            or (node.tag == "dialog" and "open" not in given)
            or not self._styles.hidden.isdisjoint(names)
        )
        if shows_nothing:
            return not self._is_folded(node)
        if is_unreadable(said) or not self._styles.unreadable.isdisjoint(names):
            return True
        white = is_white(said) or (not self._styles.white.isdisjoint(names) and not is_backed(said))
        if not white:
            return False
        inside = self.inside(node, around)
        return not inside.is_backed and not (self.has_sheets and inside.in_styled)

    def _is_struck(self, node: LexborNode) -> bool:
        if node.tag in _STRUCK or is_struck(_style(node)):
            return True
        return bool(self._styles.struck) and not self._styles.struck.isdisjoint(self._names(node))

    def _is_folded(self, node: LexborNode) -> bool:
        """Whether a reader can unfold the element."""
        given = node.attributes
        if given.get("id") in self._controlled or given.get("role") in ("tabpanel", "region"):
            return True
        if _FOLDS.search(given.get("class") or ""):
            return True
        before = _sibling(node, "prev")
        if before is None:
            return False
        if before.tag == "button" or any(name in before.attributes for name in _TOGGLES):
            return True
        return before.css_first(_UNFOLDS) is not None

    def _names(self, node: LexborNode) -> list[str]:
        given = node.attributes
        names = [f".{name}" for name in (given.get("class") or "").split()]
        return [*names, f"#{given['id']}"] if given.get("id") else names


def _controlled(root: LexborNode) -> set[str]:
    """The ids of what buttons and links of the page unfold."""
    found: set[str] = set()
    for node in root.css(_UNFOLDS):
        given = node.attributes
        found.update((given.get("aria-controls") or "").split())
        for name in ("data-bs-target", "data-target", "href"):
            found.add((given.get(name) or "").removeprefix("#"))
    return found - {""}


def _is_content(block: LexborNode) -> bool:
    """Whether a block at the margin of a page says something, rather than leading elsewhere."""
    text = words(block)
    number = len(text.split())
    is_sentence = number > 1 and text.endswith(_FULL_STOPS) and not text.endswith("..")
    says = is_sentence or number >= _FEWEST_WORDS or _CONTACT.search(text) is not None
    return says and _may_be_content(block)


def _may_be_content(block: LexborNode) -> bool:
    text = words(block)
    is_notice = _COPYRIGHT.search(text) and not _CONTACT.search(text)
    return not (is_notice and len(text.split()) <= _LONGEST_NOTICE) and not _is_links(block)


def _is_links(block: LexborNode) -> bool:
    """Whether half of the text of a block or more is links."""
    length = len(words(block))
    linked = sum(len(words(link)) for link in block.css("a"))
    return linked > 0 and linked * 2 >= length


def _style(node: LexborNode) -> str:
    return (node.attributes.get("style") or "")[:2_000]


def _sibling(node: LexborNode, way: str) -> LexborNode | None:
    found: LexborNode | None = getattr(node, way)
    while found is not None and not found.is_element_node:
        found = getattr(found, way)
    return found
