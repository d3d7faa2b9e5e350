"""Charges a request to its caller and tenant: reserved while it begins, settled when it ends.

The charge travels in a context variable, as the deadline does: whatever asks a model waits for it
first (`admitting`). Far from every cap the embedding of a question does not: it is asked for beside
the reservation, so that a turn makes no further trip, and what it costs is counted all the same.
"""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from contextvars import ContextVar

from nexus.budgets.accounts import (
    HELD_S,
    SOON_S,
    Full,
    Place,
    Reserved,
    reserve,
    settle,
    settle_late,
    share_spent,
)
from nexus.budgets.known_accounts import KnownAccount
from nexus.budgets.refusing import exceeded
from nexus.deadline import awaited, behind, current, meeting
from nexus.errors import ConfigurationError, NexusError
from nexus.models import Amount, Budget, Principal, Spent
from nexus.observability import logger
from nexus.ports import Ledger
from nexus.spending import Bill, billed

TENANT, PERSON = "tenant", "person/"
EVERY = "*"
_MOST_KNOWN = 1_000


class Budgets:
    """The budgets of a stage: of its keys, of people and of tenants.

    `tenants` are by name, "*" is every other one's. Without a ledger nobody has a budget, and who
    has one is refused.
    """

    def __init__(
        self,
        ledger: Ledger | None = None,
        executor: Executor | None = None,
        people: Budget | None = None,
        tenants: Mapping[str, Budget] | None = None,
        saving_from: float = 1.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.ledger = ledger
        self._executor = executor
        self._people = people
        self._tenants = tenants or {}
        self._saving_from = saving_from
        self.now = now
        self._known: dict[Place, KnownAccount] = {}

    def of(self, principal: Principal) -> dict[Place, Budget]:
        """The accounts that a caller's requests are charged to, with their budgets."""
        own = principal.budget
        if principal.client.startswith(PERSON):
            own = self._people
        shared = self._tenants.get(principal.tenant, self._tenants.get(EVERY))
        named = ((f"client/{principal.client}", own), (TENANT, shared))
        return {
            Place(principal.tenant, name): budget
            for name, budget in named
            if budget is not None and budget.caps()
        }

    @contextmanager
    def charging(self, principal: Principal, most: Amount) -> Iterator[Charge]:
        """Charges the block's work, which takes no more than `most`, to who asks for it.

        What models were asked in it is settled at its end, however it ends.
        """
        budgets = self.of(principal)
        with billed() as bill:
            charge = Charge(self, budgets, most, bill)
            token = _CURRENT.set(charge)
            try:
                charge.begin()
                yield charge
            finally:
                _CURRENT.reset(token)
                charge.settled()

    def begun(self, place: Place, budget: Budget, most: Amount, hold_id: str) -> Future[Reserved]:
        """Begins to reserve in an account. Raises BudgetExceeded for one known to be full."""
        if self.ledger is None or self._executor is None:
            raise ConfigurationError("NEXUS_INSIGHTS_TABLE must name the table of budgets.")
        known = self.known(place)
        # One that was raised since is asked anew.
        still = known.full is not None and known.full.cap in budget.caps()
        if known.full is not None and still and self.now() < known.full_until:
            raise exceeded(place, known.full, self.now())
        # A job that works for a quarter of an hour holds its part for as long.
        left_s = current().remaining()
        held_s = HELD_S if math.isinf(left_s) else max(HELD_S, left_s + HELD_S / 2)
        return self._executor.submit(self._reserve, place, budget, most, hold_id, held_s)

    def known(self, place: Place) -> KnownAccount:
        """What was seen of an account last."""
        if len(self._known) >= _MOST_KNOWN and place not in self._known:
            self._known.clear()
        return self._known.setdefault(place, KnownAccount())

    def saves(self, reserved: Sequence[Reserved]) -> bool:
        """Whether an account is so near its cap that a cheaper model is to answer."""
        return any(share_spent(one) >= self._saving_from for one in reserved)

    def settling(self, reserved: Sequence[Reserved], spent: Amount) -> list[Future[None]]:
        """Begins to settle; the request's deadline is not that of this."""
        if self.ledger is None or self._executor is None:
            return []
        for one in reserved:
            if one.counts_requests_alone and not spent.requests:
                self.known(one.place).over.add(one.hold_id)
        with meeting(current().lifted()):
            return [self._executor.submit(settle, self.ledger, one, spent) for one in reserved]

    def settling_late(self, reserved: Sequence[Reserved], spent: Amount, name: str) -> None:
        """Begins to count a call that nobody waited for."""
        if self.ledger is None or self._executor is None:
            return
        for one in reserved:
            behind(self._executor, self._settle_late, one, spent, name)

    def _settle_late(self, reserved: Reserved, spent: Amount, name: str) -> None:
        assert self.ledger is not None  # noqa: S101 - who begins it has looked
        try:
            settle_late(self.ledger, reserved, spent, name)
        except NexusError as error:
            logger.warning("budget_not_settled", extra={"error": type(error).__name__})
            return
        self.known(reserved.place).over.add(name)

    def _reserve(
        self, place: Place, budget: Budget, most: Amount, hold_id: str, held_s: float
    ) -> Reserved:
        assert self.ledger is not None  # noqa: S101 - `begun` has looked
        known, now = self.known(place), self.now()
        over = known.some_over()
        found = reserve(self.ledger, place, budget, most, hold_id, now, known.stale, over, held_s)
        if isinstance(found, Full):
            known.refused(found)
            raise exceeded(place, found, now)
        known.let_in(found, over, now)
        return found


class Charge:
    """What one request is charged with, in the accounts of its caller and tenant."""

    def __init__(
        self,
        budgets: Budgets,
        accounts: Mapping[Place, Budget],
        most: Amount,
        bill: Bill,
    ) -> None:
        self._budgets = budgets
        self._accounts = accounts
        self._most = most
        self.bill = bill
        self._hold_id = uuid.uuid4().hex[:16]
        self._lock = threading.Lock()
        self._begun: list[Future[Reserved]] = []
        self._reserved: list[Reserved] | None = None
        self._held: list[Reserved] = []
        self._refused: NexusError | None = None
        self._settling: list[Future[None]] = []
        self._counted: list[Spent] | None = None
        self.saves = False

    @property
    def dollars(self) -> float:
        """What models were asked for so far, or until it was settled, in US dollars."""
        bill = list(self.bill) if self._counted is None else self._counted
        return sum(one.nanodollars for one in bill) / 1e9

    def begin(self) -> None:
        """Begins to reserve, in all accounts at once. Raises BudgetExceeded if one is full."""
        try:
            for place, budget in self._accounts.items():
                begun = self._budgets.begun(place, budget, self._most, self._hold_id)
                self._begun.append(begun)
        except NexusError as error:
            self._refused = error
            raise

    def admitted(self, *, light: bool = False) -> None:
        """Returns when everything is reserved. Raises BudgetExceeded, or UpstreamError.

        What is `light` need not wait where all accounts were far from their caps just now.
        """
        if not self._accounts:
            return
        now = self._budgets.now()
        if light and all(self._budgets.known(one).roomy_until > now for one in self._accounts):
            return
        with self._lock:
            if self._refused is not None:
                raise self._refused
            if self._reserved is None:
                self._admit()

    def settle(self) -> None:
        """Begins to count what was spent, instead of what was reserved; `settled` waits for it."""
        with self._lock:
            if self._counted is not None:
                return
            self._held = _there(self._begun) if self._reserved is None else self._reserved
            self._counted = self.bill.closed(self._settle_late)
        # Who was refused by one account made no request of the other.
        back = self._most.requests if self._refused is not None else 0
        spent = _sum(self._counted, -back)
        self._settling = self._budgets.settling(self._held, spent)

    def _settle_late(self, spent: Spent) -> None:
        """Counts a call that ended when the rest was settled: a verifier's that was given up on."""
        self._budgets.settling_late(self._held, _sum([spent], 0), uuid.uuid4().hex[:16])

    def settled(self) -> None:
        """Returns when what was spent is counted; what cannot be, returns when its time is over."""
        self.settle()
        end = time.monotonic() + SETTLE_S
        for one in self._settling:
            try:
                one.result(max(0.0, end - time.monotonic()))
            except (NexusError, TimeoutError) as error:
                logger.warning("budget_not_settled", extra={"error": type(error).__name__})

    def _admit(self) -> None:
        try:
            self._reserved = [awaited(one, "budgets") for one in self._begun]
        except NexusError as error:
            self._refused = error
            raise
        self.saves = self._budgets.saves(self._reserved)


# How long an answer waits for all that is settled of it: beyond the request's deadline, and within
# the time for which its Idempotency-Key is held.
SETTLE_S = 6.0
_CURRENT: ContextVar[Charge | None] = ContextVar("charge", default=None)


def charged() -> Charge | None:
    """The charge of the request that is at work, if it has one."""
    return _CURRENT.get()


def saving() -> bool:
    """Whether a cheaper model answers the request, as its budget is nearly spent."""
    charge = charged()
    return charge is not None and charge.saves


def _sum(bill: Sequence[Spent], requests: int) -> Amount:
    tokens = sum(one.tokens_in + one.tokens_out for one in bill)
    return Amount(requests, tokens, sum(one.nanodollars for one in bill))


def _there(begun: Sequence[Future[Reserved]]) -> list[Reserved]:
    """What was reserved, of that which was begun; what is not known in time returns by itself."""
    found = []
    for one in begun:
        try:
            found.append(one.result(SOON_S))
        except (NexusError, TimeoutError):
            continue
    return found
