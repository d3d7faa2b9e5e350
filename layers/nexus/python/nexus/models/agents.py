"""What an agent does on its way to an answer, and what it waits for a person to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StepKind = Literal["route", "model", "search", "tool", "handoff", "confirmation"]
Outcome = Literal["ok", "failed", "refused", "waiting"]


@dataclass(frozen=True, slots=True)
class AgentStep:
    """One step of an agent: `name` is the tool, the model or the agent that it concerns.

    `number` counts the turn's steps from 1. `detail` says in a few words why it failed or was
    refused, never what a tool or a document said. `took_ms` is 0 for a step that has only begun.
    """

    number: int
    agent: str
    kind: StepKind
    name: str
    outcome: Outcome = "ok"
    took_ms: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PendingAction:
    """An action that changes something, and is done only once the person who asks confirms it.

    `arguments` are exactly those that it will be done with, as canonical JSON; `expires_at` is a
    Unix time in seconds.
    """

    action_id: str
    agent: str
    tool: str
    title: str
    arguments: str
    expires_at: int
