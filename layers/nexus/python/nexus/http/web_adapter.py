"""Takes requests from the Lambda Web Adapter, and tells the app what API Gateway and Lambda say.

The adapter hands an event on as an HTTP request, with both contexts in headers that it sets itself:
a caller's own headers of these names are replaced by it
(https://aws.github.io/aws-lambda-web-adapter/features/request-context.html; `HeaderMap::insert`
in `fetch_response` of its `src/lib.rs`). Where one comes twice nobody replaced it, and none counts.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nexus.metrics import record, write
from nexus.tracing import send_spans

REQUEST_CONTEXT = b"x-amzn-request-context"
LAMBDA_CONTEXT = b"x-amzn-lambda-context"


@dataclass(frozen=True, slots=True)
class Invocation:
    """What Lambda's own context object would say."""

    function_name: str
    function_version: str
    deadline_ms: int

    def get_remaining_time_in_millis(self) -> int:
        """What is left of the function's time, in milliseconds."""
        return max(0, self.deadline_ms - round(time.time() * 1000))


class FromWebAdapter:
    """The app as it runs behind a handler: with the event's contexts, and with metrics at its end.

    What ends a response is held back until the log line, the metrics and the spans are written, as
    Lambda stops the process once the adapter has it.
    """

    def __init__(self, app: ASGIApp, function: str) -> None:
        self._app = app
        record("cold_starts", function=function)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = scope["headers"]
        inside = {
            **scope,
            "headers": [one for one in given if one[0] not in (REQUEST_CONTEXT, LAMBDA_CONTEXT)],
            "aws.event": {"requestContext": _told(given, REQUEST_CONTEXT)},
        }
        invocation = _invocation(_told(given, LAMBDA_CONTEXT))
        if invocation:
            inside["aws.context"] = invocation
        last: Message | None = None

        async def send_all_but_the_last(message: Message) -> None:
            nonlocal last
            if message["type"] == "http.response.body" and not message.get("more_body"):
                last = message
            else:
                await send(message)

        try:
            await self._app(inside, receive, send_all_but_the_last)
        finally:
            write()
            await asyncio.to_thread(send_spans, invocation)
        if last is not None:
            await send(last)


def _told(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> dict[str, Any]:
    """The one object that a header holds; empty where it holds anything else."""
    values = [value for one, value in headers if one == name]
    if len(values) != 1:
        return {}
    try:
        value = json.loads(values[0])
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _invocation(context: dict[str, Any]) -> Invocation | None:
    deadline = context.get("deadline")
    if not isinstance(deadline, int):
        return None
    return Invocation(
        os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
        deadline,
    )
