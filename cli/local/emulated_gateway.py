"""What the emulator's API Gateway and Cognito lack for an authorizer that says who calls.

- `usageIdentifierKey`: by itself it reads API keys from a header, whatever the authorizer says.
- `$context.authorizer.…` in the answer to a request that the authorizer denied.
- A sign-in form that is filled in for who comes by this run's link (`access.sign_in_form`).
- The host and the path of a request as its caller wrote them (`access.told_address`).
- `/oauth2/revoke`, which Cognito's domain has and the emulator offers as an AWS call alone.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html
"""

from __future__ import annotations

import json
import re
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from ministack.services import apigateway_v1, cognito  # type: ignore[import-not-found]

from cli.local.access.bodies import Application, Receive, Scope, Send, whole
from cli.local.access.emulator import respond
from cli.local.access.sign_in_form import PRIVATE, filled, people_for
from cli.local.access.told_address import with_address

REVOKE = "/oauth2/revoke"
_VARIABLE = re.compile(rb"\$context\.authorizer\.(\w+)")

# Of the request that is at work; each request is a task of its own.
_said: ContextVar[dict[str, Any] | None] = ContextVar("said", default=None)

_invoke = apigateway_v1._invoke_authorizer_lambda
_authorize = apigateway_v1._authorize_request_v1
_build_event = apigateway_v1._build_lambda_event_v1
_show_form = cognito.handle_oauth2_authorize
_error_response = apigateway_v1._gateway_error_response


async def _invoked(authorizer: Any, event: Any, account: Any, region: Any) -> Any:
    result = await _invoke(authorizer, event, account, region)
    body = (result or {}).get("body")
    if isinstance(body, (str, bytes)):
        try:
            body = json.loads(body)
        except ValueError:
            body = None
    _said.set(body if isinstance(body, dict) else {})
    return result


async def _authorized(*given: Any) -> Any:
    _said.set({})
    return await _authorize(*given)


def _key_of(_headers: Any) -> str:
    return str((_said.get() or {}).get("usageIdentifierKey") or "")


def _answered(error: Any, request: Any) -> Any:
    status, headers, body = _error_response(error, request)
    context = (_said.get() or {}).get("context") or {}
    filled = _VARIABLE.sub(lambda one: str(context.get(one[1].decode(), "")).encode(), body)
    return status, headers, filled


def _event(api_id: str, stage: str, *given: Any, **named: Any) -> dict[str, Any]:
    event = _build_event(api_id, stage, *given, **named)
    return with_address(event, api_id, event["headers"])


def mend() -> None:
    """Makes the emulator's gateway do what the authorizer says, and tell the caller's address."""
    apigateway_v1._build_lambda_event_v1 = _event
    apigateway_v1._invoke_authorizer_lambda = _invoked
    apigateway_v1._authorize_request_v1 = _authorized
    apigateway_v1._api_key_from_request = _key_of
    apigateway_v1._gateway_error_response = _answered


def fill_in(people: Path) -> None:
    """Has the sign-in form filled in; `people` is the file that `nexus up` writes them to."""

    def authorize(method: Any, path: Any, headers: Any, query: Any) -> Any:
        status, said, body = _show_form(method, path, headers, query)
        if status != 200:
            return status, said, body
        known = people_for(cognito._qp(query, "login_hint"), people)
        shown = filled(body.decode(), known) if known else body.decode()
        return status, {**said, **PRIVATE}, shown.encode()

    cognito.handle_oauth2_authorize = authorize


class Revoking:
    """The emulator's ASGI application, and the one endpoint of Cognito's that it lacks."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != REVOKE or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        given = parse_qs((await whole(receive)).decode("utf-8", "replace"))
        if not given.get("token") or not given.get("client_id"):
            refused = json.dumps({"error": "invalid_request"}).encode()
            await respond(send, 400, {"content-type": "application/json"}, refused)
            return
        cognito._revoke_token({"Token": given["token"][0], "ClientId": given["client_id"][0]})
        await respond(send, 200, {"content-type": "application/json"}, b"")
