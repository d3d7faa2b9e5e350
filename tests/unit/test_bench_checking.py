"""The benches take nothing but a cited, remembered answer for an answer, and replay every call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bench.checking import ANSWERING, check, check_complete, check_replayed
from tests.bench.replay import Call, kind_of
from tests.bench.seeding import CACHED, FACT, answer, questions

GOOD = {
    "answer": f"{FACT} [1]",
    "sources": [{"number": 1, "quote": FACT}],
    "remembered": True,
    "refused": False,
    "timings": {"embed": 1.0},
}


def _response(**changed: Any) -> dict[str, Any]:
    return {"statusCode": 200, "body": json.dumps({**GOOD, **changed})}


def test_a_cited_remembered_answer_is_one() -> None:
    check("chat", _response())
    check("chat, cached", _response(timings={"cache": 1.0}))
    check("LangChain", _response(sources=[{"number": 1, "text": f"5. FINES {FACT}"}]))


@pytest.mark.parametrize(
    "changed",
    [
        {"answer": "Nobody knows."},
        {"sources": []},
        {"sources": [{"number": 1, "quote": "Something else."}]},
        {"remembered": False},
        {"refused": True},
        {"timings": {"cache": 1.0}},
    ],
    ids=["other answer", "uncited", "other source", "forgotten", "refused", "from the cache"],
)
def test_anything_else_is_an_error(changed: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="chat answered"):
        check("chat", _response(**changed))


def test_an_answer_that_was_made_anew_is_none_from_the_cache() -> None:
    with pytest.raises(RuntimeError, match="chat, cached answered"):
        check("chat, cached", _response())


def test_the_model_answers_only_from_a_passage_that_it_is_shown() -> None:
    shown = f'<passage number="1">\nNo.\n</passage>\n<passage number="2">\n{FACT}\n</passage>'
    assert answer([{"role": "user", "content": shown}]) == f"{FACT} [2]"
    assert answer([{"role": "system", "content": f"[1] Rules\n{FACT}"}]) == f"{FACT} [1]"
    assert answer([{"role": "user", "content": CACHED}]) == "NO_ANSWER"


def test_no_question_is_asked_twice_nor_is_the_one_in_the_cache() -> None:
    made = questions(500)
    assert len({*made, CACHED}) == 501
    assert {question.lower() for question in made} == {CACHED.lower()}


def test_calls_that_were_not_replayed_or_not_made_are_errors() -> None:
    call = Call("POST", "/v1/embeddings", {}, b"{}")
    with pytest.raises(RuntimeError, match="chat made 1 calls that were not replayed"):
        check_replayed("chat", [("", call)])
    with pytest.raises(RuntimeError, match=r"nobody was asked: .*dense search"):
        check_complete([("", call)])
    assert call.label in ANSWERING


def test_a_write_is_told_from_another_by_its_place_and_not_by_its_time() -> None:
    def write(operation: str, **body: Any) -> tuple[str, ...]:
        headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
        return kind_of(Call("POST", "/", headers, json.dumps(body).encode()))

    one, other = ({"RequestItems": {"turns": [{"PutRequest": {"id": n}}]}} for n in (1, 2))
    assert write("BatchWriteItem", **one) == write("BatchWriteItem", **other)
    first, second = ("SET #a = :a, #b = :b", "SET #b = :b, #a = :a")
    key = {"pk": {"S": "here"}}
    there = {"pk": {"S": "there"}}
    updates = [write("UpdateItem", Key=key, UpdateExpression=text) for text in (first, second)]
    assert updates[0] == updates[1]
    assert updates[0] != write("UpdateItem", Key=there, UpdateExpression=first)
