"""The stop behind a day of the month ends no sentence."""

from __future__ import annotations

import pytest

from cli.local.models.sentences import split_units
from nexus.text.sentences import sentence_spans

DATED = "Die Anmeldung endet am 15. September um 12 Uhr. Der Kurs beginnt am 3. Oktober."
COUNTED = "We have room for 15. Septic tanks are not allowed."


def cut(text: str) -> tuple[list[str], list[str]]:
    quotable = [text[unit.start : unit.end] for unit in split_units(text)]
    return quotable, [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize("text", [DATED, COUNTED])
def test_a_stop_behind_a_day_of_the_month_ends_no_sentence(text: str) -> None:
    quotable, checked = cut(text)
    assert quotable == checked
    assert len(quotable) == 2
    assert " ".join(quotable) == text
