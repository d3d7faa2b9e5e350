"""The cache, in memory and on DynamoDB: values come back until they expire, and never as others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nexus.adapters.dynamodb.cache import DynamoCache
from nexus.errors import UpstreamRefused
from nexus.ports import LARGEST_CACHED, Cache
from tests.fakes import FakeCache, FakeClock

KEY = "a" * 64


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "dynamodb"])
def cache(request: pytest.FixtureRequest, clock: FakeClock) -> Cache:
    if request.param == "fake":
        return FakeCache(clock)
    return request.getfixturevalue("on_dynamodb")  # type: ignore[no-any-return]


@pytest.fixture
def on_dynamodb(
    make_table: Callable[..., str], dynamodb_client: Any, clock: FakeClock
) -> DynamoCache:
    return DynamoCache(
        dynamodb_client, make_table("cache", "pk"), make_table("register", "pk", "sk"), clock
    )


def test_a_value_comes_back_as_it_was_until_it_is_replaced(cache: Cache):
    assert cache.get(KEY) is None
    for value in (b"", b"\x00\xff" * 3, "harga Rp 2.000 – “ya”".encode()):
        cache.put(KEY, value, 60)
        assert cache.get(KEY) == value
    assert cache.get("b" * 64) is None


def test_a_value_expires(cache: Cache, clock: FakeClock):
    cache.put(KEY, b"value", 60)
    clock.advance(59)
    assert cache.get(KEY) == b"value"
    clock.advance(1)
    assert cache.get(KEY) is None


def test_only_values_up_to_the_limit_are_kept(cache: Cache):
    cache.put(KEY, b"x" * LARGEST_CACHED, 60)
    cache.put("b" * 64, b"x" * (LARGEST_CACHED + 1), 60)
    assert cache.get(KEY) == b"x" * LARGEST_CACHED
    assert cache.get("b" * 64) is None


def test_a_discarded_value_is_gone(cache: Cache):
    cache.put(KEY, b"value", 60)
    cache.put("b" * 64, b"other", 60)
    for _ in range(2):
        cache.discard(KEY)
        assert cache.get(KEY) is None
    assert cache.get("b" * 64) == b"other"


def test_the_values_that_hold_text_of_a_document_are_counted_and_forgotten(cache: Cache):
    one, two, theirs = ("acme", "d1"), ("acme", "d2"), ("rival", "d1")
    for key, documents in {"k1": [one], "k2": [one, two, one], "k3": [two], "k4": [theirs]}.items():
        cache.put(key, b"text", 60, documents)
    cache.put("k5", b"embedding", 60)
    assert (cache.count(*one), cache.count(*two), cache.count("acme", "d")) == (2, 2, 0)

    assert cache.forget(*one) == 2

    assert [key for key in ("k1", "k2", "k3", "k4", "k5") if cache.get(key)] == ["k3", "k4", "k5"]
    assert (cache.count(*one), cache.count(*two), cache.count(*theirs)) == (0, 1, 1)
    assert cache.forget(*one) == 0


def test_a_value_that_has_expired_but_is_not_gone_counts_and_goes(cache: Cache, clock: FakeClock):
    cache.put(KEY, b"text", 60, [("acme", "d1")])
    clock.advance(61)
    assert cache.count("acme", "d1") == 1
    assert cache.forget("acme", "d1") == 1
    assert cache.count("acme", "d1") == 0


def test_any_number_of_values_is_forgotten(cache: Cache):
    for number in range(130):
        cache.put(f"k{number}", b"text", 60, [("acme", "d1")])
    assert cache.count("acme", "d1") == 130
    assert cache.forget("acme", "d1") == 130
    assert cache.count("acme", "d1") == 0
    assert cache.get("k129") is None


def test_a_value_is_entered_under_its_documents_before_it_is_there_and_for_as_long(
    on_dynamodb: DynamoCache, dynamodb_client: Any, clock: FakeClock, during: Callable[..., Any]
):
    found: list[Any] = []

    def look(**_: Any) -> None:
        found.extend(dynamodb_client.scan(TableName="register")["Items"])

    with during(dynamodb_client, "before-call", "PutItem", look):
        on_dynamodb.put(KEY, b"text", 60, [("acme", "d1")])
    assert found == [
        {
            "pk": {"S": "acme#d1"},
            "sk": {"S": f"answer#{KEY}"},
            "expires_at": {"N": str(int(clock()) + 60)},
        }
    ]


@pytest.mark.parametrize("broken", [1, 2])
def test_forgetting_that_was_broken_off_is_finished_by_the_next_call(
    on_dynamodb: DynamoCache, dynamodb_client: Any, during: Callable[..., Any], broken: int
):
    calls: list[None] = []

    def break_off(**_: Any) -> None:
        calls.append(None)
        if len(calls) == broken:
            raise InterruptedError

    for number in range(30):
        on_dynamodb.put(f"k{number}", b"text", 60, [("acme", "d1")])
    with (
        during(dynamodb_client, "before-call", "BatchWriteItem", break_off),
        pytest.raises(InterruptedError),
    ):
        on_dynamodb.forget("acme", "d1")
    left = on_dynamodb.count("acme", "d1")
    assert left > 0
    assert on_dynamodb.forget("acme", "d1") == left
    assert dynamodb_client.scan(TableName="cache")["Items"] == []
    assert dynamodb_client.scan(TableName="register")["Items"] == []


def test_the_cache_answers_a_ping(cache: Cache):
    cache.ping()


def test_an_item_is_compressed_and_says_to_dynamodb_when_it_expires(
    on_dynamodb: DynamoCache, dynamodb_client: Any, clock: FakeClock
):
    on_dynamodb.put(KEY, b"x" * 10_000, 60)
    item = dynamodb_client.get_item(TableName="cache", Key={"pk": {"S": KEY}})["Item"]
    assert len(item["value"]["B"]) < 100
    assert item["expires_at"] == {"N": str(int(clock()) + 60)}


def test_what_cannot_be_unpacked_is_not_there(on_dynamodb: DynamoCache, dynamodb_client: Any):
    on_dynamodb.put(KEY, b"value", 60)
    dynamodb_client.update_item(
        TableName="cache",
        Key={"pk": {"S": KEY}},
        UpdateExpression="SET #value = :value",
        ExpressionAttributeNames={"#value": "value"},
        ExpressionAttributeValues={":value": {"B": b"something else"}},
    )
    assert on_dynamodb.get(KEY) is None


@pytest.mark.usefixtures("aws")
def test_a_missing_table_is_reported_as_ours(dynamodb_client: Any):
    missing = DynamoCache(dynamodb_client, "missing", "missing")
    for call in (
        missing.ping,
        lambda: missing.get(KEY),
        lambda: missing.put(KEY, b"", 60),
        lambda: missing.discard(KEY),
        lambda: missing.forget("acme", "d1"),
        lambda: missing.count("acme", "d1"),
    ):
        with pytest.raises(UpstreamRefused) as caught:
            call()
        assert caught.value.service == "cache"
