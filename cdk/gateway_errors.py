"""The gateway's own errors, in the same problem JSON that the functions answer with."""

from __future__ import annotations

import json
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway


@dataclass(frozen=True, slots=True)
class _Problem:
    kind: str
    status: int
    title: str
    detail: str


_BODY = (
    "The body must be a JSON object, with the text field message (chat) or query (search); "
    "see /docs."
)
_PROBLEMS = (
    # Any error of the gateway that has no line of its own.
    _Problem("DEFAULT_4XX", 400, "The request was refused", "The gateway could not accept it."),
    _Problem("DEFAULT_5XX", 500, "The service failed", "Try again; quote the request_id."),
    _Problem("API_CONFIGURATION_ERROR", 500, "The service failed", "Quote the request_id."),
    _Problem("ACCESS_DENIED", 403, "Access denied", "This key may not do that."),
    _Problem("INVALID_API_KEY", 403, "API key missing or wrong", "Send a valid key as x-api-key."),
    # The gateway's name for a path or method that it does not know.
    _Problem(
        "MISSING_AUTHENTICATION_TOKEN",
        404,
        "No such route",
        "The path does not exist, or not with this method; see /docs.",
    ),
    _Problem("RESOURCE_NOT_FOUND", 404, "No such route", "See /docs for the paths that exist."),
    _Problem("BAD_REQUEST_BODY", 400, "The body is not valid", _BODY),
    _Problem("UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported media type", "Send application/json."),
    _Problem("REQUEST_TOO_LARGE", 413, "The body is too large", "Send less than 6 MB."),
    _Problem("THROTTLED", 429, "Too many requests", "Slow down: the key's rate is used up."),
    _Problem("QUOTA_EXCEEDED", 429, "Quota used up", "The key's quota for today is used up."),
    _Problem("INTEGRATION_TIMEOUT", 504, "The answer took too long", "Try again."),
    _Problem("INTEGRATION_FAILURE", 504, "The service failed", "Try again."),
)


def add_gateway_errors(api: apigateway.RestApi, origins: tuple[str, ...]) -> None:
    """Answers every error of the gateway as `application/problem+json` that browsers may read."""
    headers = {"Content-Type": "'application/problem+json'"}
    if origins:
        # A header here cannot depend on the caller. Several origins are answered with "*": an
        # error holds no data, and no cookies are used.
        origin = origins[0] if len(origins) == 1 else "*"
        headers["Access-Control-Allow-Origin"] = f"'{origin}'"
        headers["Access-Control-Expose-Headers"] = "'Retry-After'"
    for problem in _PROBLEMS:
        retry = {"Retry-After": "'1'"} if problem.kind == "THROTTLED" else {}
        apigateway.GatewayResponse(
            api,
            f"Error{problem.kind}",
            rest_api=api,
            type=apigateway.ResponseType.of(problem.kind),
            status_code=str(problem.status),
            response_headers=headers | retry,
            templates={"application/json": _template(problem)},
        )


def _template(problem: _Problem) -> str:
    return json.dumps(
        {
            "type": "about:blank",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            "request_id": "$context.requestId",
        }
    )
