"""The grids that ruling lines make on a PDF page, found for a plain grid without grouping lines."""

import io
import random

import pytest
from reportlab.pdfgen import canvas

from nexus.ingestion.parsing import pdf_grids
from nexus.ingestion.parsing.pdf_grids import grids
from nexus.ingestion.parsing.pdf_rulings import Ruling, Rulings
from tests.unit import documents_made as made

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


def test_a_grid_among_very_many_texts_is_found():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(595, 842), invariant=1)
    sheet.setFont("Courier", 12)
    sheet.grid([60, 200, 560], [640, 680, 720, 760])
    cells = [(66, 735, "Pump"), (206, 735, "Hours"), (66, 702, "Borealis"), (66, 662, "Meridian")]
    cells += [
        (206, 705, "Starts at nine in the morning"),
        (206, 690, "Stops at five in the afternoon"),
    ]
    cells += [
        (206, 665, "Starts at ten on every Sunday"),
        (206, 650, "Stops at two in the afternoon"),
    ]
    for x, y, words in cells:
        for at, letter in enumerate(words):  # each painted on its own
            sheet.drawString(x + 7.2 * at, y, letter)
    sheet.save()
    assert made.lines(made.read(buffer.getvalue(), "a.pdf")) == [
        "Pump: Borealis; Hours: Starts at nine in the morning Stops at five in the afternoon\n"
        "Pump: Meridian; Hours: Starts at ten on every Sunday Stops at two in the afternoon"
    ]
