"""Finds where one table ends and another begins: below a title of its own, or beside it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from nexus.ingestion.parsing.cell_kinds import Kind, kind_of
from nexus.ingestion.parsing.headers import Looks, Row, find_header

# A row with its number.
Numbered = tuple[int, Row]


def next_table(head: Sequence[Numbered], looks: Looks) -> int:
    """Where the next table begins, without a blank row: a title alone, and names below it; or 0.

    Names stand out as the row below does not, or are words where numbers are above and below.
    """
    for at in range(3, len(head) - 1):
        (_, title), (number, names), (after, row) = head[at - 1 : at + 2]
        if count_filled(title) != 1 or count_filled(names) < 2 or count_filled(row) < 2:
            continue
        shown = [_is_shown(looks, number, names), _is_shown(looks, after, row)]
        if shown == [True, False] or _are_words_among_numbers(head, at):
            return at - 1
    return 0


def _is_shown(looks: Looks, number: int, row: Row) -> bool:
    return all((number, place) in looks.emphasised for place, cell in enumerate(row) if cell)


def _are_words_among_numbers(head: Sequence[Numbered], at: int) -> bool:
    names = head[at][1]
    if any(cell and kind_of(cell) not in (Kind.WORD, Kind.PERIOD) for cell in names):
        return False
    for place in range(1, len(names)):
        column = [row[place] if place < len(row) else "" for _, row in head]
        around = [kind_of(cell) for cell in (*column[at - 2 : at - 1], *column[at + 1 : at + 2])]
        if names[place] and around == [Kind.NUMBER, Kind.NUMBER]:
            return True
    return False


def side_by_side(
    rows: Sequence[Row], looks: Looks, numbers: Sequence[int]
) -> list[tuple[int, int]]:
    """The columns, from and to, of tables that stand beside each other; [] for a single one.

    A column that no row fills parts them, if both of its sides have a header of their own.
    """
    width = max(map(len, rows), default=0)
    used = [any(place < len(row) and row[place] for row in rows) for place in range(width)]
    sides: list[tuple[int, int]] = []
    for is_used, group in groupby(range(width), key=lambda place: used[place]):
        if is_used:
            places = list(group)
            sides.append((places[0], places[-1] + 1))
    if len(sides) < 2 or any(end - start < 2 for start, end in sides):
        return []
    for start, end in sides:
        own = [
            (number, row[start:end])
            for number, row in zip(numbers, rows, strict=True)
            if any(row[start:end])
        ]
        found = find_header(
            [row for _, row in own], moved(looks, start), [number for number, _ in own]
        )
        if found is None:
            return []
    return sides


def moved(looks: Looks, columns: int) -> Looks:
    """The looks as seen from a column further right."""
    if not columns:
        return looks
    return Looks(
        looks.marked,
        {(row, column - columns) for row, column in looks.emphasised},
        {(row, column - columns): span for (row, column), span in looks.spans.items()},
    )


def count_filled(row: Row) -> int:
    """How many cells of a row hold something."""
    return sum(1 for cell in row if cell)
