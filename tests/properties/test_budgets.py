"""Whatever happens to requests and clocks, accounts hold what was spent, and no more.

Requests reserve, settle, settle twice, come late or die at any time, while the clock goes on, jumps
ahead and falls back, and responses are lost, so that what was done is sent again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from nexus.budgets.accounts import HELD_S, Place, Reserved, reserve, settle
from nexus.budgets.windows import counter, end_of, month_of
from nexus.models import Amount, Budget
from tests.ledgers import FakeLedger, LosingLedger

PLACE = Place("acme", "client/web")
MOST = 100
CAP = 450
BEGUN = 1_796_000_000.0  # the middle of a month, from which the clock goes nowhere near its ends
STEPS = st.lists(
    st.one_of(
        st.just(("reserve",)),
        st.tuples(st.just("settle"), st.integers(0, 5), st.integers(0, MOST)),
        st.tuples(st.just("again"), st.integers(0, 5)),
        st.tuples(st.just("die"), st.integers(0, 5)),
        st.tuples(st.just("clock"), st.integers(-2 * HELD_S, 3 * HELD_S)),
    ),
    max_size=60,
)

# How many responses to each change are lost, one change after another.
LOSSES = st.lists(st.integers(0, 2), max_size=200)
REQUESTS = 7


@dataclass
class World:
    """One account, the requests at work on it, and what they have really spent."""

    ledger: FakeLedger | LosingLedger = field(default_factory=FakeLedger)
    now: float = BEGUN
    at_work: list[Reserved] = field(default_factory=list)
    settled: list[tuple[Reserved, int]] = field(default_factory=list)
    made: int = 0

    @property
    def counted(self) -> int:
        account = self.ledger.account(PLACE.tenant, PLACE.name, month_of(self.now))
        return account.counters.get(counter("tokens", "month", self.now), 0)

    @property
    def held(self) -> int:
        account = self.ledger.account(PLACE.tenant, PLACE.name, month_of(self.now))
        return sum(hold.tokens for hold in account.holds.values())

    @property
    def spent(self) -> int:
        return sum(tokens for _, tokens in self.settled)

    def reserve(self) -> bool:
        self.made += 1
        budget = Budget(tokens_month=CAP)
        most = Amount(1, MOST, MOST)
        found = reserve(self.ledger, PLACE, budget, most, f"hold {self.made}", self.now)
        if isinstance(found, Reserved):
            self.at_work.append(found)
        return isinstance(found, Reserved)

    def settle(self, which: int, tokens: int) -> None:
        if self.at_work:
            one = self.at_work.pop(which % len(self.at_work))
            settle(self.ledger, one, Amount(0, tokens, tokens))
            self.settled.append((one, tokens))

    def again(self, which: int) -> None:
        if self.settled:
            one, tokens = self.settled[which % len(self.settled)]
            settle(self.ledger, one, Amount(0, tokens, tokens))

    def die(self, which: int) -> None:
        if self.at_work:
            self.at_work.pop(which % len(self.at_work))


@settings(max_examples=300, deadline=None)
@given(STEPS, LOSSES)
def test_an_account_holds_what_was_spent_and_what_is_reserved_and_nothing_else(
    steps: list[tuple[str, int, int]], losses: list[int]
) -> None:
    world = World(LosingLedger(FakeLedger(), losses))
    for name, *given_ in steps:
        if name == "clock":
            world.now += given_[0]
            continue
        before = world.counted
        getattr(world, name)(*given_)
        assert world.counted == world.spent + world.held
        if name == "reserve":
            assert world.counted <= max(before, CAP + MOST)
    # All that died returns, in one more request and however much of it there is.
    world.now += 10 * HELD_S + 60 * 2 * HELD_S
    room = world.spent < CAP
    assert world.reserve() == room
    assert world.counted == world.spent + MOST * room


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, MOST)), max_size=80))
def test_requests_that_live_spend_no_more_than_the_cap_and_one_answer(
    steps: list[tuple[bool, int, int]],
) -> None:
    world = World()
    for begins, which, tokens in steps:
        if begins:
            world.reserve()
        else:
            world.settle(which, tokens)
    while world.at_work:
        world.settle(0, MOST)
    assert world.spent < CAP + MOST


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["answered", "refused", "dies", "late"]), st.booleans())),
    LOSSES,
)
def test_where_requests_alone_are_counted_each_counts_once_however_often_it_is_sent(
    steps: list[tuple[str, bool]], losses: list[int]
) -> None:
    """Who is refused by another account is taken back; who was let in, was told so."""
    ledger = LosingLedger(FakeLedger(), losses)
    budget, let_in, back = Budget(requests_day=REQUESTS), 0, 0
    late: list[Reserved] = []
    over: list[str] = []
    for number, (ending, takes_out) in enumerate(steps):
        taken_out = over if takes_out else []
        over = [] if takes_out else over
        most, name = Amount(1, MOST, MOST), f"hold {number}"
        found = reserve(ledger, PLACE, budget, most, name, BEGUN, over=taken_out)
        assert isinstance(found, Reserved) == (let_in - back < REQUESTS)
        if not isinstance(found, Reserved):
            over += taken_out
            continue
        let_in += 1
        if ending == "answered":
            settle(ledger, found, Amount(0, MOST, MOST))
            over.append(name)
        elif ending == "late":
            late.append(found)
        elif ending == "refused":
            settle(ledger, found, Amount(-1))
            back += 1
    for one in late:
        settle(ledger, one, Amount(-1))
        settle(ledger, one, Amount(-1))
    counters = ledger.account(PLACE.tenant, PLACE.name, month_of(BEGUN)).counters
    left = let_in - back - len(late)
    assert set(counters.values()) <= {left}
    assert set(counters) <= {counter("requests", "day", BEGUN), counter("requests", "month", BEGUN)}


ENDS = end_of("month", BEGUN)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["settle", "settle", "back", "die"]),
            st.integers(0, MOST),
            st.integers(0, 3),  # how many requests begin before it ends
            st.sampled_from([0, 1, 30, 3_600, 80_000]),  # seconds until the next one begins
        ),
        max_size=30,
    ),
    LOSSES,
)
def test_what_is_reserved_before_midnight_and_settled_after_counts_in_the_windows_it_began_in(
    steps: list[tuple[str, int, int, int]], losses: list[int]
) -> None:
    """Over the ends of days and of a month, of which each has an account of its own."""
    ledger, now = LosingLedger(FakeLedger(), losses), ENDS - 100_000
    budget = Budget(requests_day=10**6, tokens_day=10**6, tokens_month=10**6)
    at_work: list[tuple[int, Reserved, str, int]] = []
    spent: Counter[str] = Counter()
    for number, (ending, tokens, later, pause) in enumerate(steps):
        found = reserve(ledger, PLACE, budget, Amount(1, MOST, MOST), f"hold {number}", now)
        assert isinstance(found, Reserved)
        at_work.append((number + later, found, ending, tokens))
        now += pause
        for due, one, how, used in at_work:
            if due == number and how != "die":
                _end(ledger, one, how, used, spent)
    for due, one, how, used in at_work:
        if due >= len(steps) and how != "die":
            _end(ledger, one, how, used, spent)
    for _, one, how, _ in at_work:
        if how == "die":
            spent.update(_windows("requests", one.hold.at))
    # What died returns to the month that it began in, by whoever asks in that; else it is no cap's.
    reserve(ledger, PLACE, budget, Amount(), "last", now + HELD_S)
    counted: Counter[str] = Counter()
    for month in {month_of(BEGUN), month_of(now), month_of(now + HELD_S)}:
        account = ledger.account(PLACE.tenant, PLACE.name, month)
        counted.update(account.counters)
        for hold in account.holds.values():
            for name in _windows("tokens", hold.at):
                counted[name] -= hold.tokens
    for name in {name for name in {*counted, *spent} if not name.startswith("dollars")}:
        assert counted[name] == spent[name], name


def _end(ledger: LosingLedger, one: Reserved, how: str, tokens: int, spent: Counter[str]) -> None:
    is_back = how == "back"
    settle(ledger, one, Amount(-1 if is_back else 0, tokens, tokens))
    if not is_back:
        spent.update(_windows("requests", one.hold.at))
    for name in _windows("tokens", one.hold.at):
        spent[name] += tokens


def _windows(measure: Literal["requests", "tokens"], at: float) -> list[str]:
    return [counter(measure, "day", at), counter(measure, "month", at)]
