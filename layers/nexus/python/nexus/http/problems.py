"""Turns every error into problem JSON (RFC 9457) that tells the caller what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from nexus.errors import (
    BudgetExceeded,
    ConfigurationError,
    Conflict,
    InProgress,
    InvalidRequest,
    NexusError,
    NotAllowed,
    NotFound,
    Superseded,
    UpstreamUnavailable,
)
from nexus.observability import logger

RETRY_AFTER_S = 5.0
CALLERS_FAULTS = {
    InvalidRequest: 422,
    NotFound: 404,
    NotAllowed: 403,
    Superseded: 409,
    Conflict: 409,
}


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="A sentence that says what to do.")
    request_id: str
    field: str | None = Field(default=None, description="The field of the request at fault.")
    budget: str | None = Field(
        default=None, description="The cap that is used up, such as dollars_month."
    )
    resets_at: str | None = Field(default=None, description="When that lets requests in again.")


# Makes the body of an error of a problem.
ErrorForm = Callable[[Problem], dict[str, Any]]


class ProblemResponse(JSONResponse):
    """A response that tells a problem, as problem JSON or in another form."""

    def __init__(
        self, problem: Problem, form: ErrorForm | None, headers: Mapping[str, str] | None
    ) -> None:
        super().__init__(
            form(problem) if form else problem.model_dump(exclude_none=True),
            status_code=problem.status,
            headers=dict(headers or {}),
            media_type="application/json" if form else "application/problem+json",
        )
        self.problem = problem


def install(app: FastAPI, error_forms: Mapping[str, ErrorForm] | None = None) -> None:
    """Makes the app answer every error that it expects with problem JSON.

    Under the paths of `error_forms` it is told in the form that their clients expect.
    """
    app.state.error_forms = error_forms or {}
    app.add_exception_handler(NexusError, _nexus)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


def problem(
    request: Request,
    status: int,
    detail: str,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> ProblemResponse:
    """A problem response for this request; `more` are further fields of the problem."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        request_id=request.scope.get("request_id", ""),
        field=field,
        budget=more.get("budget"),
        resets_at=more.get("resets_at"),
    )
    return ProblemResponse(body, _form_of(request), headers)


def _form_of(request: Request) -> ErrorForm | None:
    """How the clients of a path expect errors, where that is not as problem JSON."""
    app = request.scope.get("app")
    forms: Mapping[str, ErrorForm] = getattr(app.state, "error_forms", {}) if app else {}
    path = request.url.path
    return next((form for under, form in forms.items() if path.startswith(under)), None)


def body_of(request: Request, error: Exception) -> Problem:
    """The problem that an error is answered with, for a response that has begun."""
    known = isinstance(error, NexusError)
    answer = _told(request, error) if known else unexpected(request, error)
    return answer.problem


async def _nexus(request: Request, error: Exception) -> ProblemResponse:
    return _told(request, error)


def _told(request: Request, error: Exception) -> ProblemResponse:
    if isinstance(error, InProgress):
        return problem(request, 409, str(error), headers=_retry_after(error.retry_after_s))
    if isinstance(error, BudgetExceeded):
        # OpenAI's clients would try again at once, and in vain.
        headers = {**_retry_after(error.retry_after_s), "x-should-retry": "false"}
        told = {"budget": error.cap, "resets_at": error.resets_at}
        return problem(request, 429, str(error), headers=headers, **told)
    for kind, status in CALLERS_FAULTS.items():
        if isinstance(error, kind):
            return problem(request, status, str(error), getattr(error, "field", None))
    service = getattr(error, "service", "")
    logger.error(
        "upstream_failed",
        extra={
            "request_id": request.scope.get("request_id", ""),
            "error": type(error).__name__,
            "upstream": service,
            "detail": str(error),
        },
    )
    if isinstance(error, ConfigurationError):
        return problem(request, 503, "The service is not configured: tell its operator.")
    if not isinstance(error, UpstreamUnavailable):
        detail = f"The {service} service refuses to work: tell the operator, who has to mend it."
        return problem(request, 503, detail)
    wait = error.retry_after_s or RETRY_AFTER_S
    detail = f"The {service} service is not available: try again in {wait:.0f} seconds."
    return problem(request, 503, detail, headers=_retry_after(wait))


def _retry_after(seconds: float) -> dict[str, str]:
    return {"Retry-After": f"{max(1, round(seconds))}"}


async def _validation(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    first = error.errors()[0]
    sent = request.headers.get("content-type", "")
    if first["loc"] == ("body",) and sent and not _is_json(sent):
        # RFC 9110, 15.5.16: Accept tells which type would have been taken.
        detail = "The body's type is not one that is read: send content-type: application/json."
        return problem(request, 415, detail, headers={"Accept": "application/json"})
    location = [str(part) for part in first["loc"]]
    if first["type"] == "json_invalid":
        return problem(request, 400, "The body is not valid JSON: check it and send it again.")
    field = ".".join(location[1:]) or location[0]
    # Pydantic's own messages name the rule, never the value.
    return problem(request, 422, f"{field}: {first['msg']}.", field)


def _is_json(content_type: str) -> bool:
    """Whether FastAPI reads a body of this type as JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


async def _http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    details = {
        404: "There is no such route: see /docs for those there are.",
        405: "The route does not take this method: see /docs for those it takes.",
    }
    detail = details.get(error.status_code, "The request could not be read: see /docs.")
    return problem(request, error.status_code, detail, headers=error.headers)


def unexpected(request: Request, error: Exception) -> ProblemResponse:
    """Logs the type and the place of an error that nobody expected, and answers 500."""
    # No more than these: a message or a traceback can quote what the user wrote.
    logger.error(
        "unexpected_error",
        extra={
            "request_id": request.scope.get("request_id", ""),
            "error": type(error).__name__,
            "where": _where(error),
        },
    )
    return problem(request, 500, "Something went wrong here: report the request_id.")


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
