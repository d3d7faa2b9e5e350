"""Ledgers in memory: changed one after another as DynamoDB does, and one that loses responses."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nexus.ports import Account, Change, Ledger


class FakeLedger:
    """A Ledger of dictionaries; `calls` counts what was asked of it."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str, str], Account] = {}
        self._lock = threading.Lock()
        self.calls = 0

    def change(self, tenant: str, name: str, month: str, change: Change) -> tuple[bool, Account]:
        place = (tenant, name, month)
        with self._lock:
            self.calls += 1
            account = self._accounts.get(place, Account())
            new = set(change.put) - set(change.expected)
            may = (
                all(account.counters.get(one, 0) < most for one, most in change.below.items())
                and all(account.holds.get(one) == hold for one, hold in change.expected.items())
                and not new & set(account.holds)
            )
            if not may:
                return False, account
            counters, holds = dict(account.counters), dict(account.holds)
            for one, value in change.add.items():
                counters[one] = counters.get(one, 0) + value
            for one in change.forget:
                counters.pop(one, None)
            for one in change.drop:
                holds.pop(one, None)
            account = replace(account, counters=counters, holds={**holds, **change.put})
            self._accounts[place] = account
            return True, account

    def account(self, tenant: str, name: str, month: str) -> Account:
        return self._accounts.get((tenant, name, month), Account())

    def accounts(self, tenant: str, month: str) -> dict[str, Account]:
        return {
            name: account
            for (of, name, then), account in self._accounts.items()
            if (of, then) == (tenant, month)
        }


class LosingLedger:
    """A Ledger some of whose responses are lost, so that the SDK sends the same change again.

    `losses` says of each change in turn how many of its responses are lost; then none are.
    """

    def __init__(self, ledger: Ledger, losses: Iterable[int] = ()) -> None:
        self._ledger = ledger
        self._losses = iter(losses)

    def change(self, tenant: str, name: str, month: str, change: Change) -> tuple[bool, Account]:
        for _ in range(next(self._losses, 0)):
            self._ledger.change(tenant, name, month, change)
        return self._ledger.change(tenant, name, month, change)

    def account(self, tenant: str, name: str, month: str) -> Account:
        return self._ledger.account(tenant, name, month)

    def accounts(self, tenant: str, month: str) -> Mapping[str, Account]:
        return self._ledger.accounts(tenant, month)
