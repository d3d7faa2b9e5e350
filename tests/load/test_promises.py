"""What a load is held to is computed from what was seen, and each promise can be broken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.load.__main__ import written
from tests.load.measuring import Load, Seen
from tests.load.promises import broken, memory_then_and_now, result

LOAD = Load(askers=1, think_s=1, seconds=60, first_s=10)
BEGUN = 1_800_000_000.0
STEADY = [{1: 100.0, 2: 90.0}] * 12


def asked(number: int, seconds: float = 1.0, **other: Any) -> dict[str, Any]:
    reply = {"conversation_id": "c", "answer": f"a{number}", "usage": {"output_tokens": 9}}
    question = {"question": f"q{number}", "at": BEGUN + 10, "seconds": seconds}
    return {**question, "reply": reply, **other}


def turn(number: int) -> dict[str, Any]:
    return {"question": f"q{number}", "answer": f"a{number}"}


def said(questions: list[dict[str, Any]], turns: list[dict[str, Any]], memory=STEADY) -> list[str]:
    return broken(result(LOAD, Seen(BEGUN, questions, {"c": turns}, memory)), timed=True)


def test_answers_in_time_that_are_remembered_as_they_were_told_keep_every_promise() -> None:
    assert said([asked(1), asked(2)], [turn(1), turn(2)]) == []


def test_a_question_without_an_answer_is_lost() -> None:
    for at in (BEGUN, BEGUN + 10):  # whenever it was asked
        unanswered = {"question": "q2", "at": at, "seconds": 1.0}
        assert said([asked(1), unanswered], [turn(1)]) == ["1 of 2 questions got no answer"]


@pytest.mark.parametrize(
    "turns",
    [
        [turn(1)],
        [turn(1), turn(2), turn(2)],
        [turn(1), {"question": "q2", "answer": "another"}],
        [turn(1), turn(2), turn(3)],
    ],
    ids=["one is missing", "one is there twice", "one is another", "nobody asked one"],
)
def test_turns_that_are_not_what_was_told_are_found(turns: list[dict[str, Any]]) -> None:
    assert said([asked(1), asked(2)], turns) == ["1 turns are not remembered as they were answered"]


def test_slow_answers_break_both_promises_of_time() -> None:
    questions = [asked(number, 6.0 if number > 90 else 1.0) for number in range(100)]
    found = said(questions, [turn(number) for number in range(100)])
    assert found == ["p95 is 6.00 s, not under 3 s", "p99 is 6.00 s, not under 5 s"]


def test_what_is_asked_while_askers_still_come_is_told_and_not_judged() -> None:
    questions = [asked(1, 9.0, at=BEGUN + 9.9), asked(2, 1.0)]
    assert said(questions, [turn(1), turn(2)]) == []
    found = result(LOAD, Seen(BEGUN, questions, {}, STEADY)).row()
    assert (found["p95 s, while they come"], found["longest s"]) == (9.0, 1.0)


def test_memory_is_compared_of_the_workers_that_ran_all_the_time() -> None:
    warm_up = [{1: 50.0, 9: 700.0}] * 3
    first, middle, last = [{1: 100.0, 2: 40.0}] * 3, [{1: 101.0}] * 3, [{1: 109.0, 3: 80.0}] * 3
    assert memory_then_and_now([*warm_up, *first, *middle, *last]) == (1, 100.0, 109.0)
    growing = [*warm_up, *first, *middle, *([{1: 111.0}] * 3)]
    assert said([asked(1)], [turn(1)], growing) == ["memory grew from 100 MB to 111 MB"]
    [unknown] = said([asked(1)], [turn(1)], [])
    assert "not known" in unknown


def test_a_load_that_no_model_answered_shows_nothing() -> None:
    refused = asked(1)
    refused["reply"]["usage"]["output_tokens"] = 0
    assert said([refused], [turn(1)]) == ["the model wrote nothing"]


def test_the_model_quotes_a_passage_or_tells_the_question_again() -> None:
    passage = "<passage>\n<1.1> Short. <1.2> A book is lent for two weeks. <1.3> Then\n</passage>"
    shown = [{"role": "user", "content": passage}]
    assert written(shown) == "A book is lent for two weeks. [1.2]"
    again = [{"role": "user", "content": "<turn>...</turn><question>\nAnd then?\n</question>"}]
    assert written(again) == "And then?"
