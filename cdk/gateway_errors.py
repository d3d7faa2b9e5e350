"""The gateway's own errors, in the same problem JSON that the functions answer with."""

from __future__ import annotations

import json
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway

# A function that is throttled has none of its executions free; one ends within a few seconds.
_BUSY_S = 5


@dataclass(frozen=True, slots=True)
class _Problem:
    """One type of gateway response; `status` None leaves the status that the gateway would send."""

    kind: str
    status: int | None
    title: str
    detail: str
    retry_after_s: int = 0


_BODY = (
    "The body must be a JSON object, with the text field message (chat) or query (search); "
    "see /docs."
)
_FAILED = "The service failed, or is busy"
_AGAIN = "Try again after the seconds of Retry-After; if it goes on, quote the request_id."
# Every type of https://docs.aws.amazon.com/apigateway/latest/developerguide/
# supported-gateway-response-types.html, with the status that it has there but for four: a path
# that is not known is 404, an integration and an authorizer that failed 503, as the functions say
# it, and who is denied as a token is not believed 401 (RFC 6750).
_PROBLEMS = (
    # For types that come. Their own status stays: one that was given here would be the status of
    # every type without a line of its own, and a web ACL's 403 or an upload's 413 would be lost.
    _Problem("DEFAULT_4XX", None, "The request was refused", "The gateway could not accept it."),
    _Problem("DEFAULT_5XX", None, _FAILED, _AGAIN, _BUSY_S),
    # The authorizer's own sentence, of a token that is not believed (nexus/adapters/oidc).
    _Problem("ACCESS_DENIED", 401, "Unauthorized", "$context.authorizer.detail"),
    _Problem("UNAUTHORIZED", 401, "Not signed in", "Send valid credentials; see /docs."),
    _Problem("EXPIRED_TOKEN", 403, "Credentials have expired", "Sign in again."),
    _Problem("INVALID_SIGNATURE", 403, "The signature is wrong", "Sign the request again."),
    _Problem("WAF_FILTERED", 403, "Refused by a firewall", "A rule of the web ACL refused it."),
    # Word for word what a function says of a key that the gateway still has (nexus/clients.py).
    _Problem(
        "INVALID_API_KEY",
        403,
        "Forbidden",
        "The API key is missing, not known or no longer valid: send a valid one as x-api-key.",
    ),
    # The gateway's name for a path or method that it does not know.
    _Problem(
        "MISSING_AUTHENTICATION_TOKEN",
        404,
        "No such route",
        "The path does not exist, or not with this method; see /docs.",
    ),
    _Problem("RESOURCE_NOT_FOUND", 404, "No such route", "See /docs for the paths that exist."),
    _Problem("BAD_REQUEST_BODY", 400, "The body is not valid", _BODY),
    _Problem("BAD_REQUEST_PARAMETERS", 400, "A parameter is not valid", "See /docs for them."),
    _Problem("UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported media type", "Send application/json."),
    _Problem(
        "REQUEST_TOO_LARGE",
        413,
        "The body is too large",
        "Send less than 6 MB; for a larger recording ask POST /v1/audio/uploads.",
    ),
    _Problem("THROTTLED", 429, "Too many requests", "Slow down: the key's rate is used up.", 1),
    _Problem("QUOTA_EXCEEDED", 429, "Quota used up", "The key's quota for today is used up."),
    # A throttled function's 429 is never passed on. Lambda's guide ("Handling errors with an API
    # Gateway API") says 500, others saw INTEGRATION_FAILURE: so every 5xx says when to come again.
    _Problem("INTEGRATION_FAILURE", 503, _FAILED, _AGAIN, _BUSY_S),
    _Problem("INTEGRATION_TIMEOUT", 504, "The answer took too long", _AGAIN, _BUSY_S),
    _Problem("API_CONFIGURATION_ERROR", 500, _FAILED, _AGAIN, _BUSY_S),
    _Problem("AUTHORIZER_FAILURE", 503, _FAILED, _AGAIN, _BUSY_S),
    _Problem("AUTHORIZER_CONFIGURATION_ERROR", 500, _FAILED, _AGAIN, _BUSY_S),
)


# As functions/chat/openai/errors.py names them.
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


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
        after = problem.retry_after_s
        # RFC 6750, 3: what a client does next depends on it.
        asked = {"WWW-Authenticate": "'Bearer error=\"invalid_token\"'"}
        retry = {"Retry-After": f"'{after}'"} if after else {}
        apigateway.GatewayResponse(
            api,
            f"Error{problem.kind}",
            rest_api=api,
            type=apigateway.ResponseType.of(problem.kind),
            status_code=str(problem.status) if problem.status else None,
            response_headers=headers | retry | (asked if problem.status == 401 else {}),
            templates={"application/json": _template(problem)},
        )


def _template(problem: _Problem) -> str:
    body: dict[str, object] = {"type": "about:blank", "title": problem.title}
    if problem.status:
        body["status"] = problem.status
    # A template cannot tell paths apart, so what OpenAI's clients read stands in every problem.
    told = {
        "message": problem.detail,
        "type": _OPENAI_TYPES.get(problem.status or 0, "invalid_request_error"),
        "param": None,
        "code": problem.kind.lower(),
    }
    if (problem.status or 0) >= 500 or problem.kind == "DEFAULT_5XX":
        told["type"] = "server_error"
    named = {"detail": problem.detail, "request_id": "$context.requestId", "error": told}
    return json.dumps({**body, **named})
