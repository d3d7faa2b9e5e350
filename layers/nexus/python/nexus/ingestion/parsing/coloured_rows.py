"""Tells whether a coloured first row names a table's columns or is a record that stands out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from nexus.ingestion.parsing.cell_kinds import Kind, kind_of
from nexus.ingestion.parsing.column_evidence import Column
from nexus.ingestion.parsing.column_words import is_column_word

_LOOKED_AT = 20
# Of the cells below: where more are coloured, the colour tells nothing.
_MOST_BELOW = 0.35


def names_by_colour(
    rows: Sequence[Sequence[str]], coloured: Collection[tuple[int, int]]
) -> set[tuple[int, int]]:
    """The places of the cells that name columns as their colour shows, and not their colour alone.

    Besides, most of them have to be words that columns are called by, or stand over cells of
    another kind: people colour a record as well, and the first line of a list of labels and
    values. Places are (row, column), from 0.
    """
    if not coloured:
        return set()
    filled = {at: [c for c, cell in enumerate(row) if cell] for at, row in enumerate(rows)}
    first = next((at for at, columns in filled.items() if len(columns) > 1), None)
    if first is None or any((first, column) not in coloured for column in filled[first]):
        return set()
    body = rows[first + 1 : first + 1 + _LOOKED_AT]
    below = [
        (first + 1 + at, c) for at, row in enumerate(body) for c, cell in enumerate(row) if cell
    ]
    if sum(place in coloured for place in below) > _MOST_BELOW * len(below):
        return set()
    names = {column: rows[first][column] for column in filled[first]}
    if any(kind_of(name) is Kind.NUMBER for name in names.values()) or _are_labels(body, names):
        return set()
    told = sum(
        is_column_word(name) or _is_another_kind(name, Column(body, column))
        for column, name in names.items()
    )
    return {(first, column) for column in names} if told * 2 > len(names) else set()


def _are_labels(body: Sequence[Sequence[str]], names: Mapping[int, str]) -> bool:
    """Whether the rows below seem to be labels and their values, and so the coloured one, too."""
    label, *others = names.values()
    firsts = Column(body, next(iter(names)))
    if len(others) == 1 and not is_column_word(others[0]) and not _is_another_kind(label, firsts):
        return True  # as in "Name, Anna"
    said = sum(text.endswith(":") or is_column_word(text) for text in firsts.texts)
    return label.endswith(":") or said * 3 > len(firsts.texts)


def _is_another_kind(name: str, column: Column) -> bool:
    return (
        kind_of(name) is Kind.WORD
        and column.main in (Kind.NUMBER, Kind.PERIOD, Kind.MIXED)
        and column.contrast(name, counts_on=False) > 0
    )
