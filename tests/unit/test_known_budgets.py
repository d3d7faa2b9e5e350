"""What a process remembers of a full account holds for the budget that it saw, and no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from nexus.budgets.charging import Budgets
from nexus.errors import BudgetExceeded
from nexus.models import Amount, Budget, Principal
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
