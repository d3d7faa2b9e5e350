"""Tells what a table's row is that is no entry: a total of others, a heading, mere numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Protocol

from nexus.agents.cell_values import bare, decimal_mark, number_of, says_nothing, unit_of

_TOTAL = re.compile(
    r"(?:grand[\s-]?|sub[\s-]?)?total\b|sum\b|(?:sub[\s-]?)?jumlah\b|合计|总计|合計|итого\b|"
    r"(?:zwischen|gesamt)?summe\b|gesamt\b|insgesamt\b|suma\b|somme\b|sous-total\b|totale?s?\b|"
    r"(?:rata-rata|rerata|average|mean|median|minimum|maximum|maksimum)\s*+\Z|"
    # As Excel's subtotals are named: "East Total".
    r"(?=[^\n]{0,120}\s(?:grand |sub-?)?total\s*+\Z)",
    re.IGNORECASE,
)
_BEGINS_WITH_FIGURE = re.compile(r"[\s(+−-]{0,3}(?:[^\W\d]{1,4}\.?|[$€£¥₹])?\s{0,3}\d")
_PART = re.compile(r"(?:of which|thereof|davon|darunter|di antaranya|dont)\b", re.IGNORECASE)
_LESS = re.compile(r"(?:less|minus|deduct|kurang|dikurangi|abzüglich)\s?:", re.IGNORECASE)
# As budgets number their entries: "1", "1.2", "B.4".
_CODE = re.compile(r"(?:[A-Z]|\d{1,6})(?:\.\d{1,6}){0,8}")
_COUNTED = re.compile(r"\(?(\d{1,2}|[a-z])\)?")
_LABEL = re.compile(r"(?:[A-Z]|[IVXL]{1,5}|\d{1,2})[.)]\s|.{1,120}:\Z")
_NOTE = re.compile(
    r"[*†‡§¹²³⁴⁵]|(?:notes?|sources?|remarks?|catatan|sumber|keterangan|ket\.)\s*:", re.IGNORECASE
)
# So many entries are needed before one that sums them up is taken for their total.
_FEWEST_SUMMED = 3
_LONGEST_UNITS = 100
_SMALL = 10
# More rows of only figures are no totals.
_MOST_NAMELESS = 50
# Of a wider table, so many columns of figures tell whether a row sums others up.
_MOST_COLUMNS = 30


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


def coded_totals(rows: Sequence[TableEntry]) -> set[int]:
    """The places of rows that sum up the rows below whose codes go on with theirs: 1, 1.1, 1.2."""
    latest: dict[str, int] = {}
    below: dict[int, list[TableEntry]] = {}
    for at, row in enumerate(rows):
        code = _code(row)
        if _CODE.fullmatch(code) is None:
            continue
        above = latest.get(code.rpartition(".")[0])
        if above is not None:
            below.setdefault(above, []).append(row)
        latest[code] = at
    return {
        at for at, parts in below.items() if _agreeing(rows[at], parts, next(iter(rows[at].cells)))
    }


def _code(row: TableEntry) -> str:
    return next(iter(row.cells.values()), "").strip().rstrip(".")


def running_sums(numbers: Sequence[Decimal | None]) -> list[int]:
    """The places of numbers that are the sum of those above them, back to the one before it.

    Small ones may be so by chance, as may a single one that is the sum of two.
    """
    of_many = _sums(numbers, _FEWEST_SUMMED)
    of_two = [] if of_many else _sums(numbers, 2)
    return of_many or (of_two if len(of_two) > 1 else [])


def _sums(numbers: Sequence[Decimal | None], fewest: int) -> list[int]:
    found: list[int] = []
    so_far, count = Decimal(0), 0
    for at, number in enumerate(numbers):
        if number is None:
            continue
        if count >= fewest and number == so_far and abs(number) >= _SMALL:
            found.append(at)
            so_far, count = Decimal(0), 0
        else:
            so_far, count = so_far + number, count + 1
    return found


def is_part(cells: Mapping[str, str]) -> bool:
    """Whether a row tells a part of what the row above says, as "of which: exports" does."""
    return any(_PART.match(cell) for cell in islice(cells.values(), 2))


def is_deduction(cells: Mapping[str, str]) -> bool:
    """Whether a row's figure is to be taken from the others, as "Less: returns" says."""
    return any(_LESS.match(cell) for cell in islice(cells.values(), 2))


def _says_words(row: TableEntry) -> bool:
    return any(letter.isalpha() for cell in row.cells.values() for letter in cell)


def _agreeing(row: TableEntry, others: Sequence[TableEntry], beside: str = "") -> int:
    """In how many columns a row's figure is the sum of the others'; 0 where in one it is not.

    The column `beside` is not looked at.
    """
    agreeing = looked_at = 0
    for column, cell in row.cells.items():
        if column == beside:
            continue
        if number_of(cell, "") is None and number_of(cell, decimal_mark([cell])) is None:
            continue
        if looked_at == _MOST_COLUMNS:
            break
        looked_at += 1
        number, *numbers = _read(column, [row, *(one for one in others if column in one.cells)])
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


def is_heading(cells: Mapping[int, str], columns: int) -> bool:
    """Whether a row only names those below it, or is a note: one cell of words.

    The cells come by their place among so many columns. Alone in the first column it may be an
    entry as well; then it is one unless it looks otherwise.
    """
    filled = [place for place, cell in cells.items() if cell]
    if len(filled) != 1 or columns < 2:
        return False
    text = cells[filled[0]]
    if not any(letter.isalpha() for letter in text):
        return False
    if not filled[0] and _NOTE.match(text):
        return True
    looks_so = bool(filled[0]) or text.isupper() or _LABEL.match(text) is not None
    return columns > 2 and looks_so


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


def units_of(rows: Sequence[Mapping[int, str]]) -> str:
    """What the first row says, where it holds only the units of the columns below; or "".

    It then has no figure and no first cell, and each of its columns has figures in every other row
    that says something there. The cells come by their place.
    """
    if len(rows) < 3 or rows[0].get(0):
        return ""
    units = {place: cell for place, cell in rows[0].items() if cell}
    if any(sign.isdigit() for cell in units.values() for sign in cell[:40]):
        return ""
    below: dict[int, list[str]] = {place: [] for place in units}
    for row in rows[1:]:
        for place, cell in row.items():
            if cell and place in below and not says_nothing(cell):
                below[place].append(cell)
    for cells in below.values():
        mark = decimal_mark(cells)
        if not cells or any(number_of(cell, mark) is None for cell in cells):
            return ""
    return "; ".join(cell[:20] for cell in units.values())[:_LONGEST_UNITS]
