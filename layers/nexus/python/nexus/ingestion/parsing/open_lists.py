"""Numbers the lists and headings of an OpenDocument text, which its files leave to the program.

Levels, formats and where counting begins are of OpenDocument 1.3, part 3, sections 16.31 to 16.34.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nexus.ingestion.parsing.open_styles import styles_of
from nexus.ingestion.parsing.word_numbers import formatted

_TEXT, _STYLE = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("text", "style")
)
_LEVELS = 10
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman"}
_FORMS["I"] = "upperRoman"
_BULLET = "- "


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    before: str
    after: str
    first: int
    shown: int


@dataclass(slots=True)
class OpenList:
    """A list of the text: its style's name, and the count of each level of it."""

    style: str
    counts: list[int] = field(default_factory=lambda: [0] * _LEVELS)


class OpenNumbers:
    """Knows the styles of lists, and where their counting stands."""

    def __init__(self, roots: Sequence[Any]) -> None:
        self._styles: dict[str, dict[int, _Level]] = {}
        self._outline = OpenList("")
        self._last: dict[str, OpenList] = {}
        self._by_id: dict[str, OpenList] = {}
        for style in styles_of(roots, f"{_TEXT}list-style"):
            self._styles[style.get(f"{_STYLE}name") or ""] = _levels(style)
        for style in styles_of(roots, f"{_TEXT}outline-style"):
            self._styles[""] = _levels(style)

    def begin(self, element: Any, around: OpenList | None) -> OpenList:
        """The list that an element is: one by itself, a level of that around it, or one resumed."""
        style = element.get(f"{_TEXT}style-name") or (around.style if around else "")
        if around is not None:
            return around if style == around.style else OpenList(style)
        named = element.get(f"{_TEXT}continue-list")
        resumed = self._by_id.get(named) if named else None
        if resumed is None and element.get(f"{_TEXT}continue-numbering") == "true":
            resumed = self._last.get(style)
        found = resumed or OpenList(style)
        self._last[style] = found
        self._by_id[element.get("{http://www.w3.org/XML/1998/namespace}id") or ""] = found
        return found

    def mark(self, of: OpenList, depth: int, item: Any) -> str:
        """What the program shows before an item, "- " where that is no number; depth from 1."""
        return self._counted(of, depth, item.get(f"{_TEXT}start-value")) or _BULLET

    def heading(self, level: int, element: Any) -> str:
        """The number before a heading; "" where none is shown."""
        is_plain = element.get(f"{_TEXT}is-list-header") == "true"
        return "" if is_plain else self._counted(self._outline, level, None)

    def _counted(self, of: OpenList, depth: int, start: str | None) -> str:
        levels = self._styles.get(of.style, {})
        if of.style == "" and of is not self._outline:
            return ""
        level = levels.get(depth)
        if level is None or not 1 <= depth <= _LEVELS:
            return ""
        place = depth - 1
        given = _count(start, 0)
        of.counts[place] = given or (of.counts[place] + 1 if of.counts[place] else level.first)
        of.counts[depth:] = [0] * (_LEVELS - depth)
        shown = range(max(depth - level.shown + 1, 1), depth + 1)
        parts = [
            formatted(of.counts[at - 1] or levels[at].first, levels[at].form)
            for at in shown
            if at in levels and levels[at].form
        ]
        if not level.form or not parts:
            return ""
        return f"{level.before}{'.'.join(parts)}{level.after} "


def _levels(style: Any) -> dict[int, _Level]:
    found = {}
    for one in style:
        depth = _count(one.get(f"{_TEXT}level"), 0)
        kind = one.tag.rpartition("}")[2] if isinstance(one.tag, str) else ""
        if depth and kind in ("list-level-style-number", "outline-level-style"):
            found[depth] = _Level(
                form=_FORMS.get(one.get(f"{_STYLE}num-format") or "", ""),
                before=(one.get(f"{_STYLE}num-prefix") or "").lstrip(),
                after=(one.get(f"{_STYLE}num-suffix") or "").rstrip(),
                first=_count(one.get(f"{_TEXT}start-value"), 1),
                shown=_count(one.get(f"{_TEXT}display-levels"), 1),
            )
    return found


def _count(value: str | None, default: int) -> int:
    is_number = value is not None and value.isascii() and value.isdigit() and len(value) < 6
    return int(value) if value is not None and is_number else default
