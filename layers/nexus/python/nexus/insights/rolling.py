"""Rolls up the days that are over, so that what they came to is read in one item each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nexus.insights.clusters import Asked, gathered
from nexus.insights.days import before, days, today
from nexus.insights.summing import summed
from nexus.ports import QuestionLog, Rollups

# Clusters that are kept of a day: those asked most often, and those that most often had no good
# answer. Each takes up to 1.5 KB of the 400 that an item holds.
KEPT_CLUSTERS = 60


@dataclass(slots=True)
class RolledUp:
    """How many days of tenants were rolled up, and how many were left for want of time."""

    days: int = 0
    left: int = 0


class Roller:
    """Rolls up what the log keeps of the last `log_days`; `alike` is the cosine of a cluster."""

    def __init__(
        self,
        log: QuestionLog,
        rollups: Rollups,
        log_days: int,
        alike: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._log = log
        self._rollups = rollups
        self._log_days = log_days
        self._alike = alike
        self._now = now

    def roll(self, has_time: Callable[[], bool]) -> RolledUp:
        """Rolls up each tenant's days that are not yet, or have changed since, oldest first.

        A day that it has no time for stays as it is: the next run takes it up, and readers sum it
        themselves.
        """
        done = RolledUp()
        for tenant, day in self._due():
            if has_time() and self._roll(tenant, day, has_time):
                done.days += 1
            else:
                done.left += 1
        return done

    def _due(self) -> Iterator[tuple[str, str]]:
        last = before(today(self._now()), 1)
        # The log of its first days may be expired in part: what they came to stands.
        first = before(last, max(0, self._log_days - 2))
        asked: dict[str, list[str]] = {}
        for day in days(first, last):
            for tenant in self._rollups.tenants(day):
                asked.setdefault(tenant, []).append(day)
        for tenant, its_days in sorted(asked.items()):
            known = self._rollups.days_rolled(tenant, first, last)
            stale = self._rollups.stale(tenant, first, last)
            for day in its_days:
                if day not in known or day in stale:
                    yield tenant, day

    def _roll(self, tenant: str, day: str, has_time: Callable[[], bool]) -> bool:
        began = self._now()
        made = summed(self._log, tenant, day, lambda read: bool(read % 1_000) or has_time())
        if not made.whole:
            return False
        groups = gathered(made.asked.values(), self._alike).groups
        kept = [one.values() for one in foremost(groups, KEPT_CLUSTERS)]
        self._rollups.keep(tenant, day, made.tally.values(), kept, began)
        return True


def foremost(groups: list[Asked], most: int) -> list[Asked]:
    """The groups asked most often, and of the others those that most often had no good answer."""
    often = groups[: most // 2]
    missed = sorted(groups[most // 2 :], key=lambda one: (-one.missed, -one.count))
    return often + missed[: most - len(often)]
