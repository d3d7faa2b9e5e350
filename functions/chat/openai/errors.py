"""Tells errors in OpenAI's form, on the paths that OpenAI's clients call."""

from __future__ import annotations

from typing import Any

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
