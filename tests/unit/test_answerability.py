"""What a ranking is taken to say about whether its first passage holds the answer."""

from __future__ import annotations

import math

import pytest

from nexus.models import Language
from nexus.retrieval.answerability import LOGIT_LIMIT, Features, features_of
from nexus.retrieval.confidence import calibration_for, probability

ANSWER = ("Fees", "Grace Hopper set the law fee in 1843. It is due in May.")
OTHER = ("Sports", "The gym opens early. Towels are free of charge.")


def of(question: str, *passages: tuple[str, str], relevances: tuple[float, ...] = ()) -> Features:
    read = [(*passage, None) for passage in passages]
    return features_of(question, read, [9.0, 3.0, 3.0, 3.0, 3.0, 3.0], relevances, 0.5)


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


def test_the_rerankers_word_is_in_logits_and_certain_is_six_of_them() -> None:
    assert of("When?", ANSWER, relevances=(0.5,)).relevance == 0
    assert of("When?", ANSWER, relevances=(0.9,)).relevance == pytest.approx(2.197, abs=0.001)
    assert of("When?", ANSWER, relevances=(1.0,)).relevance == pytest.approx(LOGIT_LIMIT)
    assert of("When?", ANSWER, relevances=(0.0,)).relevance == pytest.approx(-LOGIT_LIMIT)


def test_a_lead_is_over_the_mean_of_the_nine_passages_after_the_first() -> None:
    question, named, other = "Is the gym in Oslo?", ("", "Oslo is old."), ("", "The gym is old.")
    assert of(question, named, named, other).nameless_lead == -0.5
    assert of(question, named, *[other] * 9).nameless_lead == -1
    # The eleventh and later only say which words are rare.
    assert of(question, named, *[other] * 9, *[named] * 10).nameless_lead == -1


def test_a_word_that_stands_everywhere_counts_less_than_a_rare_one() -> None:
    question = "Is the gym in Oslo?"
    common, rare = ("", "The gym is old."), ("", "Oslo is old.")
    others = [("", "A gym.")] * 6
    assert of(question, common, rare, *others).coverage < 0.5
    assert of(question, rare, common, *others).coverage > 0.5


def test_the_gap_compares_the_best_lexical_score_with_the_next_ten() -> None:
    def gap(*scores: float) -> float:
        return features_of("When?", [(*ANSWER, None)], scores, (), 0.5).gap

    assert gap(8.0, *[2.0] * 10) == gap(8.0, *[2.0] * 10, *[0.0] * 9) == 0.75
    assert gap(8.0, 2.0, 2.0, 2.0, 2.0, 2.0) == 0.75
    assert gap(8.0, 2.0, 2.0, 2.0, 2.0) == 0  # too few to say
    assert gap() == 0


def test_the_cosine_is_passed_on_and_the_length_counts_content_words() -> None:
    found = of("When is the law fee due?", ANSWER)
    assert found.cosine == 0.5
    assert found.length == pytest.approx(math.log(4))


def test_a_word_counts_at_most_three_times() -> None:
    often = ("", "Fee, fee, fee, fee and fee.")
    assert of("Which fee?", often).repeated == 3


def test_names_are_capitals_inside_the_question_and_numbers() -> None:
    # The first word has its capital from grammar, and so have function words in a title.
    assert of("Oslo and Lima in 1843?", OTHER).nameless == 2
    assert of("Is it In The Gym?", OTHER).nameless == 0


def test_a_title_speaks_for_each_of_its_sentences() -> None:
    titled, bare = ("Law fee", "It is due in May."), ("", "It is due in May.")
    question = "When is the law fee due?"
    assert of(question, titled).coverage == 1 > of(question, bare).coverage
    assert of(question, titled, bare).sentence > 0


def test_what_the_question_itself_names_is_no_answer_of_its_kind() -> None:
    told = ("", "The fee of May is low.")
    assert of("When is the fee of May due?", told).kind == -1
    assert of("When is the fee due?", told).kind == 1


@pytest.mark.parametrize("reranked", [True, False])
@pytest.mark.parametrize("language", list(Language))
def test_an_answer_is_probable_and_its_absence_is_not(language: Language, reranked: bool) -> None:
    calibration = calibration_for(language, reranked=reranked, embedding_model="all-minilm-l6-v2")
    question = "When did Grace Hopper set the law fee?"
    answer, other = (*ANSWER, None), (*OTHER, None)
    found = features_of(
        question, [answer, other], [9.0, *[2.0] * 9], (0.99, 0.05) if reranked else (), 0.7
    )
    lacking = features_of(
        question, [other, other], [1.0, *[0.9] * 9], (0.02, 0.02) if reranked else (), 0.1
    )
    assert probability(found, calibration) > 0.85
    assert probability(lacking, calibration) < 0.3


def test_nothing_found_has_features_too() -> None:
    assert of("When?").coverage == 0
    assert of("", ANSWER).names == 1
