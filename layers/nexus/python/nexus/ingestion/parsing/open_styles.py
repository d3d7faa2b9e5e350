"""Says which styles of an OpenDocument file hide or strike out what is written in them.

What a style does not say, those say that it is based on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from nexus.ingestion.parsing.hidden import is_near_white

_SPACE = "{{urn:oasis:names:tc:opendocument:xmlns:{}:1.0}}"
_STYLE, _TEXT, _FO, _DRAW, _PRESENTATION, _OFFICE = (
    _SPACE.format(name)
    for name in ("style", "text", "xsl-fo-compatible", "drawing", "presentation", "office")
)
_TOLD = (f"{_TEXT}display", f"{_FO}color", f"{_FO}font-size")
_BACKGROUND = f"{_FO}background-color"
_STRUCK = (f"{_STYLE}text-line-through-style", f"{_STYLE}text-line-through-type")
_FAMILIES = {f"{_TEXT}span": "text", f"{_TEXT}p": "paragraph", f"{_TEXT}h": "paragraph"}
_POINTS = re.compile(r"([0-9.]{1,8})pt\Z")
_TINY_PT = 2.0
_PLAIN = ("", "none", "transparent", "#ffffff")
_DEEPEST = 20


def styles_of(roots: Sequence[Any], tag: str) -> Iterator[Any]:
    """The styles of a kind that hold for the content, of the file's styles and content.

    What a file's styles call automatic is for its page's head and foot, under the same names.
    """
    for root in roots:
        is_content = root.tag == f"{_OFFICE}document-content"
        held = root.find(f"{_OFFICE}automatic-styles" if is_content else f"{_OFFICE}styles")
        if held is not None:
            yield from held.iter(tag)


class OpenStyles:
    """The looks of a file, of the roots of its styles, if it has any, and of its content."""

    def __init__(self, roots: Sequence[Any], *, read_hidden: bool) -> None:
        self.hidden_pages: set[str] = set()
        self._parents: dict[tuple[str, str], str] = {}
        self._given: dict[tuple[str, str], dict[str, str]] = {}
        self._reads_hidden = read_hidden
        for style in styles_of(roots, f"{_STYLE}style"):
            self._take(style)
        # Where something may be drawn behind them, white letters can be seen.
        self._is_backed = any(_is_backed(root) for root in roots)

    def root_of(self, style: str) -> str:
        """What a style of paragraphs is based on; the style itself if that is nothing."""
        return self._parents.get(("paragraph", style)) or style

    def hides(self, element: Any) -> bool:
        """Whether nobody sees what stands in a paragraph, a heading or a part of one."""
        family = _FAMILIES.get(element.tag)
        name = element.get(f"{_TEXT}style-name")
        if family is None or not name or self._reads_hidden:
            return False
        display, colour, size = (self._said(family, name, told) for told in _TOLD)
        points = _POINTS.match(size)
        return (
            display == "none"
            or (is_near_white(colour) and not self._is_seen(element))
            or (points is not None and _number(points[1]) <= _TINY_PT)
        )

    def _is_seen(self, element: Any) -> bool:
        """Whether white letters may be seen: on a ground, or in another colour within."""
        if self._is_backed:
            return True
        around = [element, *element.iterancestors(f"{_TEXT}p", f"{_TEXT}h", f"{_TEXT}span")]
        if any(self._ground(one) not in _PLAIN for one in around):
            return True
        within = (one for one in element.iter(f"{_TEXT}span") if one is not element)
        return any(self._ground(one) not in _PLAIN or self._is_dark(one) for one in within)

    def _ground(self, element: Any) -> str:
        name = element.get(f"{_TEXT}style-name") or ""
        return self._said(_FAMILIES[element.tag], name, _BACKGROUND).lower()

    def _is_dark(self, span: Any) -> bool:
        colour = self._said("text", span.get(f"{_TEXT}style-name") or "", f"{_FO}color")
        return bool(colour) and not is_near_white(colour)

    def strikes(self, element: Any) -> bool:
        """Whether what stands in a paragraph, a heading or a part of one is struck out."""
        family = _FAMILIES.get(element.tag)
        name = element.get(f"{_TEXT}style-name")
        if family is None or not name or self._reads_hidden:
            return False
        said = {self._said(family, name, told) for told in _STRUCK} - {""}
        return bool(said) and "none" not in said

    def _take(self, style: Any) -> None:
        key = (style.get(f"{_STYLE}family") or "text", style.get(f"{_STYLE}name") or "")
        self._parents[key] = style.get(f"{_STYLE}parent-style-name") or ""
        given = self._given.setdefault(key, {})
        for properties in style:
            said = {told: properties.get(told) for told in (*_TOLD, *_STRUCK, _BACKGROUND)}
            given.update({told: value for told, value in said.items() if value})
            if properties.get(f"{_PRESENTATION}visibility") == "hidden" and not self._reads_hidden:
                self.hidden_pages.add(key[1])

    def _said(self, family: str, name: str, told: str) -> str:
        """What a style says, or the nearest of those that it is based on."""
        for _ in range(_DEEPEST):
            if value := self._given.get((family, name), {}).get(told):
                return value
            name = self._parents.get((family, name), "")
            if not name:
                break
        return ""


# The grounds of these are their own letters' alone.
_OF_LETTERS = (f"{_STYLE}text-properties", f"{_STYLE}paragraph-properties")


def _is_backed(root: Any) -> bool:
    return any(
        (one.get(f"{_FO}background-color") or "").lower() not in _PLAIN
        or (one.get(f"{_DRAW}fill") or "") not in _PLAIN
        for one in root.iter()
        if isinstance(one.tag, str)
        and one.tag.endswith("-properties")
        and one.tag not in _OF_LETTERS
    )


def _number(text: str) -> float:
    return float(text) if text.count(".") < 2 and text != "." else _TINY_PT + 1
