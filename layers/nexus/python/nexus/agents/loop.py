"""The loop of an agent: its model is asked, what it calls for is done, until it answers or may not.

What ends it is an answer, an action that waits to be confirmed, a bound, or the request's time.
What was found by then is what an answer is written from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from nexus.agents.configuration import SEARCH, Agent, Configuration
from nexus.agents.multi_search import MultiSearch
from nexus.agents.performing import Performing
from nexus.agents.prompts import question_of, result_of, system_of
from nexus.agents.run import Run
from nexus.agents.search_tool import narrowed
from nexus.agents.tools import Tool, Toolbox
from nexus.answering.prompts import answer_messages
from nexus.answering.reply import Reply, read_reply
from nexus.deadline import current, within
from nexus.errors import UpstreamUnavailable
from nexus.models import Amount, Passage, Principal
from nexus.observability import logger
from nexus.ports.tool_chats import ToolChat, ToolForm, ToolItem, ToolOutput, ToolReply
from nexus.settings import Settings

HAND_OVER = "hand_over"
# What writing and checking an answer is left of the time, in seconds.
ENDING_S = 6.0
_NOTHING_LEFT_S = 0.5


@dataclass(frozen=True, slots=True)
class Ended:
    """How a loop ended: with a reply, or without one as `why` says: a bound, late, or waiting."""

    reply: Reply | None = None
    why: str = ""


class Loop:
    """Runs agents."""

    def __init__(
        self,
        configuration: Configuration,
        toolbox: Toolbox,
        chat_of: Callable[[str], ToolChat],
        performing: Performing,
        searching: MultiSearch,
        settings: Settings,
    ) -> None:
        self._configuration = configuration
        self._toolbox = toolbox
        self._chat_of = chat_of
        self._performing = performing
        self._searching = searching
        self._settings = settings

    def run(self, run: Run, principal: Principal) -> Ended:
        """Runs one turn to its end. Raises UpstreamError where a model fails and nothing is found.

        `principal` is who asks, before any agent narrows what it sees.
        """
        tools = self._tools_of(run)
        if SEARCH in tools and run.agent.search_first and not run.done:
            self._searching.search(run, tools[SEARCH])
        items: list[ToolItem] = [
            system_of(run.name, run.agent),
            question_of(run.question, run.history, run.evidence, run.done),
        ]
        while True:
            forms = [tool.form for tool in tools.values()] + _handing_over(run, self._configuration)
            model = run.agent.model or self._settings.chat_model
            late = current().remaining() <= _NOTHING_LEFT_S
            if late or not run.meter.may_step(model, items, forms, ending(run)):
                return Ended(why="late" if late else "bound")
            try:
                reply = self._asked(run, model, items, forms)
            except UpstreamUnavailable:
                if not run.evidence:
                    raise
                logger.warning("agent_step_failed", extra={"step": "model"})
                return Ended(why="late")
            if not reply.calls:
                return Ended(read_reply(reply.text, reply.finish, len(run.evidence)))
            items.append(reply)
            handed = _handed_to(reply, run)
            others = [call for call in reply.calls if call.name != HAND_OVER]
            done = {one.call_id: one for one in self._performing.perform(run, others, tools)}
            for call in reply.calls:
                said = "It is done." if handed else "There is nobody of this name."
                told = ToolOutput(call.call_id, result_of(HAND_OVER, (), said))
                items.append(done.get(call.call_id, told))
            if run.pending:
                return Ended(why="waiting")
            if handed:
                tools = self._hand_over(run, principal, handed, items)

    def _asked(
        self, run: Run, model: str, items: list[ToolItem], forms: list[ToolForm]
    ) -> ToolReply:
        run.meter.steps += 1
        with run.stepping("model", model), within(current().spare(ENDING_S)):
            reply = self._chat_of(model).converse(items, forms, self._settings.answer_max_tokens)
        run.usage += reply.usage
        return reply

    def _tools_of(self, run: Run) -> Mapping[str, Tool]:
        with within(current().spare(ENDING_S)):
            tools = self._toolbox.of(run.agent)
        run.read_others = run.read_others or any(tool.foreign for tool in tools.values())
        return tools

    def _hand_over(
        self, run: Run, principal: Principal, name: str, items: list[ToolItem]
    ) -> Mapping[str, Tool]:
        """Gives the turn to another agent, with its own rules, tools and sight of documents."""
        with run.stepping("handoff", name):
            take_over(run, name, self._configuration.agents[name], principal)
        items[0] = system_of(name, run.agent)
        return self._tools_of(run)


def ending(run: Run, passages: Sequence[Passage] | None = None) -> Amount:
    """The most that writing an answer from these passages takes, or from all that was found."""
    read = run.evidence if passages is None else passages
    prompt = answer_messages(run.question, read, run.history, "detailed")
    return run.meter.ending(message.content for message in prompt)


def take_over(run: Run, name: str, agent: Agent, principal: Principal) -> None:
    """Makes an agent the one whose turn it is; what it finds from now on is what it may see."""
    sees = narrowed(principal, agent.documents)
    if sees is None:  # it may see none at all
        sees = replace(principal, filters=replace(principal.filters, document_ids=("none",)))
    run.name, run.agent = name, agent
    run.asking = replace(run.asking, principal=sees)
    if run.telling:
        run.telling.taken_by(name, agent.title or name)


def _handing_over(run: Run, configuration: Configuration) -> list[ToolForm]:
    others = {name: configuration.agents[name] for name in run.agent.handoffs}
    if not others:
        return []
    named = "; ".join(f"{name}: {agent.description}" for name, agent in others.items())
    agent = {"type": "string", "enum": list(others)}
    return [
        ToolForm(
            HAND_OVER,
            f"Gives the conversation to another agent, who sees all of it. {named}",
            {
                "type": "object",
                "properties": {"agent": agent},
                "required": ["agent"],
                "additionalProperties": False,
            },
        )
    ]


def _handed_to(reply: ToolReply, run: Run) -> str:
    """The agent that a reply hands over to; "" if it does not, or to nobody that it may."""
    for call in reply.calls:
        if call.name == HAND_OVER:
            return next((one for one in run.agent.handoffs if f'"{one}"' in call.arguments), "")
    return ""
