"""The grids that ruling lines make on a PDF page, found for a plain grid without grouping lines."""

import random

import pytest

from nexus.ingestion.parsing import pdf_grids
from nexus.ingestion.parsing.pdf_grids import grids
from nexus.ingestion.parsing.pdf_rulings import Ruling, Rulings

PLACES = (0.0, 50.0, 100.0, 150.0, 200.0)


def lines(chance, number):
    """Lines near the places, from one of the first to one of the last of them."""
    near = (0.0, 0.0, 2.0, -2.0, 4.0)
    return tuple(
        sorted(
            Ruling(
                chance.choice(PLACES) + chance.choice(near),
                chance.choice(PLACES[:2]) + chance.choice(near),
                chance.choice(PLACES[3:]) + chance.choice(near),
            )
            for _ in range(number)
        )
    )


@pytest.mark.parametrize("seed", range(200))
def test_a_grid_is_the_same_whether_its_lines_are_grouped_or_not(seed, monkeypatch):
    chance = random.Random(seed)
    ruled = Rulings(lines(chance, chance.randint(1, 5)), lines(chance, chance.randint(1, 5)))
    found = list(grids(ruled))
    monkeypatch.setattr(pdf_grids, "_across_all", lambda *_: None)
    assert found == list(grids(ruled))


def test_a_line_that_touches_no_other_is_no_part_of_a_plain_grid():
    sides = tuple(Ruling(x, 100.0, 200.0) for x in (0.0, 50.0, 100.0))
    levels = tuple(Ruling(y, 0.0, 100.0) for y in (20.0, 100.0, 150.0, 200.0))
    (grid,) = grids(Rulings(levels, sides))
    assert grid.rows == (200.0, 150.0, 100.0)
