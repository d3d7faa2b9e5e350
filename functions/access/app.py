"""Builds the API of keys and people from the services it is given."""

from __future__ import annotations

from fastapi import FastAPI

from functions.access.routes import clients, groups, people
from nexus.http.application import application
from nexus.services import AccessServices

DESCRIPTION = """\
For callers of role admin: the clients of the caller's tenant with their keys, rights and budgets,
and the people who sign in, with their groups.
"""
ERRORS = {
    400: "The body is not valid JSON.",
    403: "The API key is missing, unknown, expired or revoked, or it may not do this.",
    404: "It does not exist, or not for this tenant.",
    409: "What there is does not permit it, or another change is at work.",
    415: "The body is not sent as application/json.",
    422: "A field is not valid; `field` names it.",
    429: "The key's rate or quota is used up.",
    503: "A service behind this one fails; `Retry-After` says when to try again, if that helps.",
}


def create_app(services: AccessServices) -> FastAPI:
    """The API over these services."""
    return application(
        services,
        [module.router for module in (clients, people, groups)],
        description=DESCRIPTION,
        errors=ERRORS,
        methods=["GET", "POST", "PATCH", "DELETE"],
        headers=["authorization", "content-type", "idempotency-key", "x-api-key"],
    )
