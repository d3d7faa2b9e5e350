"""What a ranking is taken to say about whether its first passage holds the answer."""

from __future__ import annotations

import pytest

from nexus.answerability import Features, features_of
from nexus.confidence import calibration_for, probability
from nexus.models import Language

ANSWER = ("Fees", "Grace Hopper set the law fee in 1843. It is due in May.")
OTHER = ("Sports", "The gym opens early. Towels are free of charge.")


def of(question: str, *passages: tuple[str, str], relevances: tuple[float, ...] = ()) -> Features:
    return features_of(question, passages, [9.0, 3.0, 3.0, 3.0, 3.0, 3.0], relevances, 0.5)


def test_words_names_pairs_and_kind_of_the_answer_are_looked_for_in_the_first_passage() -> None:
    question = "When did Grace Hopper set the law fee?"
    found, lacking = of(question, ANSWER, OTHER), of(question, OTHER, ANSWER)
    assert (found.coverage, found.names, found.nameless, found.pairs) == (1, 1, 0, 1)
    assert (lacking.coverage, lacking.names, lacking.nameless, lacking.pairs) == (0, 0, 2, 0)
    assert (found.kind, lacking.kind) == (1, -1)
    assert found.sentence == 1
    assert lacking.sentence == -1
    assert found.repeated > lacking.repeated == 0


def test_what_the_first_passage_holds_is_compared_with_the_others() -> None:
    question = "When did Grace Hopper set the law fee?"
    found, lacking = of(question, ANSWER, OTHER), of(question, OTHER, ANSWER)
    assert (found.coverage_lead, lacking.coverage_lead) == (1, -1)
    assert (found.nameless_lead, lacking.nameless_lead) == (-2, 2)
    assert lacking.lacking == -found.lacking > 0
    alike = of(question, ANSWER, ANSWER)
    assert (alike.coverage_lead, alike.nameless_lead, alike.lacking) == (0, 0, 0)
    # More words, more that can be lacked; the share stays.
    longer = of("When did Grace Hopper set the law fee of bright new schools?", OTHER, ANSWER)
    assert longer.lacking == pytest.approx(lacking.lacking)
    assert longer.coverage_lead > lacking.coverage_lead


def test_a_question_that_does_not_say_the_kind_of_its_answer_is_told_apart() -> None:
    told, untold = of("Who set the fee?", ANSWER), of("Which rule set the fee?", ANSWER)
    assert (told.untold, untold.untold) == (0, 1)
    assert untold.kind == 0


def test_words_in_one_sentence_say_more_than_the_same_scattered() -> None:
    together = ("", "The law fee is due in May. Nothing else is.")
    apart = ("", "The law is old. The fee is low. May is warm. It is due.")
    question = "Is the law fee due in May?"
    near, far = of(question, together, OTHER), of(question, apart, OTHER)
    assert near.coverage == far.coverage == 1
    assert near.sentence > far.sentence


def test_the_lead_is_over_the_other_reranked_passages() -> None:
    clear = of("When is the fee due?", ANSWER, OTHER, relevances=(0.9, 0.1))
    close = of("When is the fee due?", ANSWER, OTHER, relevances=(0.9, 0.9))
    assert clear.relevance == close.relevance
    assert clear.lead > close.lead == 0
    assert of("When is the fee due?", ANSWER, OTHER).lead == 0


@pytest.mark.parametrize("reranked", [True, False])
@pytest.mark.parametrize("language", list(Language))
def test_an_answer_is_probable_and_its_absence_is_not(language: Language, reranked: bool) -> None:
    calibration = calibration_for(language, reranked=reranked, embedding_model="all-minilm-l6-v2")
    question = "When did Grace Hopper set the law fee?"
    found = features_of(
        question, [ANSWER, OTHER], [9.0, *[2.0] * 9], (0.99, 0.05) if reranked else (), 0.7
    )
    lacking = features_of(
        question, [OTHER, OTHER], [1.0, *[0.9] * 9], (0.02, 0.02) if reranked else (), 0.1
    )
    assert probability(found, calibration) > 0.85
    assert probability(lacking, calibration) < 0.3


def test_nothing_found_has_features_too() -> None:
    assert of("When?").coverage == 0
    assert of("", ANSWER).names == 1
