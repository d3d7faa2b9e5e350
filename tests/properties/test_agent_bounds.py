"""A thousand random runs of agents: no answer takes more dollars, tokens or seconds than it may.

Models and tools answer, hang, fail, repeat themselves and pour text out without end; time is
simulated, so that none of it takes any. A model's tokens are at most what its text can have.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nexus.agents.configuration import Agent
from nexus.agents.confirmed import Confirmed
from nexus.agents.confirming import Confirming
from nexus.agents.loop import Loop
from nexus.agents.multi_search import ModelPlanner, MultiSearch
from nexus.agents.performing import Performing
from nexus.agents.reading import parse_agents
from nexus.agents.results import passage_of
from nexus.agents.tools import Asking, Given, Tool
from nexus.agents.turn import AgentParts, Agents
from nexus.answering.generator import generator_of
from nexus.answering.question import Question
from nexus.answering.remembering import Memory
from nexus.bounded import bounded
from nexus.budgets.charging import Budgets
from nexus.budgets.estimating import tokens_of
from nexus.deadline import Deadline, meeting
from nexus.errors import InvalidRequest, UpstreamError, UpstreamUnavailable
from nexus.models import Filters, Usage
from nexus.ports import Completion, Message
from nexus.ports.tool_chats import ToolCall, ToolForm, ToolItem, ToolReply
from nexus.settings import Settings
from nexus.spending import SpendingChat, SpendingToolChat, prices_of
from tests.agent_world import FakeConfirmations, text_of
from tests.assembled import readers
from tests.fakes import FakeConversations
from tests.simulated_time import SimulatedClock, SimulatedExecutor
from tests.unit.test_retrieval import ALICE, Library

RUNS = 1_000
FACT = "The tuition fee is nine million rupiah."
NAMES = ("quick", "slow", "hanging", "failing", "endless", "changing")
FOREVER_S = 100_000.0


@dataclass
class Chance:
    """What happens in one run."""

    rng: random.Random
    clock: SimulatedClock
    tokens: int = 0
    dollars: float = 0.0
    price: tuple[float, float] = (0.0, 0.0)
    longest_s: float = 9.0

    def passes(self) -> None:
        """Some time passes, or all of it, or the call fails."""
        kind = self.rng.random()
        if kind < 0.06:
            self.clock.sleep(FOREVER_S)
        elif kind < 0.14:
            raise UpstreamUnavailable("models", "It is down.")
        self.clock.sleep(self.rng.uniform(0, self.longest_s))

    def usage(self, prompt: str, max_tokens: int) -> Usage:
        """What a model counts: never more than its prompt can have."""
        into = int(tokens_of([prompt]) * self.rng.uniform(0.3, 1))
        out = self.rng.randint(1, max_tokens)
        self.tokens += into + out
        self.dollars += (into * self.price[0] + out * self.price[1]) / 1_000_000
        return Usage(input_tokens=into, output_tokens=out)


class RandomModel:
    """A model that calls anything, and sometimes answers; as a plain one it only writes."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def converse(
        self, items: Sequence[ToolItem], tools: Sequence[ToolForm], max_tokens: int
    ) -> ToolReply:
        self._chance.passes()
        rng = self._chance.rng
        usage = self._chance.usage("".join(map(text_of, items)), max_tokens)
        if not tools or rng.random() < 0.2:
            return ToolReply(rng.choice([f"{FACT} [1]", "NO_ANSWER", "Nonsense.", ""]), (), usage)
        every = [*NAMES, "search_documents", "unknown"]
        named = [rng.choice(every) for _ in range(rng.randint(1, 5))]
        made = tuple(
            ToolCall(f"c{n}", name, rng.choice(["{}", '{"query": "tuition fee"}', "{", "[]"]))
            for n, name in enumerate(named)
        )
        return ToolReply("", made, usage)

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        self._chance.passes()
        prompt = "".join(message.content for message in messages)
        text = self._chance.rng.choice([f"{FACT} [1]", "NO_ANSWER", "The fee is three. [1]"])
        return Completion(text, self._chance.usage(prompt, max_tokens))

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        completion = self.complete(messages, max_tokens)
        heard(completion.text)
        return completion

    def ping(self) -> None:
        pass


class RandomTools:
    """A toolbox of every kind of tool, none of which does as it should each time."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.changed = 0
        self.longest_s = chance.rng.uniform(0.5, 12)

    def of(self, agent: Agent) -> Mapping[str, Tool]:
        return {name: self._tool(name) for name in (*NAMES, "search_documents")}

    def _tool(self, name: str) -> Tool:
        def call(arguments: Mapping[str, Any], asking: Asking) -> Given:
            if name == "hanging":
                self._chance.clock.sleep(FOREVER_S)
            if name == "failing":
                raise self._chance.rng.choice([UpstreamUnavailable("tools", "x"), ValueError("x")])
            if name == "changing":
                self.changed += 1
            self._chance.clock.sleep(self._chance.rng.uniform(0, 6 if name == "slow" else 0.5))
            number = self._chance.rng.randint(0, 10**9)
            text = "More and more. " * 530 if name == "endless" else FACT
            return Given((passage_of(name, name, f"{text} {number}"),), probability=0.9)

        form = ToolForm(name, "Does something.", {"type": "object"})
        return Tool(form, name, call, changes=name == "changing", timeout_s=self.longest_s)


def random_bounds(rng: random.Random) -> str:
    return (
        f"bounds = {{ steps = {rng.randint(1, 8)}, calls = {rng.randint(1, 16)}, "
        f"tokens = {rng.randint(10_000, 150_000)}, dollars = {rng.uniform(0.002, 0.2):.4f}, "
        f"seconds = {rng.uniform(3, 26):.2f} }}\n"
    )


TOML = """
[agents.desk]
description = "Everything."
instructions = "Answer."
decompose = true
[agents.other]
description = "Nothing."
instructions = "Answer."
handoffs = ["desk"]
"""


def one_run(seed: int, library: Library, ends: Counter[str]) -> None:
    rng, clock = random.Random(seed), SimulatedClock()
    chance, executor = Chance(rng, clock), SimulatedExecutor(clock)
    settings = Settings(
        embedding_dimension=256,
        model_prices=("gpt-5.4-mini=0.75/4.50", "dear=15/60"),
        chat_model=rng.choice(["gpt-5.4-mini", "dear"]),
        answer_max_tokens=rng.choice([300, 1_000, 2_000]),
    )
    configuration = parse_agents(random_bounds(rng) + TOML)
    prices, model = prices_of(settings.model_prices), RandomModel(chance)
    priced = SpendingToolChat(model, settings.chat_model, prices)
    chat = bounded(priced, "models", settings.models_timeout_s, executor)
    writer = bounded(
        SpendingChat(model, settings.chat_model, prices),
        "models",
        settings.models_timeout_s,
        executor,
    )
    toolbox, confirming = RandomTools(chance), Confirming(FakeConfirmations(clock), 60, clock)
    performing = Performing(executor, confirming)
    searching = MultiSearch(performing, ModelPlanner(chat))
    agents = Agents(
        AgentParts(
            configuration=configuration,
            readers=readers(library.retriever, library.catalogue, settings, library.index),
            loop=Loop(configuration, toolbox, lambda _: chat, performing, searching, settings),
            confirming=confirming,
            confirmed=Confirmed(configuration, toolbox, performing),
            router=chat,
            generator=generator_of(settings, writer, None),
            memory=Memory(FakeConversations(), 6, clock),
            budgets=Budgets(),
            settings=settings,
            executor=executor,
        )
    )
    named = rng.choice(["auto", "desk"])
    asked = Question("How much is the tuition fee?", None, 5, Filters(), agent=named)
    begun, bounds = clock.now, configuration.bounds
    chance.longest_s = rng.choice([0.5, 9.0])
    chance.price = prices[settings.chat_model]
    try:
        with meeting(Deadline(27.0, clock)):
            answer = agents.answer(ALICE, asked)
        ends["waits" if answer.confirmations else "refused" if answer.refused else "answered"] += 1
        asked_models = [step.name for step in answer.steps if step.kind == "model"]
        assert asked_models.count(settings.chat_model) <= bounds.steps, seed
        assert answer.usage.dollars <= bounds.dollars, seed
    except (UpstreamError, InvalidRequest):
        ends["failed"] += 1
    # Also of those that failed, and of calls that were given up and billed all the same.
    assert chance.dollars <= bounds.dollars, seed
    assert chance.tokens <= bounds.tokens, seed
    assert clock.now - begun <= bounds.seconds + 0.001, seed
    assert toolbox.changed == 0, seed


def test_no_run_takes_more_than_its_bounds() -> None:
    library, ends = Library(), Counter[str]()
    library.add("acme", "fees.md", FACT)
    for seed in range(RUNS):
        one_run(seed, library, ends)
    assert sum(ends.values()) == RUNS
    # Bounds are of use only where answers come all the same.
    assert ends["answered"] > RUNS / 10, ends
    assert ends["failed"] < RUNS / 2, ends
    assert ends["waits"] > RUNS / 50, ends
