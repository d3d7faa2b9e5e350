"""Claims on repeated requests, in memory and on DynamoDB: one owner and one answer at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from nexus.adapters.dynamodb.cache import DynamoCache
from nexus.adapters.dynamodb.request_claims import DynamoRequestClaims
from nexus.ports import LARGEST_CACHED, Cache, Claim, RequestClaims
from tests.fakes import FakeCache, FakeClock, FakeRequestClaims

KEY, BODY = "a" * 64, "b" * 64
DOCUMENTS = [("acme", "d1")]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest, clock: FakeClock) -> tuple[RequestClaims, Cache]:
    """The claims, and the cache through which documents are erased from them."""
    if request.param == "fake":
        cache = FakeCache(clock)
        return FakeRequestClaims(clock, cache), cache
    return request.getfixturevalue("on_dynamodb")  # type: ignore[no-any-return]


@pytest.fixture
def on_dynamodb(
    make_table: Callable[..., str], dynamodb_client: Any, clock: FakeClock
) -> tuple[RequestClaims, Cache]:
    place = (dynamodb_client, make_table("cache", "pk"), make_table("register", "pk", "sk"), clock)
    return DynamoRequestClaims(*place), DynamoCache(*place)


@pytest.fixture
def claims(stores: tuple[RequestClaims, Cache]) -> RequestClaims:
    return stores[0]


def test_the_first_gets_the_key_and_the_next_is_told_what_stands_there(
    claims: RequestClaims,
) -> None:
    assert claims.claim(KEY, BODY, "one", 40) is None
    assert claims.claim(KEY, "other", "two", 40) == Claim(BODY)
    assert claims.finish(KEY, BODY, "one", b"nine million", 100, [])
    assert claims.claim(KEY, BODY, "two", 40) == Claim(BODY, b"nine million")
    assert claims.claim("c" * 64, BODY, "two", 40) is None


def test_of_many_at_once_one_gets_the_key(claims: RequestClaims) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: claims.claim(KEY, BODY, f"owner {n}", 40), range(16)))
    assert found.count(None) == 1
    assert found.count(Claim(BODY)) == 15


def test_the_owner_gets_its_key_again(claims: RequestClaims) -> None:
    assert claims.claim(KEY, BODY, "one", 40) is None
    assert claims.claim(KEY, BODY, "one", 40) is None


def test_a_key_whose_owner_never_came_back_is_free_after_its_time(
    claims: RequestClaims, clock: FakeClock
) -> None:
    claims.claim(KEY, BODY, "one", 40)
    clock.advance(39)
    assert claims.claim(KEY, BODY, "two", 40) == Claim(BODY)
    clock.advance(2)
    assert claims.claim(KEY, BODY, "two", 40) is None
    assert not claims.finish(KEY, BODY, "one", b"late", 100, [])
    assert claims.finish(KEY, BODY, "two", b"in time", 100, [])
    assert claims.claim(KEY, BODY, "three", 40) == Claim(BODY, b"in time")


def test_an_answer_is_kept_for_its_time(claims: RequestClaims, clock: FakeClock) -> None:
    claims.claim(KEY, BODY, "one", 40)
    claims.finish(KEY, BODY, "one", b"answer", 100, [])
    clock.advance(99)
    assert claims.claim(KEY, BODY, "two", 40) == Claim(BODY, b"answer")
    clock.advance(2)
    assert claims.claim(KEY, BODY, "two", 40) is None


def test_only_the_owner_gives_a_key_up(claims: RequestClaims) -> None:
    claims.claim(KEY, BODY, "one", 40)
    claims.release(KEY, "two")
    assert claims.claim(KEY, BODY, "two", 40) == Claim(BODY)
    claims.release(KEY, "one")
    claims.release(KEY, "one")
    assert claims.claim(KEY, BODY, "two", 40) is None


def test_an_answer_goes_with_any_document_that_it_quotes(
    stores: tuple[RequestClaims, Cache],
) -> None:
    claims, cache = stores
    claims.claim(KEY, BODY, "one", 40)
    claims.finish(KEY, BODY, "one", b"quote", 100, [*DOCUMENTS, ("acme", "d2")])
    assert cache.count("acme", "d1") == 1
    assert cache.forget("acme", "d1") == 1
    assert cache.count("acme", "d1") == 0
    assert claims.claim(KEY, BODY, "two", 40) is None


def test_an_answer_that_is_too_large_is_not_kept(claims: RequestClaims) -> None:
    claims.claim(KEY, BODY, "one", 40)
    assert not claims.finish(KEY, BODY, "one", b"x" * (LARGEST_CACHED + 1), 100, [])
    assert claims.claim(KEY, BODY, "two", 40) == Claim(BODY)


def test_what_stands_under_a_key_is_read_without_taking_it(
    claims: RequestClaims, clock: FakeClock
) -> None:
    assert claims.standing(KEY) is None
    assert claims.claim(KEY, BODY, "one", 40) is None
    assert claims.standing(KEY) == Claim(BODY)
    assert claims.finish(KEY, BODY, "one", b"answer", 60, DOCUMENTS)
    assert claims.standing(KEY) == Claim(BODY, b"answer")
    clock.advance(61)
    assert claims.standing(KEY) is None
