"""Builds the chat API from the services it is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from fastapi import FastAPI

from functions.chat import documents_reference
from functions.chat.routes_in_time import Later, routers
from nexus.http.application import application
from nexus.http.problems import Problem
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
# The modules of `functions.chat.routes`.
ROUTES = (
    "chat",
    "stream",
    "openai_chat",
    "openai_responses",
    "openai_models",
    "openai_embeddings",
    "mcp",
    "search",
    "conversations",
    "exports",
    "feedback",
    "usage",
    "agents",
    "session",
    "health",
    "front_page",
    "older_paths",
    "reference",
)


def create_app(
    services: ChatServices,
    now: Callable[[], float] = time.monotonic,
    first: Collection[str] = ROUTES,
) -> FastAPI:
    """The API over these services; `now` is the clock of the requests' deadlines.

    Routes that are not among the `first` are built when one of them is asked for.
    """
    app = application(
        services,
        routers(name for name in ROUTES if name in first),
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
        error_forms=dict.fromkeys(OPENAI_PATHS, _in_openais_form),
    )
    later = Later(app, [name for name in ROUTES if name not in first])
    app.router.default = later
    documents_reference.complete(app, later.add)
    return app


def _in_openais_form(problem: Problem) -> dict[str, Any]:
    from functions.chat.openai.errors import error_of

    return error_of(problem)
