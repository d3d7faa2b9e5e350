"""The entries of API keys, in memory and on DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nexus.adapters.dynamodb.clients import DynamoClients
from nexus.errors import Superseded, UpstreamRefused
from nexus.models import ApiClient, Filters, Principal
from nexus.ports import ClientStore
from tests.fakes import FakeClients

PLAIN = ApiClient(
    key_hash="a" * 64,
    gateway_key_id="key-1",
    principal=Principal("acme", "web", "user", "standard"),
    created_at="2025-06-15T15:00:00.000Z",
)
RESTRICTED = ApiClient(
    key_hash="b" * 64,
    gateway_key_id="key-2",
    principal=Principal(
        "acme",
        "kiosk",
        "admin",
        "admin",
        Filters(("Finance", "Library"), ("public",), "2024-01-01", None, ("d1",)),
        expires_at=1_750_000_000,
    ),
    created_at="2025-06-15T15:00:00.000Z",
)


@pytest.fixture(params=["fake", "dynamodb"])
def clients(request: pytest.FixtureRequest) -> ClientStore:
    if request.param == "fake":
        return FakeClients()
    make_table = request.getfixturevalue("make_table")
    client = request.getfixturevalue("dynamodb_client")
    return DynamoClients(client, make_table("clients", "pk"))


def test_an_entry_comes_back_as_it_was_stored(clients: ClientStore):
    for client in (PLAIN, RESTRICTED):
        assert clients.find(client.key_hash) is None
        clients.put(client)
        assert clients.find(client.key_hash) == client
    assert {client.key_hash: client for client in clients.list_clients()} == {
        PLAIN.key_hash: PLAIN,
        RESTRICTED.key_hash: RESTRICTED,
    }


def test_storing_a_hash_again_replaces_its_entry(clients: ClientStore):
    clients.put(replace(RESTRICTED, key_hash=PLAIN.key_hash))
    clients.put(PLAIN)
    assert clients.find(PLAIN.key_hash) == PLAIN
    assert list(clients.list_clients()) == [PLAIN]


def test_a_removed_entry_is_gone_at_once(clients: ClientStore):
    clients.put(PLAIN)
    clients.remove(PLAIN.key_hash)
    clients.remove(PLAIN.key_hash)
    assert clients.find(PLAIN.key_hash) is None
    assert list(clients.list_clients()) == []


@pytest.mark.parametrize("until", [None, 1_760_000_000])
def test_a_key_is_ended_as_its_successor_is_stored(clients: ClientStore, until: int | None):
    old = replace(PLAIN, principal=replace(PLAIN.principal, expires_at=until))
    new = replace(old, key_hash="c" * 64, gateway_key_id="key-3")
    clients.put(old)
    clients.succeed(old, 1_750_000_000, new)
    ended = clients.find(old.key_hash)
    assert ended == replace(old, principal=replace(old.principal, expires_at=1_750_000_000))
    assert clients.find(new.key_hash) == new


@pytest.mark.parametrize("until", [None, 1_760_000_000])
def test_a_key_that_was_ended_or_removed_meanwhile_gets_no_successor(
    clients: ClientStore, until: int | None
):
    old = replace(PLAIN, principal=replace(PLAIN.principal, expires_at=until))
    first = replace(old, key_hash="c" * 64)
    second = replace(old, key_hash="d" * 64)
    clients.put(old)
    clients.succeed(old, 1_750_000_000, first)
    with pytest.raises(Superseded):
        clients.succeed(old, 1_750_000_001, second)
    clients.remove(first.key_hash)
    with pytest.raises(Superseded):
        clients.succeed(first, 1_750_000_001, second)
    assert clients.find(second.key_hash) is None
    ended = clients.find(old.key_hash)
    assert ended is not None
    assert ended.principal.expires_at == 1_750_000_000


def test_the_store_answers_a_ping(clients: ClientStore):
    clients.ping()


def test_a_time_to_live_is_a_number_or_absent(make_table: Callable[..., str], dynamodb_client: Any):
    clients = DynamoClients(dynamodb_client, make_table("clients", "pk"))
    clients.put(PLAIN)
    clients.put(RESTRICTED)
    items = dynamodb_client.scan(TableName="clients")["Items"]
    assert {item["pk"]["S"][0]: item.get("expires_at") for item in items} == {
        "a": None,
        "b": {"N": "1750000000"},
    }


@pytest.mark.usefixtures("aws")
def test_a_missing_table_is_reported_as_ours(dynamodb_client: Any):
    missing = DynamoClients(dynamodb_client, "missing")
    for call in (
        missing.ping,
        lambda: missing.find("a" * 64),
        lambda: missing.put(PLAIN),
        lambda: missing.remove("a" * 64),
        lambda: missing.succeed(PLAIN, 1, RESTRICTED),
        lambda: list(missing.list_clients()),
    ):
        with pytest.raises(UpstreamRefused) as caught:
            call()
        assert caught.value.service == "clients"
