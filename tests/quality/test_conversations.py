"""The golden conversations, held offline through the production code: quality has a floor.

The first 19 are those that the rules were made for. Of our own, `held` marks those that were set
aside before tuning; the last 19 of them ("own-late") were read after the first run, to find why
five failed. The bounds lie a little under what was measured when they were set (in brackets).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.evaluation.conversations import hold, in_this_process, read_conversations
from cli.evaluation.corpus import read_corpus
from cli.evaluation.endpoint import chosen
from cli.evaluation.measurements import untracked
from cli.local.layout import PROJECT
from tests.model_server import MODELS_KEY
from tests.quality.test_golden_set import SAMPLES, local

CONVERSATIONS = PROJECT / "tests" / "golden" / "conversations.jsonl"
OWN = "own-"


@pytest.fixture(scope="module")
def held(model_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    work: Path = tmp_path_factory.mktemp("conversations")
    endpoint = chosen({}, work, local(model_server), models_key=MODELS_KEY)
    corpus, kept = read_corpus(SAMPLES), work / "vectors.sqlite"
    with in_this_process(corpus, endpoint, kept, untracked) as ask:
        return hold(read_conversations(CONVERSATIONS), ask, alone=False, track=untracked)


def failed(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if not line["passed"]]


def test_the_conversations_that_the_rules_were_made_for_keep_their_thread(
    held: dict[str, Any],
) -> None:
    cases = [line for line in held["conversations"] if not line["id"].startswith(OWN)]
    assert len(cases) == 19
    assert len(failed(cases)) <= 2, failed(cases)  # [0]


def test_conversations_that_nothing_was_tuned_on_keep_theirs(held: dict[str, Any]) -> None:
    others = [line for line in held["conversations"] if line["held"]]
    assert len(others) == 50
    assert len(failed(others)) <= 4, failed(others)  # [2]


def test_new_topics_are_answered_as_new(held: dict[str, Any]) -> None:
    new = [line for line in held["conversations"] if "new-" in line["id"]]
    assert len(new) >= 17
    assert len(failed(new)) <= 1, failed(new)  # [0]


def test_what_no_document_says_is_not_answered_from_the_talk_before(held: dict[str, Any]) -> None:
    unsaid = [line for line in held["conversations"] if "nothing-" in line["id"]]
    assert len(unsaid) == 15
    assert len(failed(unsaid)) <= 1, failed(unsaid)  # [0; 4 before a topic had to speak of it]
