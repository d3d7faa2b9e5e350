"""Tells errors in OpenAI's form, on the paths that OpenAI's clients call."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from nexus.http.problems import Problem

# OpenAI's words for each status (API reference, "Errors").
_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    409: "conflict_error",
    429: "rate_limit_error",
}
_CODES = {
    401: "invalid_api_key",
    403: "invalid_api_key",
    404: "not_found",
    429: "rate_limit_exceeded",
}


_STATUSES = {
    400: "The body is not valid JSON.",
    401: "The sign-in has expired or was ended, or the token is not one of this service's.",
    403: "The API key is missing, unknown, expired or revoked.",
    404: "It does not exist, or not for this key.",
    409: "A request with this Idempotency-Key is at work; `Retry-After` says when to come again.",
    413: "The body is larger than this service takes; `message` says how large it may be.",
    415: "The body is not sent as application/json.",
    422: "A parameter is not valid, or would mean another thing than Nexus does; `param` names it.",
    429: "The key's rate or quota is used up.",
    503: "A service behind this one fails.",
}


class ErrorBody(BaseModel):
    """What went wrong, as OpenAI tells it."""

    message: str = Field(description="A sentence that says what to do.")
    type: str
    param: str | None
    code: str | None


class ErrorResponse(BaseModel):
    """An error in OpenAI's form."""

    error: ErrorBody
    request_id: str


# What the routes of OpenAI's protocol answer where they fail, for their description.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "model": ErrorResponse} for status, text in _STATUSES.items()
}


def error_of(problem: Problem) -> dict[str, Any]:
    """The body of an error, from the problem that it is."""
    kind, code = _TYPES.get(problem.status), _CODES.get(problem.status)
    if problem.budget and problem.budget.endswith(("_day", "_month")):
        kind = code = "insufficient_quota"
    if kind is None:
        kind = "server_error" if problem.status >= 500 else "invalid_request_error"
    return {
        "error": {
            "message": problem.detail,
            "type": kind,
            "param": problem.field,
            "code": code,
        },
        "request_id": problem.request_id,
    }
