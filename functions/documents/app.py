"""Builds the management API from the services it is given."""

from __future__ import annotations

from fastapi import FastAPI

from functions.documents.routes import (
    analytics,
    content,
    documents,
    erasure,
    figures,
    readiness,
    uploads,
    versions,
)
from nexus.http.application import application
from nexus.services import DocumentsServices

DESCRIPTION = """\
Reads the documents of the caller's tenant that the caller may see; for callers of role admin,
manages all of them, tells what the tenant is asked and how it fares, and the stage's figures.
"""
ERRORS = {
    400: "The body is not valid JSON.",
    403: "The API key is missing, unknown, expired or revoked, or it may not do this.",
    404: "It does not exist, or not for this key.",
    409: "The document changed meanwhile.",
    415: "The body is not sent as application/json.",
    422: "A field is not valid; `field` names it.",
    429: "The key's rate or quota is used up.",
    503: "A service behind this one fails; `Retry-After` says when to try again, if that helps.",
}


def create_app(services: DocumentsServices) -> FastAPI:
    """The API over these services."""
    return application(
        services,
        [
            module.router
            for module in (
                *(uploads, documents, versions, content, erasure),
                *(analytics, figures, readiness),
            )
        ],
        description=DESCRIPTION,
        errors=ERRORS,
        methods=["GET", "POST", "PATCH", "DELETE"],
        headers=["content-type", "x-api-key"],
    )
