"""Builds the chat API from the services it is given."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from functions.chat import problems
from functions.chat.middleware import LastResort, RequestRecord
from functions.chat.routes import chat, conversations, health, reference, search
from functions.chat.schemas import Problem
from nexus import __version__
from nexus.services import ChatServices

DESCRIPTION = """\
Answers questions from your organisation's own documents, with the sources of every answer.

Send your API key in the header `x-api-key`. Errors are problem JSON (RFC 9457): `detail` says what
to do, and `request_id` is what to quote when you report one.
"""
ERRORS = {
    400: "The body is not valid JSON.",
    403: "The API key is missing, unknown, expired or revoked.",
    404: "It does not exist, or not for this key.",
    422: "A field is not valid; `field` names it.",
    429: "The key's rate or quota is used up.",
    503: "A service behind this one fails; `Retry-After` says when to try again, if that helps.",
}


def create_app(services: ChatServices) -> FastAPI:
    """The API over these services."""
    app = FastAPI(
        title="Nexus",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        # Relative to openapi.json: the gateway puts its stage's name before every path.
        servers=[{"url": "."}],
        responses={
            status: {
                "description": text,
                "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
            }
            for status, text in ERRORS.items()
        },
    )
    app.state.services = services
    problems.install(app)
    for module in (chat, search, conversations):
        app.include_router(module.router)
    for module in (health, reference):
        app.include_router(module.router)
    # The last to be added is the outermost: an error's answer needs its headers too.
    app.add_middleware(LastResort)
    if services.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(services.settings.cors_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["cache-control", "content-type", "x-api-key", "x-conversation-id"],
            expose_headers=["x-request-id", "retry-after"],
            max_age=600,
        )
    app.add_middleware(RequestRecord)
    return app
