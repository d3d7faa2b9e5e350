"""Picks the agent that answers: the one that is named, that has the conversation, or that fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nexus.agents.configuration import AUTO, Agent, Configuration
from nexus.agents.prompts import routing_messages
from nexus.deadline import current, optional
from nexus.errors import InvalidRequest
from nexus.models import Turn, Usage
from nexus.ports.tool_chats import ToolChat

ROUTE_S, ROUTE_TOKENS = 5.0, 200


def named_by(configuration: Configuration, asked: str) -> str:
    """The agent that a request names, or AUTO. Raises InvalidRequest for one that is not there."""
    if asked == AUTO or asked in configuration.agents:
        return asked
    known = ", ".join([AUTO, *configuration.agents])
    raise InvalidRequest(f"There is no agent of this name: there are {known}.", "agent")


def holder_of(configuration: Configuration, turns: Sequence[Turn]) -> str:
    """The agent that has a conversation, as its last turn tells; "" if none has."""
    last = turns[-1].agent if turns else ""
    return last if last in configuration.agents else ""


def routed(
    chat: ToolChat, agents: Mapping[str, Agent], question: str, history: Sequence[tuple[str, str]]
) -> tuple[str, Usage, bool]:
    """The agent that a model picks, what asking cost, and whether it picked one.

    The first agent of the file answers where the model fails, is late, or names none.
    """
    first = next(iter(agents))
    prompt = routing_messages(question, history, agents)
    with_time = min(ROUTE_S, current().spare(ROUTE_S))
    reply = optional("route", lambda: chat.converse(prompt, (), ROUTE_TOKENS), own_s=with_time)
    if reply is None:
        return first, Usage(), False
    said = reply.text[:2_000].casefold().replace("`", " ").replace('"', " ").replace("*", " ")
    words = [word.strip(".,:;!()'") for word in said.split()]
    picked = next((name for name in agents if name in words), "")
    return picked or first, reply.usage, bool(picked)
