"""Where it is counted what callers and tenants spend."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nexus.models import Hold


@dataclass(frozen=True, slots=True)
class Account:
    """What one caller or tenant has spent in a month, by counter, and what is held by id.

    A counter holds what was spent and what is held, both.
    """

    counters: Mapping[str, int] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What one change adds to counters, if it may.

    Counters of `below` have to be under their value, those of `expected` there just so, and holds
    of `put` that are not expected must not be there. `drop` are holds, `forget` counters.
    """

    add: Mapping[str, int] = field(default_factory=dict)
    below: Mapping[str, int] = field(default_factory=dict)
    put: Mapping[str, Hold] = field(default_factory=dict)
    expected: Mapping[str, Hold] = field(default_factory=dict)
    drop: Collection[str] = ()
    forget: Collection[str] = ()


class Ledger(Protocol):
    """Accounts of callers and tenants, one for each month ("2026-11")."""

    def change(self, tenant: str, name: str, month: str, change: Change) -> tuple[bool, Account]:
        """Whether the change was made, whole or not at all; and the account behind it."""
        ...

    def accounts(self, tenant: str, month: str) -> Mapping[str, Account]:
        """All accounts of a tenant in a month, by name."""
        ...

    def account(self, tenant: str, name: str, month: str) -> Account:
        """One account, read consistently; an empty one where nothing was counted."""
        ...
