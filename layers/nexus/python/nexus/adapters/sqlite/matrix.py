"""A namespace's vectors in memory, rounded: they tell which few of them may be the nearest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Rows lie in blocks, so that a matrix grows without a second copy of itself. So many numbers stay
# in a core's cache while a block is widened to float32 and multiplied.
BLOCK_NUMBERS = 384 * 1024

# The largest number of an int16, to which the largest of a row is scaled.
_LARGEST = 32_767

Vector = NDArray[np.float32]
Places = NDArray[np.intp]


class Matrix:
    """Vectors of one dimension under the ids of their chunks, in no order: 2 bytes a number.

    A number is rounded to a 32,767th of the row's largest, which moves a cosine by some hundred
    thousandths: so the file's own vectors need be read only of the few that come close. One thread
    at a time may use it.
    """

    def __init__(self, dimension: int, block_numbers: int = BLOCK_NUMBERS) -> None:
        self.dimension = dimension
        self._per_block = max(1, block_numbers // dimension)
        self._blocks: list[NDArray[np.int16]] = []
        self._widened: Vector = np.empty((self._per_block, dimension), dtype=np.float32)
        self._count = 0
        self._ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        # The least length of a row whose largest number is scaled to 1, so 1 or more.
        self._shortest = float(dimension)
        # What makes a row's product with a unit vector their cosine.
        self._factors: Vector = np.empty(0, dtype=np.float32)

    def __len__(self) -> int:
        return self._count

    def add(self, ids: Sequence[int], vectors: Sequence[bytes]) -> None:
        """Appends rows, each given as its numbers in float32; none may be there already."""
        given = _rows(vectors, self.dimension)
        self._make_room(len(ids))
        end = self._count + len(ids)
        rows = given / _or_one(np.abs(given).max(axis=1))[:, None]
        lengths = _or_one(np.linalg.norm(rows, axis=1))
        self._shortest = float(lengths.min(initial=self._shortest))
        self._ids[self._count : end] = ids
        self._factors[self._count : end] = 1 / (_LARGEST * lengths)
        rounded = np.rint(rows * _LARGEST).astype(np.int16)
        while len(rounded):
            block, start = divmod(self._count, self._per_block)
            if block == len(self._blocks):
                self._blocks.append(np.empty((self._per_block, self.dimension), dtype=np.int16))
            fitting = min(len(rounded), self._per_block - start)
            self._blocks[block][start : start + fitting] = rounded[:fitting]
            rounded = rounded[fitting:]
            self._count += fitting

    def remove(self, ids: Sequence[int]) -> None:
        """Takes rows out; the last ones move into their places. Unknown ids are ignored."""
        gone = self._places(ids)
        kept = self._count - len(gone)
        holes = gone[gone < kept]
        moving = np.setdiff1d(np.arange(kept, self._count), gone, assume_unique=True)
        for hole, mover in zip(holes.tolist(), moving.tolist(), strict=True):
            self._row(hole)[:] = self._row(mover)
        self._ids[holes] = self._ids[moving]
        self._factors[holes] = self._factors[moving]
        self._count = kept
        del self._blocks[-(-kept // self._per_block) :]

    def candidates(
        self, vector: Vector, top_k: int, among: Sequence[int] | None = None
    ) -> list[int]:
        """Ids of rows that hold, for certain, the `top_k` nearest to a unit vector; few others.

        `among` limits the ids, and what is multiplied.
        """
        places = np.arange(self._count) if among is None else self._places(among)
        if len(places) > top_k:
            scores = self._scores(vector, None if among is None else places)
            last = np.partition(scores, len(scores) - top_k)[len(scores) - top_k]
            places = places[scores >= last - 2 * self._error(vector)]
        return [int(number) for number in self._ids[places]]

    def _make_room(self, rows: int) -> None:
        needed = self._count + rows
        if needed > len(self._ids):
            more = max(self._per_block, needed + needed // 4) - len(self._ids)
            self._ids = np.concatenate((self._ids, np.empty(more, dtype=np.int64)))
            self._factors = np.concatenate((self._factors, np.empty(more, dtype=np.float32)))

    def _places(self, ids: Sequence[int]) -> Places:
        """Where these ids lie, ascending."""
        wanted = np.asarray(ids, dtype=np.int64)
        return np.flatnonzero(np.isin(self._ids[: self._count], wanted))

    def _row(self, place: int) -> NDArray[np.int16]:
        block, at = divmod(place, self._per_block)
        row: NDArray[np.int16] = self._blocks[block][at]
        return row

    def _scores(self, vector: Vector, places: Places | None) -> Vector:
        """Cosines of the rows at ascending places, or of all, each off by at most `_error`."""
        factors = self._factors[: self._count] if places is None else self._factors[places]
        scores: Vector = np.empty(len(factors), dtype=np.float32)
        done = 0
        for number, block in enumerate(self._blocks):
            start = number * self._per_block
            rows = block[: self._count - start]
            if places is not None:
                end = int(np.searchsorted(places, start + len(rows)))
                rows = rows[places[done:end] - start]
            widened = self._widened[: len(rows)]
            np.copyto(widened, rows)
            # Not `@`: BLAS takes twice as long over so few columns, and wakes threads for each.
            np.einsum("ij,j->i", widened, vector, out=scores[done : done + len(rows)])
            done += len(rows)
        scores *= factors
        return scores

    def _error(self, vector: Vector) -> float:
        """The most that one of `_scores` can be off.

        Rounding moves each of a row's numbers by half a step. A product in float32 adds a unit
        roundoff for each of its numbers (Higham, Accuracy and Stability of Numerical Algorithms,
        section 3.1), and the norm, which NumPy sums pairwise, a few.
        """
        rounding = float(np.abs(vector).sum()) * 0.5 / (_LARGEST * self._shortest)
        return rounding + (self.dimension + 32) * 2.0**-24


def unit(vector: Sequence[float]) -> Vector:
    """The vector as float32 of length one; all zeros stay zeros."""
    array = np.asarray(vector, dtype=np.float32)
    norm = float(np.linalg.norm(array))
    return array / np.float32(norm) if norm else array


def cosines(vector: Vector, others: Sequence[bytes]) -> list[float]:
    """Cosines of a unit vector with others, given as float32; of zeros 0.

    Each is computed by itself in float64, so that it is the same to the last bit whatever else is
    asked for.
    """
    one, found = vector.astype(np.float64), []
    for start in range(0, len(others), 256):
        rows = _rows(others[start : start + 256], len(vector)).astype(np.float64)
        norms = _or_one(np.sqrt((rows * rows).sum(axis=1)))
        found += ((rows * one).sum(axis=1) / norms).tolist()
    return found


def _rows(vectors: Sequence[bytes], dimension: int) -> Vector:
    """Vectors as rows; one with what is no number is all zeros, so that it spoils no search."""
    rows = np.frombuffer(b"".join(vectors), dtype=np.float32).reshape(len(vectors), dimension)
    good = np.all(np.isfinite(rows), axis=1, keepdims=True)
    return rows if good.all() else np.where(good, rows, np.float32(0))


def _or_one(lengths: NDArray[np.floating]) -> NDArray[np.floating]:
    """Lengths to divide by: 1 in place of 0."""
    lengths[lengths == 0] = 1
    return lengths
