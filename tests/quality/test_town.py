"""Talks and questions about a town's offices, written before anything of the models was read.

Eight documents in four languages; the talks mix these, too. Those about the clinic, the library,
the district office and the pool were looked at to find causes; the others (`held`) only once what
had been found was mended and measured. The bounds are what was measured when they were set.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.evaluation.conversations import hold, in_this_process, read_conversations
from cli.evaluation.corpus import read_corpus
from cli.evaluation.endpoint import chosen
from cli.evaluation.in_process import measure
from cli.evaluation.measurements import Options, Run, untracked
from cli.evaluation.questions import read_questions
from cli.evaluation.report import report
from cli.local.layout import PROJECT
from tests.model_server import MODELS_KEY
from tests.quality.test_golden_set import local

GOLDEN = PROJECT / "tests" / "golden"
TOWN = GOLDEN / "town"


@pytest.fixture(scope="module")
def held(model_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    work: Path = tmp_path_factory.mktemp("town")
    endpoint = chosen({}, work, local(model_server), models_key=MODELS_KEY)
    talks = read_conversations(GOLDEN / "town_conversations.jsonl")
    with in_this_process(read_corpus(TOWN), endpoint, work / "vectors.sqlite", untracked) as ask:
        return hold(talks, ask, alone=False, track=untracked)


@pytest.fixture(scope="module")
def asked(model_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    work: Path = tmp_path_factory.mktemp("town_questions")
    endpoint = chosen({}, work, local(model_server), models_key=MODELS_KEY)
    questions = read_questions(GOLDEN / "town_questions.jsonl")
    run, options = Run(len(questions)), Options(answers=True, missing=0)
    corpus = read_corpus(TOWN)
    measure(corpus, questions, endpoint, options, work / "vectors.sqlite", run, untracked)
    return report(run)


def test_the_turns_of_the_towns_talks_are_answered_rightly(held: dict[str, Any]) -> None:
    failed = [turn for talk in held["conversations"] for turn in talk["failed"]]
    assert len(failed) <= 11, failed  # of 130; 25 before


def test_the_towns_talks_keep_their_thread_to_the_end(held: dict[str, Any]) -> None:
    assert held["total"] == 30
    assert held["passed"] >= 21  # 13 before
    assert held["held_passed"] >= 9  # 6 before, and 7 before they were looked at


def test_questions_in_another_language_are_answered_or_refused(asked: dict[str, Any]) -> None:
    across = asked["across"]
    assert across["questions"] == 20
    assert across["right"] >= 14  # [14; 15 before]
    assert across["wrong"] <= 2  # [2]
    # Most of these are on the topic of a document: they ask for a name, a date, an amount.
    assert asked["refusals"]["unanswerable_refused"] >= 0.8  # 14 of 20 before, 16 since
