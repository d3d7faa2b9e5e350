"""Says what is to be known of how a row of a sheet and its cells look, whatever the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class Style(NamedTuple):
    """How a cell looks: its format's code, and if it stands out, is white on white, and so on."""

    code: str
    stands_out: bool
    is_white: bool = False
    is_struck: bool = False
    is_filled: bool = False


PLAIN = Style("", stands_out=False)


@dataclass(slots=True)
class RowLooks:
    """What is to be known of a row of a sheet, from 0; columns count from 0, too.

    `codes` are the number formats of cells that have one, `emphasised` the columns of bold or
    filled cells, `white` those of white letters on white, `uncalculated` those of formulas without
    a stored result, and `unstruck` what is left of the cells in which anything is struck out.
    """

    number: int
    hidden: bool
    codes: dict[int, str] = field(default_factory=dict)
    emphasised: set[int] = field(default_factory=set)
    white: set[int] = field(default_factory=set)
    uncalculated: set[int] = field(default_factory=set)
    unstruck: dict[int, str] = field(default_factory=dict)

    def take(self, column: int, style: Style) -> None:
        """Keeps how the cell of a column looks."""
        if style.code:
            self.codes[column] = style.code
        if style.stands_out:
            self.emphasised.add(column)
        if style.is_white:
            self.white.add(column)
        if style.is_struck:
            self.unstruck[column] = ""

    def is_notable(self) -> bool:
        """Whether there is anything to know."""
        found = self.codes or self.emphasised or self.white or self.uncalculated or self.unstruck
        return bool(self.hidden or found)


class AnySheetLooks(Protocol):
    """The looks of one sheet: of its rows, its hidden columns, and the rows that name columns."""

    hidden_columns: frozenset[int]
    named_by: list[int]

    def rows(self) -> Iterator[RowLooks]:
        """The looks of the rows that the sheet holds, in order."""
