"""Actions that wait: taken once, by the client and in the conversation that they were kept for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws

from nexus.adapters.dynamodb.confirmations import DynamoConfirmations
from nexus.models import PendingAction
from nexus.ports.tool_chats import Confirmations
from tests.agent_world import FakeConfirmations
from tests.fakes import FakeClock

ACTION = PendingAction("a-1", "desk", "pay", "Pay a fee", '{"amount":5}', 1_750_000_600)
MINE = ("acme", "web", "c-1")
Made = tuple[Confirmations, FakeClock]


def dynamo(clock: Callable[[], float]) -> DynamoConfirmations:
    client: Any = boto3.client("dynamodb", region_name="eu-west-1")
    client.create_table(
        TableName="cache",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoConfirmations(client, "cache", clock)


@pytest.fixture(params=[FakeConfirmations, dynamo])
def made(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    clock = FakeClock()
    with mock_aws():
        yield request.param(clock), clock


def test_an_action_is_taken_once_and_as_it_was_kept(made: Made) -> None:
    confirmations, _ = made
    confirmations.keep(*MINE, ACTION)
    assert confirmations.take(*MINE, "a-1") == ACTION
    assert confirmations.take(*MINE, "a-1") is None
    assert confirmations.take(*MINE, "a-2") is None


@pytest.mark.parametrize(
    "other", [("rival", "web", "c-1"), ("acme", "mobile", "c-1"), ("acme", "web", "c-2")]
)
def test_anothers_stays_where_it_is(made: Made, other: tuple[str, str, str]) -> None:
    confirmations, _ = made
    confirmations.keep(*MINE, ACTION)
    assert confirmations.take(*other, "a-1") is None
    assert confirmations.take(*MINE, "a-1") == ACTION


def test_a_late_one_is_not_given_though_it_is_still_stored(made: Made) -> None:
    confirmations, clock = made
    confirmations.keep(*MINE, ACTION)
    clock.advance(600)
    assert confirmations.take(*MINE, "a-1") is None


def test_of_many_who_ask_at_once_one_gets_it(made: Made) -> None:
    confirmations, _ = made
    confirmations.keep(*MINE, ACTION)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: confirmations.take(*MINE, "a-1"), range(16)))
    assert [one for one in found if one] == [ACTION]
