"""Decides what of a page is its content: not the furniture around it, nor what its author hid.

A panel that a reader can unfold is content, though it is not shown at first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.web_cascade import Cascade
from nexus.ingestion.parsing.web_hiding import WHOLE, Hiding, element_of, style_of
from nexus.ingestion.parsing.web_matching import Element
from nexus.ingestion.parsing.web_notes import is_footnote, is_note
from nexus.ingestion.parsing.web_sheets import Linked, cascade_of
from nexus.ingestion.parsing.web_styles import Looks, is_struck
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
# What says something without text of its own.
_LEAVES = {"input", "math", "select", "textarea"}
_WEIGHED = {"button", "dialog", "header", *_MARGINS, *_STRUCK}
_TELLING = {*_MARGINS, *_CONTENT, *_HEADINGS}
_TOGGLES = ("aria-expanded", "aria-controls", "data-bs-toggle", "data-toggle", "data-bs-target")
_UNFOLDS = ", ".join(("button", "summary", "[data-target]", *(f"[{name}]" for name in _TOGGLES)))
_FOLDS = re.compile(r"accordion|collaps|faq|answer|panel|tab-?(?:pane|content)|expand|toggle", re.I)
_ASKS = re.compile(r"accordion|collaps|faq|question|expand|toggle", re.I)
_NOT_DISPLAYED = re.compile(r"display\s{0,9}:\s{0,9}none", re.I)
_COPYRIGHT = re.compile(r"©|copyright|all rights reserved|hak cipta", re.I)
_CONTACT = re.compile(r"@[\w-]|\d[\d\s().-]{5,20}\d")
_FEWEST_WORDS = 6
_FULL_STOPS = (".", "。", "।")
_LONGEST_NOTICE = 25
# Blocks within a margin are weighed one by one down to here, so that the work does not grow with
# the depth.
_SIFTED = 4
# Heads of a page that are weighed as a whole; they may stand in one another.
_MOST_BANNERS = 20


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
    # For which reasons letters are not seen, unless an element within gives them others again.
    blank: frozenset[str] = frozenset()
    # The outermost element for which that is told, once a text within it was left out.
    told: list[bool] = field(default_factory=list)


def judge(root: LexborNode, *, read_hidden: bool, linked: Linked | None = None) -> Judged:
    """Goes through a page once. With `read_hidden` nothing is left out for being hidden.

    `linked` gives the style sheets that the page links to, where they came with it.
    """
    styles, are_all = cascade_of(root, linked)
    judge_ = _Judge(styles, _controlled(root), read_hidden=read_hidden)
    judge_.hiding.has_sheets = not are_all
    found = Judged()
    coming: list[tuple[LexborNode, _Around, Element | None]] = [(root, _Around(), None)]
    while coming:
        node, around, outer = coming.pop()
        element = element_of(node, outer) if styles.has_rules else None
        style = style_of(node)
        looks = styles.own(style)
        if element is not None:
            looks = styles.looks(element, style, is_blank=bool(around.blank))
        verdict = judge_.of(node, around, looks)
        if verdict:
            found.dropped.append(node)
            says = verdict != "furniture" and bool(words(node))
            found.hidden += says and verdict == "hidden"
            found.is_struck = found.is_struck or (says and verdict == "struck")
            continue
        inside = judge_.inside(node, around, looks)
        if inside.blank and not read_hidden and not styles.is_spent:
            if not around.blank and not judge_.shows_within(node, element, inside):
                found.dropped.append(node)
                found.hidden += bool(words(node))
                continue
            blanked = [one for one in node.iter(include_text=True) if one.tag == "-text"]
            found.dropped += blanked
            if not inside.told and any((one.text() or "").strip() for one in blanked):
                inside.told.append(True)
                found.hidden += 1
        coming += [(child, inside, element) for child in node.iter()]
    return found


def is_toggle(node: LexborNode) -> bool:
    """Whether a button unfolds something, so that its words are the page's."""
    given = node.attributes
    if any(name in given for name in _TOGGLES) or given.get("role") == "tab":
        return True
    if _ASKS.search(given.get("class") or ""):
        return True
    after = _sibling(node, "next")
    is_folded = after is not None and (
        "hidden" in after.attributes or _NOT_DISPLAYED.search(style_of(after)) is not None
    )
    return is_folded or words(node).endswith("?")


class _Judge:
    """What holds for the whole page while its elements are judged."""

    def __init__(self, styles: Cascade, controlled: set[str], *, read_hidden: bool) -> None:
        self.hiding = Hiding(styles)
        self._controlled = controlled
        self._read_hidden = read_hidden
        self._banners = 0

    def of(self, node: LexborNode, around: _Around, looks: Looks) -> str:  # noqa: PLR0911
        """Why an element is left out, "hidden", "struck" or "furniture"; "" if it is not."""
        tag = node.tag or ""
        if tag in _DROPPED:
            return "furniture"
        given = node.attributes
        if not given and not looks and tag not in _WEIGHED and not around.margin_depth:
            return "hidden" if around.blank and tag in _LEAVES else ""
        if given.get("role") in ("navigation", "menu", "menubar"):
            return "furniture"
        if tag == "button" and not around.in_heading and not is_toggle(node):
            return "furniture"
        if not around.in_content and (self._is_margin(node, around) or self._is_banner(node)):
            return "furniture"
        if given.get("aria-hidden") == "true" and not self._is_folded(node):
            return "furniture"
        if self._read_hidden:
            return ""
        if tag in _STRUCK or is_struck(looks):
            return "struck"
        if around.blank and tag in _LEAVES and self.hiding.blank(node, around.blank, looks):
            return "hidden"
        if tag in WHOLE or self.hiding.is_shown(node, looks):
            return ""
        is_closed = self.hiding.is_closed(node, looks)
        return "" if is_closed and (self._is_folded(node) or is_footnote(node)) else "hidden"

    def inside(self, node: LexborNode, around: _Around, looks: Looks) -> _Around:
        """What is known of the elements within one."""
        tag, given = node.tag or "", node.attributes
        if not given and not looks and tag not in _TELLING and not around.margin_depth:
            return around
        in_styled = around.in_styled or bool(given.get("class") or given.get("id"))
        is_backed_ = around.is_backed or self.hiding.is_backed(node, looks)
        blank = self.hiding.blank(node, around.blank, looks)
        if not self._read_hidden:
            blank |= self.hiding.begun(node, looks, is_backed=is_backed_, in_styled=in_styled)
            if "visibility" in blank and "visibility" not in around.blank and self._is_folded(node):
                blank -= {"visibility"}
        return _Around(
            in_content=around.in_content or tag in _CONTENT,
            margin_depth=around.margin_depth + (tag in _MARGINS or around.margin_depth > 0),
            in_heading=around.in_heading or tag in _HEADINGS,
            in_styled=in_styled,
            is_backed=is_backed_,
            blank=blank,
            told=around.told if around.blank and blank else [],
        )

    def shows_within(self, node: LexborNode, element: Element | None, inside: _Around) -> bool:
        """Whether an element within a blank one is seen again, at least in part."""
        return self.hiding.shows_within(node, element, inside.blank)

    @staticmethod
    def _is_margin(node: LexborNode, around: _Around) -> bool:
        """Whether a page's own footer or aside, or a block within one, says nothing of its own."""
        if around.margin_depth:
            is_near = around.margin_depth <= _SIFTED
            return is_near and node.tag not in INLINE and not _may_be_content(node)
        if node.tag not in _MARGINS or is_note(node):
            return False
        return not (_is_content(node) or any(_is_content(block) for block in node.iter()))

    def _is_banner(self, block: LexborNode) -> bool:
        """Whether a page's own head holds links alone, such as the name of the site."""
        if block.tag != "header" or self._banners >= _MOST_BANNERS:
            return False
        self._banners += 1
        if block.css_first("h1, h2, h3, h4, h5, h6") is not None:
            return False
        said = words(block)
        if _CONTACT.search(said):
            return False
        return len(said) <= sum(len(words(link)) + 1 for link in block.css("a"))

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


def _sibling(node: LexborNode, way: str) -> LexborNode | None:
    found: LexborNode | None = getattr(node, way)
    while found is not None and not found.is_element_node:
        found = getattr(found, way)
    return found
