"""What is erased or deleted leaves no trace among questions, ratings and rollups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from moto import mock_aws

from tests.functions.scripted_day import ADMIN, Day, dynamodb

MORNING = datetime(2026, 3, 10, 8, tzinfo=UTC)
NIGHT, NEXT_NIGHT = datetime(2026, 3, 11, 18, tzinfo=UTC), datetime(2026, 3, 12, 18, tzinfo=UTC)
SPAN = {"from": "2026-03-10", "to": "2026-03-10"}
QUESTION = "How much is the tuition fee?"
COMMENT = "It quotes nine million."


@pytest.fixture
def day() -> Iterator[Day]:
    with mock_aws(), time_machine.travel(MORNING, tick=True):
        yield Day(dynamodb())


def rated(day: Day) -> tuple[str, dict[str, Any]]:
    """A document, and an answer that cites it, which was rated with a comment."""
    fees = day.put("fees.md", "The tuition fee is nine million rupiah.")
    answer = day.ask("web", QUESTION).json()
    sent = day.rate("web", answer, "up", reasons=["correct"], comment=COMMENT)
    assert sent.json()["comment_kept"]
    return fees, answer


def delete(day: Day, answer: dict[str, Any]) -> None:
    path = f"/v1/conversations/{answer['conversation_id']}"
    assert day.chat.delete(path, headers={"x-api-key": "nx_web"}).status_code == 204


def test_an_erased_document_is_named_nowhere_and_the_receipt_counts_what_did(day: Day) -> None:
    fees, _ = rated(day)
    with time_machine.travel(NIGHT, tick=True):
        assert day.roll() == 1
        assert fees in day.stored()
        receipt = day.eraser().erase("acme", fees)
        found = {one.what: (one.found, one.removed, one.remaining) for one in receipt.items}
        # The question, the rating, and the day's figures; its clusters go with them.
        assert found["logged_questions"] == (3, 3, 0)
        assert receipt.complete
        assert fees not in day.stored()
        assert "nine million" not in day.stored()
        assert day.told("overview", **SPAN)["totals"]["questions"] == 1
        assert day.told("documents", **SPAN)["cited"] == []
    with time_machine.travel(NEXT_NIGHT, tick=True):
        assert day.roll() == 1  # what changed since is made anew
        assert fees not in day.stored()
        assert day.told("overview", **SPAN)["totals"]["questions"] == 1


def test_a_deleted_conversation_leaves_numbers_and_no_words(day: Day) -> None:
    fees, answer = rated(day)
    with time_machine.travel(datetime(2026, 3, 11, 1, tzinfo=UTC), tick=True):
        assert day.roll() == 1
        assert day.told("questions", **SPAN)["clusters"][0]["examples"] == [QUESTION]
        delete(day, answer)
        kept = day.stored()
        for trace in (QUESTION, COMMENT, "nine million", "vector"):
            assert trace not in kept
        told = day.told("overview", **SPAN)
        assert (told["totals"]["questions"], told["totals"]["up"]) == (1, 1)
        assert day.told("questions", **SPAN)["clusters"] == []
    with time_machine.travel(NIGHT, tick=True):
        assert day.roll() == 1
        assert fees not in day.stored()
        assert day.told("overview", **SPAN)["totals"]["questions"] == 1


def test_a_stage_that_keeps_no_words_keeps_numbers_and_ids() -> None:
    with mock_aws(), time_machine.travel(MORNING, tick=True):
        day = Day(dynamodb(), keep_questions=False)
        fees = day.put("fees.md", "The tuition fee is nine million rupiah.")
        answer = day.ask("web", QUESTION).json()
        sent = day.rate("web", answer, "down", comment=COMMENT)
        assert sent.json()["comment_kept"] is False
        kept = day.stored()
        assert fees in kept
        for words in (QUESTION, COMMENT, "nine million"):
            assert words not in kept
        told = day.told("questions")
        assert (told["texts"], told["clusters"][0]["examples"]) == (False, [])
        assert day.told("gaps")["clusters"][0]["disliked"] == 1


def test_a_question_is_shown_in_words_only_once_it_was_asked_often_enough() -> None:
    with mock_aws(), time_machine.travel(MORNING, tick=True):
        day = Day(dynamodb(), popular_from=3)
        day.put("fees.md", "The tuition fee is nine million rupiah.")
        shown = []
        for _ in range(3):
            day.ask("web", QUESTION)
            shown.append(day.told("questions")["clusters"][0]["examples"])
        assert shown == [[], [], [QUESTION]]


def test_a_rating_is_of_ones_own_answer_and_a_later_one_replaces_it(day: Day) -> None:
    _, answer = rated(day)
    assert day.rate("desk", answer, "down").status_code == 404
    assert day.rate("web", {**answer, "message_id": "m-none"}, "down").status_code == 404
    assert day.rate("web", answer, "down", comment="x" * 2_001).status_code == 422
    assert day.rate("web", answer, "down", reasons=["bad"]).status_code == 422
    assert day.rate("web", answer, "sideways").status_code == 422
    assert day.told("overview")["totals"]["up"] == 1
    assert day.rate("web", answer, "down", reasons=["wrong"]).status_code == 200
    totals = day.told("overview")
    assert (totals["totals"]["up"], totals["totals"]["down"]) == (0, 1)
    [told] = day.told("ratings")["rated"]
    assert (told["rating"], told["reasons"], told["comment"]) == ("down", ["wrong"], "")
    assert told["question"] == QUESTION
    assert told["confidence"] == answer["confidence"]["level"]
    assert "web" not in str(told)


def test_a_rating_that_comes_late_counts_at_once_and_is_rolled_up_the_next_night(day: Day) -> None:
    day.put("fees.md", "The tuition fee is nine million rupiah.")
    answer = day.ask("web", QUESTION).json()
    with time_machine.travel(datetime(2026, 3, 11, 1, tzinfo=UTC), tick=True):
        assert day.roll() == 1
        assert day.rate("web", answer, "up").status_code == 200
        assert day.told("overview", **SPAN)["satisfaction"] == 1
    with time_machine.travel(NIGHT, tick=True):
        assert (day.roll(), day.roll()) == (1, 0)
        assert day.told("overview", **SPAN)["satisfaction"] == 1


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-03-11", "to": "2026-03-10"},
        {"from": "2024-01-01"},
        {"to": "0001-01-01"},
        {"from": "today"},
        {"from": "1"},
    ],
)
def test_days_that_make_no_range_are_a_422(day: Day, query: dict[str, str]) -> None:
    response = day.documents.get(
        "/v1/analytics/overview", params=query, headers={"x-api-key": ADMIN}
    )
    assert response.status_code == 422


def test_only_administrators_see_analytics(day: Day) -> None:
    response = day.documents.get("/v1/analytics/overview", headers={"x-api-key": "nx_web"})
    assert response.status_code == 403
