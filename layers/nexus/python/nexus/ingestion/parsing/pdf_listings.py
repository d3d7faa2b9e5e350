"""Cuts the listings of a PDF page, whose letters are all as wide, where their lines show columns.

In a listing one blank parts words and more than one part columns. The longest entry of a column
may be one blank away from the next, though: it ends where the entries beside it begin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from nexus.ingestion.parsing.pdf_lines import Line

# Entries begin a column where they do in so many rows, and in this share of the listing's.
_FEWEST_ROWS, _SHARE = 2, 0.7
_BEGIN = re.compile(r"(?<= )\S")


def cut_at_columns(lines: Sequence[list[Line]]) -> Iterator[list[Line]]:
    """The lines of one listing, each as its runs of words, cut where others have columns, too."""
    begun = Counter(round(run.left) for runs in lines for run in runs[1:])
    needed = max(_FEWEST_ROWS, _SHARE * len(lines))
    places = {x + near for x, rows in begun.items() if rows >= needed for near in (-1, 0, 1)}
    for runs in lines:
        yield [part for run in runs for part in _cut(run, places)] if places else runs


def _cut(run: Line, places: Collection[int]) -> Iterable[Line]:
    """The run, cut before each word that begins at one of the places, in whole points."""
    text, left = run.text, run.left
    pitch = (run.right - left) / len(text)
    cuts = [
        at
        for at in map(re.Match.start, _BEGIN.finditer(text))
        if round(left + pitch * at) in places
    ]
    if not cuts:
        return (run,)
    return [
        run._replace(
            text=text[start:end].rstrip(),
            left=left + pitch * start,
            right=left + pitch * (end - 1 if end < len(text) else end),
        )
        for start, end in pairwise((0, *cuts, len(text)))
    ]
