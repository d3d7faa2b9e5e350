"""Serves the local models in OpenAI's wire format, as an ASGI app.

It writes no log line that holds a text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from cli.local.models import wire
from cli.local.models.embedding import embed
from cli.local.models.encoder import QUICK_TOKENS, TextEncoder
from cli.local.models.extractive import answer
from cli.local.models.passage_reader import PassageReader
from cli.local.models.relevance import relevance
from cli.local.models.state_cache import StateCache

T = TypeVar("T")
MAX_BODY_BYTES = 12_000_000
# A request of fewer characters is read at once, so it does not queue behind the batches.
QUICK_CHARACTERS = QUICK_TOKENS


def make_app(model: TextEncoder, cache: StateCache, more: Sequence[Route] = ()) -> Starlette:
    """The server around a loaded model, and the states of passages that it read before.

    It has `more` routes beside those of the model.
    """
    # Batches run one at a time, each on all threads; small requests have workers of their own.
    batches, small = anyio.CapacityLimiter(1), anyio.CapacityLimiter(4)
    passages = PassageReader(model, cache)

    async def embeddings(request: Request) -> Response:
        asked = wire.read_embedding(await _body(request))

        def work() -> Response:
            vectors, tokens = embed(asked.texts, model, cache)
            return JSONResponse(
                wire.embedding_response(vectors, as_base64=asked.base64, tokens=tokens)
            )

        limiter = small if sum(map(len, asked.texts)) <= QUICK_CHARACTERS else batches
        return await _in_thread(work, limiter)

    async def chat(request: Request) -> Response:
        asked = wire.read_chat(await _body(request))

        def work() -> tuple[str, dict[str, int]]:
            text = answer(asked.prompt, passages)
            prompt, completion = (model.count(part) for part in (asked.everything, text))
            return text, {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            }

        text, usage = await _in_thread(work, small)
        if not asked.stream:
            return JSONResponse(wire.chat_response(text, usage))
        events = wire.chat_stream(text, usage if asked.include_usage else None)
        return StreamingResponse(events, media_type="text/event-stream")

    async def rerank(request: Request) -> Response:
        asked = wire.read_rerank(await _body(request))

        def work() -> Response:
            scores, tokens = relevance(asked.query, asked.documents, model, cache)
            return JSONResponse(wire.rerank_response(scores, asked.top_n, tokens))

        return await _in_thread(work, small)

    async def models(request: Request) -> Response:
        del request
        data = [wire.model_object(name) for name in wire.MODELS]
        return JSONResponse({"object": "list", "data": data})

    async def one_model(request: Request) -> Response:
        return JSONResponse(wire.model_object(wire.known_model(request.path_params["name"])))

    async def health(request: Request) -> Response:
        del request
        return JSONResponse({"status": "ok", "state_cache": asdict(cache.report())})

    return Starlette(
        routes=[
            Route("/v1/embeddings", embeddings, methods=["POST"]),
            Route("/v1/chat/completions", chat, methods=["POST"]),
            Route("/v1/rerank", rerank, methods=["POST"]),
            Route("/v1/models", models),
            Route("/v1/models/{name}", one_model),
            Route("/health", health),
            *more,
        ],
        exception_handlers={wire.WireError: _refused, HTTPException: _unknown},
    )


async def _in_thread(work: Callable[[], T], limiter: anyio.CapacityLimiter) -> T:
    return await anyio.to_thread.run_sync(work, limiter=limiter)


async def _body(request: Request) -> dict[str, Any]:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise wire.WireError(413, f"The body is over {MAX_BODY_BYTES} bytes.")
        parts.append(part)
    try:
        body = json.loads(b"".join(parts))
    except (ValueError, RecursionError) as err:
        raise wire.WireError(400, "The body is not valid JSON.") from err
    if not isinstance(body, dict):
        raise wire.WireError(400, "The body must be a JSON object.")
    return body


async def _refused(request: Request, err: Exception) -> Response:
    del request
    if not isinstance(err, wire.WireError):
        raise err
    return JSONResponse(err.body, err.status)


async def _unknown(request: Request, err: Exception) -> Response:
    if not isinstance(err, HTTPException):
        raise err
    refusal = wire.WireError(err.status_code, f"{request.method} on this path: {err.detail}.")
    return JSONResponse(refusal.body, err.status_code, headers=err.headers)
