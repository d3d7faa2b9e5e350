"""Questions about the sample documents, asked through the gateway with a key."""

from __future__ import annotations

import json
import re
from typing import Any

from cli.connection import Connection
from cli.keys import create, revoke
from cli.local.layout import PROJECT
from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually


def plain(text: str) -> str:
    """Text without what may differ between a table's number and a sentence's."""
    return re.sub(r"[\s.,]", "", text).lower()


def test_most_sample_questions_are_answered_with_the_right_source(
    stack: Deployed, golden: list[dict[str, Any]]
) -> None:
    answerable = [question for question in golden if question["answerable"]]
    right, cited = 0, 0
    for question in answerable:
        answer = ask_slowly(stack, question["question"])
        right += any(plain(text) in plain(answer["answer"]) for text in question["answers"])
        cited += any(s["uri"].endswith(question["document"]) for s in answer["sources"])
    assert right / len(answerable) >= 0.75
    assert cited / len(answerable) >= 0.85


def test_most_unanswerable_sample_questions_are_refused(
    stack: Deployed, golden: list[dict[str, Any]]
) -> None:
    unanswerable = [question for question in golden if not question["answerable"]]
    refused = [ask_slowly(stack, question["question"])["refused"] for question in unanswerable]
    assert sum(refused) / len(refused) >= 0.6


def ask_slowly(stack: Deployed, message: str) -> dict[str, Any]:
    """Asks within the plan's rate: what the gateway throttles is asked again."""

    def attempt() -> dict[str, Any] | None:
        response = stack.call("POST", "/v1/chat", {"message": message})
        if response.status_code == 429:
            return None
        assert response.status_code == 200, response.text
        return dict(response.json())

    return eventually(attempt, "answer within the rate")


def test_a_follow_up_needs_the_first_turn_and_only_its_own_client_has_it(
    stack: Deployed, connection: Connection
) -> None:
    path = PROJECT / "tests" / "golden" / "sample_followups.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    understood = 0
    conversation = ""
    for number, line in enumerate(lines):
        conversation = f"e2e-followup-{number}"
        for turn in line["turns"]:
            response = stack.call(
                "POST", "/v1/chat", {"message": turn}, x_conversation_id=conversation
            )
            assert response.json()["conversation_id"] == conversation
        answer = response.json()["answer"]
        understood += any(plain(text) in plain(answer) for text in line["answers"])
    assert understood >= len(lines) - 2

    turns = stack.call("GET", f"/v1/conversations/{conversation}").json()["turns"]
    assert [turn["question"] for turn in turns] == lines[-1]["turns"]
    other, _ = create(connection, "demo", "colleague", "user")
    try:
        assert stack.call("GET", f"/v1/conversations/{conversation}", key=other).status_code == 404
        assert (
            stack.call("DELETE", f"/v1/conversations/{conversation}", key=other).status_code == 404
        )
    finally:
        revoke(connection, "demo", "colleague")
    assert stack.call("DELETE", f"/v1/conversations/{conversation}").status_code == 204
    assert stack.call("GET", f"/v1/conversations/{conversation}").status_code == 404


def test_another_tenant_finds_nothing_of_these_documents(
    stack: Deployed, connection: Connection
) -> None:
    key, _ = create(connection, "rival", "web", "user")
    try:
        answer = stack.ask("What is the fine for returning a book late?", key=key)
        assert answer["refused"]
        assert answer["sources"] == []
        found = stack.call("POST", "/v1/search", {"query": "book fine"}, key=key).json()
        assert found["passages"] == []
    finally:
        revoke(connection, "rival", "web")


def test_conversations_expire(stack: Deployed, connection: Connection) -> None:
    answer = stack.ask("What is the fine for returning a book late?")
    client = connection.client("dynamodb")
    items = client.scan(TableName=connection.deployment.conversations_table)["Items"]
    expiries = [int(item["expires_at"]["N"]) for item in items if "expires_at" in item]
    assert len(expiries) == len(items) > 0
    ttl = client.describe_time_to_live(TableName=connection.deployment.conversations_table)
    assert ttl["TimeToLiveDescription"]["AttributeName"] == "expires_at"
    assert answer["remembered"]
