"""Tells what callers and a tenant have spent of their budgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nexus.budgets.accounts import Place, held_in
from nexus.budgets.charging import TENANT, Budgets
from nexus.budgets.windows import counter, counter_of, end_of, month_of, told
from nexus.models import NANO, Budget, Cap, Measure, Principal, Window
from nexus.ports import Account, Ledger

_CLIENT = "client/"


@dataclass(frozen=True, slots=True)
class CapSpending:
    """A cap in its present window, in requests, tokens or US dollars."""

    measure: Measure
    window: Window
    most: float
    spent: float
    held: float
    resets_at: str


@dataclass(frozen=True, slots=True)
class Spending:
    """What one account has spent this month; None what was not counted."""

    name: str
    kind: Literal["client", "tenant"]
    requests: int | None
    tokens: int | None
    dollars: float | None
    caps: tuple[CapSpending, ...]


def spending_of(budgets: Budgets, principal: Principal) -> tuple[str, list[Spending]]:
    """The present month, and what was spent in it: the caller's, or for an administrator all."""
    now = budgets.now()
    month = month_of(now)
    its = budgets.of(principal)
    if budgets.ledger is None:
        return month, []
    if principal.manages:
        accounts = dict(budgets.ledger.accounts(principal.tenant, month))
        for place in its:
            accounts.setdefault(place.name, Account())
    else:
        accounts = {
            place.name: budgets.ledger.account(place.tenant, place.name, month)
            for place in its
            if place.name != TENANT
        }
    return month, [
        _spending(principal.tenant, name, accounts[name], its, now)
        for name in sorted(accounts, key=lambda one: (one != TENANT, one))
    ]


def spent_by_client(ledger: Ledger, tenant: str, now: float) -> dict[str, Spending]:
    """What each of a tenant's clients spent in the month of a Unix time, by its name."""
    accounts = ledger.accounts(tenant, month_of(now))
    found = (_spending(tenant, name, accounts[name], {}, now) for name in accounts)
    return {one.name: one for one in found if one.kind == "client"}


def _spending(
    tenant: str, name: str, account: Account, budgets: dict[Place, Budget], now: float
) -> Spending:
    budget = budgets.get(Place(tenant, name))
    nano = account.counters.get(counter("dollars", "month", now))
    return Spending(
        tenant if name == TENANT else name.removeprefix(_CLIENT),
        "tenant" if name == TENANT else "client",
        account.counters.get(counter("requests", "month", now)),
        account.counters.get(counter("tokens", "month", now)),
        None if nano is None else nano / NANO,
        tuple(_cap(account, cap, now) for cap in (budget.caps() if budget else ())),
    )


def _cap(account: Account, cap: Cap, now: float) -> CapSpending:
    unit = NANO if cap.measure == "dollars" else 1
    held = held_in(account, cap, now)
    spent = account.counters.get(counter_of(cap, now), 0) - held
    resets_at = told(end_of(cap.window, now))
    return CapSpending(
        cap.measure, cap.window, cap.most / unit, spent / unit, held / unit, resets_at
    )
