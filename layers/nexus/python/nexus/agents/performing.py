"""Does what a model calls for: side by side, in time, and nothing that changes things unasked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Any

from nexus.agents.confirming import Confirming
from nexus.agents.prompts import result_of
from nexus.agents.run import Run, Taken
from nexus.agents.schemas import fault_of
from nexus.agents.tools import Given, Tool
from nexus.deadline import awaited, within
from nexus.errors import (
    ConfigurationError,
    DeadlineExceeded,
    NexusError,
    UpstreamError,
    UpstreamRefused,
)
from nexus.ports.tool_chats import ToolCall, ToolOutput
from nexus.span_names import AGENT_NAME, OPERATION, OUTCOME, STEP, TOOL_NAME, TOOL_TYPE
from nexus.tracing import note, step

# What a model is told; what a tool itself said of its failure it is not.
_UNKNOWN = "There is no such tool."
_NO_JSON = "The arguments are no JSON object."
_LATE = "It did not answer in time."
_FAILED = "It failed: do not count on it."
_BEYOND = "No more tools may be called: answer from what there is."
_WAITING = "It waits for the user's confirmation, and was not done."
_LONGEST_ARGUMENTS = 20_000
LATE = Given(said=_LATE, outcome="failed", detail="late")


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that goes on."""

    future: Future[Given]
    taken: Taken


class Performing:
    """Performs the calls of one reply."""

    def __init__(self, executor: Executor, confirming: Confirming) -> None:
        self.executor = executor
        self._confirming = confirming

    def perform(
        self, run: Run, calls: Sequence[ToolCall], tools: Mapping[str, Tool]
    ) -> list[ToolOutput]:
        """What came of each call, in their order; all that may be done at once is."""
        begun: list[tuple[ToolCall, Tool | None, str, Begun | None]] = []
        # Whether something changes by the model's own will is known before any of them has read.
        for call in calls:
            tool = tools.get(call.name)
            arguments, fault = read_arguments(call, tool)
            if tool is None or fault:
                begun.append((call, tool, fault or _UNKNOWN, None))
                continue
            if not run.meter.may_call():
                begun.append((call, tool, _BEYOND, None))
                continue
            run.meter.calls += 1
            if tool.changes and (tool.confirm or run.read_others):
                self._confirming.ask(run, tool, arguments)
                begun.append((call, tool, _WAITING, None))
                continue
            begun.append((call, tool, "", self.begin(run, tool, arguments, call.call_id)))
        return [self._output(run, *one) for one in begun]

    def begin(self, run: Run, tool: Tool, arguments: Mapping[str, Any], call_id: str) -> Begun:
        """Begins one call that may be done, and tells so."""
        asking = replace(run.asking, call_id=call_id)
        about = {
            OPERATION: "execute_tool",
            TOOL_NAME: tool.name,
            TOOL_TYPE: "function",
            AGENT_NAME: run.name,
            STEP: tool.kind,
        }

        def work() -> Given:
            with step(f"execute_tool {tool.name}", "internal", about):
                given = tool.call(arguments, asking)
                note({OUTCOME: given.outcome})
                return given

        taken = Taken(run.begin(tool.kind, tool.name))
        if tool.changes and run.telling:  # what was changed has to be told of, whoever asks again
            run.telling.go_on()
        with within(tool.timeout_s):
            return Begun(self.executor.submit(_caught(work)), taken)

    def ended(self, run: Run, tool: Tool, begun: Begun) -> Given:
        """What came of a call; it is given up when its time is over."""
        try:
            with within(tool.timeout_s):
                given = awaited(begun.future, "tools")
        except DeadlineExceeded:
            given = LATE
        begun.taken.outcome, begun.taken.detail = given.outcome, given.detail
        run.end(begun.taken)
        if given.passages:
            run.probability = max(run.probability, given.probability)
        return given

    def _output(
        self, run: Run, call: ToolCall, tool: Tool | None, fault: str, begun: Begun | None
    ) -> ToolOutput:
        name = tool.name if tool else "unknown"
        if tool is None or begun is None:
            return ToolOutput(call.call_id, result_of(name, (), fault))
        given = self.ended(run, tool, begun)
        numbered = run.add(given.passages)
        return ToolOutput(call.call_id, result_of(name, numbered, given.said))


def _caught(work: Callable[[], Given]) -> Callable[[], Given]:
    """The work, whose failure is what it gives: one tool's must not end the others'."""

    def run() -> Given:
        try:
            return work()
        except DeadlineExceeded:
            return LATE
        except (UpstreamError, ConfigurationError) as error:
            refused, detail = isinstance(error, UpstreamRefused), str(error)[:200]
            return Given(said=_FAILED, outcome="refused" if refused else "failed", detail=detail)
        except NexusError as error:
            return Given(said=str(error), outcome="failed", detail=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a tool is anybody's code
            return Given(said=_FAILED, outcome="failed", detail=type(error).__name__)

    return run


def read_arguments(call: ToolCall, tool: Tool | None) -> tuple[dict[str, Any], str]:
    """A call's arguments, and what is wrong with them; "" if nothing is."""
    if tool is None:
        return {}, _UNKNOWN
    if len(call.arguments) > _LONGEST_ARGUMENTS:
        return {}, _NO_JSON
    try:
        found = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        return {}, _NO_JSON
    if not isinstance(found, dict):
        return {}, _NO_JSON
    return found, fault_of(found, tool.form.parameters)
