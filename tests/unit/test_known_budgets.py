"""What a process remembers of accounts: of full ones, and whose hold is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from nexus.budgets.accounts import HELD_S, KNOWN_S
from nexus.budgets.charging import TENANT, Budgets
from nexus.budgets.windows import counter, month_of
from nexus.errors import BudgetExceeded
from nexus.models import Amount, Budget, Principal
from nexus.ports import Account
from tests.fakes import FakeClock
from tests.ledgers import FakeLedger


def test_a_budget_that_was_raised_or_changed_answers_in_the_same_process() -> None:
    with ThreadPoolExecutor(2) as pool:
        budgets = Budgets(FakeLedger(), pool, now=FakeClock())

        def ask(budget: Budget) -> None:
            caller = Principal("acme", "kiosk", "user", "standard", budget=budget)
            with budgets.charging(caller, Amount(1, 0, 0)) as charge:
                charge.admitted()

        ask(Budget(requests_month=1))
        for _ in range(2):  # told by the ledger, and then remembered
            with pytest.raises(BudgetExceeded):
                ask(Budget(requests_month=1))
        ask(Budget(requests_month=1000))
        ask(Budget(requests_day=1000))


def account_of(ledger: FakeLedger, name: str, at: float) -> Account:
    """An account of the tenant in the month of a Unix time."""
    return ledger.account("acme", name, month_of(at))


def test_a_budget_of_requests_alone_costs_one_call_a_request_and_leaves_one_hold() -> None:
    ledger, clock = FakeLedger(), FakeClock()
    caller = Principal("acme", "web", "user", "standard", budget=Budget(requests_month=99))
    with ThreadPoolExecutor(2) as pool:
        budgets = Budgets(ledger, pool, now=clock)
        for _ in range(9):
            with budgets.charging(caller, Amount(1, 50, 50)) as charge:
                charge.admitted()
        assert ledger.calls == 9
        account = account_of(ledger, "client/web", clock())
        assert len(account.holds) == 1
        # A process that died leaves one, too, which others take out in the end.
        clock.advance(HELD_S + KNOWN_S)
        other = Budgets(ledger, pool, now=clock)
        for _ in range(2):
            with other.charging(caller, Amount(1, 50, 50)) as charge:
                charge.admitted()
    assert ledger.calls == 11
    account = account_of(ledger, "client/web", clock())
    assert len(account.holds) == 1
    assert account.counters[counter("requests", "month", clock())] == 11


def test_what_counts_no_request_gives_none_back_where_the_tenant_s_budget_refuses_it() -> None:
    ledger, clock = FakeLedger(), FakeClock()
    caller = Principal("acme", "web", "user", "standard", budget=Budget(requests_month=9))
    with ThreadPoolExecutor(2) as pool:
        budgets = Budgets(ledger, pool, tenants={"acme": Budget(dollars_day=0)}, now=clock)
        # Speech around an answer, which counts as the answer's request.
        for _ in range(2):
            with (
                pytest.raises(BudgetExceeded),
                budgets.charging(caller, Amount(0, 5, 5)) as charge,
            ):
                charge.admitted()
    counted = account_of(ledger, "client/web", clock()).counters
    assert counted.get(counter("requests", "month", clock()), 0) == 0
    assert not account_of(ledger, TENANT, clock()).counters
