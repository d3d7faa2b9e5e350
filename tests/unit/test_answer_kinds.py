"""What kind of thing a sentence offers: a month is no person, and Rp15.000 is an amount."""

from __future__ import annotations

import pytest

from nexus.retrieval.answer_kinds import AnswerKind, asked_kind, offers


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("person", "It is given from 1 October to 15 December, on a Monday."),
        ("person", "Uang jaminan Rp200.000 dikembalikan pada hari Jumat."),
        ("person", "It costs IDR 210,000 or USD 12."),
        ("person", "The vaccination is in Room 6, the desk in Hall B12."),
        ("person", "Fee; Place: free; Duration: short"),
    ],
)
def test_what_names_nobody_is_no_person(kind: AnswerKind, text: str) -> None:
    assert not offers(kind, text, frozenset())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("person", "It is led by Ratna Wulandari."),
        ("person", "Technician: Hendra Salim"),
        ("person", "The course is taught by Marta in May."),
        ("amount", "Mencetak satu lembar dikenai Rp3.000."),
        ("amount", "Tarifnya Rp 3.000 sehari."),
        ("amount", "It costs USD15."),
    ],
)
def test_names_and_amounts_are_known_however_they_are_written(kind: AnswerKind, text: str) -> None:
    assert offers(kind, text, frozenset())


def test_an_age_is_a_number() -> None:
    assert asked_kind("From what age may I come?") == "number"
