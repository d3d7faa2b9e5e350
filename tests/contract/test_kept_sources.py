"""What an answer was told with stays with its turn, and goes with it: in memory and on DynamoDB."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nexus.adapters.dynamodb.cited_turns import DynamoCitedTurns
from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.models import (
    CheckedClaim,
    Comparison,
    Confidence,
    DocumentMetadata,
    Locator,
    Passage,
    ReadDocument,
    Source,
    Turn,
)
from nexus.ports import CitedTurns, ConversationStore
from tests.fakes import FakeConversations

QUOTE = "The fee is nine million rupiah."
PLACE = Locator(page=3, heading=("Fees", "Payment"), sheet="2026", row=14)
PASSAGE = Passage("k1", "d1", "Fees", "s3://docs/fees.pdf", "v7", PLACE, "", 0.91)
TURN = Turn(
    "m1",
    "How much?",
    f"{QUOTE} [1]",
    False,
    "2026-01-01T00:00:00Z",
    ("d1", "d2"),
    sources=(
        Source(1, PASSAGE, QUOTE),
        Source(2, replace(PASSAGE, document_id="d2", locator=Locator()), "Überweisung bis März."),
    ),
    claims=(CheckedClaim(QUOTE, (1, 2), True), CheckedClaim("So be it.", (), False)),
    confidence=Confidence("high", 0.93, Comparison("probability", 0.97, 0.35, True)),
    read_at="2025-12-31T23:59:58.000Z",
    read_as=(
        ReadDocument("d1", "v7", DocumentMetadata(None, None, "HR", "2025-01-02", ("t",), ("hr",))),
        ReadDocument("d2", "v7", DocumentMetadata()),
    ),
)


@pytest.fixture
def on_dynamodb(make_table: Callable[..., str], dynamodb_client: Any) -> DynamoConversations:
    return DynamoConversations(dynamodb_client, make_table("conversations", "pk", "sk"), 24)


Both = tuple[ConversationStore, CitedTurns]


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Both:
    if request.param == "fake":
        both = FakeConversations()
        return both, both
    conversations: ConversationStore = request.getfixturevalue("on_dynamodb")
    client = request.getfixturevalue("dynamodb_client")
    return conversations, DynamoCitedTurns(client, "conversations")


def stored(client: Any) -> dict[str, Any]:
    items = client.scan(TableName="conversations")["Items"]
    [turn] = [item for item in items if "answer" in item]
    found: dict[str, Any] = turn
    return found


def test_a_turn_comes_back_with_its_sources_its_claims_and_its_confidence(stores: Both):
    conversations, _ = stores
    conversations.append("acme", "web", "c", TURN)
    conversations.append("acme", "web", "c", replace(TURN, message_id="m2", confidence=None))
    bare = replace(TURN, message_id="m3", sources=(), claims=(), confidence=None, read_as=())
    conversations.append("acme", "web", "c", bare)
    found = conversations.history("acme", "web", "c", 9)
    assert found == [TURN, replace(TURN, message_id="m2", confidence=None), bare]


def test_quotes_go_with_the_answer_when_a_document_is_erased(stores: Both):
    conversations, turns = stores
    conversations.append("acme", "web", "c", TURN)
    assert turns.redact("acme", "d2") == 1
    [found] = conversations.history("acme", "web", "c", 9)
    assert (found.sources, found.claims, found.confidence) == ((), (), None)
    assert found.read_as == ()
    assert (found.answer, found.deleted_document_ids) == ("", ("d2",))


def test_nothing_of_a_quote_stays_in_the_table(on_dynamodb: Any, dynamodb_client: Any):
    on_dynamodb.append("acme", "web", "c", TURN)
    assert QUOTE.encode() in zlib.decompress(stored(dynamodb_client)["told"]["B"])
    DynamoCitedTurns(dynamodb_client, "conversations").redact("acme", "d1")
    assert "told" not in stored(dynamodb_client)
    assert "nine million" not in repr(dynamodb_client.scan(TableName="conversations")["Items"])


@pytest.mark.parametrize("told", [b"", b"no zlib", zlib.compress(b"{}"), zlib.compress(b"[1]")])
def test_a_turn_is_read_without_what_cannot_be_unpacked(
    on_dynamodb: Any, dynamodb_client: Any, told: bytes
):
    on_dynamodb.append("acme", "web", "c", TURN)
    item = {**stored(dynamodb_client), "told": {"B": told}}
    dynamodb_client.put_item(TableName="conversations", Item=item)
    [found] = on_dynamodb.history("acme", "web", "c", 9)
    assert found == replace(TURN, sources=(), claims=(), confidence=None, read_as=())


def test_a_turn_of_before_is_read_without_what_was_not_kept_then(
    on_dynamodb: Any, dynamodb_client: Any
):
    on_dynamodb.append("acme", "web", "c", TURN)
    item = stored(dynamodb_client)
    told = json.loads(zlib.decompress(item["told"]["B"]))
    # As a release that knows no such field reads it, too, while versions change.
    assert all("said" not in source["passage"] for source in told["sources"])
    del told["read_as"], item["read_at"]
    item["told"] = {"B": zlib.compress(json.dumps(told).encode())}
    dynamodb_client.put_item(TableName="conversations", Item=item)
    [found] = on_dynamodb.history("acme", "web", "c", 9)
    assert found == replace(TURN, read_at="", read_as=())


def test_half_of_a_surrogate_pair_costs_no_turn(on_dynamodb: Any):
    claims = (CheckedClaim("So \ud83d be it.", (1,), False),)
    on_dynamodb.append("acme", "web", "c", replace(TURN, claims=claims))
    [found] = on_dynamodb.history("acme", "web", "c", 9)
    assert found.claims[0].text == "So ? be it."
