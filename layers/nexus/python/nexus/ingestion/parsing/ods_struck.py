"""Follows in an ODS workbook which letters are struck out: by a cell's style, or that of a part.

A cell without a style of its own has its column's (OpenDocument 1.3, part 3, 19.615).
"""

from __future__ import annotations

from typing import Any

_THROUGH = ("style:text-line-through-style", "style:text-line-through-type")
_WORDS = {"text:p": "paragraph", "text:span": "text", "text:a": "text"}
_MOST_COLUMNS = 16_384


class Struck:
    """What is struck out, as the parser tells of the workbook's elements."""

    def __init__(self) -> None:
        self._styles: set[tuple[str, str]] = set()
        self._style = ("", "")
        self._columns: set[int] = set()
        self._column = 0
        # Of the paragraphs and spans that are open, whether each is struck out.
        self._open: list[bool] = []

    @property
    def is_open(self) -> bool:
        """Whether the letters that come are struck out."""
        return any(self._open[-1:])

    def begin(self, name: str, given: dict[str, Any]) -> None:
        """Takes the beginning of an element."""
        if name in _WORDS:
            own = (_WORDS[name], given.get("text:style-name", "")) in self._styles
            self._open.append(own or self.is_open)
        elif name == "style:style":
            family = given.get("style:family", "")
            self._style = (family, given.get("style:name", ""))
            if (family, given.get("style:parent-style-name", "")) in self._styles:
                self._styles.add(self._style)
        elif name == "style:text-properties":
            said = {given[told] for told in _THROUGH if told in given}
            if "none" in said:
                self._styles.discard(self._style)
            elif said:
                self._styles.add(self._style)

    def end(self, name: str) -> None:
        """Takes the end of an element."""
        if name in _WORDS and self._open:
            self._open.pop()
        elif name == "style:style":
            self._style = ("", "")

    def begin_table(self) -> None:
        """Forgets the columns of the table before."""
        self._columns, self._column = set(), 0

    def take_columns(self, given: dict[str, Any], count: int) -> None:
        """Takes so many columns of a table that look alike."""
        end = min(self._column + count, _MOST_COLUMNS)
        if ("table-cell", given.get("table:default-cell-style-name", "")) in self._styles:
            self._columns.update(range(self._column, end))
        self._column = end

    def has_cell(self, given: dict[str, Any], column: int) -> bool:
        """Whether a cell is struck out as a whole."""
        style = given.get("table:style-name")
        return column in self._columns if style is None else ("table-cell", style) in self._styles
