"""Searches for a question before its agent's model is asked: whole, or in the parts it needs.

Where an agent decomposes, a planner says which searches a question takes, sees what they found, and
says which are still needed, in a few rounds and within the answer's bounds. The whole question is
searched for in any case, so that a poor plan loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from nexus.agents.performing import Performing
from nexus.agents.prompts import ENOUGH, planning_messages
from nexus.agents.run import Run
from nexus.agents.tools import Given, Tool
from nexus.deadline import current, optional, within
from nexus.models import Passage, Usage
from nexus.ports.tool_chats import ToolChat

ROUNDS, MOST_PARTS = 4, 6
PLAN_S, PLAN_TOKENS = 6.0, 300
# A part is one thing: what answers it stands at the top.
PART_TOP_K = 4
_LISTED = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.):])\s*")


class Planner(Protocol):
    """Says which searches a question still needs."""

    def plan(
        self, question: str, found: Sequence[Passage], made: Sequence[str]
    ) -> tuple[tuple[str, ...], Usage]:
        """The searches that are needed beyond those `made`, and what asking cost; () is enough."""
        ...


class ModelPlanner:
    """A language model that plans."""

    def __init__(self, chat: ToolChat) -> None:
        self._chat = chat

    def plan(
        self, question: str, found: Sequence[Passage], made: Sequence[str]
    ) -> tuple[tuple[str, ...], Usage]:
        """The searches in the lines that the model writes."""
        prompt = planning_messages(question, found, made, MOST_PARTS)
        reply = self._chat.converse(prompt, (), PLAN_TOKENS)
        return read_plan(reply.text, (*made, question)), reply.usage


def read_plan(text: str, made: Sequence[str]) -> tuple[str, ...]:
    """The searches that a plan lists, without those that were made; () where it says ENOUGH."""
    known = {one.casefold() for one in made}
    parts = []
    for line in text[:4_000].splitlines():
        part = _LISTED.sub("", line).strip().strip("\"'“”")[:500]
        if part.upper().startswith(ENOUGH):
            break
        if part and part.casefold() not in known:
            known.add(part.casefold())
            parts.append(part)
    return tuple(parts[:MOST_PARTS])


class MultiSearch:
    """Searches for questions; without a planner each is searched for as it stands."""

    def __init__(self, performing: Performing, planner: Planner | None = None) -> None:
        self._performing = performing
        self._planner = planner

    def search(self, run: Run, tool: Tool) -> None:
        """Adds what the question, and the parts that it is taken apart into, find."""
        decomposes = self._planner is not None and run.agent.decompose
        first = {"query": run.first_search or run.question}
        begun = self._performing.begin(run, tool, first, "first")
        parts = self._planned(run, ()) if decomposes else ()
        self._take(run, self._performing.ended(run, tool, begun))
        made: list[str] = []
        for _ in range(ROUNDS):
            parts = tuple(part for part in parts if run.meter.may_call())
            if not parts:
                return
            made += parts
            self._search_for(run, tool, parts)
            if len(made) >= MOST_PARTS * 2:
                return
            parts = self._planned(run, made)

    def _search_for(self, run: Run, tool: Tool, parts: Sequence[str]) -> None:
        room = [part for part in parts if self._counted(run)]
        going = [
            self._performing.begin(run, tool, {"query": part, "top_k": PART_TOP_K}, f"part-{n}")
            for n, part in enumerate(room)
        ]
        for one in going:
            self._take(run, self._performing.ended(run, tool, one))

    def _counted(self, run: Run) -> bool:
        if not run.meter.may_call():
            return False
        run.meter.calls += 1
        return True

    def _take(self, run: Run, given: Given) -> None:
        run.add(given.passages)

    def _planned(self, run: Run, made: Sequence[str]) -> tuple[str, ...]:
        planner = self._planner
        if planner is None or not run.meter.may_plan(run.question, run.evidence):
            return ()

        def plan() -> tuple[tuple[str, ...], Usage]:
            with run.stepping("model", "planner"):
                return planner.plan(run.question, run.evidence, made)

        with within(current().spare(PLAN_S)):
            planned = optional("plan", plan, own_s=PLAN_S)
        if planned is None:
            return ()
        run.usage += planned[1]
        return planned[0]
