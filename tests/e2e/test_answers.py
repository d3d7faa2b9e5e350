"""Questions about the sample documents, asked through the gateway with a key."""

from __future__ import annotations

import json
import re
from typing import Any

from cli.connection import Connection
from cli.local.layout import PROJECT
from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually


def plain(text: str) -> str:
    """Text without what may differ between a table's number and a sentence's."""
    return re.sub(r"[\s.,]", "", text).lower()


INDONESIAN_DOCUMENTS = ("panduan-", "faq-", "kalender-", "peraturan-")


def same_language(question: dict[str, Any]) -> bool:
    """Whether question and document share a language: the local embedding model knows no other."""
    indonesian = str(question["document"]).startswith(INDONESIAN_DOCUMENTS)
    return indonesian == (str(question["language"]) == "id")


def test_sample_questions_are_answered_with_the_right_source(
    stack: Deployed, golden: list[dict[str, Any]]
) -> None:
    asked = [q for q in golden if q["answerable"] and same_language(q)]
    wrong = []
    for question in asked:
        answer = stack.ask(question["question"])
        said = any(plain(text) in plain(answer["answer"]) for text in question["answers"])
        cited = any(s["uri"].endswith(question["document"]) for s in answer["sources"])
        if not (said and cited):
            wrong.append(question["question"])
    assert len(asked) >= 30
    assert len(wrong) <= len(asked) * 0.15, wrong


def test_questions_off_the_documents_are_refused_without_sources(stack: Deployed) -> None:
    for question in (
        "Who won the chess olympiad of 1978?",
        "What is the boiling point of tungsten?",
        "Berapa jarak bumi ke bulan?",
    ):
        answer = stack.ask(question)
        assert answer["refused"], answer["answer"]
        assert answer["sources"] == []


def test_a_follow_up_is_understood_from_the_turn_before_it(stack: Deployed) -> None:
    path = PROJECT / "tests" / "golden" / "sample_followups.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in (line for line in lines if line["id"] in ("f1", "f3")):
        first = stack.ask(line["turns"][0])
        answer = stack.ask(line["turns"][1], conversation_id=first["conversation_id"])["answer"]
        assert any(plain(text) in plain(answer) for text in line["answers"]), answer


def test_another_key_with_the_same_id_sees_nothing_of_a_conversation(
    stack: Deployed, connection: Connection
) -> None:
    conversation, fee = "e2e-shared-id", "What is the application fee for a master's programme?"
    response = stack.call("POST", "/v1/chat", {"message": fee}, x_conversation_id=conversation)
    assert response.json()["conversation_id"] == conversation
    other, _ = connection.access.keys.create("demo", "colleague", "user")
    path = f"/v1/conversations/{conversation}"
    try:
        assert stack.call("GET", path, key=other).status_code == 404
        assert stack.call("DELETE", path, key=other).status_code == 404
        follow_up = {"message": "And for a doctoral one?", "conversation_id": conversation}
        theirs = stack.call("POST", "/v1/chat", follow_up, key=other).json()
        assert "600,000" not in theirs["answer"]
    finally:
        connection.access.keys.revoke("demo", "colleague")
    turns = stack.call("GET", path).json()["turns"]
    assert [turn["question"] for turn in turns] == [fee]
    assert stack.call("DELETE", path).status_code == 204
    assert stack.call("GET", path).status_code == 404


def test_another_tenant_finds_nothing_of_these_documents(
    stack: Deployed, connection: Connection
) -> None:
    key, _ = connection.access.keys.create("rival", "web", "user")
    try:
        answer = stack.ask("What is the fine for returning a book late?", key=key)
        assert answer["refused"]
        assert answer["sources"] == []
        found = stack.call("POST", "/v1/search", {"query": "book fine"}, key=key).json()
        assert found["passages"] == []
    finally:
        connection.access.keys.revoke("rival", "web")


def test_conversations_expire(stack: Deployed, connection: Connection) -> None:
    answer = stack.ask("What is the fine for returning a book late?")
    client = connection.client("dynamodb")
    items = client.scan(TableName=connection.deployment.conversations_table)["Items"]
    expiries = [int(item["expires_at"]["N"]) for item in items if "expires_at" in item]
    assert len(expiries) == len(items) > 0
    assert answer["remembered"]


def test_a_question_asked_again_comes_from_the_cache_unless_told_otherwise(
    stack: Deployed,
) -> None:
    question = "How many books may a bachelor's student borrow?"

    def cached() -> dict[str, Any] | None:
        answer = stack.ask(question)
        return answer if "cache" in answer["timings"] else None

    # Nothing is kept within ten seconds of a change of the documents.
    again = eventually(cached, "answer from the cache", 60)
    body = {"message": question}
    fresh = stack.call("POST", "/v1/chat", body, cache_control="no-cache").json()
    assert "cache" not in fresh["timings"]
    assert fresh["answer"] == again["answer"]
    assert fresh["message_id"] != again["message_id"]


def test_a_summary_is_made_of_the_document_that_the_question_names(stack: Deployed) -> None:
    answer = stack.ask("Summarize the library rules")
    assert not answer["refused"]
    assert len(answer["sources"]) >= 3
    assert {source["uri"].rsplit("/", 1)[-1] for source in answer["sources"]} == {
        "library-rules.txt"
    }


def test_courtesies_are_returned_without_a_search(stack: Deployed) -> None:
    answer = stack.ask("Terima kasih banyak!")
    assert (answer["answer"], answer["sources"]) == ("Sama-sama.", [])
    assert "search" not in answer["timings"]
