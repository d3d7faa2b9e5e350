"""The question's language decides the wording of refusals and the weights of the rankings."""

from __future__ import annotations

import pytest

from nexus.models import Language
from nexus.text.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When is the library open?", Language.ENGLISH),
        ("Kapan perpustakaan buka?", Language.INDONESIAN),
        ("Berapa biaya kuliah untuk program magister?", Language.INDONESIAN),
        ("How much is the biaya pendaftaran for the programme?", Language.ENGLISH),
        ("B-204", Language.ENGLISH),
        ("", Language.ENGLISH),
    ],
)
def test_languages_are_told_by_their_function_words(text: str, language: Language) -> None:
    assert language_of(text) is language
