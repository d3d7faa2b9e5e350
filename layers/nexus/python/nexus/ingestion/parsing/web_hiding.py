"""Tells which elements of a page hide their text, and which give letters to be seen again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.ingestion.parsing.web_cascade import Cascade
from nexus.ingestion.parsing.web_matching import Element
from nexus.ingestion.parsing.web_styles import (
    NO_LETTERS,
    Looks,
    is_as_ground,
    is_backed,
    is_coloured,
    is_indented_away,
    is_none,
    is_recoloured,
    is_relettered,
    is_unlettered,
    is_unreadable,
    is_white,
)

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_INHERITED = ("inherit", "unset")
# Browsers give these a colour and a size of their own.
_OWN_LOOKS = {"button", "input", "select", "textarea", "mark"}
_NOTHING = frozenset[str]()
_PAPER = ("white", "#fff", "#ffffff", "ffffff", "")
# What holds the whole page: it is hidden only until a script shows it.
WHOLE = ("html", "body")
_LONGEST_COLOUR = 30
_LARGEST = (*WHOLE, "main")
# What may be painted under words that stand beside it, so many steps up; and how often it is asked.
_PICTURES = "img, picture, video, canvas, svg, iframe, object, div:empty, span:empty"
_BEHIND = "body > canvas, body > video, body > iframe, body > div:empty"
_NEAR, _MOST_ASKED = 3, 1_000


def element_of(node: LexborNode, around: Element | None) -> Element:
    """The element with what its attributes say, and what it stands in."""
    given = node.attributes
    if not given:
        return Element(node.tag or "", "", _NOTHING, given, around)
    classes = given.get("class")
    named = frozenset(classes.split()) if classes else _NOTHING
    return Element(node.tag or "", given.get("id") or "", named, given, around)


def style_of(node: LexborNode) -> str:
    """What an element's own style says, as it is written; the colour of a `font` is one."""
    given = node.attributes
    style = given.get("style") or ""
    if node.tag == "font" and (colour := given.get("color")):
        return f"color:{colour[:_LONGEST_COLOUR]};{style}"
    return style


class Hiding:
    """Decides for the elements of one page with those styles.

    `has_sheets` says that the page links to style sheets that are not known, which may draw grounds
    behind white letters.
    """

    def __init__(self, styles: Cascade) -> None:
        self.has_sheets = False
        self._styles = styles
        # The elements that were asked for pictures in them.
        self._pictured: dict[int, bool] = {}

    def is_shown(self, node: LexborNode, looks: Looks) -> bool:
        """Whether an element is seen, as far as it cannot be seen again within it."""
        return not (self.is_closed(node, looks) or is_unreadable(looks))

    def is_closed(self, node: LexborNode, looks: Looks) -> bool:
        """Whether an element is not displayed, as panels are that can be unfolded."""
        if is_none(looks, is_cell=node.tag in ("td", "th")):
            return True
        given = node.attributes
        is_off = ("hidden" in given and given["hidden"] != "until-found") or (
            node.tag == "dialog" and "open" not in given
        )
        return is_off and looks.get("display", "revert") in ("revert", "revert-layer")

    def is_backed(self, node: LexborNode, looks: Looks) -> bool:
        """Whether an element has a ground of its own that is not white."""
        given = node.attributes
        ground = given.get("bgcolor") or ""
        is_coloured = "bgcolor" in given and ground.strip().lower() not in _PAPER
        return is_backed(looks) or is_coloured or "background" in given

    def begun(
        self, node: LexborNode, looks: Looks, *, is_backed: bool, in_styled: bool
    ) -> frozenset[str]:
        """For which reasons an element has its letters not seen, if it stands on such a ground."""
        if not looks or node.tag in WHOLE:
            return _NOTHING
        found = set[str]()
        if looks.get("visibility") in NO_LETTERS:
            found.add("visibility")
        if is_unlettered(looks):
            found.add("size")
        if is_indented_away(looks):
            found.add("indent")
        if is_as_ground(looks):
            found.add("ground")
        elif is_white(looks) and not is_backed and not self._may_be_backed(node, in_styled):
            found.add("colour")
        return frozenset(found)

    def _may_be_backed(self, node: LexborNode, in_styled: bool) -> bool:
        """Whether white letters may lie on what is not known to be behind them."""
        is_own = "color" in self._styles.own(style_of(node))
        if (self.has_sheets or self._styles.is_spent) and (in_styled or not is_own):
            return True
        return not is_own and self._may_lie_on_picture(node)

    def _may_lie_on_picture(self, node: LexborNode) -> bool:
        """Whether something near an element may be painted under it; true if many are asked for."""
        around = node.parent
        for _ in range(_NEAR):
            if around is None or self._holds_picture(around):
                return around is not None
            around = None if around.tag in _LARGEST else around.parent
        return False

    def _holds_picture(self, around: LexborNode) -> bool:
        if (known := self._pictured.get(around.mem_id)) is None:
            if len(self._pictured) >= _MOST_ASKED:
                return True
            what = _BEHIND if around.tag in _LARGEST else _PICTURES
            known = self._pictured[around.mem_id] = around.css_first(what) is not None
        return known

    def blank(self, node: LexborNode, before: frozenset[str], looks: Looks) -> frozenset[str]:
        """Which of the reasons around an element still hold for it."""
        if not before:
            return before
        has_own = node.tag in _OWN_LOOKS or (node.tag == "a" and "href" in node.attributes)
        is_shown = self.is_backed(node, looks) or (has_own and "color" not in looks)
        over = {
            "visibility": looks.get("visibility", "inherit") not in (*NO_LETTERS, *_INHERITED),
            "size": is_relettered(looks) or (self.has_sheets and "class" in node.attributes),
            "indent": looks.get("text-indent", "inherit") not in _INHERITED
            and not is_indented_away(looks),
            "colour": is_coloured(looks) or is_shown,
            "ground": is_recoloured(looks) or is_shown,
        }
        return frozenset(reason for reason in before if not over[reason])

    def shows_within(
        self, node: LexborNode, element: Element | None, blank: frozenset[str]
    ) -> bool:
        """Whether an element within a blank one is seen again; true if it takes long to tell."""
        coming = [(child, element) for child in node.iter()]
        while coming:
            inner, outer = coming.pop()
            if not self._styles.spend():
                return True
            own = element_of(inner, outer) if element is not None else None
            style = style_of(inner)
            looks = self._styles.own(style)
            if own is not None:
                looks = self._styles.looks(own, style, is_blank=True)
            if self.blank(inner, blank, looks) != blank:
                return True
            coming += [(child, own) for child in inner.iter()]
        return False
