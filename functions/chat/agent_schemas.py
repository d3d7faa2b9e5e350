"""How an agent's steps, and the actions that wait for a word, stand in bodies and events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field

from nexus import models


class StepBody(BaseModel):
    """One step of an agent."""

    number: int = Field(description="Counts the turn's steps from 1.")
    agent: str
    kind: models.StepKind
    name: str = Field(description="The tool, the model, or the agent that it concerns.")
    outcome: models.Outcome
    took_ms: float
    detail: str | None = Field(default=None, description="Why it failed or was refused.")

    @classmethod
    def of(cls, step: models.AgentStep) -> StepBody:
        """From the core's step."""
        return cls(
            number=step.number,
            agent=step.agent,
            kind=step.kind,
            name=step.name,
            outcome=step.outcome,
            took_ms=step.took_ms,
            detail=step.detail or None,
        )


class ActionBody(BaseModel):
    """An action that waits to be confirmed."""

    id: str = Field(description="To be sent back as confirmation.id, once.")
    agent: str
    tool: str
    title: str
    arguments: dict[str, Any] = Field(description="Exactly what it will be done with.")
    expires_at: str = Field(description="UTC ISO 8601 with Z; after it, ask again.")

    @classmethod
    def of(cls, action: models.PendingAction) -> ActionBody:
        """From the core's action."""
        moment = datetime.fromtimestamp(action.expires_at, UTC)
        return cls(
            id=action.action_id,
            agent=action.agent,
            tool=action.tool,
            title=action.title,
            arguments=json.loads(action.arguments),
            expires_at=moment.isoformat().replace("+00:00", "Z"),
        )
