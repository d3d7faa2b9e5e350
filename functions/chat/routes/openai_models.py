"""GET /v1/models: what OpenAI's clients can choose from."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from functions.chat.openai.errors import RESPONSES
from functions.chat.openai.parameters import MODELS
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
async def models() -> ModelsResponse:
    """The answers, and the answers with their sources below the text."""
    return ModelsResponse(data=[ModelBody(id=name) for name in MODELS])


@router.get("/v1/models/{name}", summary="Read a model")
async def model(name: str) -> ModelBody:
    """One of the models."""
    if name not in MODELS:
        raise NotFound(f"There is no model of this name here: use {MODELS[0]}.")
    return ModelBody(id=name)
