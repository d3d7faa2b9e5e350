"""A question in another language than its passage is not refused, nor told as doubtful, for it."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from nexus.models import Filters
from nexus.retrieval.apart import apart, passage_tongue, tongue_of_question
from nexus.retrieval.confidence import ACROSS, FUSED, RERANKED, calibration_for, level_of
from nexus.retrieval.fusion import ACROSS_LEXICAL_WEIGHT, fuse
from nexus.retrieval.retriever import Retrieved, Retriever
from tests.unit.test_gate import SMALL, SYNONYMS, ScriptedCosines, hit, lines, spread
from tests.unit.test_retrieval import ALICE, CONFIG, Library

PAIRS = lines("across")


class Shelf:
    """All passages of the golden sets as a tenant's documents, without a reranker."""

    def __init__(self) -> None:
        self.library = Library()
        self.index = ScriptedCosines()
        self.index.spaces = self.library.index.spaces
        texts = {item["text"]: item["title"] for item in (*PAIRS, *SYNONYMS)}
        for number, (text, title) in enumerate(texts.items()):
            self.library.add("acme", f"{number}.txt", text, title=title)

    def find(
        self, item: dict[str, Any], cosine: float, executor: Executor, **settings: Any
    ) -> Retrieved:
        question = item["question"]
        self.index.question = question
        self.index.nearest[question] = (item["text"], cosine)
        config = replace(CONFIG, embedding_model=SMALL, **settings)
        retriever = Retriever(
            self.index,
            self.library.catalogue,
            self.library.embedder,
            None,
            config,
            replace(CONFIG.generation, embedding_model=SMALL),
            executor,
        )
        return retriever.retrieve(ALICE, question, 5, Filters())


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="module")
def executor():
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest.mark.parametrize("part", ["tuned", "held"])
@pytest.mark.parametrize("gate", ["off_topic", "answerable"])
def test_right_passages_in_another_language_are_found_first_and_not_refused(
    shelf: Shelf, executor: Executor, part: str, gate: str
) -> None:
    cosines = spread(PAIRS, 0.35, 0.60)
    asked = [item for item in PAIRS if item["part"] == part]
    found = [shelf.find(item, cosines[item["question"]], executor, gate=gate) for item in asked]
    refused = [item["id"] for item, one in zip(asked, found, strict=True) if not one.is_enough]
    assert len(refused) <= 1, refused
    first = [one.passages[0].text == item["text"] for item, one in zip(asked, found, strict=True)]
    assert sum(first) >= 0.9 * len(asked)


@pytest.mark.parametrize("part", ["tuned", "held"])
def test_a_near_passage_in_another_language_is_not_told_as_doubtful(
    shelf: Shelf, executor: Executor, part: str
) -> None:
    asked = [item for item in PAIRS if item["part"] == part]
    levels = [
        level_of(shelf.find(item, 0.5, executor).probability, CONFIG.medium_from, CONFIG.high_from)
        for item in asked
    ]
    assert levels.count("low") <= 1


def test_what_is_far_in_another_language_stays_doubtful(shelf: Shelf, executor: Executor) -> None:
    asked = [item for item in PAIRS if item["languages"].startswith("id")]
    for item in asked:
        assert shelf.find(item, 0.2, executor).probability < 0.3


@pytest.mark.parametrize("item", PAIRS, ids=lambda item: item["id"])
def test_the_languages_of_question_and_passage_are_told(item: dict[str, Any]) -> None:
    tongue = tongue_of_question(item["question"])
    assert f"{tongue}-{passage_tongue(item['title'], item['text'])}" == item["languages"]


def test_words_count_little_for_a_passage_in_another_language() -> None:
    ours = hit("Jam buka perpustakaan.", 0.3)._replace(chunk_id="ours")
    theirs = hit("The library opens at eight.", 0.6)._replace(chunk_id="theirs")
    lexical = [ours._replace(score=4.0), theirs._replace(score=1.0)]
    alike = fuse([theirs, ours], lexical, 0.7)
    across = fuse([theirs, ours], lexical, 0.7, {"theirs"})
    assert [one.chunk_id for one, _ in alike] == ["ours", "theirs"]
    assert [one.chunk_id for one, _ in across] == ["theirs", "ours"]
    assert {one.chunk_id: score for one, score in across}["theirs"] == pytest.approx(
        # The last of a few hits keeps its share of the best one's score.
        1 - ACROSS_LEXICAL_WEIGHT + ACROSS_LEXICAL_WEIGHT / 4
    )


def test_a_question_in_no_known_language_is_foreign_to_nothing() -> None:
    assert tongue_of_question("B-204?") == ""
    assert apart("", [hit("The library opens at eight.", 0.6)]) == {}


@pytest.mark.parametrize("table", [FUSED, RERANKED])
def test_across_languages_meaning_counts_and_what_the_dictionary_reads(table: Any) -> None:
    given = table[ACROSS]
    words = dict.fromkeys(("gap", "names", "pairs", "repeated"), 0.0)
    assert replace(given, **words) == given
    assert given.cosine > 0


def test_operators_may_fit_what_is_asked_across_languages() -> None:
    fitted = '{"across": {"intercept": -1, "cosine": 3}}'
    found = calibration_for(ACROSS, reranked=False, embedding_model=SMALL, fitted=fitted)
    assert (found.intercept, found.cosine) == (-1, 3)
