"""Whatever the upstreams of a turn do, its answer or its problem is out in time, the best there is.

A clock is simulated, and so are threads; everything else is what the chat function runs: the HTTP
application, the composition of `nexus.wiring.answering`, and fakes in place of the adapters.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from functions.chat.app import create_app
from nexus.answering.finding import REWRITE_S
from nexus.answering.prompts import NO_ANSWER
from nexus.models import Generations, Turn
from nexus.observability import logger
from nexus.operations.health import Health
from nexus.services import ChatServices
from nexus.settings import Settings
from nexus.wiring.answering import ChatParts, answering
from tests.fakes import (
    FakeCache,
    FakeChat,
    FakeClients,
    FakeConversations,
    FakeGenerations,
    FakeTurns,
)
from tests.functions.chat_services import ACME_KEY, client
from tests.functions.gateway import Gateway
from tests.people import FakeEndedSignIns
from tests.properties.best_possible import Case, Outcome, best
from tests.properties.unreliable import Fate, Plan, Unreliable
from tests.simulated_time import SimulatedClock, SimulatedExecutor
from tests.unit.test_retrieval import Library

CASES = 2_000
DEADLINE_S = 27.0
CONVERSATION = "c-1"
WHOLE = "How much is the tuition fee of the university for a student in one whole year?"
LEANING = "And how much is the tuition fee?"
RIGHT = "The tuition fee is nine million rupiah. [1]"
INVENTED = "It was 77 euros in 1834. [1] The tuition fee is nine million rupiah. [1]"
DRAFTS = {"good": [RIGHT], "invented": [INVENTED, RIGHT], "none": [NO_ANSWER]}


CLIENTS = FakeClients(client(ACME_KEY, "acme", "web"))


class Stage:
    """The chat application, on which turns are played."""

    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.settings = Settings(
            embedding_dimension=256,
            embedding_timeout_s=4,
            embedding_retries=1,
            # Everything is asked about, and only half a search is less than sure.
            refuse_below=0.0,
            medium_from=0.0,
            high_from=0.001,
        )
        self.library = Library()
        self.library.add("acme", "fees.md", "The tuition fee is nine million rupiah.")
        self.library.clock.advance(60)
        self.app: Any = None

    async def play(
        self,
        plan: Plan,
        case: Case,
        # A refusal, which nothing leans on: what a question leans on has its own test.
        before: Turn = Turn("m-1", "Who pays?", "", True, "2026-01-01T00:00:00Z"),  # noqa: B008
        rewriter: FakeChat | None = None,
        *,
        at_once: bool = False,
    ) -> tuple[float, Outcome]:
        """How long a turn took, and what came of it; `at_once` has a store of turns."""
        calls: Counter[str] = Counter()
        stored = FakeCache()
        cache = NotedCache(Unreliable(stored, "cache", plan, self.clock, calls))
        with_turns = NotedCache(stored)
        conversations = FakeConversations()
        if case.conversation:
            conversations.append("acme", "web", CONVERSATION, before)
        turns = (with_turns,) if at_once else ()
        services = self._services(plan, case, calls, cache, conversations, rewriter, *turns)
        if not case.cold:
            plan.fixed["generations.read", 0] = Fate(0.0)
            services.readers.with_live(lambda _: None, SimulatedExecutor(self.clock))
            del plan.fixed["generations.read", 0]
            calls.clear()
        if self.app is None:
            self.app = Gateway(create_app(services, self.clock), CLIENTS)
        self.app.state.services = services
        body: dict[str, Any] = {"message": LEANING if case.leans else WHOLE}
        if case.conversation:
            body["conversation_id"] = CONVERSATION
        began = self.clock.now
        status, headers, answer = await post(self.app, body)
        took = self.clock.now - began
        if status != 200:
            assert "request_id" in answer
            assert "operator" in answer["detail"] or "try again" in answer["detail"]
            return took, Outcome(status, retry="retry-after" in headers)
        level = answer["confidence"]["level"]
        return took, Outcome(
            200,
            refused=answer["refused"],
            degraded=level != "high" and not answer["refused"],
            remembered=answer["remembered"],
            cached=cache.answers + with_turns.answers > 0,
        )

    def _services(
        self,
        plan: Plan,
        case: Case,
        calls: Counter[str],
        cache: Any,
        conversations: FakeConversations,
        rewriter: FakeChat | None,
        with_turns: Any = None,
    ) -> ChatServices:
        def unreliable(thing: object, name: str) -> Any:
            return Unreliable(thing, name, plan, self.clock, calls)

        library = self.library
        live = self.settings.generation
        generations = FakeGenerations(Generations(live.generation_id, (live,)))
        parts = ChatParts(
            ended_sign_ins=FakeEndedSignIns(),
            conversations=unreliable(conversations, "conversations"),
            generations=unreliable(generations, "generations"),
            catalogue=lambda _: unreliable(library.catalogue, "catalogue"),
            index=lambda _: unreliable(library.index, "index"),
            embedder=lambda _: unreliable(library.embedder, "models"),
            chat=unreliable(FakeChat(*DRAFTS[case.draft]), "chat"),
            reranker=unreliable(library.reranker, "rerank"),
            cache=cache,
            rewriter=unreliable(rewriter, "rewriter") if rewriter else None,
            turns=unreliable(
                FakeTurns(generations, library.catalogue, conversations, with_turns), "turns"
            )
            if with_turns
            else None,
        )
        executor = SimulatedExecutor(self.clock)
        return answering(parts, Health({}, executor), self.settings, executor)


class NotedCache:
    """A cache that counts the answers that it is given, whatever becomes of them."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache
        self.answers = 0

    def put(self, key: str, value: bytes, ttl_s: int, documents: Any = ()) -> None:
        self.answers += bool(documents)
        self._cache.put(key, value, ttl_s, documents)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)


async def post(app: Any, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """What the application answers to a question."""
    sent: list[Any] = []
    content = json.dumps(body).encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/chat",
        "query_string": b"",
        "headers": [(b"x-api-key", ACME_KEY.encode()), (b"content-type", b"application/json")],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, json.loads(b"".join(m.get("body", b"") for m in sent[1:]))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    level = logger.log_level
    logger.setLevel("CRITICAL")  # ten thousand lines would take longer than the turns
    yield Stage()
    logger.setLevel(level)


class OnlyTheSecondIsIll(Plan):
    """All is well but the rewriting, and the search for what the conversation makes of a question.

    Both searches begin side by side: whose call it is, its question or that one's vector tells.
    """

    SEARCHING = ("models.embed", "index.search_dense", "index.search_text", "rerank.rerank")

    def __init__(self, seed: int, own: Sequence[Any]) -> None:
        super().__init__(seed)
        self._own = own

    def of_call(self, name: str, number: int, arguments: Sequence[Any]) -> Fate:
        own = any(one in arguments for one in self._own)
        if name == "rewriter.complete" or (name in self.SEARCHING and not own):
            return self.of(name, number)
        return Fate(0.2)


def test_what_a_conversation_adds_never_costs_the_answer(stage: Stage) -> None:
    vector = stage.library.embedder.embed([LEANING]).vectors[0]

    async def all_of_them() -> Counter[bool]:
        kinds: Counter[bool] = Counter()
        for seed in range(CASES // 4):
            case = Case(cold=False, conversation=True, leans=True, draft="good")
            earlier = Turn("m-1", "Who pays?", "We do.", False, "2026-01-01T00:00:00Z")
            rewrite = [WHOLE, "", "It was 77 euros.", INVENTED][seed % 4]
            plan = OnlyTheSecondIsIll(seed, [LEANING, [LEANING], vector])
            took, outcome = await stage.play(plan, case, earlier, FakeChat(rewrite))
            assert took <= DEADLINE_S, (seed, took, outcome)
            assert outcome == Outcome(200, remembered=True), (seed, took, outcome)
            kinds[took > REWRITE_S] += 1
        return kinds

    # Some waited for a rewriting or a search that hung, and some for none.
    assert len(asyncio.run(all_of_them())) == 2


def case_of(seed: int) -> Case:
    chance = random.Random(f"case {seed}")
    conversation = chance.random() < 0.5
    return Case(
        cold=chance.random() < 0.2,
        conversation=conversation,
        leans=conversation and chance.random() < 0.4,
        draft=chance.choice(["good", "good", "invented", "none"]),
    )


@pytest.mark.parametrize("at_once", [False, True], ids=["one after another", "at once"])
def test_every_turn_ends_in_time_and_as_well_as_it_can(stage: Stage, at_once: bool) -> None:
    async def all_of_them() -> Counter[Any]:
        kinds: Counter[Any] = Counter()
        for seed in range(CASES):
            plan, case = Plan(seed), case_of(seed)
            took, outcome = await stage.play(plan, case, at_once=at_once)
            assert took <= DEADLINE_S, (seed, case, took, outcome)
            expected = best(plan, case, at_once=at_once)
            assert outcome == expected, (seed, case, took)
            kinds[expected.status, expected.retry, expected.refused, expected.degraded] += 1
        return kinds

    kinds = asyncio.run(all_of_them())
    # Not one of the outcomes is rare: full and degraded answers, refusals, both kinds of problems.
    assert len(kinds) == 5, kinds
    assert min(kinds.values()) > CASES / 100, kinds


def played(stage: Stage, case: Case, **fates: Fate) -> tuple[float, Outcome]:
    """A turn in which all is well but these calls; their names have `__` for a point."""
    plan = Plan(0)
    plan._ill = 0.0
    for name, fate in fates.items():
        service, method, number = [*name.split("__"), "0"][:3]
        plan.fixed[f"{service}.{method}", int(number)] = fate
    return asyncio.run(stage.play(plan, case))


PLAIN = Case(cold=False, conversation=False, leans=False, draft="good")
SILENT = Fate(math.inf, obedient=False)


def test_a_silent_index_is_a_problem_in_time_and_not_after_half_a_minute(stage: Stage) -> None:
    took, outcome = played(stage, PLAIN, index__search_text=SILENT, index__search_dense=SILENT)
    assert outcome == Outcome(503, retry=True)
    assert took < 15


def test_two_drafts_of_fifteen_seconds_are_the_first_one(stage: Stage) -> None:
    slow = Fate(15.0)
    case = Case(cold=False, conversation=False, leans=False, draft="invented")
    took, outcome = played(stage, case, chat__complete=slow, chat__complete__1=slow)
    assert outcome.status == 200
    assert not outcome.cached
    assert took < 22


def test_a_reranker_of_sixteen_seconds_is_not_waited_for(stage: Stage) -> None:
    took, outcome = played(stage, PLAIN, rerank__rerank=Fate(16.0))
    assert outcome.status == 200
    assert took < 10
