"""Builds the grids that ruling lines make on a PDF page, and says which cells belong together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter, neg

from nexus.ingestion.parsing.pdf_rulings import NEAR, Ruling, Rulings

# Lines that end so near to one another touch.
_TOUCHING = 3.0
# Text that reaches beyond the last upright line by more than this stands in a column of its own.
_OPEN_SIDE = 12.0
# Lines so near to an edge are of it.
_BESIDE = NEAR + 1
# A grid of more cells is a drawing.
_MOST_CELLS = 3_000
_at = attrgetter("at")


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table's columns by their edges (left to right) and rows by theirs (top to bottom)."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    lines: Rulings

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """The row and column that the point is in, or None."""
        if not (self.columns[0] - NEAR <= x < self.columns[-1] and self.rows[-1] < y):
            return None
        column = max(bisect_right(self.columns, x) - 1, 0)
        row = bisect_right(self.rows, -y, key=neg) - 1
        if row < 0 and self.rows[0] + NEAR >= y:
            row = 0
        return (row, column) if 0 <= row < len(self.rows) - 1 else None

    def owners(self) -> list[list[tuple[int, int]]]:
        """For each cell the first one, from the upper left, that no line divides it from."""
        owners: list[list[tuple[int, int]]] = []
        middles = [(one + other) / 2 for one, other in pairwise(self.columns)]
        upright = sorted(self.lines.upright, key=_at)
        level = sorted(self.lines.level, key=_at)
        uprights = [_near(upright, edge) for edge in self.columns]
        before: list[tuple[int, int]] = []
        for row, (above, below) in enumerate(pairwise(self.rows)):
            y = (above + below) / 2
            levels = _near(level, above) if row else []
            here: list[tuple[int, int]] = []
            for column, x in enumerate(middles):
                if column and not _crosses(uprights[column], y):
                    here.append(here[-1])
                elif row and not _crosses(levels, x):
                    here.append(before[column])
                else:
                    here.append((row, column))
            owners.append(here)
            before = here
        return owners


def grids(rulings: Rulings) -> Iterator[Grid]:
    """The grids of two columns at least among the lines, each of lines that touch."""
    for level, upright in _touching(rulings):
        if not level or not upright:
            continue
        columns, rows = _places(upright), _places(level)
        sides = (min(line.start for line in level), max(line.end for line in level))
        ends = (min(line.start for line in upright), max(line.end for line in upright))
        columns = _with_ends(columns, *sides)
        rows = _with_ends(rows, *ends)
        if len(columns) > 2 and len(rows) > 1 and len(columns) * len(rows) <= _MOST_CELLS:
            # An open side is closed by nothing: its cells end there all the same.
            closed = [
                *upright,
                *(Ruling(edge, *ends) for edge in (columns[0], columns[-1])),
            ]
            yield Grid(tuple(columns), tuple(reversed(rows)), Rulings(tuple(level), tuple(closed)))


def _with_ends(places: list[float], low: float, high: float) -> list[float]:
    if low < places[0] - _OPEN_SIDE:
        places = [low, *places]
    if high > places[-1] + _OPEN_SIDE:
        places = [*places, high]
    return places


def _places(lines: Iterable[Ruling]) -> list[float]:
    found: list[float] = []
    for at in sorted(line.at for line in lines):
        if not found or at - found[-1] > NEAR + 1:
            found.append(at)
    return found


def _touching(rulings: Rulings) -> Iterator[tuple[list[Ruling], list[Ruling]]]:
    """The lines in groups that touch one another."""
    level, upright = rulings.level, rulings.upright
    if not level or not upright:
        return
    if (plain := _across_all(level, upright)) is not None:
        yield plain, list(upright)
        return
    group = list(range(len(level) + len(upright)))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    order = sorted(range(len(upright)), key=lambda column: upright[column].at)
    places = [upright[column].at for column in order]
    for row, across in enumerate(level):
        first = bisect_left(places, across.start - _TOUCHING)
        last = bisect_right(places, across.end + _TOUCHING)
        for column in order[first:last]:
            down = upright[column]
            if down.start - _TOUCHING <= across.at <= down.end + _TOUCHING:
                group[root(row)] = root(len(level) + column)
    together: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for at in range(len(group)):
        levels, uprights = together.setdefault(root(at), ([], []))
        if at < len(level):
            levels.append(level[at])
        else:
            uprights.append(upright[at - len(level)])
    yield from together.values()


def _across_all(level: Sequence[Ruling], upright: Sequence[Ruling]) -> list[Ruling] | None:
    """The level lines that touch all upright ones, as in a plain grid, if no other touches any."""
    first = min([line.at for line in upright]) + _TOUCHING
    last = max([line.at for line in upright]) - _TOUCHING
    starts, ends = [line.start for line in upright], [line.end for line in upright]
    low, high = max(starts) - _TOUCHING, min(ends) + _TOUCHING
    lowest, highest = min(starts) - _TOUCHING, max(ends) + _TOUCHING
    across = []
    for line in level:
        if not lowest <= line.at <= highest:
            continue
        if not (low <= line.at <= high and line.start <= first and line.end >= last):
            return None
        across.append(line)
    return across


def _near(lines: Sequence[Ruling], at: float) -> list[tuple[float, float]]:
    """Where the lines at this place, of all in their order, begin and end."""
    first = bisect_left(lines, at - _BESIDE, key=_at)
    behind = bisect_right(lines, at + _BESIDE, first, key=_at)
    return [(start, end) for _, start, end in lines[first:behind]]


def _crosses(lines: Iterable[tuple[float, float]], place: float) -> bool:
    for start, end in lines:  # noqa: SIM110 - called for every cell, and half as fast as any()
        if start <= place <= end:
            return True
    return False
