"""Tells what a table's row is that is no entry: a total of others, a heading, mere numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from nexus.agents.cell_values import bare, decimal_mark, number_of, says_nothing, unit_of

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
_NOTE = re.compile(
    r"[*†‡§¹²³⁴⁵]|(?:notes?|sources?|remarks?|catatan|sumber|keterangan|ket\.)\s*:", re.IGNORECASE
)
# So many entries are needed before one that sums them up is taken for their total.
_FEWEST_SUMMED = 3
_LONGEST_UNITS = 100
# More rows of only figures are no totals.
_MOST_NAMELESS = 50


class TableEntry(Protocol):
    """A row as far as sums need it; `table_rows.Row` is one."""

    @property
    def cells(self) -> Mapping[str, str]: ...

    @property
    def numbers(self) -> Collection[str]: ...

    @property
    def again(self) -> Collection[str]: ...

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
    agreeing = _agreeing(row, others)
    is_less = len(row.cells) < min(len(one.cells) for one in others)
    return agreeing > 1 or (agreeing == 1 and is_less)


def nameless_totals(rows: Sequence[TableEntry]) -> tuple[set[int], int]:
    """The places of rows that hold only figures, where most hold words, and sum up those above.

    Also how many rows of only figures there are that do not.
    """
    nameless = [at for at, row in enumerate(rows) if not row.is_total and not _says_words(row)]
    if len(nameless) * 2 > len(rows) or len(nameless) > _MOST_NAMELESS:
        return set(), 0
    totals: set[int] = set()
    begin = 0
    for at, row in enumerate(rows):
        if at in nameless:
            entries = [one for one in range(at) if not rows[one].is_total and one not in totals]
            above = [rows[one] for one in entries]
            part = [rows[one] for one in entries if one >= begin]
            if _agreeing(row, part) or _agreeing(row, above):
                totals.add(at)
        if row.is_total or at in totals:
            begin = at + 1
    return totals, len(nameless) - len(totals)


def _says_words(row: TableEntry) -> bool:
    return any(letter.isalpha() for cell in row.cells.values() for letter in cell)


def _agreeing(row: TableEntry, others: Sequence[TableEntry]) -> int:
    """In how many columns a row's figure is the sum of the others'; 0 where in one it is not."""
    agreeing = 0
    for column, cell in row.cells.items():
        if number_of(cell, "") is None and number_of(cell, decimal_mark([cell])) is None:
            continue
        number, *numbers = _read(column, [row, *others])
        known = [one for one in numbers if one is not None]
        if number is None or len(known) < 2 or unit_of(cell) == "%":
            continue
        if number == 0 or number != sum(known, Decimal(0)):
            return 0
        agreeing += 1
    return agreeing


def _read(column: str, rows: Sequence[TableEntry]) -> list[Decimal | None]:
    written = [
        row.cells[column] for row in rows if column in row.cells and column not in row.numbers
    ]
    mark = decimal_mark(written)
    return [
        None
        if column in row.again
        else number_of(row.cells.get(column, ""), "." if column in row.numbers else mark)
        for row in rows
    ]


def is_heading(cells: Sequence[str]) -> bool:
    """Whether a row only names those below it, or is a note: one cell of words.

    Alone in the first column it may be an entry as well; then it is one unless it looks otherwise.
    """
    filled = [place for place, cell in enumerate(cells) if cell]
    if len(filled) != 1 or len(cells) < 2:
        return False
    text = cells[filled[0]]
    if not any(letter.isalpha() for letter in text):
        return False
    if not filled[0] and _NOTE.match(text):
        return True
    looks_so = bool(filled[0]) or text.isupper() or _LABEL.match(text) is not None
    return len(cells) > 2 and looks_so


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


def units_of(rows: Sequence[Sequence[str]]) -> str:
    """What the first row says, where it holds only the units of the columns below; or "".

    It then has no figure and no first cell, and each of its columns has figures in every other row
    that says something there.
    """
    if len(rows) < 3 or rows[0][0] or any(sign.isdigit() for cell in rows[0] for sign in cell[:40]):
        return ""
    filled = [place for place, cell in enumerate(rows[0]) if cell]
    for place in filled:
        below = [row[place] for row in rows[1:] if not says_nothing(row[place]) and row[place]]
        mark = decimal_mark(below)
        if not below or any(number_of(cell, mark) is None for cell in below):
            return ""
    return "; ".join(rows[0][place][:20] for place in filled)[:_LONGEST_UNITS]
