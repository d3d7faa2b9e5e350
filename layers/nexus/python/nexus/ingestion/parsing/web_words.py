"""Says what an element of a page shows on one line: markup within a word does not end it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.web_equations import equation
from nexus.ingestion.parsing.word_marks import raised

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del",
    "dfn", "em", "font", "i", "ins", "input", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    "img", "tspan",
}  # fmt: skip
_SPACE = re.compile(r"\s+")


def words(element: LexborNode) -> str:
    """The text below an element, on one line; every line break and block ends a word."""
    return squeeze(clean("".join(_pieces(element))))


def of_leaf(node: LexborNode) -> str | None:
    """What a node says as a whole, so that nobody has to go into it; None of any other."""
    if node.is_text_node:
        text = _SPACE.sub(" ", node.text_content or "")
        parent = node.parent
        return raised(text) if parent is not None and parent.tag == "sup" else text
    if node.is_comment_node:
        return ""
    if node.tag == "select":
        chosen = (clean(one.text()) for one in node.css("option[selected]"))
        return f" {', '.join(chosen)} "
    if node.tag == "input":
        return f" {_input(node)} "
    return equation(node) if node.tag == "math" else None


def _input(node: LexborNode) -> str:
    """What a box to tick or a filled field shows."""
    given = node.attributes
    kind = (given.get("type") or "text").strip().lower()
    if kind in ("checkbox", "radio"):
        return "☒" if "checked" in given else "☐"
    return (given.get("value") or "") if kind in _WRITTEN else ""


_WRITTEN = {"text", "number", "date", "email", "tel", "url", "time", "month"}


def _pieces(element: LexborNode) -> Iterator[str]:
    """Walks without recursion, since pages nest as deep as they like."""
    node: LexborNode | None = element.child
    while node is not None:
        said = of_leaf(node)
        if said is not None:
            yield said
        elif node.tag not in INLINE:
            yield " "
        following = node.child if said is None else None
        while following is None and node is not None:
            following = node.next
            if following is None:
                node = node.parent
                if node is None or node.mem_id == element.mem_id:
                    return
                if node.tag not in INLINE:
                    yield " "
        node = following
