"""A question is searched for whole and in its parts, in rounds, and never beyond its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from nexus.agents.configuration import Agent, Bounds
from nexus.agents.confirming import Confirming
from nexus.agents.meter import Meter
from nexus.agents.multi_search import ROUNDS, MultiSearch, Planner, read_plan
from nexus.agents.performing import Performing
from nexus.agents.results import passage_of
from nexus.agents.run import Run
from nexus.agents.tools import Asking, Given, Tool
from nexus.errors import UpstreamUnavailable
from nexus.models import Passage, Usage
from nexus.ports.tool_chats import ToolForm
from tests.agent_world import FakeConfirmations
from tests.fakes import FakeClock
from tests.several_searches import Asked, PublishedPlanner
from tests.unit.test_retrieval import ALICE, CONFIG

KNOWN = {
    "Who wrote the harbour rules?": "The harbour rules were written by Ratih.",
    "Where is the office of Ratih?": "The office of Ratih is in R-104.",
}
CHAIN = Asked(
    "Where is the office of who wrote the harbour rules?",
    ("Who wrote the harbour rules?", "Where is the office of #1?"),
    (),
    ("Ratih", "R-104"),
)


class Endless:
    """A planner that always wants one search more."""

    def plan(
        self, question: str, found: Sequence[Passage], made: Sequence[str]
    ) -> tuple[tuple[str, ...], Usage]:
        return (f"search {len(made)}",), Usage(input_tokens=1)


class Failing:
    """A planner that is down."""

    def plan(
        self, question: str, found: Sequence[Passage], made: Sequence[str]
    ) -> tuple[tuple[str, ...], Usage]:
        raise UpstreamUnavailable("models", "down")


def searched(planner: Planner | None, *, decompose: bool = True, **bounds: Any) -> list[str]:
    """The queries that were searched for, in order."""
    made: list[str] = []

    def call(arguments: Mapping[str, Any], asking: Asking) -> Given:
        query = arguments["query"]
        made.append(query)
        return Given((passage_of("d", "d", KNOWN.get(query, f"Nothing of {len(query)}.")),))

    clock = FakeClock()
    agent = Agent(description="x", instructions="x", decompose=decompose)
    with ThreadPoolExecutor(1) as pool:
        performing = Performing(pool, Confirming(FakeConfirmations(clock), 60, clock))
        run = Run(
            "x", agent, CHAIN.question, (), Asking(ALICE), Meter(Bounds(**bounds), CONFIG, [])
        )
        tool = Tool(ToolForm("search_documents", "x", {}), "x", call, kind="search")
        MultiSearch(performing, planner).search(run, tool)
    return made


def test_what_one_search_finds_is_what_the_next_one_asks_for() -> None:
    assert searched(PublishedPlanner(CHAIN)) == [CHAIN.question, *KNOWN]


def test_a_planner_that_never_has_enough_is_asked_a_few_times() -> None:
    assert len(searched(Endless())) == 1 + ROUNDS
    assert len(searched(Endless(), calls=2)) <= 3


@pytest.mark.parametrize(
    ("planner", "decompose"), [(None, True), (Failing(), True), (PublishedPlanner(CHAIN), False)]
)
def test_without_a_plan_the_question_is_searched_for_as_it_stands(planner, decompose) -> None:
    assert searched(planner, decompose=decompose) == [CHAIN.question]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("ENOUGH", ()),
        ("- When?\n2. Where?\n\n* when?\n", ("When?", "Where?")),
        ("One?\nenough\nTwo?", ("One?",)),
        ("Asked?", ()),
        ("\n".join(f"{n}?" for n in range(30)), ("0?", "1?", "2?", "3?", "4?", "5?")),
    ],
)
def test_a_plan_is_read_line_by_line(written: str, parts: tuple[str, ...]) -> None:
    assert read_plan(written, ("asked?",)) == parts
