"""Builds the chat API from the services it is given."""

from __future__ import annotations

import time
from collections.abc import Callable

from fastapi import FastAPI

from functions.chat import documents_reference
from functions.chat.openai.errors import error_of
from functions.chat.routes import (
    chat,
    conversations,
    exports,
    feedback,
    front_page,
    health,
    mcp,
    older_paths,
    openai_chat,
    openai_embeddings,
    openai_models,
    openai_responses,
    reference,
    search,
    session,
    stream,
    usage,
)
from nexus.http.application import application
from nexus.services import ChatServices

DESCRIPTION = """\
Answers questions from your organisation's own documents, with the sources of every answer.

Send your API key in the header `x-api-key`, or your sign-in's token as `Authorization: Bearer`.
Errors are problem JSON (RFC 9457): `detail` says what
to do, and `request_id` is what to quote when you report one. Changing documents needs a
caller of role admin.
"""
ERRORS = {
    400: "The body is not valid JSON.",
    401: "The sign-in has expired or was ended, or the token is not one of this service's.",
    403: "The API key is missing, unknown, expired or revoked.",
    404: "It does not exist, or not for this key.",
    409: "A request with this Idempotency-Key is at work; `Retry-After` says when to come again.",
    413: "The body is larger than this service takes; `detail` says how large it may be.",
    415: "The body is not sent as application/json.",
    422: "A field is not valid; `field` names it.",
    429: "The key's rate, quota or budget is used up; of a budget, `resets_at` says till when.",
    503: "A service behind this one fails; `Retry-After` says when to try again, if that helps.",
}


OPENAI_PATHS = ("/v1/chat/completions", "/v1/responses", "/v1/models", "/v1/embeddings")
ROUTES = (
    chat,
    stream,
    openai_chat,
    openai_responses,
    openai_models,
    openai_embeddings,
    mcp,
    search,
    conversations,
    exports,
    feedback,
    usage,
    session,
    health,
    front_page,
    older_paths,
    reference,
)


def create_app(services: ChatServices, now: Callable[[], float] = time.monotonic) -> FastAPI:
    """The API over these services; `now` is the clock of the requests' deadlines."""
    app = application(
        services,
        [module.router for module in ROUTES],
        description=DESCRIPTION,
        errors=ERRORS,
        methods=["GET", "POST", "PATCH", "DELETE"],
        headers=[
            "authorization",
            "cache-control",
            "content-type",
            "idempotency-key",
            "x-api-key",
            "x-conversation-id",
        ],
        now=now,
        error_forms=dict.fromkeys(OPENAI_PATHS, error_of),
    )
    documents_reference.complete(app)
    return app
