"""One turn of an agent while it goes on: what it has read, what it did, and what waits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from nexus.agents.configuration import Agent
from nexus.agents.meter import Meter
from nexus.agents.tools import Asking
from nexus.answering.telling import Telling
from nexus.models import AgentStep, Outcome, Passage, PendingAction, StepKind, Usage
from nexus.span_names import AGENT_NAME, OPERATION, OUTCOME, STEP
from nexus.tracing import Value, note, step

# What an answer may rest on: more would only cost, and be cited by nobody.
MOST_PASSAGES, MOST_CHARS = 40, 60_000


@dataclass(slots=True)
class Run:
    """An agent's turn.

    `read_others` is whether the model has read what its caller did not write: from then on nothing
    that changes something is done without being confirmed. `first_search` is the question in words
    that need none of the talk before it, where it leans on that. `done` and `failed` are the title
    of an action that the caller confirmed, once that was done or failed.
    """

    name: str
    agent: Agent
    question: str
    history: Sequence[tuple[str, str]]
    asking: Asking
    meter: Meter
    telling: Telling | None = None
    evidence: list[Passage] = field(default_factory=list)
    probability: float = 0.0
    usage: Usage = field(default_factory=Usage)
    steps: list[AgentStep] = field(default_factory=list)
    pending: list[PendingAction] = field(default_factory=list)
    read_others: bool = False
    first_search: str = ""
    done: str = ""
    failed: str = ""

    def add(self, passages: Sequence[Passage]) -> list[tuple[int, Passage]]:
        """Takes passages in, each with the number under which it is cited; known ones have one."""
        numbered = []
        for passage in passages:
            number = self._number_of(passage)
            if number:
                numbered.append((number, passage))
        self.read_others = self.read_others or bool(passages)
        return numbered

    def _number_of(self, passage: Passage) -> int:
        for number, known in enumerate(self.evidence, start=1):
            if known.chunk_id == passage.chunk_id:
                return number
        room = MOST_CHARS - sum(len(one.text) for one in self.evidence)
        if len(self.evidence) >= MOST_PASSAGES or len(passage.text) > room:
            return 0
        self.evidence.append(passage)
        return len(self.evidence)

    @contextmanager
    def stepping(self, kind: StepKind, name: str) -> Iterator[Taken]:
        """Tells and traces the block as a step, with the outcome that it notes or its failure."""
        taken = Taken(self.begin(kind, name))
        operation = "chat" if kind == "model" else "invoke_agent"
        attributes: dict[str, Value] = {AGENT_NAME: self.name, STEP: kind}
        try:
            with step(f"{operation} {name}", "internal", {OPERATION: operation, **attributes}):
                yield taken
                note({OUTCOME: taken.outcome})
        except BaseException as error:
            taken.outcome, taken.detail = "failed", type(error).__name__
            raise
        finally:
            self.end(taken)

    def begin(self, kind: StepKind, name: str) -> tuple[AgentStep, float]:
        """Tells that a step begins; gives it, with the clock's time."""
        begun = AgentStep(len(self.steps) + 1, self.name, kind, name)
        self.steps.append(begun)
        if self.telling:
            self.telling.stepped(begun, ended=False)
        return begun, time.perf_counter()

    def end(self, taken: Taken) -> None:
        """Tells that a step has ended."""
        begun, at = taken.begun
        took = round((time.perf_counter() - at) * 1000, 2)
        ended = replace(begun, outcome=taken.outcome, detail=taken.detail, took_ms=took)
        self.steps[begun.number - 1] = ended
        if self.telling:
            self.telling.stepped(ended, ended=True)


@dataclass(slots=True)
class Taken:
    """A step that goes on, and how it ends."""

    begun: tuple[AgentStep, float]
    outcome: Outcome = "ok"
    detail: str = ""
