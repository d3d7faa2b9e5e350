"""The chat function's services with agents: real parts over fakes, and a model that is scripted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nexus.agents.reading import parse_agents
from nexus.answering.generator import generator_of
from nexus.answering.remembering import Memory
from nexus.bounded import CarryingExecutor
from nexus.budgets.charging import Budgets
from nexus.errors import NexusError
from nexus.models import PendingAction, Usage
from nexus.ports import Message
from nexus.ports.tool_chats import ToolCall, ToolForm, ToolItem, ToolOutput, ToolReply
from nexus.spending import SpendingToolChat
from nexus.wiring.agents import agents_of
from tests.fakes import FakeClock, FakeSecrets
from tests.functions.chat_services import World

# What a model says next: a reply, an error, or what makes it of the items and tools.
Said = ToolReply | NexusError | Callable[[Sequence[ToolItem], Sequence[ToolForm]], ToolReply]


def says(text: str, tokens: int = 10) -> ToolReply:
    """A reply that is a text."""
    return ToolReply(text, (), Usage(input_tokens=100, output_tokens=tokens))


def calls(*wanted: tuple[str, Mapping[str, Any]]) -> ToolReply:
    """A reply that calls tools with these arguments."""
    made = tuple(
        ToolCall(f"call-{number}-{name}", name, json.dumps(arguments))
        for number, (name, arguments) in enumerate(wanted)
    )
    return ToolReply("", made, Usage(input_tokens=100, output_tokens=20))


class ScriptedToolChat:
    """A ToolChat that says its script, the last line for ever; `asked` is what it was given."""

    def __init__(self, *script: Said) -> None:
        self._script = list(script)
        self.asked: list[tuple[list[ToolItem], list[ToolForm]]] = []

    def converse(
        self, items: Sequence[ToolItem], tools: Sequence[ToolForm], max_tokens: int
    ) -> ToolReply:
        self.asked.append((list(items), list(tools)))
        said = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(said, NexusError):
            raise said
        return said if isinstance(said, ToolReply) else said(items, tools)

    def read(self) -> str:
        """All that it was given to read the last time."""
        return "\n".join(map(text_of, self.asked[-1][0]))


def text_of(item: ToolItem) -> str:
    """What an item says."""
    if isinstance(item, Message):
        return item.content
    return item.text if isinstance(item, ToolOutput) else ""


class FakeConfirmations:
    """Confirmations in a dictionary."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.kept: dict[str, tuple[tuple[str, str, str], PendingAction]] = {}

    def keep(self, tenant: str, client: str, conversation_id: str, action: PendingAction) -> None:
        self.kept[action.action_id] = (tenant, client, conversation_id), action

    def take(
        self, tenant: str, client: str, conversation_id: str, action_id: str
    ) -> PendingAction | None:
        whose, action = self.kept.get(action_id, (None, None))
        if action is None or whose != (tenant, client, conversation_id):
            return None
        if action.expires_at <= self._clock():
            return None
        del self.kept[action_id]
        return action


class AgentWorld(World):
    """A world whose deployment has the agents of a file."""

    def __init__(
        self,
        toml: str,
        *script: Said,
        folder: Path = Path(),
        secrets: Mapping[str, str] | None = None,
        budgets: Budgets | None = None,
        answers: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        super().__init__(*answers, **settings)
        self.model = ScriptedToolChat(*script)
        self.agent_clock = FakeClock()
        self.confirmations = FakeConfirmations(self.agent_clock)
        self.executor = CarryingExecutor()
        prices = {self.settings.chat_model: (0.75, 4.5)}
        self.agents = agents_of(
            parse_agents(toml),
            folder,
            self.confirmations,
            settings=self.settings,
            secrets=FakeSecrets(**(secrets or {})),
            chat_of=lambda model: SpendingToolChat(self.model, model, prices),
            readers=self.services.readers,
            generator=generator_of(self.settings, self.chat, None),
            memory=Memory(self.conversations, 6, self.agent_clock),
            budgets=budgets or Budgets(),
            executor=self.executor,
            now=self.agent_clock,
        )
        self.services = replace(self.services, agents=self.agents)
