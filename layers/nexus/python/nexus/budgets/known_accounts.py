"""Remembers what this process has seen of an account last, so that less has to be asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nexus.budgets.accounts import MOST_OVER, Full, Reserved, is_roomy, over_in, stale_in

# How long what an account held is believed when the next request begins.
ROOMY_S = 30.0


@dataclass(slots=True)
class KnownAccount:
    """An account as it was seen last; `over` are holds to be taken out of it."""

    roomy_until: float = 0.0
    full_until: float = 0.0
    full: Full | None = None
    stale: Sequence[str] = ()
    over: set[str] = field(default_factory=set)

    def some_over(self) -> tuple[str, ...]:
        """As many of the holds that are over as one reservation takes out."""
        return tuple(self.over)[:MOST_OVER]

    def refused(self, full: Full) -> None:
        """Notes that a cap is full; what is held may be free at any time, what is spent is not."""
        self.roomy_until = 0.0
        self.full, self.full_until = full, 0.0 if full.is_held else full.until

    def let_in(self, found: Reserved, taken_out: Iterable[str], now: float) -> None:
        """Notes a reservation, which took these holds out."""
        self.full = None
        self.stale = stale_in(found.account, now)
        self.over.difference_update(taken_out)
        self.over.update(over_in(found.account, now))
        self.roomy_until = now + ROOMY_S if is_roomy(found) else 0.0
