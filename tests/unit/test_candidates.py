"""What the local model takes for the words of a passage's sentences."""

from __future__ import annotations

from cli.local.models.candidates import candidates
from cli.local.models.prompt_reader import AnswerPrompt, QuotedPassage
from cli.local.models.words import stem

FINE = "The fine for an overdue book is IDR 1,000 for each day that the reader is late."


def stems_of(question: str) -> tuple[str, ...]:
    passage = QuotedPassage(1, "Library rules", "", FINE)
    return candidates(AnswerPrompt(question, (passage,), ()))[0].stems


def test_words_of_the_other_language_are_read_as_the_question_s() -> None:
    stems = stems_of("Berapa denda untuk buku yang terlambat dikembalikan?")
    assert {stem("denda"), stem("buku")} <= set(stems)
    assert stem("fine") not in stems


def test_words_of_the_same_and_of_an_unknown_language_stay() -> None:
    assert stem("fine") in stems_of("What is the fine for a book?")
    assert stem("fine") in stems_of("Combien coûte un livre rendu en retard à la bibliothèque ?")
