"""A client's conversations as a list, in memory and on DynamoDB, whoever writes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.models import Conversation, Turn
from nexus.ports import ListedConversations
from tests.fakes import FakeClock, FakeConversations

OWNER = ("acme", "web")


def turn(number: int, question: str = "") -> Turn:
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=number)
    at = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Turn(f"m{number}", question or f"Question {number}?", "So it is.", False, at)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest, clock: FakeClock) -> ListedConversations:
    if request.param == "fake":
        return FakeConversations(24, clock)
    on_dynamodb: ListedConversations = request.getfixturevalue("on_dynamodb")
    return on_dynamodb


@pytest.fixture
def on_dynamodb(
    make_table: Callable[..., str], dynamodb_client: Any, clock: FakeClock
) -> DynamoConversations:
    table = make_table("conversations", "pk", "sk")
    return DynamoConversations(dynamodb_client, table, 24, clock)


@pytest.fixture
def another(on_dynamodb: Any, dynamodb_client: Any, clock: FakeClock) -> DynamoConversations:
    return DynamoConversations(dynamodb_client, "conversations", 24, clock)


def listed(store: ListedConversations, limit: int = 100) -> list[Conversation]:
    found, cursor = store.page(*OWNER, limit, "")
    assert cursor is None
    return found


def names(store: ListedConversations) -> list[tuple[str, int]]:
    return [(one.conversation_id, one.turns) for one in listed(store)]


def test_the_latest_comes_first_with_what_a_list_shows(
    store: ListedConversations, clock: FakeClock
):
    clock.advance(1_767_225_600 - clock())  # 2026-01-01
    store.append(*OWNER, "a", turn(0, "How much\n is the fee\tof a book?"))
    store.append(*OWNER, "b", turn(1))
    store.append(*OWNER, "a", turn(2))
    first, second = listed(store)
    assert (first.conversation_id, first.title) == ("a", "How much is the fee of a book?")
    assert (first.created_at, first.updated_at) == (turn(0).created_at, turn(2).created_at)
    assert (first.turns, first.expires_at) == (2, "2026-01-02T00:00:00Z")
    assert (second.conversation_id, second.turns) == ("b", 1)
    found = store.find(*OWNER, "a")
    assert found
    assert found == first


def test_a_client_sees_its_own(store: ListedConversations):
    store.append(*OWNER, "a", turn(0))
    for owner in (("acme", "app"), ("rival", "web"), ("acme#web", ""), ("acme", "web#")):
        assert store.page(*owner, 9, "") == ([], None)
        assert store.find(*owner, "a") is None
        assert not store.rename(*owner, "a", "Mine")
    assert names(store) == [("a", 1)]


@pytest.mark.parametrize("limit", [1, 7, 12, 24, 25])
def test_pages_give_each_conversation_once_in_the_order_of_all(
    store: ListedConversations, limit: int
):
    for number in range(24):
        store.append(*OWNER, f"c{number:02}", turn(number))
    for number in (3, 9, 3):
        store.append(*OWNER, f"c{number:02}", turn(30 + number))
    found, cursor = store.page(*OWNER, limit, "")
    while cursor is not None:
        more, cursor = store.page(*OWNER, limit, cursor)
        assert len(more) <= limit
        found += more
    assert found == listed(store)
    assert [one.conversation_id for one in found[:3]] == ["c09", "c03", "c23"]
    assert len({one.conversation_id for one in found}) == len(found) == 24


def test_a_title_that_was_given_stays_with_every_further_turn(store: ListedConversations):
    store.append(*OWNER, "a", turn(0))
    assert store.rename(*OWNER, "a", "Fees")
    store.append(*OWNER, "a", turn(1))
    assert [one.title for one in listed(store)] == ["Fees"]
    assert store.rename(*OWNER, "a", "Fees of 2026")
    assert [one.title for one in listed(store)] == ["Fees of 2026"]
    assert store.delete(*OWNER, "a")
    store.append(*OWNER, "a", turn(2))
    assert [one.title for one in listed(store)] == ["Question 2?"]


def test_what_is_deleted_or_has_expired_is_not_listed(store: ListedConversations, clock: FakeClock):
    store.append(*OWNER, "a", turn(0))
    store.append(*OWNER, "b", turn(1))
    store.delete(*OWNER, "b")
    assert names(store) == [("a", 1)]
    clock.advance(24 * 3600)
    assert names(store) == []
    assert not store.rename(*OWNER, "a", "Late")


def test_expired_turns_are_neither_counted_nor_the_title(
    store: ListedConversations, clock: FakeClock
):
    store.append(*OWNER, "a", turn(0))
    clock.advance(25 * 3600)
    store.append(*OWNER, "a", turn(1))
    [found] = listed(store)
    assert (found.turns, found.title) == (1, "Question 1?")


def items(client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.scan(TableName="conversations")["Items"]
    return found


def pointers(client: Any) -> list[str]:
    found = [item["sk"]["S"] for item in items(client) if item["pk"]["S"].endswith("##list")]
    return sorted(found)


def test_turns_at_the_same_time_lose_none_and_list_their_conversation_once(
    on_dynamodb: Any, another: Any, dynamodb_client: Any
):
    on_dynamodb.append(*OWNER, "a", turn(0))
    for store in (on_dynamodb, another):  # both know turn 0, and not of one another
        assert len(store.history(*OWNER, "a", 6)) == 1
    another.append(*OWNER, "a", turn(2))
    on_dynamodb.append(*OWNER, "a", turn(1))
    assert len(pointers(dynamodb_client)) == 2
    [found] = listed(on_dynamodb)
    assert (found.turns, found.updated_at) == (3, turn(2).created_at)
    on_dynamodb.history(*OWNER, "a", 6)
    on_dynamodb.append(*OWNER, "a", turn(3))
    assert names(another) == [("a", 4)]
    found, cursor = another.page(*OWNER, 1, "")
    assert [one.turns for one in found] == [4]
    while cursor is not None:
        found, cursor = another.page(*OWNER, 1, cursor)
        assert found == []


def test_a_turn_that_is_written_again_is_one_turn(on_dynamodb: Any, dynamodb_client: Any):
    for number in (0, 1, 1, 1):
        on_dynamodb.append(*OWNER, "a", turn(number))
    assert names(on_dynamodb) == [("a", 2)]
    assert len(pointers(dynamodb_client)) == 1


def test_a_clock_that_is_behind_does_not_move_a_conversation_back(
    on_dynamodb: Any, another: Any, dynamodb_client: Any
):
    on_dynamodb.append(*OWNER, "a", turn(5))
    another.history(*OWNER, "a", 6)
    another.append(*OWNER, "a", turn(3))
    assert names(on_dynamodb) == [("a", 2)]
    another.append(*OWNER, "a", turn(7))
    assert names(on_dynamodb) == [("a", 3)]
    assert len(pointers(dynamodb_client)) == 1


def unlist(client: Any, *moments: int) -> None:
    """Leaves the turns as a release without a list would have written them."""
    listed = {f"{int(datetime.fromisoformat(turn(at).created_at).timestamp()) * 10**6:017d}#a"
              for at in moments}  # fmt: skip
    for item in items(client):
        if item["sk"]["S"] in listed:
            client.delete_item(TableName="conversations", Key={"pk": item["pk"], "sk": item["sk"]})


def test_a_conversation_of_before_there_was_a_list_reads_and_is_listed_with_its_next_turn(
    on_dynamodb: Any, another: Any, dynamodb_client: Any
):
    for number in range(3):
        on_dynamodb.append(*OWNER, "a", turn(number))
    unlist(dynamodb_client, 0, 1, 2)
    assert names(another) == []
    assert len(another.history(*OWNER, "a", 9)) == 3
    another.append(*OWNER, "a", turn(3))
    [found] = listed(another)
    assert (found.turns, found.title) == (4, "Question 0?")


def test_a_turn_of_a_release_without_a_list_costs_no_conversation_its_place(
    on_dynamodb: Any, another: Any, dynamodb_client: Any
):
    on_dynamodb.append(*OWNER, "a", turn(0))
    kept = [item for item in items(dynamodb_client) if item["pk"]["S"].endswith("##list")]
    on_dynamodb.append(*OWNER, "a", turn(1))
    unlist(dynamodb_client, 1)
    dynamodb_client.put_item(TableName="conversations", Item=kept[0])
    [found] = listed(another)
    assert (found.turns, found.updated_at) == (2, turn(1).created_at)
    another.append(*OWNER, "a", turn(2))
    assert names(on_dynamodb) == [("a", 3)]


def test_a_place_in_the_list_goes_with_its_conversation(
    on_dynamodb: Any, another: Any, dynamodb_client: Any
):
    on_dynamodb.append(*OWNER, "a", turn(0))
    another.history(*OWNER, "a", 6)
    on_dynamodb.append(*OWNER, "a", turn(1))
    another.append(*OWNER, "a", turn(2))
    assert another.delete(*OWNER, "a")
    assert items(dynamodb_client) == []


def test_no_more_than_a_thousand_turns_are_counted(
    on_dynamodb: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nexus.adapters.dynamodb.conversation_list.MOST_COUNTED", 3)
    for number in range(6):
        on_dynamodb.append(*OWNER, "a", turn(number))
    [found] = listed(on_dynamodb)
    assert (found.turns, found.updated_at) == (3, turn(5).created_at)
    assert found.title == "Question 0?"


def test_a_page_that_meets_too_many_stale_places_is_short_and_goes_on(
    on_dynamodb: Any, dynamodb_client: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nexus.adapters.dynamodb.conversation_list.MOST_POINTERS", 4)
    on_dynamodb.append(*OWNER, "a", turn(0))
    for number in range(10):
        key = {"pk": {"S": "acme#web##list"}, "sk": {"S": f"{1_900_000_000_000_000 + number}#x"}}
        item = {**key, "expires_at": {"N": "99999999999"}}
        dynamodb_client.put_item(TableName="conversations", Item=item)
    pages, cursor = [], ""
    while cursor is not None:
        found, cursor = on_dynamodb.page(*OWNER, 2, cursor)
        pages.append([one.conversation_id for one in found])
    assert pages[0] == []
    assert [item for page in pages for item in page] == ["a"]
