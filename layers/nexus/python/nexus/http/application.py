"""Builds an HTTP API from its routes: the errors, headers and log lines that all of them have."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from nexus import __version__
from nexus.http import problems
from nexus.http.body_limit import BodyLimit
from nexus.http.middleware import LastResort, RequestDeadline, RequestRecord
from nexus.http.problems import ErrorForm, Problem
from nexus.http.request_trace import RequestTrace
from nexus.settings import Settings
from nexus.tracing import is_on


class HttpServices(Protocol):
    """What every API needs of its function's services."""

    @property
    def settings(self) -> Settings:
        """The deployment's settings."""
        ...


def application(
    services: HttpServices,
    routers: Iterable[APIRouter],
    *,
    description: str,
    errors: Mapping[int, str],
    methods: Iterable[str],
    headers: Iterable[str],
    now: Callable[[], float] = time.monotonic,
    error_forms: Mapping[str, ErrorForm] | None = None,
) -> FastAPI:
    """The API of these routers over these services.

    `errors` says what each status means; browsers may use these `methods` and request `headers`.
    `now` is the clock of the requests' deadlines, and `error_forms` says, by the beginnings of
    paths, how errors are told where clients expect them otherwise than as problem JSON.
    """
    app = FastAPI(
        title="Nexus",
        version=__version__,
        description=description,
        docs_url=None,
        redoc_url=None,
        # Relative to openapi.json: the gateway puts its stage's name before every path.
        servers=[{"url": "."}],
        # A body without a content type is read as JSON: the key, in a header of its own, is what
        # keeps other sites' pages out.
        strict_content_type=False,
        responses={
            status: {
                "description": text,
                "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
            }
            for status, text in errors.items()
        },
    )
    app.state.services = services
    problems.install(app, error_forms)
    for router in routers:
        app.include_router(router)
    # The last to be added is the outermost: an error's answer needs its headers too.
    app.add_middleware(LastResort)
    app.add_middleware(BodyLimit, most=services.settings.max_request_bytes)
    app.add_middleware(RequestDeadline, seconds=services.settings.request_deadline_s, now=now)
    if services.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(services.settings.cors_origins),
            allow_methods=list(methods),
            allow_headers=list(headers),
            expose_headers=["content-disposition", "x-request-id", "retry-after"],
            max_age=600,
        )
    app.add_middleware(RequestRecord, metered_clients=services.settings.metered_clients)
    if is_on():
        app.add_middleware(RequestTrace)
    return app
