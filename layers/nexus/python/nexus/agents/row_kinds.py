"""Tells what a table's row is that is no entry: a total of others, a heading, mere numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from nexus.agents.cell_values import bare, decimal_mark, number_of, unit_of

_TOTAL = re.compile(
    r"(?:grand[\s-]?|sub[\s-]?)?total\b|sum\b|(?:sub[\s-]?)?jumlah\b|合计|总计|合計|итого\b|"
    r"(?:zwischen|gesamt)?summe\b|gesamt\b|insgesamt\b|suma\b|somme\b|sous-total\b|totale?s?\b|"
    r"(?:rata-rata|rerata|average|mean)\s*+\Z|"
    # As Excel's subtotals are named: "East Total".
    r"(?=[^\n]{0,120}\s(?:grand |sub-?)?total\s*+\Z)",
    re.IGNORECASE,
)
_BEGINS_WITH_FIGURE = re.compile(r"[\s(+−-]{0,3}(?:[^\W\d]{1,4}\.?|[$€£¥₹])?\s{0,3}\d")
_COUNTED = re.compile(r"\(?(\d{1,2}|[a-z])\)?")
_LABEL = re.compile(r"(?:[A-Z]|[IVXL]{1,5}|\d{1,2})[.)]\s|.{1,120}:\Z")
# So many entries are needed before one that sums them up is taken for their total.
_FEWEST_SUMMED = 3


class TableEntry(Protocol):
    """A row as far as sums need it; `table_rows.Row` is one."""

    @property
    def cells(self) -> Mapping[str, str]: ...

    @property
    def numbers(self) -> Collection[str]: ...

    @property
    def is_total(self) -> bool: ...


def is_total(cells: Mapping[str, str]) -> bool:
    """Whether a row sums others up, by what the cells before its first figure say."""
    for cell in cells.values():
        if _BEGINS_WITH_FIGURE.match(cell):
            return False
        if _TOTAL.match(bare(cell)):
            return True
    return False


def adds_up(rows: Sequence[TableEntry], place: int) -> bool:
    """Whether the figures of the row at `place` are the sums of the entries among the others.

    Two columns or more tell. One does where the row says less than any other.
    """
    row = rows[place]
    others = [one for one in rows if one is not row and not one.is_total]
    if len(others) < _FEWEST_SUMMED:
        return False
    agreeing = 0
    for column, cell in row.cells.items():
        if number_of(cell, "") is None and number_of(cell, decimal_mark([cell])) is None:
            continue
        number, *numbers = _read(column, [row, *others])
        known = [one for one in numbers if one is not None]
        if number is None or len(known) < 2 or unit_of(cell) == "%":
            continue
        if number == 0 or number != sum(known, Decimal(0)):
            return False
        agreeing += 1
    is_less = len(row.cells) < min(len(one.cells) for one in others)
    return agreeing > 1 or (agreeing == 1 and is_less)


def _read(column: str, rows: Sequence[TableEntry]) -> list[Decimal | None]:
    written = [
        row.cells[column] for row in rows if column in row.cells and column not in row.numbers
    ]
    mark = decimal_mark(written)
    return [
        number_of(row.cells.get(column, ""), "." if column in row.numbers else mark) for row in rows
    ]


def is_heading(cells: Sequence[str]) -> bool:
    """Whether a row only names those below it: one cell of words, where rows have three or more.

    Alone in the first column it may be an entry as well; then it is one unless it looks otherwise.
    """
    filled = [place for place, cell in enumerate(cells) if cell]
    if len(filled) != 1 or len(cells) < 3:
        return False
    text = bare(cells[filled[0]])
    if not any(letter.isalpha() for letter in text):
        return False
    return bool(filled[0]) or text.isupper() or _LABEL.match(text) is not None


def numbers_columns(cells: Sequence[str]) -> bool:
    """Whether a row counts the columns, as "(1) (2) (3)" below their names."""
    matches = [_COUNTED.fullmatch(cell.strip()) for cell in cells]
    if len(cells) < 3 or not all(matches):
        return False
    said = [match[1] for match in matches if match]
    return said in (
        [str(at) for at in range(1, len(said) + 1)],
        [chr(ord("a") + at) for at in range(min(len(said), 26))],
    )
