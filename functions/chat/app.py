"""Builds the chat API from the services it is given."""

from __future__ import annotations

import time
from collections.abc import Callable

from fastapi import FastAPI

from functions.chat import documents_reference
from functions.chat.routes import chat, conversations, health, reference, search
from nexus.http.application import application
from nexus.services import ChatServices

DESCRIPTION = """\
Answers questions from your organisation's own documents, with the sources of every answer.

Send your API key in the header `x-api-key`. Errors are problem JSON (RFC 9457): `detail` says what
to do, and `request_id` is what to quote when you report one. Changing documents needs a key of role
admin.
"""
ERRORS = {
    400: "The body is not valid JSON.",
    403: "The API key is missing, unknown, expired or revoked.",
    404: "It does not exist, or not for this key.",
    409: "A request with this Idempotency-Key is at work; `Retry-After` says when to come again.",
    415: "The body is not sent as application/json.",
    422: "A field is not valid; `field` names it.",
    429: "The key's rate or quota is used up.",
    503: "A service behind this one fails; `Retry-After` says when to try again, if that helps.",
}


def create_app(services: ChatServices, now: Callable[[], float] = time.monotonic) -> FastAPI:
    """The API over these services; `now` is the clock of the requests' deadlines."""
    app = application(
        services,
        [module.router for module in (chat, search, conversations, health, reference)],
        description=DESCRIPTION,
        errors=ERRORS,
        methods=["GET", "POST", "DELETE"],
        headers=[
            "cache-control",
            "content-type",
            "idempotency-key",
            "x-api-key",
            "x-conversation-id",
        ],
        now=now,
    )
    documents_reference.complete(app)
    return app
