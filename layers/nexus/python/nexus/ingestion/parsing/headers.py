"""Finds the rows of a table that name its columns, from the whole table and not from one row.

What speaks for a row: it names the columns that the rows below fill, its cells are of another kind
than those below (words over numbers, years over amounts), they count on from one another, they are
words that columns are called by, the file shows them apart (bold, merged, marked as header). What
speaks against it: the same kinds as below, the same words below, columns without a name. When
nothing speaks for any row, the table has no header: it then says less, and pairs nothing wrongly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from nexus.ingestion.parsing.cell_kinds import Kind, counts_alike, kind_of, numbered
from nexus.ingestion.parsing.cleaning import HEADING_CHARS
from nexus.ingestion.parsing.column_evidence import Column, Columns, is_prose, words_told
from nexus.ingestion.parsing.column_units import are_units
from nexus.ingestion.parsing.column_words import is_column_word
from nexus.ingestion.parsing.row_kinds import are_column_counts, are_records_across, width_of

Row = Sequence[str]
Place = tuple[int, int]

# Rows at the start of a table that its header is looked for in, and that tell what it names.
HEADER_WITHIN = 20
LOOKED_AT = 80
# Columns that tell; those beyond are named as these are.
_COLUMNS = 60
_DEEPEST = 4
_ENOUGH = 1.0


@dataclass(frozen=True, slots=True)
class Looks:
    """What a file shows of a table's cells beside their words; places are (row, column), from 0.

    `marked` are rows that the file itself names as headers, `emphasised` the cells that stand out
    as names do (bold, or a header cell of a web page), and `spans` the rows and columns that a
    merged cell covers, by its first place.
    """

    marked: Collection[int] = frozenset()
    emphasised: Collection[Place] = frozenset()
    spans: Mapping[Place, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Header:
    """The rows of a table that name its columns, as indices into it, and the names.

    `bare` are these without the units of a row of their own; () if there is none.
    """

    rows: tuple[int, ...]
    names: tuple[str, ...]
    bare: tuple[str, ...] = ()


def find_header(rows: Sequence[Row], looks: Looks, numbers: Sequence[int]) -> Header | None:
    """The header of a table that begins with these rows; None if it has none, or none for certain.

    `numbers` are the rows' numbers in `looks`. Rows above the header are lines of their own.
    """
    table = _Table(rows, looks, numbers)
    if table.width < 2 or len(rows) < 2:
        return None
    marked = table.marked()
    if marked:
        marked = (*table.with_groups(marked[0])[:-1], *marked)
        last = marked[-1]
        if table.has_groups(last) and last + 2 < len(rows) and table.names_only(last + 1):
            marked = (*marked, last + 1)
        return table.header(marked)
    best, best_score = None, _ENOUGH
    for index in range(min(HEADER_WITHIN, len(rows) - 1)):
        if best and index == best[-1] + 1 and table.header(best).rows[-1] == index:
            continue  # the units of the names above
        chosen = table.with_groups(index)
        score = table.score(chosen)
        if score >= best_score:
            best, best_score = chosen, score + 0.25
    return table.header(best) if best else None


class _Table:
    """The first rows of a table, and what they say of each row."""

    def __init__(self, rows: Sequence[Row], looks: Looks, numbers: Sequence[int]) -> None:
        self.rows = rows
        self.width = max(map(width_of, rows), default=0)
        self._looks, self._numbers = looks, numbers
        self._filled: dict[int, list[int]] = {}
        self._lists, self._columns = [*map(list, rows)], Columns(rows)

    def cell(self, index: int, column: int) -> str:
        row = self.rows[index]
        return row[column] if column < len(row) else ""

    def span(self, index: int, column: int) -> tuple[int, int]:
        return self._looks.spans.get((self._numbers[index], column), (1, 1))

    def filled(self, index: int) -> list[int]:
        if (found := self._filled.get(index)) is None:
            row = self.rows[index][: self.width]
            found = self._filled[index] = [column for column, cell in enumerate(row) if cell]
        return found

    def marked(self) -> tuple[int, ...]:
        """The rows that the file marks as headers, but for a title over the whole table."""
        marked = [at for at, number in enumerate(self._numbers) if number in self._looks.marked]
        while marked and self.filled(marked[0]) in ([], [0]) and not self.has_groups(marked[0]):
            marked.pop(0)
        if not marked or marked[-1] + 1 >= len(self.rows):
            return ()
        run = [at for place, at in enumerate(marked) if at == marked[0] + place]
        return tuple(run[:_DEEPEST])

    def has_groups(self, index: int) -> bool:
        """Whether a cell of the row is merged over some of the columns, but not over all."""
        return any(1 < self.span(index, c)[1] < self.width for c in self.filled(index))

    def names_only(self, index: int) -> bool:
        """Whether the row could name columns by what its cells are."""
        cells = [self.cell(index, column) for column in self.filled(index)]
        return len(cells) >= 2 and all(kind_of(cell) is not Kind.NUMBER for cell in cells)

    def with_groups(self, index: int) -> tuple[int, ...]:
        """The row, and those right above it that name groups of its columns."""
        chosen = [index]
        while chosen[0] and len(chosen) < _DEEPEST and self._is_group(chosen[0] - 1, chosen[0]):
            chosen.insert(0, chosen[0] - 1)
        return tuple(chosen)

    def _is_group(self, index: int, below: int) -> bool:
        filled, under = self.filled(index), self.filled(below)
        if not filled or not self.names_only(below):
            return False
        if any(kind_of(self.cell(index, c)) is Kind.NUMBER for c in filled):
            return False
        if self.has_groups(index):
            return True
        if len(filled) < 2 or len(filled) >= self.width:
            return False
        # Without merged cells: blanks over names that occur once under each group.
        repeated = Counter(self.cell(below, column) for column in under)
        twice = [column for column in under if repeated[self.cell(below, column)] > 1]
        blank = [column for column in under if not self.cell(index, column)]
        # What stands before the first group is what the rows are about, and named once.
        return bool(twice and blank) and all(
            column >= filled[0] or column not in twice for column in blank
        )

    def header(self, rows: tuple[int, ...]) -> Header:
        """The header of these rows, and of one of units below them."""
        at = rows[-1] + 1
        filled = self.filled(at) if at + 1 < len(self.rows) else []
        units = {column: self.cell(at, column) for column in filled}
        # The header again, with its units, as on each page, is no record.
        again = [self._lists[row] for row in (*rows, at)] if units else []
        body = [row for row in self._lists[at + 1 :] if row not in again]
        names = self.names(rows)
        bare: tuple[str, ...] = ()
        if are_units(units, names, body):
            rows, bare, at = (*rows, at), names, at + 1
            names = self.names(rows, has_units=True)
        if at + 1 < len(self.rows) and are_column_counts(self.rows[at], self.rows[at + 1 :]):
            rows = (*rows, at)
        return Header(rows, names, bare)

    def names(self, header: tuple[int, ...], *, has_units: bool = False) -> tuple[str, ...]:
        """The name of each column, all levels in one: "Local students Tuition", "Depth (m)"."""
        levels = [self._over(index, header[at + 1 :]) for at, index in enumerate(header)]
        if has_units:
            levels[-1] = [f"({own})" if own and own[0] not in "([" else own for own in levels[-1]]
        if len(levels) == 1:
            return tuple(name[:HEADING_CHARS] for name in levels[0])
        parts = zip(*levels, strict=True)
        return tuple(" ".join(filter(None, dict.fromkeys(part)))[:HEADING_CHARS] for part in parts)

    def _over(self, index: int, below: tuple[int, ...]) -> list[str]:
        """What the row says over each column: its cell, or one that reaches from the left."""
        said, is_merged = list[str](), self.has_groups(index)
        text, behind = "", 0
        for column in range(self.width):
            if own := self.cell(index, column):
                text, behind = own, column + self.span(index, column)[1]
                # Without merged cells, a group's name reaches over the blanks beside it.
                if not is_merged and any(self.cell(at, column) for at in below):
                    behind = self.width
                said.append(own)
            else:
                is_named = behind < self.width or any(self.cell(at, column) for at in below)
                said.append(text if column < behind and is_named else "")
        return said

    def score(self, header: tuple[int, ...]) -> float:
        """How much speaks for these rows as the header; from 1 on, enough does."""
        last = header[-1]
        names = [self.cell(last, column) for column in range(self.width)][:_COLUMNS]
        whole = self.names(header)[:_COLUMNS]
        filled = [column for column, name in enumerate(whole) if name]
        if len(filled) < 2 or len(self.filled(last)) < 2:
            return -9.0
        if last and are_column_counts(self.rows[last], self.rows[last + 1 :]):
            return -9.0
        again = self._lists[last]
        # The header again, as on each page, is no record.
        below = [at for at in range(last + 1, len(self.rows)) if self._lists[at] != again]
        body = [self._lists[at] for at in below]
        columns = [self._columns.below(column, below) for column in range(len(names))]
        score = 0.3 if self.width > 2 else 0.0
        score -= sum(
            (0.2 if column.place == 0 else 1.5) * column.is_used(len(body))
            for column in columns
            if not whole[column.place]
        )
        counting = numbered(names)
        if counting and counts_alike(
            names, [row[:_COLUMNS] for row in body[:HEADER_WITHIN]], counting
        ):
            counting = set()
        contrasts = [
            columns[column].contrast(names[column] or whole[column], column in counting)
            for column in filled
        ]
        score += min(sum(contrasts), 4.0)
        if score < _ENOUGH - (8.0 if self._looks.emphasised else 5.0):
            return score  # what else speaks for a row is worth less
        score += 1.2 * are_records_across(whole, body)
        words, shown = words_told(names, body[:HEADER_WITHIN]), self._emphasis(last)
        score += 2.5 * words + shown + (len(header) > 1)
        score -= 2.0 * sum(not self._is_line(at) for at in range(header[0]))
        score -= 3.0 * (words < 0.5 and self._skips_names(header[0]))
        score -= 0.5 * (len(filled) - len({whole[column] for column in filled}))
        score -= sum(
            2.0 if told < 1.9 or names[column].endswith(".") else 0.5
            for column, told in zip(filled, contrasts, strict=True)
            if is_prose(names[column])
        )
        score -= 3.0 * self._is_under_names(last, columns)
        if (
            self.width == 2
            and not shown
            and not (
                is_column_word(names[1])
                or contrasts[1] > (1.4 if is_column_word(names[0]) else 1.9)
            )
        ):
            return -9.0
        if self.width == 2 and shown < 2 and self._is_list(header[0]):
            return -9.0
        return score

    def _emphasis(self, index: int) -> float:
        """How much the row alone stands out; 0 where the rows below do, too."""
        if not self._looks.emphasised:
            return 0.0
        end = min(index + HEADER_WITHIN, len(self.rows))
        shares = [self._share(at) for at in range(index, end)]
        below = sum(shares[1:]) / len(shares[1:])
        return 3.0 if shares[0] >= 0.8 and below <= 0.35 else 0.0

    def _share(self, index: int) -> float:
        filled, number = self.filled(index), self._numbers[index]
        shown = sum((number, column) in self._looks.emphasised for column in filled)
        return shown / len(filled) if filled else 0.0

    def _is_line(self, index: int) -> bool:
        """Whether the row is a line above a table: a title, or a label and its value."""
        filled = self.filled(index)
        return len(filled) <= 1 or (len(filled) == 2 and self.width > 2)

    def _is_under_names(self, index: int, columns: Sequence[Column]) -> bool:
        """Whether the next row holds words where the rows further below hold numbers."""
        if index + 2 >= len(self.rows) or not self.names_only(index + 1):
            return False
        odd = [
            column.place
            for column in columns
            if column.main is Kind.NUMBER
            and self.cell(index + 1, column.place)
            and kind_of(self.cell(index + 1, column.place)) is Kind.WORD
        ]
        return len(odd) >= 2

    def _skips_names(self, index: int) -> bool:
        """Whether the row above names each column as well, but for that of what the rows say."""
        above = index - 1
        if above < 0 or not self.names_only(above):
            return False
        names = [self.cell(above, column) for column in self.filled(above)]
        return len(set(names)) >= self.width - (not self.cell(above, 0))

    def _is_list(self, index: int) -> bool:
        """Whether the first of two columns names what the second says, row by row."""
        firsts = [self.cell(at, 0) for at in range(index, min(len(self.rows), HEADER_WITHIN))]
        named = sum(first.endswith(":") or is_column_word(first) for first in firsts)
        return named * 3 >= 2 * len(firsts)
