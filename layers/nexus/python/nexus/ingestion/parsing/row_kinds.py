"""Tells from whole rows what they are: counts of the columns (1), (2), (3), or one thing of each.

Official tables count their columns in a row below the header; it names nothing, and is no record.
In a comparison the columns are the records, and each row says one thing of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from nexus.ingestion.parsing.cell_kinds import Kind, kind_of

_COUNT = re.compile(r"(\(|\[)?(\d{1,2})(?(1)[)\]])")
# Bare numbers may be a record, so that more has to speak for them.
_FEWEST, _FEWEST_BARE = 3, 4
_LOOKED_AT = 20
# Kinds that one thing may be said in: "90 days", "no limit".
_ALIKE = {Kind.MIXED: Kind.WORD, Kind.PERIOD: Kind.NUMBER}
# Rows of a comparison.
_FEWEST_ROWS = 3


def are_column_counts(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the cells count the columns from 1 on, and the rows below are of other things.

    Columns may be left out at the end, as is done with one of remarks. Where the first ones are,
    the numbers name lessons or days, and what stands before them below is what they are of.
    """
    filled = [cell for cell in row if cell]
    if len(filled) < _FEWEST or "1" not in filled[0]:
        return False
    counts = [_COUNT.fullmatch(cell) for cell in filled]
    if [int(count[2]) if count else 0 for count in counts] != list(range(1, len(filled) + 1)):
        return False
    if all(count and count[1] for count in counts):
        return True
    places = [place for place, cell in enumerate(row) if cell]
    if any(cell for one in below[:_LOOKED_AT] for cell in one[: places[0]]):
        return False
    others = [
        kind_of(one[place])
        for one in below[:_LOOKED_AT]
        for place in places
        if place < len(one) and one[place]
    ]
    words = sum(kind is Kind.WORD for kind in others)
    return len(filled) >= _FEWEST_BARE and words * 5 >= len(others) > 0


def are_records_across(names: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether the columns are records and the rows say one thing of each, as in a comparison.

    Then each row holds one kind, the kinds differ from row to row, and the names from one another.
    """
    own = [name for name in names[1:] if name]
    if len(own) < 2 or len(set(own)) < len(own) or any(kind_of(n) is Kind.NUMBER for n in own):
        return False
    kinds = Counter[Kind]()
    for row in body[:_LOOKED_AT]:
        cells = [cell for cell in row[1 : len(names)] if cell]
        of_row = {_ALIKE.get(kind, kind) for kind in map(kind_of, cells)}
        if not row[0] or kind_of(row[0]) is Kind.NUMBER or len(cells) < 2 or len(of_row) > 1:
            return False
        kinds[of_row.pop()] += 1
    return len(kinds) > 1 and sum(kinds.values()) >= _FEWEST_ROWS


def width_of(row: Sequence[str]) -> int:
    """How many cells a row has up to its last that holds something."""
    blanks = next((blank for blank, cell in enumerate(reversed(row)) if cell), len(row))
    return len(row) - blanks
