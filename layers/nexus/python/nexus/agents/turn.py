"""Answers one turn by an agent: who, with what was said before, within its bounds; remembers it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial

from nexus.agents.configuration import AUTO, Bounds, Configuration
from nexus.agents.confirmed import Confirmed
from nexus.agents.confirming import Confirming
from nexus.agents.ending import answer_of
from nexus.agents.loop import ENDING_S, Ended, Loop, take_over
from nexus.agents.meter import Meter
from nexus.agents.phrases import NOT_DONE, said
from nexus.agents.routing import holder_of, named_by, routed
from nexus.agents.run import Run
from nexus.agents.tools import Asking
from nexus.answering.finding import SHOWN_TURNS
from nexus.answering.followups import answered, carried, is_follow_up, topic_of
from nexus.answering.generator import Generator
from nexus.answering.logging_question import question_logged
from nexus.answering.making import bare
from nexus.answering.question import Question
from nexus.answering.remembering import Memory, seen
from nexus.answering.telling import Abandoned, Telling
from nexus.answering.turn import new_id
from nexus.budgets.charging import Budgets, Charge
from nexus.deadline import behind, current, within
from nexus.errors import BudgetExceeded, InvalidRequest
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Amount, Answer, Confidence, Principal, Spent, Turn
from nexus.ports.tool_chats import ToolChat
from nexus.retrieval.reader import Reader
from nexus.settings import Settings
from nexus.span_names import AGENT_NAME, OPERATION
from nexus.tracing import note, step


@dataclass(frozen=True, slots=True)
class AgentParts:
    """What agents work with."""

    configuration: Configuration
    readers: PerGeneration[Reader]
    loop: Loop
    confirming: Confirming
    confirmed: Confirmed
    router: ToolChat
    generator: Generator
    memory: Memory
    budgets: Budgets
    settings: Settings
    executor: Executor


class Agents:
    """The agents of a deployment, as the functions ask them."""

    def __init__(self, parts: AgentParts, now: Callable[[], float] = time.perf_counter) -> None:
        self._parts = parts
        self._now = now

    @property
    def _bounds(self) -> Bounds:
        return self._parts.configuration.bounds

    def names(self) -> tuple[str, ...]:
        """The agents' names, in the order of the file."""
        return tuple(self._parts.configuration.agents)

    def listed(self) -> tuple[tuple[str, str, str], ...]:
        """Each agent's name, title and description, in the order of the file."""
        agents = self._parts.configuration.agents.items()
        return tuple((name, agent.title or name, agent.description) for name, agent in agents)

    def asked_by(self, agent: str) -> str:
        """Who answers a request that names this agent: the default for "", "" for none.

        Raises InvalidRequest for a name that no agent has.
        """
        asked = agent or self._parts.configuration.default
        return named_by(self._parts.configuration, asked) if asked else ""

    def answer(
        self, principal: Principal, question: Question, telling: Telling | None = None
    ) -> Answer:
        """An agent's answer, remembered if it can be; or what waits to be confirmed.

        `telling` tells of its steps as they begin and end, and of the answer. Raises what
        `Answerer.answer` raises, InvalidRequest for an agent or an action that is not there, and
        BudgetExceeded where the caller's budget has no room for what the bounds let it take.
        """
        parts, started = self._parts, self._now()
        read_at = parts.memory.moment()
        name = named_by(parts.configuration, question.agent)
        bounds = self._bounds
        most = Amount(1, bounds.tokens, round(bounds.dollars * 1e9))
        message_id = new_id("m")
        with parts.budgets.charging(principal, most) as charge, within(bounds.seconds):
            try:
                charge.admitted()
                made = self._answered(principal, question, charge, name, message_id, telling)
            except (Abandoned, BudgetExceeded, InvalidRequest):
                raise
            except Exception as error:
                failed = (principal, message_id, self._ms_since(started), charge.bill, error)
                behind(parts.executor, parts.memory.log_failure, *failed)
                raise
            charge.settle()
            usage = replace(made.usage, dollars=charge.dollars)
            took = {**made.timings_ms, "total": self._ms_since(started)}
            answer = replace(made, usage=usage, timings_ms=took, read_at=read_at)
            if telling:
                telling.finish(answer.text, answer.sources)
            remembered = self._remembered(principal, question, answer, charge.bill)
            return replace(answer, remembered=remembered)

    def _answered(
        self,
        principal: Principal,
        question: Question,
        charge: Charge,
        name: str,
        message_id: str,
        telling: Telling | None,
    ) -> Answer:
        parts = self._parts
        conversation_id = question.conversation_id or new_id("c")
        if telling:
            telling.begin(conversation_id, message_id)
        turns = self._turns_before(principal, question)
        history = [(turn.question, turn.answer) for turn in turns[-SHOWN_TURNS:]]
        action = None
        if question.confirms is not None:
            where = (principal, conversation_id, question.confirms.action_id)
            if telling:  # what is taken here nobody can take again
                telling.go_on()
            action = parts.confirming.take(*where)
            name = action.agent if action.agent in parts.configuration.agents else name
        run = self._run(principal, question, history, turns, charge.bill, name, telling)
        if action is not None and question.confirms and not question.confirms.approved:
            text = said(NOT_DONE, question.message, action.title)
            made = replace(bare(text, Confidence("high", 1.0)), agent=run.name)
        else:
            with _traced(run.name):
                if action is not None:
                    parts.confirmed.do(run, action)
                ended = parts.loop.run(run, principal) if not run.failed else Ended()
                made = answer_of(run, ended, parts.generator, parts.settings, question.style)
            parts.confirming.keep(run, principal, conversation_id)
        return replace(made, message_id=message_id, conversation_id=conversation_id)

    def _run(
        self,
        principal: Principal,
        question: Question,
        history: list[tuple[str, str]],
        turns: list[Turn],
        bill: list[Spent],
        name: str,
        telling: Telling | None,
    ) -> Run:
        """The turn as it begins, with the agent that has it."""
        parts = self._parts
        agents = parts.configuration.agents
        first = next(iter(agents))
        run = Run(
            name if name != AUTO else first,
            agents[name if name != AUTO else first],
            question.message,
            history,
            Asking(principal, question.filters, question.top_k),
            Meter(self._bounds, parts.settings, bill),
            telling,
            # An answer of before may say what a document or a tool told it to.
            read_others=any(answer for _, answer in history),
            first_search=_on_topic(question.message, turns),
        )
        if name == AUTO:
            name = holder_of(parts.configuration, turns) or self._routed(run)
        take_over(run, name, agents[name], principal)
        return run

    def _routed(self, run: Run) -> str:
        agents = self._parts.configuration.agents
        if len(agents) == 1 or not run.meter.may_plan(run.question, ()):
            return run.name
        with run.stepping("route", AUTO) as taken, within(current().spare(ENDING_S)):
            name, usage, picked = routed(self._parts.router, agents, run.question, run.history)
            if not picked:
                taken.outcome, taken.detail = "failed", "no agent was named"
        run.usage += usage
        return name

    def _turns_before(self, principal: Principal, question: Question) -> list[Turn]:
        """The turns before, as far as their answers may be seen."""
        if question.before is not None:
            last = question.before[-self._parts.settings.history_turns :]
            return [Turn("", asked, told, refused=False, created_at="") for asked, told in last]
        if question.conversation_id is None:
            return []
        turns, _ = self._parts.memory.history(principal, question.conversation_id)
        if not turns:
            return []
        shown = self._parts.readers.with_live(
            lambda reader: seen(reader.catalogue, principal, turns), self._parts.executor
        )
        return list(shown)

    def _remembered(
        self, principal: Principal, question: Question, answer: Answer, bill: list[Spent]
    ) -> bool:
        parts = self._parts
        logged = question_logged(principal, question.message, answer, (), bill, parts.settings)
        if question.before is not None or question.forgets:
            parts.memory.log(principal, logged)
            return False
        begins = question.conversation_id is None
        remember = partial(parts.memory.remember, principal, question.message, answer)
        return remember(begins=begins, logged=logged)

    def _ms_since(self, started: float) -> float:
        return round((self._now() - started) * 1000, 2)


def _on_topic(question: str, turns: list[Turn]) -> str:
    """A question that leans on the talk before it, in words that a search understands; else ""."""
    spoken = answered(turns) if is_follow_up(question) else []
    return carried(question, topic_of(spoken)[0]) if spoken else ""


def _traced(name: str) -> step | nullcontext[None]:
    note({AGENT_NAME: name})
    return step(f"invoke_agent {name}", "internal", {OPERATION: "invoke_agent", AGENT_NAME: name})
