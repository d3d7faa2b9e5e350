"""Chooses the borders of chunks by content, so that an edit moves only the borders around it.

At first every piece is a chunk of its own. Borders are then given up one by one in an order that
their own words decide, each if the chunk that it leaves is small enough. Whether a border stands so
depends on few borders around it, and what is far from an edit is cut as before, wherever it
stands. (Filling chunks from the start moves every border after an edit; so does every rule that
asks where the chunk before ended.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

from nexus.ingestion.pieces import Piece

# A chunk shorter than an eighth of the longest joins a neighbour if the two together are at most
# 1.2 times the longest.
_TINY = 8
_LONGEST = 1.2
# A border keeps its place in the order when words beyond the first few of its paragraph change.
_FIRST_WORDS = 48
_LOOK_AHEAD = 12


def chunk_ranges(
    section: str, pieces: Sequence[Piece], longest: int, full: int
) -> list[tuple[int, int]]:
    """The pieces of each chunk, as indices: from the first to before the second.

    A chunk of several pieces has at most `full` characters, or 1.2 times `longest` where a tiny one
    joined it. All the pieces are one chunk if they have at most `longest` characters, and two if
    they can be.
    """
    start, end = pieces[0].start, pieces[-1].end
    if end - start <= longest:
        return [(0, len(pieces))]
    standing = _weakest_first(section, pieces)
    halving = [
        border
        for border in standing
        if pieces[border - 1].end - start <= full and end - pieces[border].start <= full
    ]
    standing = halving[-1:] or _standing(pieces, standing, longest, full)
    return list(pairwise([0, *sorted(standing), len(pieces)]))


def _standing(
    pieces: Sequence[Piece], weakest_first: Sequence[int], longest: int, full: int
) -> list[int]:
    """The borders that stand when no two neighbours fit into a chunk."""
    # The first piece of the chunk that ends with a piece, and the last of the one that begins so.
    first, last = list(range(len(pieces))), list(range(len(pieces)))
    standing = list(weakest_first)
    for joins_tiny in (False, True):
        kept = []
        for border in standing:
            left, right = first[border - 1], last[border]
            start, end = pieces[left].start, pieces[right].end
            if joins_tiny:
                shorter = min(pieces[border - 1].end - start, end - pieces[border].start)
                fits = shorter * _TINY < longest and end - start <= _LONGEST * longest
            else:
                fits = end - start <= full
            if fits:
                first[right], last[left] = left, right
            else:
                kept.append(border)
        standing = kept
    return standing


def _weakest_first(section: str, pieces: Sequence[Piece]) -> list[int]:
    """The borders (each as the index of the piece after it) in the order they are given up.

    Equal pieces are told apart by the pieces after them; where those are equal too, the chunks
    fill from the start, and equal texts become equal chunks.
    """
    texts = [section[piece.start : min(piece.end, piece.start + _FIRST_WORDS)] for piece in pieces]
    # In listings and tables many begin alike.
    digests = {text: _digest(text) for text in set(texts)}
    begins = [digests[text] for text in texts]
    borders = range(1, len(pieces))
    if len(digests) == len(pieces):
        return sorted(borders, key=lambda at: (pieces[at].border, begins[at]))
    whole = [
        begin
        if piece.end - piece.start <= _FIRST_WORDS
        else _digest(section[piece.start : piece.end])
        for piece, begin in zip(pieces, begins, strict=True)
    ]
    return sorted(
        borders, key=lambda at: (pieces[at].border, begins[at], whole[at : at + _LOOK_AHEAD])
    )


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
