"""Traces each request of the API, as part of its caller's trace where the caller has one."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nexus import span_names
from nexus.metrics import UNKNOWN
from nexus.tracing import Attributes, Span, Value, tracing


class RequestTrace:
    """Has what is done for a request told as steps of it; around all else that knows of it.

    What anybody may ask without a key is not traced: who watches over /health or reads the
    description would fill the collector.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self.app(scope, receive, send)
            return
        with tracing(scope["method"], "server", traceparent=_traceparent(scope)) as span:
            # Of those that are not taken, most of all, nothing is gathered.
            told = self.app if span is None else _Told(self.app, span)
            await told(scope, receive, send)


class _Told:
    """The app, with what is asked and answered said of a request's span."""

    def __init__(self, app: ASGIApp, span: Span) -> None:
        self._app = app
        self._span = span

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        span, status = self._span, 500
        span.note(_asked(scope))

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            route = getattr(scope.get("route"), "path_format", UNKNOWN)
            span.rename(f"{scope['method']} {route}")
            span.note(_answered(scope, route, status))
            if status >= 500:
                span.fail(str(status))


def _asked(scope: Scope) -> Attributes:
    told: dict[str, Value] = {
        span_names.HTTP_METHOD: scope["method"],
        span_names.URL_SCHEME: scope["scheme"],
        span_names.FAAS_TRIGGER: "http",
    }
    invocation = getattr(scope.get("aws.context"), "aws_request_id", "")
    if invocation:
        told[span_names.FAAS_INVOCATION] = invocation
    return told


def _answered(scope: Scope, route: str, status: int) -> Attributes:
    told: dict[str, Value] = {span_names.HTTP_STATUS: status}
    if route != UNKNOWN:
        told[span_names.HTTP_ROUTE] = route
    for name, key in (
        (span_names.REQUEST_ID, "request_id"),
        (span_names.TENANT, "tenant"),
        (span_names.CLIENT, "client_name"),
    ):
        if scope.get(key):
            told[name] = scope[key]
    return told


def _traceparent(scope: Scope) -> str:
    found = [value for name, value in scope["headers"] if name == b"traceparent"]
    # Two are as good as none (https://www.w3.org/TR/trace-context/#traceparent-header).
    return str(found[0], "latin-1") if len(found) == 1 else ""
