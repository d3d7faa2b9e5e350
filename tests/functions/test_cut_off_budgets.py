"""Wherever a turn breaks off, its account holds nothing more, and has what models were asked."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from nexus.answering.question import Question
from nexus.answering.telling import Abandoned, Telling
from nexus.bounded import CarryingExecutor
from nexus.budgets.accounts import HELD_S
from nexus.budgets.admitting import AdmittedEmbedder
from nexus.budgets.charging import SETTLE_S, Budgets
from nexus.budgets.windows import counter, month_of
from nexus.deadline import Deadline, meeting
from nexus.errors import UpstreamUnavailable
from nexus.model_settings import LONGEST_REQUEST_S
from nexus.models import Amount, Budget, Filters, Principal, Told
from nexus.ports import Account, Change, Embeddings, Message
from nexus.spending import SpendingChat, SpendingEmbedder, billed
from nexus.taken_requests import CLAIMED_S
from tests.agent_world import AgentWorld, calls, says
from tests.fakes import FakeChat, FakeClock, FakeEmbedder
from tests.functions.budgeted import ASKED, FEE, KEY, BudgetedWorld, cap
from tests.ledgers import FakeLedger

BUDGET = Budget(tokens_day=10**6, requests_day=99)
CALLER = Principal("acme", "web", "user", "standard", budget=BUDGET)
ANSWER = f"{FEE} It is due in August. [1]"
AGENT = """
[agents.clerk]
description = "Knows fees."
instructions = "Answer."
tools = ["search_documents"]
"""


class Leaves:
    """A listener that leaves at the event of this number."""

    def __init__(self, at: int) -> None:
        self._left = at
        self.told: list[Told] = []

    def __call__(self, told: Told) -> None:
        self.told.append(told)
        self._left -= 1
        if self._left < 0:
            raise Abandoned


def test_a_stream_that_is_cut_at_any_event_is_settled_with_what_was_spent() -> None:
    whole = Leaves(10**6)
    world = BudgetedWorld(BUDGET, ANSWER)
    question = Question(ASKED, None, 5, Filters())
    usage = world.services.answerer.answer(CALLER, question, Telling(whole)).usage
    all_of_it = usage.input_tokens + usage.output_tokens + usage.embedding_tokens
    for at in range(len(whole.told)):
        world = BudgetedWorld(BUDGET, ANSWER)
        made = None
        with suppress(Abandoned):
            made = world.services.answerer.answer(CALLER, question, Telling(Leaves(at)))
        account = world.usage(KEY)["web"]
        spent = cap(account, "tokens", "day")
        assert (spent["held"], cap(account, "requests", "day")["spent"]) == (0, 1)
        assert (spent["spent"] > 100) == bool(world.chat.prompts)
        if made is not None:
            assert spent["spent"] == all_of_it


def test_an_agent_of_several_calls_that_is_cut_anywhere_is_settled_with_those_it_made() -> None:
    question = Question(ASKED, None, 5, Filters(), agent="clerk")
    search = calls(("search_documents", {"query": "fee"}))
    replies = (search, search, says(FEE))
    of_each = [one.usage.input_tokens + one.usage.output_tokens for one in replies]
    asked: set[int] = set()
    at, told = 0, 1
    while at < told:
        ledger, clock, leaves = FakeLedger(), FakeClock(), Leaves(at)
        with ThreadPoolExecutor(4) as pool:
            world = AgentWorld(AGENT, *replies, budgets=Budgets(ledger, pool, now=clock))
            with suppress(Abandoned):
                world.agents.answer(CALLER, question, Telling(leaves))
            account = ledger.account("acme", "client/web", month_of(clock()))
        at, told = at + 1, max(told, len(leaves.told) + 1)
        assert not account.holds
        asked.add(len(world.model.asked))
        spent = account.counters[counter("tokens", "day", clock())]
        assert spent == sum(of_each[: len(world.model.asked)])
        assert account.counters[counter("requests", "day", clock())] == 1
    assert asked == {0, 1, 2, 3}


def test_a_job_holds_its_part_for_as_long_as_it_may_work() -> None:
    ledger, clock = FakeLedger(), FakeClock()
    caller = Principal("acme", "web", "user", "standard", budget=Budget(dollars_month=1))
    with ThreadPoolExecutor(2) as pool:
        budgets = Budgets(ledger, pool, now=clock)

        def held_for(seconds: float) -> int:
            with (
                meeting(Deadline(seconds)),
                budgets.charging(caller, Amount(1, 5, 5)) as charge,
            ):
                charge.admitted()
                account = ledger.account("acme", "client/web", month_of(clock()))
                [hold] = account.holds.values()
                return hold.until - hold.at

        assert held_for(27) == HELD_S
        assert held_for(880) > 880


@pytest.mark.parametrize(
    ("sent", "heard", "tokens"),
    [("How much?" * 40, "Nine", (90, 1)), ("学费是多少" * 40, "九百万元", (150, 3))],
)
def test_what_is_cut_off_is_reckoned_by_bytes_as_a_chinese_character_is_nearly_a_token(
    sent: str, heard: str, tokens: tuple[int, int]
) -> None:
    chat = SpendingChat(FakeChat(heard), "chat", {"chat": (1.0, 1.0)})

    def leaves(text: str) -> None:
        raise Abandoned

    with billed() as bill, suppress(Abandoned):
        chat.stream([Message("user", sent)], 5, leaves)
    assert [(one.tokens_in, one.tokens_out) for one in bill] == [tokens]


class Late(FakeEmbedder):
    """An embedding model whose answer nobody waits for any more."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()

    def embed(self, texts: Sequence[str]) -> Embeddings:
        assert self.let.wait(20)
        return super().embed(texts)


def test_a_call_that_was_given_up_on_is_counted_when_it_ends() -> None:
    ledger, clock, model = FakeLedger(), FakeClock(), Late()
    executor = CarryingExecutor(4)
    budgets = Budgets(ledger, executor, now=clock)
    embedder = AdmittedEmbedder(SpendingEmbedder(model, "small", 1_000.0))
    for _ in range(2):
        with budgets.charging(CALLER, Amount(1, 5, 5)) as charge:
            charge.admitted()
            given_up = executor.submit(embedder.embed, ["how much is the fee"])
        model.let.set()
        given_up.result(20)
        model.let.clear()
    executor.shutdown(wait=True)
    account = ledger.account("acme", "client/web", month_of(clock()))
    assert account.counters[counter("tokens", "day", clock())] == 2 * 5
    assert account.counters[counter("dollars", "month", clock())] == 2 * 5 * 1_000_000
    assert not any(hold.tokens for hold in account.holds.values())


class Hangs(FakeLedger):
    """A ledger that settles nothing."""

    def change(self, tenant: str, name: str, month: str, change: Change) -> tuple[bool, Account]:
        if change.expected:
            raise UpstreamUnavailable("budgets", "down")
        return super().change(tenant, name, month, change)


def test_what_cannot_be_settled_is_said_and_returns_when_its_time_is_over() -> None:
    world = BudgetedWorld(BUDGET, ledger=Hangs())
    assert world.ask().status_code == 200
    assert cap(world.usage(KEY)["web"], "tokens", "day")["held"] > 0
    # An answer that waits for it, of however many accounts, still ends while its key is held.
    assert LONGEST_REQUEST_S + SETTLE_S < CLAIMED_S
