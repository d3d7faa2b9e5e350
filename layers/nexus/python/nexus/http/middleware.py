"""What surrounds every request: its id, its log line, the security headers, and a last resort."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nexus.deadline import Deadline, meeting
from nexus.http.problems import unexpected
from nexus.metrics import UNKNOWN, pending, record
from nexus.observability import logger

SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
# As ASGI takes them.
_SECURITY_HEADERS = [
    (name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()
]

# Making JSON of an answer and handing it to the gateway.
WRITING_BACK_S = 0.5
# What takes longer was answered too late, in milliseconds by route; others may take their time.
_LATE_MS = {"/v1/chat": 5000.0}


class LastResort:
    """Answers an error that nothing else handled, so that no server logs its message."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:  # noqa: BLE001  (nothing is above that may have it)
            # An exception handler of the app's would not do: Starlette raises the error again
            # after it, and Mangum then logs it with all that it says.
            response = unexpected(Request(scope), error)
            if begun:
                raise RuntimeError("The response broke off.") from None
            await response(scope, receive, send)


class RequestDeadline:
    """Gives a request the time by which its answer, or its problem, has to be there.

    That is `seconds` from when the gateway received it, as far as the clocks can be believed; what
    Lambda leaves, if that is less; and in both cases less what writing the answer back takes.
    """

    def __init__(self, app: ASGIApp, seconds: float, now: Callable[[], float]) -> None:
        self.app = app
        self._seconds = seconds
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with meeting(Deadline(self._left(scope) - WRITING_BACK_S, self._now)):
            await self.app(scope, receive, send)

    def _left(self, scope: Scope) -> float:
        received_ms = scope.get("aws.event", {}).get("requestContext", {}).get("requestTimeEpoch")
        waited_s = time.time() - received_ms / 1000 if isinstance(received_ms, int) else 0.0
        # An event that is played again is old; a clock that differs is no reason to hurry.
        left = self._seconds - waited_s if 0 < waited_s < self._seconds else self._seconds
        remaining_ms = getattr(scope.get("aws.context"), "get_remaining_time_in_millis", None)
        return min(left, remaining_ms() / 1000) if remaining_ms else left


class RequestRecord:
    """Gives a request its id, and writes one line and its metrics when it is done."""

    def __init__(self, app: ASGIApp, metered_clients: Collection[str] = ()) -> None:
        self.app = app
        self._metered_clients = frozenset(metered_clients)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        context = scope.get("aws.event", {}).get("requestContext", {})
        scope["request_id"] = context.get("requestId") or uuid.uuid4().hex
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"] = list(message["headers"])
                MutableHeaders(raw=headers)["X-Request-Id"] = scope["request_id"]
                had = {name for name, _ in headers}
                headers += [pair for pair in _SECURITY_HEADERS if pair[0] not in had]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            self._record(scope, status, (time.perf_counter() - started) * 1000)

    def _record(self, scope: Scope, status: int, duration_ms: float) -> None:
        # The route's pattern, not the path: a path holds conversation ids.
        route = getattr(scope.get("route"), "path_format", UNKNOWN)
        logger.info(
            "request",
            extra={
                "request_id": scope["request_id"],
                "tenant": scope.get("tenant"),
                "client": scope.get("client_name"),
                "method": scope["method"],
                "route": route,
                "status": status,
                "duration_ms": round(duration_ms, 1),
                "dollars": round(pending("dollars"), 6),
                **scope.get("counts", {}),
            },
        )
        client = scope.get("client_name")
        if client in self._metered_clients:
            tokens = pending("input_tokens") + pending("output_tokens")
            record("client_tokens", tokens, client=client)
            record("client_dollars", pending("dollars"), client=client)
        record("requests", route=route)
        record("request_duration", duration_ms, route=route)
        for name, failed in (
            ("client_errors", 400 <= status < 500),
            ("server_errors", status >= 500),
        ):
            # A route is charged for errors only where it has any.
            record(name, failed, route=route if failed else None)
        _record_fault(scope, route, status, duration_ms)


def _record_fault(scope: Scope, route: str, status: int, duration_ms: float) -> None:
    """Notes of the function's version whether it failed a caller, or let one wait for too long.

    Whoever watches over /ready, or asks for what is not there, would hide how the callers fare.
    """
    context = scope.get("aws.context")
    version = getattr(context, "function_version", None)
    failed = status >= 500
    concerns = route.startswith("/v1/") or (failed and route == UNKNOWN)
    if context is None or not version or not concerns:
        return
    late = duration_ms > _LATE_MS.get(route, float("inf"))
    function = context.function_name.rpartition("-")[2]
    record("faults", failed or late, function=function, version=version)
