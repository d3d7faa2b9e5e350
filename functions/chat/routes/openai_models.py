"""GET /v1/models: what OpenAI's clients can choose from."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from functions.chat.dependencies import Services
from functions.chat.openai.errors import RESPONSES
from functions.chat.openai.parameters import MODELS, models_of
from nexus.errors import NotFound
from nexus.http.callers import caller

router = APIRouter(tags=["openai"], dependencies=[Depends(caller)], responses=RESPONSES)


class ModelBody(BaseModel):
    """A model, as OpenAI describes one."""

    id: str
    object: str = "model"
    created: int = 0
    owned_by: str = "nexus"


class ModelsResponse(BaseModel):
    """All models."""

    object: str = "list"
    data: list[ModelBody]


@router.get("/v1/models", summary="List models")
async def models(services: Services) -> ModelsResponse:
    """The answers, the answers with their sources below the text, and those of each agent."""
    return ModelsResponse(data=[ModelBody(id=name) for name in models_of(services)])


@router.get("/v1/models/{name:path}", summary="Read a model")
async def model(name: str, services: Services) -> ModelBody:
    """One of the models."""
    if name not in models_of(services):
        raise NotFound(f"There is no model of this name here: use {MODELS[0]}.")
    return ModelBody(id=name)
