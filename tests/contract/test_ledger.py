"""Accounts of what is spent, in memory and on DynamoDB: reserved once, settled once, never lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from nexus.adapters.dynamodb.ledger import DynamoLedger
from nexus.budgets.accounts import HELD_S, Full, Place, Reserved, reserve, settle, settle_late
from nexus.budgets.windows import counter, end_of, month_of
from nexus.models import Amount, Budget
from nexus.ports import Ledger
from tests.ledgers import FakeLedger

NOW = 1_796_000_000.0  # within a day, an hour and a minute
WEB = Place("acme", "client/web")
MOST = Amount(1, 40, 4_000)
SPENT = Amount(0, 10, 1_000)


class LosesResponses:
    """A client whose first response to each update is lost: its SDK sends the update again."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **asked: Any) -> Any:
        self._client.update_item(**asked)
        return self._client.update_item(**asked)


class OneAtATime:
    """A client whose calls are made one after another, as DynamoDB serves those of one item.

    moto reads its items while other threads write them. Between the calls all is interleaved.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._client, name)

        def call(**asked: Any) -> Any:
            with self._lock:
                return called(**asked)

        return call


@pytest.fixture(params=["fake", "dynamodb"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "fake":
        return FakeLedger()
    make_table: Callable[..., str] = request.getfixturevalue("make_table")
    client: Any = request.getfixturevalue("dynamodb_client")
    return DynamoLedger(OneAtATime(client), make_table("insights", "pk", "sk"))  # type: ignore[arg-type]


def counted(ledger: Ledger, at: float = NOW) -> tuple[int, int, int]:
    """Requests, tokens and dollars of the month, in the account."""
    counters = ledger.account(WEB.tenant, WEB.name, month_of(at)).counters
    return tuple(  # type: ignore[return-value]
        counters.get(counter(measure, "month", at), 0)
        for measure in ("requests", "tokens", "dollars")
    )


def test_what_is_reserved_counts_until_it_is_settled_with_what_was_spent(ledger: Ledger) -> None:
    found = reserve(ledger, WEB, Budget(tokens_day=100), MOST, "one", NOW)
    assert isinstance(found, Reserved)
    assert counted(ledger) == (1, 40, 4_000)
    settle(ledger, found, SPENT)
    settle(ledger, found, SPENT)  # a call that was sent twice
    assert counted(ledger) == (1, 10, 1_000)
    assert not ledger.account(WEB.tenant, WEB.name, month_of(NOW)).holds


@pytest.mark.parametrize(
    ("budget", "spent"),
    [
        (Budget(tokens_day=100), (1, 40, 4_000)),
        (Budget(requests_day=9), (1, 0, 0)),
        (Budget(requests_day=1), (1, 0, 0)),  # which the first of the two has filled
        (Budget(requests_minute=1, dollars_month=1), (1, 40, 4_000)),
    ],
)
def test_a_reservation_that_is_sent_twice_counts_once(
    ledger: Ledger, budget: Budget, spent: tuple[int, int, int]
) -> None:
    for _ in range(2):
        found = reserve(ledger, WEB, budget, MOST, "one", NOW)
        assert isinstance(found, Reserved)
    assert counted(ledger) == spent


@pytest.mark.parametrize("budget", [Budget(requests_day=9), Budget(tokens_day=100)])
def test_on_dynamodb_what_is_sent_twice_as_its_response_was_lost_is_done_once(
    make_table: Callable[..., str], dynamodb_client: Any, budget: Budget
) -> None:
    ledger = DynamoLedger(LosesResponses(dynamodb_client), make_table("insights", "pk", "sk"))  # type: ignore[arg-type]
    for name in ("kept", "taken back"):
        found = reserve(ledger, WEB, budget, MOST, name, NOW)
        assert isinstance(found, Reserved)
        settle(ledger, found, SPENT if name == "kept" else Amount(-1, 0, 0))
    assert counted(ledger)[0] == 1
    assert counted(ledger)[1] == (10 if budget.tokens_day else 0)


def test_where_requests_alone_are_counted_a_later_reservation_takes_the_hold_out(
    ledger: Ledger,
) -> None:
    budget = Budget(requests_day=9)
    for name in ("one", "two"):
        found = reserve(ledger, WEB, budget, MOST, name, NOW)
        assert isinstance(found, Reserved)
        settle(ledger, found, SPENT)  # asks nothing
    reserve(ledger, WEB, budget, MOST, "three", NOW, over=["one", "two"])
    assert set(ledger.account(WEB.tenant, WEB.name, month_of(NOW)).holds) == {"three"}
    assert counted(ledger) == (3, 0, 0)


def test_of_fifty_at_once_no_more_spend_than_the_cap_and_one_answer(ledger: Ledger) -> None:
    budget = Budget(tokens_month=10 * SPENT.tokens)

    def ask(number: int) -> bool:
        found = reserve(ledger, WEB, budget, MOST, f"hold {number}", NOW)
        if isinstance(found, Full):
            return False
        settle(ledger, found, SPENT)
        return True

    with ThreadPoolExecutor(16) as pool:
        answered = sum(pool.map(ask, range(50)))
    assert 1 <= answered <= 11
    assert counted(ledger) == (answered, answered * SPENT.tokens, answered * SPENT.nanodollars)


def test_of_fifty_at_once_as_many_are_let_in_as_requests_are_left(ledger: Ledger) -> None:
    budget = Budget(requests_day=10)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: reserve(ledger, WEB, budget, MOST, f"{n}", NOW), range(50)))
    assert sum(isinstance(one, Reserved) for one in found) == 10
    assert counted(ledger) == (10, 0, 0)


def test_what_a_request_that_died_had_reserved_returns(ledger: Ledger) -> None:
    budget = Budget(tokens_day=40)
    assert isinstance(reserve(ledger, WEB, budget, MOST, "died", NOW), Reserved)
    refused = reserve(ledger, WEB, budget, MOST, "next", NOW + 1)
    assert isinstance(refused, Full)
    assert refused.is_held
    assert isinstance(reserve(ledger, WEB, budget, MOST, "later", NOW + HELD_S), Reserved)
    assert counted(ledger) == (2, 40, 4_000)


def test_what_is_settled_after_it_returned_still_counts_once(ledger: Ledger) -> None:
    budget = Budget(tokens_day=1_000)
    slow = reserve(ledger, WEB, budget, MOST, "slow", NOW)
    assert isinstance(slow, Reserved)
    other = reserve(ledger, WEB, budget, MOST, "other", NOW + HELD_S)
    assert isinstance(other, Reserved)
    settle(ledger, other, SPENT)
    assert counted(ledger)[1] == 10
    settle(ledger, slow, SPENT)
    settle(ledger, slow, SPENT)
    assert counted(ledger)[1] == 20


def test_what_ends_once_all_is_settled_counts_beside_it_and_once(ledger: Ledger) -> None:
    found = reserve(ledger, WEB, Budget(tokens_day=1_000), MOST, "one", NOW)
    assert isinstance(found, Reserved)
    settle(ledger, found, SPENT)
    for name in ("late", "late", "later"):
        settle_late(ledger, found, SPENT, name)
    assert counted(ledger) == (1, 30, 3_000)
    alone = reserve(ledger, WEB, Budget(requests_day=9), MOST, "two", NOW)
    assert isinstance(alone, Reserved)
    settle_late(ledger, alone, SPENT, "latest")
    assert counted(ledger) == (2, 30, 3_000)


def test_a_full_cap_says_until_when(ledger: Ledger) -> None:
    budget = Budget(requests_minute=1, requests_day=1)
    assert isinstance(reserve(ledger, WEB, budget, MOST, "one", NOW), Reserved)
    found = reserve(ledger, WEB, budget, MOST, "two", NOW)
    assert isinstance(found, Full)
    assert (found.cap.window, found.until) == ("day", end_of("day", NOW))
    next_day = found.until
    assert isinstance(reserve(ledger, WEB, budget, MOST, "three", next_day), Reserved)


def test_a_cap_of_nothing_lets_nothing_in(ledger: Ledger) -> None:
    found = reserve(ledger, WEB, Budget(dollars_month=0), MOST, "one", NOW)
    assert isinstance(found, Full)
    assert not found.is_held


def test_windows_that_are_over_are_taken_out(ledger: Ledger) -> None:
    budget = Budget(requests_minute=5)
    reserve(ledger, WEB, budget, MOST, "one", NOW)
    gone = counter("requests", "minute", NOW)
    reserve(ledger, WEB, budget, MOST, "two", NOW + 60, [gone])
    counters = ledger.account(WEB.tenant, WEB.name, month_of(NOW)).counters
    assert gone not in counters
    assert counters[counter("requests", "minute", NOW + 60)] == 1


def test_the_accounts_of_one_tenant_are_listed_and_no_other_s(ledger: Ledger) -> None:
    budget = Budget(requests_day=5)
    for place in (WEB, Place("acme", "tenant"), Place("acme2", "client/web")):
        reserve(ledger, place, budget, MOST, "one", NOW)
    assert set(ledger.accounts("acme", month_of(NOW))) == {"client/web", "tenant"}
    assert not ledger.accounts("acme", "2020-01")
