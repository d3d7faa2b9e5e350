"""Turns by what they cite, in memory and on DynamoDB: all of them are found, and none besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from nexus.adapters.dynamodb.cited_turns import DynamoCitedTurns
from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.models import Turn
from nexus.ports import CitedTurns, ConversationStore
from tests.fakes import FakeClock, FakeConversations

HOUR = 3600.0


@dataclass
class Desk:
    """The conversations of a deployment, and its turns by what they cite."""

    conversations: ConversationStore
    turns: CitedTurns


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "dynamodb"])
def desk(request: pytest.FixtureRequest, clock: FakeClock) -> Desk:
    if request.param == "fake":
        both = FakeConversations(24, clock)
        return Desk(both, both)
    made: Desk = request.getfixturevalue("on_dynamodb")
    return made


@pytest.fixture
def on_dynamodb(make_table: Callable[..., str], dynamodb_client: Any, clock: FakeClock) -> Desk:
    table = make_table("conversations", "pk", "sk")
    return Desk(
        DynamoConversations(dynamodb_client, table, 24, clock),
        DynamoCitedTurns(dynamodb_client, table),
    )


def turn(number: int, *cited: str) -> Turn:
    moment = f"2025-06-15T{number // 60:02}:{number % 60:02}:00Z"
    return Turn(f"m{number}", "When?", f"On day {number}.", False, moment, cited)


def items(client: Any) -> list[dict[str, Any]]:
    """The turns, and the register's entries."""
    found: list[dict[str, Any]] = client.scan(TableName="conversations")["Items"]
    return [item for item in found if not item["pk"]["S"].endswith("##list")]


def test_the_answers_that_cite_a_document_are_taken_out_whoever_s_they_are(desk: Desk):
    append, history = desk.conversations.append, desk.conversations.history
    append("acme", "web", "c", turn(1, "d1"))
    append("acme", "web", "c", turn(2, "d2"))
    append("acme", "web", "c", turn(3))
    append("acme", "a|b#c", "c", turn(4, "d2", "d1"))
    append("rival", "web", "c", turn(5, "d1"))
    append("acme", "cites", "d1", turn(6, "d2"))
    assert desk.turns.count_citing("acme", "d1") == 2

    assert desk.turns.redact("acme", "d1") == 2

    gone = ("d1",)
    assert history("acme", "web", "c", 9) == [
        replace(turn(1, "d1"), answer="", deleted_document_ids=gone),
        turn(2, "d2"),
        turn(3),
    ]
    assert history("acme", "a|b#c", "c", 9) == [
        replace(turn(4, "d2", "d1"), answer="", deleted_document_ids=gone)
    ]
    assert history("rival", "web", "c", 9) == [turn(5, "d1")]
    assert history("acme", "cites", "d1", 9) == [turn(6, "d2")]
    assert desk.turns.count_citing("acme", "d1") == 0
    assert desk.turns.redact("acme", "d1") == 0
    assert desk.turns.count_citing("rival", "d1") == 1


def test_a_turn_names_each_of_its_documents_that_was_deleted(desk: Desk):
    desk.conversations.append("acme", "web", "c", turn(1, "d1", "d2"))
    assert desk.turns.redact("acme", "d2") == 1
    assert desk.turns.redact("acme", "d1") == 1
    [found] = desk.conversations.history("acme", "web", "c", 9)
    assert (found.answer, found.deleted_document_ids) == ("", ("d2", "d1"))


def test_a_deleted_conversation_leaves_nothing_to_take_out(desk: Desk):
    desk.conversations.append("acme", "web", "c", turn(1, "d1"))
    desk.conversations.delete("acme", "web", "c")
    assert desk.turns.count_citing("acme", "d1") == 0
    assert desk.turns.redact("acme", "d1") == 0
    assert desk.conversations.history("acme", "web", "c", 9) == []


def test_a_turn_that_has_expired_but_is_not_gone_counts_and_goes(desk: Desk, clock: FakeClock):
    desk.conversations.append("acme", "web", "c", turn(1, "d1"))
    clock.advance(25 * HOUR)
    assert desk.turns.count_citing("acme", "d1") == 1
    assert desk.turns.redact("acme", "d1") == 1
    assert desk.turns.count_citing("acme", "d1") == 0


def test_any_number_of_turns_is_taken_out(desk: Desk):
    for number in range(130):
        desk.conversations.append("acme", "web", f"c{number % 3}", turn(number, "d1"))
    assert desk.turns.count_citing("acme", "d1") == 130
    assert desk.turns.redact("acme", "d1") == 130
    assert desk.turns.count_citing("acme", "d1") == 0


def test_no_text_of_the_document_and_no_entry_for_it_stays(on_dynamodb: Desk, dynamodb_client: Any):
    on_dynamodb.conversations.append("acme", "web", "c", turn(1, "d1"))
    on_dynamodb.turns.redact("acme", "d1")
    [left] = items(dynamodb_client)
    assert left["answer"] == {"S": ""}
    assert "On day" not in str(left)
    on_dynamodb.conversations.append("acme", "web", "c", turn(2, "d2"))
    on_dynamodb.conversations.delete("acme", "web", "c")
    assert items(dynamodb_client) == []


def test_a_turn_and_what_it_cites_are_written_in_one_call(
    on_dynamodb: Desk, dynamodb_client: Any, during: Callable[..., Any]
):
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    on_dynamodb.conversations.history("acme", "web", "c", 2)
    with during(dynamodb_client, "before-call", "*", note):
        on_dynamodb.conversations.append("acme", "web", "c", turn(1, "d1", "d2", "d3"))
    assert calls == ["BatchWriteItem"]


def test_a_conversation_of_any_length_can_be_found_by_its_first_turn_s_documents(
    on_dynamodb: Desk, dynamodb_client: Any, clock: FakeClock
):
    on_dynamodb.conversations.append("acme", "web", "c", turn(0, "d1"))
    for number in range(1, 25):  # for three days
        clock.advance(3 * HOUR)
        on_dynamodb.conversations.append("acme", "web", "c", turn(number))
        expiries = {
            "answer" in item: int(item["expires_at"]["N"])
            for item in items(dynamodb_client)
            if "answer" not in item or item["message_id"] == {"S": "m0"}
        }
        assert expiries[False] >= expiries[True] > clock()
    assert len(on_dynamodb.conversations.history("acme", "web", "c", 99)) == 25


def test_the_entries_are_not_written_anew_with_every_turn(
    on_dynamodb: Desk, dynamodb_client: Any, clock: FakeClock, during: Callable[..., Any]
):
    written: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        written.append(params["body"].decode())

    with during(dynamodb_client, "before-call", "BatchWriteItem", note):
        for number in range(20):  # for 38 hours
            on_dynamodb.conversations.append("acme", "web", "c", turn(number, "d1"))
            clock.advance(2 * HOUR)
    again = [body for body in written if '"answer"' not in body]
    assert 0 < len(again) < 20


def test_a_turn_that_is_deleted_meanwhile_does_not_come_back(
    on_dynamodb: Desk, dynamodb_client: Any, during: Callable[..., Any]
):
    on_dynamodb.conversations.append("acme", "web", "c", turn(1, "d1"))

    def forget(**_: Any) -> None:
        on_dynamodb.conversations.delete("acme", "web", "c")

    with during(dynamodb_client, "before-call", "UpdateItem", forget):
        assert on_dynamodb.turns.redact("acme", "d1") == 0
    assert items(dynamodb_client) == []


def test_a_turn_that_comes_after_its_entry_can_still_be_found(
    on_dynamodb: Desk, dynamodb_client: Any
):
    on_dynamodb.conversations.append("acme", "web", "c", turn(1, "d1"))
    [late] = [item for item in items(dynamodb_client) if "answer" in item]
    dynamodb_client.delete_item(TableName="conversations", Key={"pk": late["pk"], "sk": late["sk"]})
    assert on_dynamodb.turns.redact("acme", "d1") == 0
    assert on_dynamodb.turns.count_citing("acme", "d1") == 0
    dynamodb_client.put_item(TableName="conversations", Item=late)
    assert on_dynamodb.turns.count_citing("acme", "d1") == 1
    assert on_dynamodb.turns.redact("acme", "d1") == 1
    assert len(items(dynamodb_client)) == 1


@pytest.mark.parametrize(("operation", "broken"), [("UpdateItem", 7), ("BatchWriteItem", 2)])
def test_what_was_broken_off_is_finished_by_the_next_call(
    on_dynamodb: Desk,
    dynamodb_client: Any,
    during: Callable[..., Any],
    operation: str,
    broken: int,
):
    for number in range(30):
        on_dynamodb.conversations.append("acme", "web", "c", turn(number, "d1"))
    calls: list[None] = []

    def break_off(**_: Any) -> None:
        calls.append(None)
        if len(calls) == broken:
            raise InterruptedError

    with (
        during(dynamodb_client, "before-call", operation, break_off),
        pytest.raises(InterruptedError),
    ):
        on_dynamodb.turns.redact("acme", "d1")
    left = on_dynamodb.turns.count_citing("acme", "d1")
    assert on_dynamodb.turns.redact("acme", "d1") == left
    assert all(not one.answer for one in on_dynamodb.conversations.history("acme", "web", "c", 99))
    assert len(items(dynamodb_client)) == 30
