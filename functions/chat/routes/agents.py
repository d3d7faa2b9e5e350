"""GET /v1/agents: who can be asked, for a page or a client that lets people choose."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from functions.chat.dependencies import Services
from nexus.http.callers import caller

router = APIRouter(tags=["chat"], dependencies=[Depends(caller)])


class AgentSummary(BaseModel):
    """An agent, as a person chooses one."""

    name: str = Field(description="As a request's field agent names it.")
    title: str
    description: str


class AgentsResponse(BaseModel):
    """The agents of this deployment, in its order; empty where it has none."""

    agents: list[AgentSummary]
    default: str | None = Field(
        description="Who answers where a request names nobody: an agent, auto, or no agent."
    )


@router.get("/v1/agents", summary="List agents")
async def agents(services: Services) -> AgentsResponse:
    """Who can be named as agent; beside these auto, which has one picked."""
    if services.agents is None:
        return AgentsResponse(agents=[], default=None)
    told = [
        AgentSummary(name=name, title=title, description=description)
        for name, title, description in services.agents.listed()
    ]
    return AgentsResponse(agents=told, default=services.agents.asked_by("") or None)
