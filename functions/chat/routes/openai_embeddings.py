"""POST /v1/embeddings: vectors of the stage's embedding model, as OpenAI's clients ask for them."""

from __future__ import annotations

import base64
import struct
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from functions.chat.dependencies import Services
from functions.chat.openai.errors import RESPONSES
from nexus.budgets.estimating import most_of_embedding
from nexus.errors import ConfigurationError, InvalidRequest, NotFound
from nexus.http.callers import Caller
from nexus.settings import Settings

router = APIRouter(tags=["openai"], responses=RESPONSES)

# In one request: as many texts, characters of one, and characters of all.
MOST_TEXTS = 256
LONGEST_TEXT = 20_000
MOST_CHARACTERS = 400_000
# A vector is some 12 characters a number in JSON, of which a response holds 6 MB (Lambda).
MOST_NUMBERS = 400_000


class EmbeddingsRequest(BaseModel):
    """POST /v1/embeddings, as OpenAI's clients send it."""

    model_config = ConfigDict(extra="allow")

    model: str = Field(min_length=1, max_length=200)
    input: str | list[Any]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None


@router.post("/v1/embeddings", summary="Embed texts as OpenAI's clients do", response_model=None)
async def embeddings(
    body: EmbeddingsRequest, request: Request, principal: Caller, services: Services
) -> JSONResponse:
    """The texts' vectors, of unit length, by the model that the documents are embedded by."""
    settings = services.settings
    texts = _texts(body, settings)
    if services.embedder is None:
        raise ConfigurationError("This service was made without an embedding model.")
    most = most_of_embedding(settings, texts)
    with services.budgets.charging(principal, most) as charge:
        charge.admitted()
        made = services.embedder.embed(texts)
        charge.settle()
    request.scope["counts"] = {"texts": len(texts), "embedding_tokens": made.tokens}
    data = [
        {"object": "embedding", "index": index, "embedding": _encoded(vector, body)}
        for index, vector in enumerate(made.vectors)
    ]
    return JSONResponse(
        {
            "object": "list",
            "data": data,
            "model": settings.embedding_model,
            "usage": {"prompt_tokens": made.tokens, "total_tokens": made.tokens},
            "nexus": {"dollars": charge.dollars},
        }
    )


def _encoded(vector: tuple[float, ...], body: EmbeddingsRequest) -> list[float] | str:
    """The vector's numbers, or these as little-endian 32-bit floats in base64."""
    if body.encoding_format == "float":
        return list(vector)
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _texts(body: EmbeddingsRequest, settings: Settings) -> list[str]:
    """The texts to embed. Raises InvalidRequest, and NotFound for another model."""
    if body.model != settings.embedding_model:
        raise NotFound(
            f"There is no embedding model of this name here: use {settings.embedding_model}."
        )
    if body.dimensions not in (None, settings.embedding_dimension):
        raise InvalidRequest(
            f"dimensions: vectors here have {settings.embedding_dimension} numbers.", "dimensions"
        )
    given = [body.input] if isinstance(body.input, str) else body.input
    texts = [one for one in given if isinstance(one, str)]
    if len(texts) < len(given):
        raise InvalidRequest(
            "input: send texts; numbers of tokens are those of another model.", "input"
        )
    most = max(1, min(MOST_TEXTS, MOST_NUMBERS // settings.embedding_dimension))
    if not 1 <= len(texts) <= most:
        raise InvalidRequest(f"input: send 1 to {most} texts in one request.", "input")
    if not all(text.strip() and len(text) <= LONGEST_TEXT for text in texts):
        raise InvalidRequest(
            f"input: each text has 1 to {LONGEST_TEXT:,} characters, and not spaces alone.", "input"
        )
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise InvalidRequest(
            f"input: the texts have at most {MOST_CHARACTERS:,} characters in all.", "input"
        )
    return texts
