"""The cache, in memory and on DynamoDB: values come back until they expire, and never as others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nexus.adapters.dynamodb_cache import DynamoCache
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
    return DynamoCache(dynamodb_client, make_table("cache", "pk"), clock)


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
    missing = DynamoCache(dynamodb_client, "missing")
    for call in (missing.ping, lambda: missing.get(KEY), lambda: missing.put(KEY, b"", 60)):
        with pytest.raises(UpstreamRefused) as caught:
            call()
        assert caught.value.service == "cache"
