"""Reserves in an account before anything is spent, settles after, and takes back what was lost.

A counter holds what was spent and what is reserved. Something may be reserved as long as the
counter is under its cap, and what is reserved is never less than what an answer takes: all
together spend no more than the cap and one answer, however many ask at once. A reservation whose
request died returns when its time is over, by whoever meets it next; if its request lives after
all, that still counts what it spent. Each of these is one conditional change, so that it is done
once, though it be sent twice, as it is where a response was lost: a reservation's hold, which is
made with it, tells that it is there. Where requests alone are counted the hold holds nothing, and
goes with a later reservation: it costs no call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nexus.budgets.windows import counter, counter_of, end_of, is_over, month_of
from nexus.model_settings import LONGEST_REQUEST_S
from nexus.models import Amount, Budget, Cap, Hold, Measure
from nexus.ports import Account, Change, Ledger

# How long a reservation is held at least; no request lives longer than half of it.
HELD_S = 2 * round(LONGEST_REQUEST_S)
# How long what was taken back is known as such, for a request that settles it later.
KNOWN_S = 3_600
# What requests at work hold is free again in seconds.
SOON_S = 2.0
TRIES = 3
# How many holds one reservation takes out: DynamoDB takes expressions of 4 KB.
MOST_OVER = 100
_SPENT: tuple[Measure, ...] = ("tokens", "dollars")


@dataclass(frozen=True, slots=True)
class Place:
    """An account: a client's or person's of a tenant, or with the name "tenant" the tenant's."""

    tenant: str
    name: str


@dataclass(frozen=True, slots=True)
class Full:
    """A cap that lets nothing more be reserved until a Unix time.

    `is_held` says that requests which are at work hold the rest, and may give of it back.
    """

    cap: Cap
    until: float
    is_held: bool


@dataclass(frozen=True, slots=True)
class Reserved:
    """What one request has reserved in one account, and how the account then stood."""

    place: Place
    budget: Budget
    hold_id: str
    hold: Hold
    account: Account

    @property
    def counts_requests_alone(self) -> bool:
        """Whether it holds nothing that could be settled but the request itself."""
        return not _spends(self.budget)


def reserve(
    ledger: Ledger,
    place: Place,
    budget: Budget,
    most: Amount,
    hold_id: str,
    now: float,
    stale: Iterable[str] = (),
    over: Iterable[str] = (),
    held_s: float = HELD_S,
) -> Reserved | Full:
    """Reserves what a request takes at most for `held_s` seconds, or says which cap is full.

    `stale` are counters of windows that are over and `over` the ids of holds that nothing is to be
    settled of any more, which this takes out: MOST_OVER of them.
    """
    caps = budget.caps()
    spends = _spends(budget)
    held = most if spends else Amount()
    hold = Hold(int(now), int(now + held_s), held.tokens, held.nanodollars)
    counted = {counter_of(cap, now): most.requests for cap in caps if cap.measure == "requests"}
    for window in ("day", "month"):
        counted[counter("requests", window, now)] = most.requests
    if spends:
        counted |= _spent(Amount(0, most.tokens, most.nanodollars), now)
    change = Change(
        add=counted,
        below={counter_of(cap, now): cap.most for cap in caps},
        put={hold_id: hold},
        drop=tuple(over)[:MOST_OVER],
        forget=[name for name in stale if name not in counted],
    )
    full: Full | None = None
    for _ in range(TRIES):
        done, account = ledger.change(place.tenant, place.name, month_of(now), change)
        done = done or account.holds.get(hold_id) == hold  # it was sent twice
        returned = _take_back(ledger, place, account, now)
        if done:
            return Reserved(place, budget, hold_id, hold, account)
        full = _full(account, caps, now)
        if not returned and full is not None:
            return full
    # Others were quicker each time.
    return full or Full(caps[0], now + SOON_S, is_held=True)


def settle(ledger: Ledger, reserved: Reserved, spent: Amount) -> None:
    """Counts what was spent instead of what was reserved; `spent.requests` is -1 to take it back.

    May be called again after a failure: it counts once. Asks nothing where requests alone are
    counted and none is taken back.
    """
    place, at = reserved.place, reserved.hold.at
    month = month_of(at)
    if reserved.counts_requests_alone:
        if not spent.requests:
            return
        spent = Amount(spent.requests)
    hold = reserved.hold
    for known in (hold, _returned(hold)):
        rest = spent - Amount(0, known.tokens, known.nanodollars)
        counted = {**_spent(rest, at), **_requests(reserved, spent.requests)}
        change = Change(
            add={name: value for name, value in counted.items() if value},
            expected={reserved.hold_id: known},
            drop=[reserved.hold_id],
        )
        done, account = ledger.change(place.tenant, place.name, month, change)
        if done or account.holds.get(reserved.hold_id) != _returned(hold):
            return


def settle_late(ledger: Ledger, reserved: Reserved, spent: Amount, name: str) -> None:
    """Counts what was spent beside what was settled, in a call that nobody waited for any more.

    `name` is its own: under it, it counts once, however often it is sent.
    """
    place, at = reserved.place, reserved.hold.at
    if not reserved.counts_requests_alone:
        mark = Hold(int(at), int(at) + HELD_S, 0, 0)
        change = Change(add=_spent(spent, at), put={name: mark})
        ledger.change(place.tenant, place.name, month_of(at), change)


def share_spent(reserved: Reserved) -> float:
    """The largest share of a cap on tokens or dollars that is spent or held, without this one."""
    own = {"tokens": reserved.hold.tokens, "dollars": reserved.hold.nanodollars}
    shares = [0.0]
    for cap in reserved.budget.caps():
        if cap.measure != "requests":
            counted = reserved.account.counters.get(counter_of(cap, reserved.hold.at), 0)
            shares.append((counted - own[cap.measure]) / cap.most if cap.most else 1.0)
    return max(shares)


def is_roomy(reserved: Reserved) -> bool:
    """Whether every cap is less than half used: what comes next will be let in, too."""
    counters, at = reserved.account.counters, reserved.hold.at
    return all(
        2 * counters.get(counter_of(cap, at), 0) < cap.most for cap in reserved.budget.caps()
    )


def stale_in(account: Account, now: float) -> list[str]:
    """Counters of windows that are over for every clock."""
    return [name for name in account.counters if is_over(name, now)]


def over_in(account: Account, now: float) -> list[str]:
    """Holds that came back so long ago that no request settles them any more."""
    return [
        hold_id
        for hold_id, hold in account.holds.items()
        if hold == _returned(hold) and hold.until + KNOWN_S <= now
    ]


def held_in(account: Account, cap: Cap, now: float) -> int:
    """How much of what counts towards a cap is reserved by requests that are at work."""
    if cap.measure == "requests":
        return 0
    return sum(
        hold.tokens if cap.measure == "tokens" else hold.nanodollars
        for hold in account.holds.values()
        if counter_of(cap, hold.at) == counter_of(cap, now)
    )


def _take_back(ledger: Ledger, place: Place, account: Account, now: float) -> bool:
    """Whether reservations whose time is over were taken out of the counters."""
    returned = False
    for hold_id, hold in account.holds.items():
        if hold.until > now or month_of(hold.at) != month_of(now):
            continue
        gone = _returned(hold)
        if hold == gone:
            continue
        change = Change(
            add=_spent(Amount(0, -hold.tokens, -hold.nanodollars), hold.at),
            expected={hold_id: hold},
            put={hold_id: gone},
        )
        ledger.change(place.tenant, place.name, month_of(hold.at), change)
        returned = True
    return returned


def _full(account: Account, caps: Iterable[Cap], now: float) -> Full | None:
    """The cap that lets nothing in for longest; None if all do."""
    found = []
    for cap in caps:
        counted = account.counters.get(counter_of(cap, now), 0)
        if counted >= cap.most:
            is_held = counted - held_in(account, cap, now) < cap.most
            found.append(Full(cap, now + SOON_S if is_held else end_of(cap.window, now), is_held))
    return max(found, key=lambda one: one.until, default=None)


def _spends(budget: Budget) -> bool:
    return any(cap.measure != "requests" for cap in budget.caps())


def _returned(hold: Hold) -> Hold:
    return Hold(hold.at, hold.until, 0, 0)


def _spent(amount: Amount, at: float) -> dict[str, int]:
    counts = {"tokens": amount.tokens, "dollars": amount.nanodollars}
    return {
        counter(measure, window, at): counts[measure]
        for measure in _SPENT
        for window in ("day", "month")
    }


def _requests(reserved: Reserved, requests: int) -> dict[str, int]:
    at = reserved.hold.at
    names = {counter_of(cap, at) for cap in reserved.budget.caps() if cap.measure == "requests"}
    names |= {counter("requests", "day", at), counter("requests", "month", at)}
    return dict.fromkeys(names, requests)
