"""What a turn reads first and writes last, in memory and on DynamoDB: each is one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from nexus.adapters.dynamodb.cache import DynamoCache
from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.dynamodb.cited_turns import DynamoCitedTurns
from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.adapters.dynamodb.generations import DynamoGenerations
from nexus.adapters.dynamodb.turns import DynamoTurns
from nexus.errors import UpstreamError
from nexus.models import Generations, Turn
from nexus.ports import LARGEST_CACHED, Cache, Catalogue, ConversationStore, GenerationStore, Kept
from nexus.settings import Settings
from nexus.wiring.answering import Turns
from tests.contract.test_catalogue import ONE, indexed
from tests.fakes import FakeCache, FakeCatalogue, FakeClock, FakeConversations, FakeGenerations
from tests.fakes import FakeTurns as InMemory

LIVE = Settings().generation
TURN = Turn("m1", "When?", "On day 1.", False, "2025-06-15T15:00:00Z", ("d1", "d2"))
ANSWER = Kept("a" * 64, b"text of d1 and d3", 60, [("acme", "d1"), ("acme", "d3")])
EMBEDDING = Kept("e" * 64, b"\x00\xff", 60)


@dataclass
class Stores:
    """The stores of a deployment, and what concerns several of them."""

    generations: GenerationStore
    catalogue: Catalogue
    conversations: ConversationStore
    cache: Cache
    turns: Turns

    def append(self, *kept: Kept, begins: bool = True, turn: Turn = TURN) -> None:
        self.turns.append("acme", "web", "c", turn, begins=begins, kept=kept)

    def said(self) -> list[Turn]:
        return self.conversations.history("acme", "web", "c", 10)


class Watched:
    """A DynamoDB client that counts its calls and leaves unprocessed what it is told to."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[str] = []
        self.unprocessed: list[str] = []  # a table for each of the next writes
        self.refused = 0  # so many further writes fail

    def batch_write_item(self, RequestItems: dict[str, Any]) -> Any:  # noqa: N803 - botocore's
        self.calls.append("BatchWriteItem")
        left = self.unprocessed.pop(0) if self.unprocessed else ""
        if self.refused:
            self.refused -= 1
            error: Any = {"Error": {"Code": "ValidationException", "Message": "No."}}
            raise ClientError(error, "BatchWriteItem")
        now = {table: items for table, items in RequestItems.items() if table != left}
        if now:
            self._client.batch_write_item(RequestItems=now)
        rest = {left: RequestItems[left]} if left in RequestItems else {}
        return {"UnprocessedItems": rest}

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self._client, name)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def watched(dynamodb_client: Any) -> Watched:
    return Watched(dynamodb_client)


@pytest.fixture
def on_dynamodb(make_table: Callable[..., str], watched: Any, clock: FakeClock) -> Stores:
    catalogue = make_table("catalogue", "pk", "sk")
    register, table = make_table("conversations", "pk", "sk"), make_table("cache", "pk")
    conversations = DynamoConversations(watched, register, 24, clock)
    cache = DynamoCache(watched, table, register, clock)
    return Stores(
        DynamoGenerations(watched, catalogue),
        DynamoCatalogue(watched, catalogue, LIVE.generation_id, clock),
        conversations,
        cache,
        DynamoTurns(watched, catalogue, conversations, register, cache, table, clock),
    )


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest, clock: FakeClock) -> Stores:
    if request.param == "dynamodb":
        made: Stores = request.getfixturevalue("on_dynamodb")
        return made
    parts = (
        FakeGenerations(),
        FakeCatalogue(clock),
        FakeConversations(24, clock),
        FakeCache(clock),
    )
    return Stores(*parts, InMemory(*parts))


def test_what_stands_is_what_the_stores_say(stores: Stores, clock: FakeClock):
    nothing = stores.turns.standing(LIVE, "acme")
    assert (nothing.generations, nothing.version) == (None, 0)

    stored = stores.generations.write(Generations(LIVE.generation_id, (LIVE,)))
    assert stores.turns.standing(LIVE, "acme").generations == stored

    indexed(stores.catalogue, ONE)
    assert stores.turns.standing(LIVE, "acme").version is None
    for seconds in (0.0, 60.0):
        clock.advance(seconds)
        for tenant in ("acme", "rival"):
            found = stores.turns.standing(LIVE, tenant)
            assert (found.generations, found.version) == (stored, stores.catalogue.version(tenant))


def test_a_turn_and_its_values_are_there_once_it_is_appended(stores: Stores, clock: FakeClock):
    stores.append(ANSWER, EMBEDDING)
    stores.append(begins=False, turn=replace(TURN, message_id="m2"))
    assert [turn.message_id for turn in stores.said()] == ["m1", "m2"]
    assert stores.said()[0] == TURN
    both = {ANSWER.key: ANSWER.value, EMBEDDING.key: EMBEDDING.value}
    assert stores.cache.get_many([ANSWER.key, "x" * 64, EMBEDDING.key]) == both
    clock.advance(60)
    assert stores.cache.get_many([ANSWER.key, EMBEDDING.key]) == {}


def test_values_are_found_by_their_documents_and_those_without_text_by_none(stores: Stores):
    stores.append(ANSWER, EMBEDDING)
    assert [stores.cache.count("acme", f"d{number}") for number in (1, 2, 3)] == [1, 0, 1]
    assert stores.cache.forget("acme", "d3") == 1
    assert list(stores.cache.get_many([ANSWER.key, EMBEDDING.key])) == [EMBEDDING.key]


def test_what_is_too_large_for_the_cache_is_not_kept_and_costs_no_turn(stores: Stores):
    stores.append(replace(ANSWER, value=b"x" * (LARGEST_CACHED + 1)))
    assert stores.said() == [TURN]
    assert stores.cache.get(ANSWER.key) is None


def test_each_is_one_call_and_a_conversation_that_begins_is_not_read(
    on_dynamodb: Stores, watched: Watched
):
    watched.calls.clear()
    on_dynamodb.turns.standing(LIVE, "acme")
    on_dynamodb.cache.get_many([ANSWER.key, EMBEDDING.key])
    on_dynamodb.append(ANSWER, EMBEDDING)
    assert watched.calls == ["batch_get_item", "batch_get_item", "BatchWriteItem"]
    on_dynamodb.append(begins=False, turn=replace(TURN, message_id="m2"))
    assert watched.calls[3:] == ["BatchWriteItem"]


def test_more_items_than_one_call_takes_are_all_written_entries_first(
    on_dynamodb: Stores, watched: Watched
):
    cited = tuple(f"d{number}" for number in range(20))
    documents = [("acme", document_id) for document_id in cited]
    on_dynamodb.append(replace(ANSWER, documents=documents), turn=replace(TURN, document_ids=cited))
    assert watched.calls.count("BatchWriteItem") == 2
    assert all(on_dynamodb.cache.count("acme", document_id) == 1 for document_id in cited)
    found = DynamoCitedTurns(watched, "conversations")  # type: ignore[arg-type]
    assert [found.count_citing("acme", document_id) for document_id in cited] == [1] * 20


def test_a_value_that_the_cache_has_no_room_for_is_let_go_and_the_turn_is_not(
    on_dynamodb: Stores, watched: Watched
):
    watched.unprocessed = ["cache"]
    on_dynamodb.append(ANSWER)
    assert watched.calls.count("BatchWriteItem") == 1
    assert on_dynamodb.said() == [TURN]
    assert on_dynamodb.cache.get(ANSWER.key) is None


def test_entries_that_were_left_are_written_again(on_dynamodb: Stores, watched: Watched):
    watched.unprocessed = ["conversations"]
    on_dynamodb.append(ANSWER)
    assert on_dynamodb.said() == [TURN]
    assert on_dynamodb.cache.count("acme", "d3") == 1


def test_no_value_stays_whose_entries_could_not_be_written(on_dynamodb: Stores, watched: Watched):
    class Stops(Watched):
        def batch_write_item(self, RequestItems: dict[str, Any]) -> Any:  # noqa: N803
            if self.unprocessed:
                return super().batch_write_item(RequestItems)
            self.refused = 1
            return super().batch_write_item(RequestItems)

    client: Any = Stops(watched)
    client.unprocessed = ["conversations"]
    turns = DynamoTurns(
        client,
        "catalogue",
        on_dynamodb.conversations,  # type: ignore[arg-type]
        "conversations",
        on_dynamodb.cache,  # type: ignore[arg-type]
        "cache",
    )
    with pytest.raises(UpstreamError):
        turns.append("acme", "web", "c", TURN, begins=True, kept=[ANSWER, EMBEDDING])
    assert on_dynamodb.cache.get(ANSWER.key) is None
    assert on_dynamodb.said() == []


def test_a_cache_that_refuses_its_values_costs_no_turn(on_dynamodb: Stores, watched: Watched):
    watched.refused = 1
    on_dynamodb.append(ANSWER, EMBEDDING)
    assert on_dynamodb.said() == [TURN]
    assert on_dynamodb.cache.get_many([ANSWER.key, EMBEDDING.key]) == {}
    found = DynamoCitedTurns(watched, "conversations")  # type: ignore[arg-type]
    assert found.count_citing("acme", "d2") == 1
