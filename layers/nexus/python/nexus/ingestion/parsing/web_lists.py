"""Counts the items of a page's numbered lists, as a browser does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_MOST = 100_000


class ListMarks:
    """Gives the mark before each item; feed it the items of a page in order."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def of(self, item: LexborNode) -> str:
        """The item's mark such as "3."; "" in lists without numbers, or with Roman ones."""
        around = item.parent
        if around is None or around.tag != "ol" or "reversed" in around.attributes:
            return ""
        kind = (around.attributes.get("type") or "1").strip()
        if kind not in ("1", "a", "A") or "none" in (around.attributes.get("style") or ""):
            return ""
        first = _number(around.attributes.get("start"), 1)
        number = _number(item.attributes.get("value"), self._last.get(around.mem_id, first - 1) + 1)
        self._last[around.mem_id] = number
        if kind == "1":
            return f"{number}."
        return f"{chr(ord(kind) + number - 1)}." if 1 <= number <= 26 else ""


def _number(text: str | None, default: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and int(text[:9]) <= _MOST else default
