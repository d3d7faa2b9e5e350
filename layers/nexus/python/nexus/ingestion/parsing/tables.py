"""Renders tables so that each row keeps its meaning on its own: "Header: value; …".

Every format gives its cells as text, and what it knows of how they look; which rows are the header
is found for all of them in one place (nexus.ingestion.parsing.headers).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice

from nexus.ingestion.parsing.cell_kinds import Kind, kind_of
from nexus.ingestion.parsing.column_units import has_own_unit, is_surely_unit
from nexus.ingestion.parsing.form_grids import is_form
from nexus.ingestion.parsing.headers import LOOKED_AT, Header, Looks, Row, find_header
from nexus.ingestion.parsing.records import headed_lines, paired_lines, plain_row
from nexus.ingestion.parsing.row_kinds import are_column_counts
from nexus.ingestion.parsing.table_borders import (
    Numbered,
    count_filled,
    moved,
    next_table,
    side_by_side,
)
from nexus.ingestion.parsing.table_lines import begun

# What begins a line that stands below a table, not in it.
_NOTE = re.compile(r"\*|(?:notes?|sources?|remarks?|catatan|sumber|keterangan|ket\.)\s*:", re.I)
_LONG_NOTE = 60
NO_LOOKS = Looks()
_MOST_NAMES = 1_000


def render(
    rows: Sequence[Row], header_rows: int | None = None, looks: Looks = NO_LOOKS
) -> list[str]:
    """The lines of a table; the header is not a line of its own.

    `header_rows` is how many rows the file itself marks as headers; None means to find out.
    """
    if header_rows:
        looks = Looks(range(header_rows), looks.emphasised, looks.spans)
    return [line for _, line in lines_of(rows, looks)]


def lines_of(
    rows: Iterable[Row], looks: Looks = NO_LOOKS, names: Sequence[str] = ()
) -> Iterator[tuple[int, str]]:
    """Each line with the number of its row, from 0; a row longer than a line has several.

    Blank rows part tables, each with a header of its own; rows after one that fit the table above
    go on with it. `names` are those of a table that began before the rows.
    """
    above = _Above(tuple(names)) if names else None
    waiting: list[Numbered] = []
    for head, rest in _blocks(rows):
        if above and not waiting and above.goes_on(head, looks):
            yield from above.lines(chain(head, rest), looks)
        elif len(head) == 1 and count_filled(head[0][1]) > 1:
            waiting += head  # a header over a blank row, or a line above the next table
        else:
            found = yield from _table([*waiting, *head], rest, looks)
            above, waiting = found or above, []
    if waiting:
        yield from _table(waiting, iter(()), looks)


def _blocks(rows: Iterable[Row]) -> Iterator[tuple[list[Numbered], Iterator[Numbered]]]:
    """The first rows and the others of each run without a blank row."""
    for is_blank, group in groupby(enumerate(rows), key=lambda numbered: not any(numbered[1])):
        if not is_blank:
            run = iter(group)
            yield list(islice(run, LOOKED_AT)), run


def names_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """The names of the columns of the last table whose beginning is among the rows; () if none."""
    head = [(number, row) for number, row in enumerate(islice(rows, LOOKED_AT)) if any(row)]
    header = find_header([row for _, row in head], NO_LOOKS, [number for number, _ in head])
    return header.names if header else ()


@dataclass(slots=True)
class _Above:
    """A table that later rows may go on with: its names, its header, and its first rows.

    `repeated` are the rows that may be the header again, None for all. `bare` are the names without
    their units, () if they have none in a row of their own.
    """

    names: tuple[str, ...]
    header: tuple[Row, ...] = ()
    body: tuple[Row, ...] = ()
    repeated: Collection[int] | None = None
    bare: tuple[str, ...] = ()

    def lines(self, rows: Iterable[Numbered], looks: Looks) -> Iterator[tuple[int, str]]:
        for number, row in rows:
            if self.skips(number, row):
                continue
            if note := self.note(number, row, looks):
                yield number, note
                continue
            for line in headed_lines(self._named(row) if self.bare else self.names, row):
                yield number, line

    def _named(self, row: Row) -> Sequence[str]:
        """The names for a row, without the units above cells that say another one themselves.

        From a row on that holds other units, those above are told no longer.
        """
        places = [at for at, name in enumerate(self.bare) if name != self.names[at]]
        cells = {at: row[at] for at in places if at < len(row) and row[at]}
        if any(map(is_surely_unit, cells.values())):
            self.names, self.bare = self.bare, ()
            return self.names
        own = {at for at, cell in cells.items() if has_own_unit(cell)}
        if not own:
            return self.names
        return [self.bare[at] if at in own else name for at, name in enumerate(self.names)]

    def skips(self, number: int, row: Row) -> bool:
        """Whether the row is the header again, as on each page."""
        if self.repeated is not None and number not in self.repeated:
            return False
        if count_filled(row) == 1:  # of units it may be
            again = len(self.header) > 1 and list(row) == list(self.header[-1])
            return again and is_surely_unit(next(filter(None, row)))
        return any(list(row) == list(named) for named in self.header)

    def note(self, number: int, row: Row, looks: Looks) -> str:
        """The only cell of a row that speaks of the table and is no entry of its column; or ""."""
        filled = [cell for cell in row if cell]
        if len(filled) != 1 or sum(map(bool, self.names)) < 3:
            return ""
        return filled[0] if self._is_note(number, row, filled[0], looks) else ""

    def goes_on(self, rows: Sequence[Numbered], looks: Looks) -> bool:
        """Whether rows after a blank one belong to this table, by what their cells are."""
        if not self.body:
            return True
        if len(rows) > 1 and self._is_title(rows[0][1]):
            rows = rows[1:]
        for _, row in rows:
            fits = telling = 0
            filled = [place for place, cell in enumerate(row) if cell]
            for place in filled:
                below = {
                    kind_of(one[place]) for one in self.body if place < len(one) and one[place]
                }
                kind = kind_of(row[place])
                fits += kind in below and place < len(self.names) and bool(self.names[place])
                telling += kind in below and kind is not Kind.WORD
            if len(filled) < 2 or fits < len(filled):
                return False
            if not telling and len(filled) * 4 < 3 * sum(map(bool, self.names)):
                return False
        return find_header([row for _, row in rows], looks, [number for number, _ in rows]) is None

    def _is_title(self, row: Row) -> bool:
        """Whether a row only says what the rows below are about: words where numbers stand."""
        if count_filled(row) != 1 or not row[0] or kind_of(row[0]) is not Kind.WORD:
            return False
        firsts = [kind_of(one[0]) for one in self.body if count_filled(one) > 1 and one[0]]
        return bool(firsts) and firsts.count(Kind.WORD) * 5 <= len(firsts)

    def _is_note(self, number: int, row: Row, text: str, looks: Looks) -> bool:
        """Whether a row's only cell is no entry of its column."""
        place = next(place for place, cell in enumerate(row) if cell)
        if looks.spans.get((number, place), (1, 1))[1] > 1 or _NOTE.match(text):
            return True
        if place:
            return False
        if self._is_title(row):
            return True
        longest = max((len(one[0]) for one in self.body if one), default=0)
        is_sentence = text.endswith((".", ":", "!")) and " " in text
        return is_sentence or (len(text) > _LONG_NOTE and len(text) > 2 * longest)


def _table(
    head: list[Numbered],
    rest: Iterator[Numbered],
    looks: Looks,
    first_like: Mapping[int, int] | None = None,
) -> Generator[tuple[int, str], None, _Above | None]:
    """The lines of the table that begins with these rows; returns what later rows go on with.

    `first_like` gives the first row like each, where more than its cells here tells.
    """
    head, rest = head[:LOOKED_AT], chain(head[LOOKED_AT:], rest)
    if next_one := next_table(head, looks):
        yield from _table(head[:next_one], iter(()), looks, first_like)
        return (yield from _table(head[next_one:], rest, looks, first_like))
    numbers, rows = [number for number, _ in head], [row for _, row in head]
    if is_form(rows, looks, numbers):
        for number, row in chain(head, rest):
            for line in paired_lines(row):
                yield number, str(line)
        return None
    if sides := side_by_side(rows, looks, numbers):
        every = [*head, *rest]
        # What repeats beside one of the tables alone is a record of it.
        seen = dict[tuple[str, ...], int]()
        again = {number: seen.setdefault(tuple(row), number) for number, row in every}
        for start, end in sides:
            part = [(number, row[start:end]) for number, row in every if any(row[start:end])]
            yield from _table(part, iter(()), moved(looks, start), again)
        for number, row in every:
            beside = [
                cell
                for place, cell in enumerate(row)
                if not any(start <= place < end for start, end in sides)
            ]
            for line in headed_lines((), beside):
                yield number, str(line)
        return None
    header = find_header(rows, looks, numbers)
    if header is None:
        unnamed = (
            (number, one) for number, row in chain(head, rest) for one in headed_lines((), row)
        )
        is_table = sum(count_filled(row) > 1 for row in rows) > 1
        yield from begun(unnamed) if is_table else ((number, str(one)) for number, one in unnamed)
        return None
    return (yield from _headed(header, head, rest, looks, first_like))


def _headed(
    header: Header,
    head: list[Numbered],
    rest: Iterator[Numbered],
    looks: Looks,
    first_like: Mapping[int, int] | None,
) -> Generator[tuple[int, str], None, _Above]:
    first, last = header.rows[0], header.rows[-1]
    for number, row in head[:first]:
        for line in headed_lines((), row):
            yield number, str(line)
    body = head[last + 1 :]
    named = {head[at][0] for at in header.rows}
    repeated = first_like and {at for at, first in first_like.items() if first in named}
    above = _Above(
        header.names,
        tuple(head[at][1] for at in header.rows),
        tuple(row for _, row in body),
        repeated,
        header.bare,
    )
    if not body:
        yield head[last][0], plain_row([name for name in header.names if name])
    shown = [
        row
        for number, row in body
        if not above.skips(number, row) and not above.note(number, row, looks)
    ]
    used = header.names if not body else names_used(header.names, shown)
    for at in header.rows:
        if at > first and are_column_counts(head[at][1], [row for _, row in body]):
            continue
        if line := "; ".join(unsaid(head[at][1], used)):
            yield head[at][0], line
    yield from begun(above.lines(chain(body, rest), looks))
    return above


def names_used(names: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """The names of the columns that a row has a cell in."""
    filled = {place for row in rows for place, cell in enumerate(row) if cell}
    return [name for place, name in enumerate(names) if place in filled]


def unsaid(header: Row, names: Sequence[str]) -> list[str]:
    """The cells of a row of the header that no name which is said with a cell holds."""
    known = set(names)
    # Of a very wide table only whole names are looked for: each cell in each name takes too long.
    parted = names if len(names) <= _MOST_NAMES else ()
    unknown = (cell for cell in dict.fromkeys(header) if cell not in known)
    return [cell for cell in unknown if not any(cell in name for name in parted)]
