"""Conversations, in memory and on DynamoDB: whose they are, their order, and when they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nexus.adapters.dynamodb.cited_turns import DynamoCitedTurns
from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.models import Turn
from nexus.ports import ConversationStore
from tests.fakes import FakeClock, FakeConversations

HOUR = 3600.0


def turn(number: int) -> Turn:
    return Turn(
        message_id=f"m{number}",
        question=f"question {number}: apa syaratnya?",
        answer="" if number == 3 else f"answer {number}",
        refused=number == 3,
        # Fractions of a second come with and without digits.
        created_at=f"2025-06-15T15:00:{number // 2:02}{'.5' if number % 2 else ''}Z",
        document_ids=("d1", "d2")[: number % 3],
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest, clock: FakeClock) -> ConversationStore:
    if request.param == "fake":
        return FakeConversations(24, clock)
    on_dynamodb: ConversationStore = request.getfixturevalue("on_dynamodb")
    return on_dynamodb


@pytest.fixture
def on_dynamodb(
    make_table: Callable[..., str], dynamodb_client: Any, clock: FakeClock
) -> DynamoConversations:
    table = make_table("conversations", "pk", "sk")
    return DynamoConversations(dynamodb_client, table, 24, clock)


def test_the_last_turns_come_back_oldest_first(store: ConversationStore):
    assert store.history("acme", "web", "c", 10) == []
    for number in (0, 1, 3, 2, 4):
        store.append("acme", "web", "c", turn(number))
    store.append("acme", "web", "c", turn(4))

    assert store.history("acme", "web", "c", 10) == [turn(number) for number in range(5)]
    assert store.history("acme", "web", "c", 2) == [turn(3), turn(4)]
    assert store.history("acme", "web", "c", 0) == []


def test_a_conversation_belongs_to_one_tenant_and_client(store: ConversationStore):
    owners = [
        ("acme", "web"),
        ("acme", "app"),
        ("other", "web"),
        ("acme#web", "app"),
        ("acme", "web#app"),
    ]
    for number, (tenant, client) in enumerate(owners):
        assert store.history(tenant, client, "c", 9) == []
        store.append(tenant, client, "c", turn(number))

    assert store.delete("acme", "app", "c")

    assert store.history("acme", "app", "c", 9) == []
    for number, (tenant, client) in enumerate(owners):
        if number != 1:
            assert store.history(tenant, client, "c", 9) == [turn(number)]


def test_a_conversation_expires_a_day_after_its_last_turn(
    store: ConversationStore, clock: FakeClock
):
    store.append("acme", "web", "c", turn(0))
    clock.advance(20 * HOUR)
    store.append("acme", "web", "c", turn(1))
    clock.advance(20 * HOUR)
    store.append("acme", "web", "c", turn(2))
    clock.advance(23.9 * HOUR)
    assert store.history("acme", "web", "c", 9) == [turn(0), turn(1), turn(2)]

    clock.advance(0.1 * HOUR)
    assert store.history("acme", "web", "c", 9) == []
    assert not store.delete("acme", "web", "c")


def test_a_new_turn_does_not_bring_expired_ones_back(store: ConversationStore, clock: FakeClock):
    store.append("acme", "web", "c", turn(0))
    clock.advance(25 * HOUR)
    store.append("acme", "web", "c", turn(1))
    assert store.history("acme", "web", "c", 9) == [turn(1)]


def test_deleting_takes_every_turn(store: ConversationStore):
    for number in range(30):
        store.append("acme", "web", "c", turn(number))
    assert store.delete("acme", "web", "c")
    assert store.history("acme", "web", "c", 99) == []
    assert not store.delete("acme", "web", "c")


def test_the_store_answers_a_ping(store: ConversationStore):
    store.ping()


def test_every_item_carries_the_ttl_of_the_conversation(
    on_dynamodb: DynamoConversations, dynamodb_client: Any, clock: FakeClock
):
    def expiries() -> set[str]:
        items = dynamodb_client.scan(TableName="conversations")["Items"]
        return {item["expires_at"]["N"] for item in items if "answer" in item}

    for number in range(3):
        on_dynamodb.append("acme", "web", "c", turn(number))
    assert expiries() == {str(int(clock.now() + 24 * HOUR))}
    clock.advance(2 * HOUR)
    on_dynamodb.append("acme", "web", "c", turn(3))
    assert expiries() == {str(int(clock.now() + 24 * HOUR))}


def test_a_turn_of_a_conversation_that_was_just_read_is_added_without_reading_it_again(
    on_dynamodb: DynamoConversations,
    dynamodb_client: Any,
    clock: FakeClock,
    during: Callable[..., Any],
):
    queries: list[str] = []

    def count(params: dict[str, Any], **_: Any) -> None:
        queries.append(params["body"].decode())

    with during(dynamodb_client, "before-call", "Query", count):
        for number in range(3):
            assert len(on_dynamodb.history("acme", "web", "c", 2)) == min(number, 2)
            on_dynamodb.append("acme", "web", "c", turn(number))
            clock.advance(0.4 * HOUR)
    assert len(queries) == 3


def test_the_expiry_is_put_off_by_whichever_process_comes_an_hour_later(
    on_dynamodb: DynamoConversations, dynamodb_client: Any, clock: FakeClock
):
    other = DynamoConversations(dynamodb_client, "conversations", 24, clock)
    for number in range(38):  # for 25 hours
        store = (on_dynamodb, other, other)[number % 3]
        read = store.history("acme", "web", "c", 99)
        assert [one.message_id for one in read] == [f"m{n}" for n in range(number)]
        store.append("acme", "web", "c", turn(number))
        clock.advance(0.65 * HOUR)
    clock.advance(22 * HOUR)
    assert len(other.history("acme", "web", "c", 99)) == 38


def test_what_dynamodb_does_not_delete_at_once_is_deleted_again(
    on_dynamodb: DynamoConversations, dynamodb_client: Any, during: Callable[..., Any]
):
    for number in range(3):
        on_dynamodb.append("acme", "web", "c", turn(number))
    held_back: list[Any] = []

    def hold_back(params: dict[str, Any], **_: Any) -> None:
        # The request as it is sent loses its last deletion, the answer gives it back.
        body = params["body"].decode()
        held_back.append(body.count("DeleteRequest"))

    def unprocessed(parsed: dict[str, Any], **_: Any) -> None:
        if len(held_back) == 1:
            item = dynamodb_client.scan(TableName="conversations")["Items"]
            assert item == []
            key = {"pk": {"S": "acme#web#c"}, "sk": {"S": "turn#0#m"}}
            parsed["UnprocessedItems"] = {"conversations": [{"DeleteRequest": {"Key": key}}]}

    with (
        during(dynamodb_client, "before-call", "BatchWriteItem", hold_back),
        during(dynamodb_client, "after-call", "BatchWriteItem", unprocessed),
    ):
        assert on_dynamodb.delete("acme", "web", "c")
    assert held_back == [3 + 3 + 3, 1]  # the turns, what they cite, and their places in the list


@pytest.mark.usefixtures("aws")
def test_a_missing_table_is_reported_as_ours(dynamodb_client: Any):
    missing = DynamoConversations(dynamodb_client, "missing", 24)
    for call in (
        missing.ping,
        lambda: missing.history("acme", "web", "c", 1),
        lambda: missing.append("acme", "web", "c", turn(0)),
        lambda: missing.delete("acme", "web", "c"),
        lambda: DynamoCitedTurns(dynamodb_client, "missing").redact("acme", "d1"),
        lambda: DynamoCitedTurns(dynamodb_client, "missing").count_citing("acme", "d1"),
    ):
        with pytest.raises(UpstreamRefused) as caught:
            call()
        assert caught.value.service == "conversations"


def test_throttling_is_a_passing_failure(
    on_dynamodb: DynamoConversations, dynamodb_client: Any, during: Callable[..., Any]
):
    class Response:
        status_code = 400

    def throttle(**_: Any) -> tuple[Response, dict[str, Any]]:
        error = {"Code": "ProvisionedThroughputExceededException", "Message": ""}
        return Response(), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}

    with (
        during(dynamodb_client, "before-call", "Query", throttle),
        pytest.raises(UpstreamUnavailable),
    ):
        on_dynamodb.history("acme", "web", "c", 1)
