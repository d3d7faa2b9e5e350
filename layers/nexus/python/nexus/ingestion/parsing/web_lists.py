"""Counts the items of a page's numbered lists, as a browser does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.ingestion.parsing.word_numbers import formatted

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_MOST = 100_000


_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman"}
_FORMS["I"] = "upperRoman"
_LETTERS = 26


class ListMarks:
    """Gives the mark before each item; feed it the items of a page in order."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def of(self, item: LexborNode) -> str:
        """The item's mark such as "3."; "" in lists without numbers, or beyond the letter z."""
        around = item.parent
        if around is None or around.tag != "ol":
            return ""
        form = _FORMS.get((around.attributes.get("type") or "1").strip())
        if form is None or "none" in (around.attributes.get("style") or ""):
            return ""
        step = -1 if "reversed" in around.attributes else 1
        last = self._last.get(around.mem_id)
        if last is None:
            first = 1 if step > 0 else sum(one.tag == "li" for one in around.iter())
            last = _number(around.attributes.get("start"), first) - step
        number = _number(item.attributes.get("value"), last + step)
        self._last[around.mem_id] = number
        if form.endswith("Letter") and not 1 <= number <= _LETTERS:
            return ""
        return f"{formatted(number, form)}."


def _number(text: str | None, default: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and int(text[:9]) <= _MOST else default
