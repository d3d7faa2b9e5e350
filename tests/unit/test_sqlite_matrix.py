"""A matrix holds what was added and not removed, and its candidates hold the nearest of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus.adapters.sqlite.matrix import Matrix, Vector, cosines, unit

DIMENSION = 6
# Three rows a block, so that what is added and removed crosses blocks.
BLOCK = 3 * DIMENSION + 1

STEPS = st.lists(
    st.tuples(st.integers(0, 9), st.lists(st.integers(0, 60), max_size=8)), min_size=1, max_size=15
)


def blob(numbers: Sequence[float] | Vector) -> bytes:
    return np.asarray(numbers, dtype=np.float32).tobytes()


def nearest(held: dict[int, bytes], vector: Vector, top_k: int) -> set[int]:
    """Ids of the rows that no answer may leave out: those better than the last of the best."""
    scores = dict(zip(held, cosines(vector, list(held.values())), strict=True))
    best = sorted(scores.values(), reverse=True)[:top_k]
    return {number for number in held if len(held) <= top_k or scores[number] >= best[-1]}


@settings(max_examples=200, deadline=None)
@given(steps=STEPS, seed=st.integers(0, 1000), top_k=st.integers(1, 12))
def test_candidates_hold_the_nearest_of_what_is_there(
    steps: list[tuple[int, list[int]]], seed: int, top_k: int
) -> None:
    chance = np.random.default_rng(seed)
    matrix, held, number = Matrix(DIMENSION, BLOCK), dict[int, bytes](), 0
    for adding, removing in steps:
        # Lengths of every size, and directions that differ in the last bits only.
        near = 1 + chance.standard_normal((adding, DIMENSION)) * 10.0 ** chance.integers(-8, 1)
        rows = [blob(row * 10.0 ** chance.integers(-10, 10)) for row in near]
        new = range(number, number + adding)
        number += adding
        matrix.add(list(new), rows)
        held.update(zip(new, rows, strict=True))
        matrix.remove(removing)
        for one in removing:
            held.pop(one, None)
        assert len(matrix) == len(held)
        vector = unit((1 + chance.standard_normal(DIMENSION) * 0.1).tolist())
        among = [one for one in held if one % 3]
        found = matrix.candidates(vector, top_k)
        assert sorted(set(found)) == sorted(found)
        assert nearest(held, vector, top_k) <= set(found) <= held.keys()
        some = matrix.candidates(vector, top_k, among)
        assert nearest({one: held[one] for one in among}, vector, top_k) <= set(some)
        assert set(some) <= set(among)


@pytest.mark.parametrize("dimension", [384, 1536])
def test_candidates_are_few(dimension: int) -> None:
    chance = np.random.default_rng(3)
    centre = chance.standard_normal(dimension) * 2  # cosines of about 0.8, as embedders have them
    rows = (centre + chance.standard_normal((5000, dimension))).astype(np.float32)
    matrix = Matrix(dimension)
    matrix.add(range(5000), [blob(row) for row in rows])
    vector = unit((centre + chance.standard_normal(dimension)).tolist())
    assert 30 <= len(matrix.candidates(vector, 30)) <= 40


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 0.0])
def test_a_vector_that_is_none_spoils_no_search(odd: float) -> None:
    matrix = Matrix(2)
    rows = [blob((odd, odd)), blob((1, 0)), blob((0, -1))]
    matrix.add([1, 2, 3], rows)
    assert matrix.candidates(unit((1.0, 0.0)), 1) == [2]
    assert cosines(unit((1.0, 0.0)), rows) == [0.0, 1.0, 0.0]
