"""Where a question and the sentence nearest to it disagree, and what that takes from certainty."""

from __future__ import annotations

import pytest

from nexus.retrieval.answer_kinds import names_holder
from nexus.retrieval.mismatch import Mismatch, mismatch_of
from nexus.retrieval.told import is_told, told

TEXT = "The law library opened in 1843 in the east hall. Its first keeper was Ada Smith."


def of(question: str) -> Mismatch:
    return mismatch_of(question, "Library", TEXT)


def test_names_and_numbers_that_the_nearest_sentence_lacks_are_counted() -> None:
    asked = of("In which hall did the law library open in 1844 with Bert Jones?")
    assert (asked.names, asked.numbers) == (2, 1)
    same = of("In which hall did the law library open in 1843?")
    assert (same.names, same.numbers) == (0, 0)


def test_a_negation_an_opposite_and_a_degree_are_seen() -> None:
    assert of("What hall did the law library not open in?").negated == 1
    assert of("In the west hall of what did the law library open?").opposite == 1
    assert of("Who was the last keeper of the library?").degrees == 1
    assert of("Who was the first keeper of the library?") == Mismatch(kind=1)


@pytest.mark.parametrize(
    ("question", "sentence", "named"),
    [
        ("Who is the rector?", "The Rector of Nusantara Institute signs every diploma.", False),
        ("Who is the rector?", "The Rector is Prof. Budi Santoso.", True),
        ("Siapa rektornya?", "Rektor menandatangani ijazah.", False),
        ("Siapa rektor?", "Rektor: Ratih Wulandari", True),
        ("Who is the head of the Admissions Office?", "Head: Ratih Wulandari", True),
        ("Who is the rector?", "The dean is Ratih Wulandari.", False),
        ("Who is Tesla?", "Anything.", None),
        ("Who paid the fee?", "Anything.", None),
    ],
)
def test_who_holds_a_post_is_named_beside_the_post(
    question: str, sentence: str, named: bool | None
) -> None:
    assert names_holder(question, sentence) is named


@pytest.mark.parametrize("gate", ["answerable", "off_topic"])
def test_what_offers_nothing_of_the_kind_asked_for_is_never_sure(gate: str) -> None:
    text = "The Rector of the Institute signs every diploma."
    for question in ("Who is the rector?", "Siapa rektor?", "When does the rector sign?"):
        assert not is_told(mismatch_of(question, "", text), 0.999, gate)
    assert is_told(of("Who was the first keeper of the library?"), 0.999, gate)


def test_each_disagreement_makes_an_answer_less_probable() -> None:
    agreed = told(Mismatch(kind=1), 0.95)
    for field in ("names", "numbers", "degrees", "negated", "opposite"):
        assert told(Mismatch(kind=1, **{field: 1.0}), 0.95) < agreed
    assert told(Mismatch(kind=1), 0.5) < agreed


def test_only_a_model_that_answers_everything_is_doubted_for_names() -> None:
    asked = of("In which hall did the law library open with Bert Jones?")
    assert not is_told(asked, 0.999, "answerable")
    assert is_told(asked, 0.999, "off_topic")


def test_nothing_to_read_is_no_disagreement() -> None:
    assert mismatch_of("Is it?", "", "") == Mismatch()
