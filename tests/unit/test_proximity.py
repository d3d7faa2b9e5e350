"""What of a question stands together in a passage decides between passages that are alike."""

from __future__ import annotations

import pytest

from nexus.models import Hit
from nexus.retrieval.fusion import rank
from nexus.retrieval.proximity import MANY, PAIRS_WEIGHT, SENTENCE_WEIGHT, proximities
from nexus.retrieval.selection import Ranked
from nexus.text.wordings import wording
from tests.growth.measuring import superlinear
from tests.unit.test_said import hit

QUESTION = "Who repaired the harbour crane?"
TOGETHER = "Ina Storm repaired the harbour crane. The ferry sails daily."
SCATTERED = "A crane stands there. The harbour is old. Somebody repaired it."


def gains(question: str, *texts: str, tongue: str = "en") -> list[float]:
    found = proximities(question, tongue, [hit(str(n), text, 1) for n, text in enumerate(texts)])
    return list(found.values())


def test_what_one_sentence_holds_and_what_stands_side_by_side_counts() -> None:
    together, scattered, nothing = gains(QUESTION, TOGETHER, SCATTERED, "Tea is served at four.")
    # "who repaired" alone of its four pairs stands in no passage.
    assert together == pytest.approx(SENTENCE_WEIGHT + PAIRS_WEIGHT * 3 / 4)
    # One of its three words in each sentence, one pair of four ("the harbour").
    assert SENTENCE_WEIGHT / 4 + PAIRS_WEIGHT / 4 < scattered < together / 2
    assert nothing == 0


def test_a_word_that_few_of_the_passages_hold_counts_more() -> None:
    rare, common = gains("the crane, harbour", "A crane.", "A harbour.", "A harbour.")[:2]
    assert rare > common > 0


def test_a_words_stem_stands_for_it_and_a_part_of_a_word_for_none() -> None:
    assert gains("crane repairs", "The cranes' repair.")[0] > SENTENCE_WEIGHT
    assert gains("crane repair", "Hurricane despairing.") == [0]
    assert gains("crane repair", "Repair of a crane.") == [SENTENCE_WEIGHT]


@pytest.mark.parametrize("text", ["", "   ", "?!"])
def test_a_question_or_passage_without_words_gains_nothing(text: str) -> None:
    assert gains(text, TOGETHER) == [0]
    assert gains(QUESTION, text) == [0]
    assert gains(QUESTION) == []


def test_words_of_scripts_without_blanks_stand_together_as_pairs_of_letters() -> None:
    together, apart = gains(
        "図書館の罰金", "図書館の罰金です。", "図書館です。罰金です。", tongue="ja"
    )
    assert together > apart > 0


def test_of_many_pairs_the_same_share_counts_as_of_few() -> None:
    words = [f"{number}" for number in range(2 * MANY)]
    assert gains(" ".join(words), " ".join(words))[0] == pytest.approx(
        SENTENCE_WEIGHT + PAIRS_WEIGHT
    )
    assert gains(" ".join(words), "\n".join(words))[0] == pytest.approx(
        SENTENCE_WEIGHT / len(words) + PAIRS_WEIGHT
    )
    assert gains(" ".join(words), " ".join(reversed(words)))[0] == pytest.approx(SENTENCE_WEIGHT)


@pytest.mark.parametrize("between", [" ", "\n", ". A"])
def test_a_long_question_and_long_passages_take_time_in_proportion(between: str) -> None:
    def work(text: str) -> None:
        wording.cache_clear()
        gains(text, *(f"{text} {number}" for number in range(4)))

    def text_of(size: int) -> str:
        return between.join(f"{number:04}" for number in range(size // (4 + len(between))))

    assert superlinear(work, text_of, sizes=(1_280, 5_120)) is None


def test_of_two_alike_that_one_comes_first_which_says_it_together() -> None:
    hits = [hit("scattered", SCATTERED, 1), hit("together", TOGETHER, 1)]
    relevances = {"scattered": 0.6, "together": 0.55}
    assert order(hits, relevances, {}) == ["scattered", "together"]
    assert order(hits, relevances, proximities(QUESTION, "en", hits)) == ["together", "scattered"]
    sure = {"scattered": 0.9, "together": 0.2}
    assert order(hits, sure, proximities(QUESTION, "en", hits)) == ["scattered", "together"]


def test_a_list_of_contents_does_not_come_before_what_it_lists() -> None:
    listed = f"Who repaired the harbour crane {'. ' * 40}12"
    hits = [hit("entry", SCATTERED, 1), hit("contents", listed, 1)]
    together = proximities(QUESTION, "en", hits)
    assert together["contents"] == 0
    assert order(hits, {"entry": 0.6, "contents": 0.6}, together) == ["entry", "contents"]


def test_what_is_in_another_language_is_compared_with_the_best_as_before() -> None:
    hits = [hit(name, "", 1) for name in ("own", "near", "foreign", "far")]
    relevances = {"own": 0.6, "near": 0.5, "foreign": 0.55, "far": 0.45}
    before = {item.hit.chunk_id: item.relevance for item in ranked(hits, relevances, {})}
    together = {"own": 2.0, "near": 2.6, "far": 1.0}
    after = {item.hit.chunk_id: item.relevance for item in ranked(hits, relevances, together)}
    assert after["own"] == before["own"]
    assert after["foreign"] == before["foreign"]
    assert after["near"] > after["own"] > after["foreign"] > after["far"]
    assert after["far"] < before["far"]
    foreign_first = {**relevances, "foreign": 0.7}
    assert ranked(hits, foreign_first, together) == ranked(hits, foreign_first, {})


def ranked(
    hits: list[Hit], relevances: dict[str, float], together: dict[str, float]
) -> list[Ranked]:
    return rank([(one, 0.5) for one in hits], relevances, {}, {}, together)


def order(hits: list[Hit], relevances: dict[str, float], together: dict[str, float]) -> list[str]:
    return [item.hit.chunk_id for item in ranked(hits, relevances, together)]
