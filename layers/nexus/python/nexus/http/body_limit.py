"""Refuses a request whose body is larger than the stage takes, before anything reads it.

API Gateway passes on 10 MB, and Lambda 6 MB of an event, in which a body is escaped:
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html,
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nexus.http.problems import problem


class BodyLimit:
    """Reads a body of up to `most` bytes, and answers a larger one with a 413 that says so."""

    def __init__(self, app: ASGIApp, most: int, instead: str = "send less") -> None:
        self.app = app
        self._most = most
        self._instead = instead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        told = request.headers.get("content-length", "")
        if told.isdecimal() and int(told[:20]) > self._most:
            await self._refuse(request, receive, send)
            return
        # Read here, as no problem can be told any more once a route has begun to answer.
        messages: list[Message] = []
        size, more = 0, True
        while more:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self._most:
                await self._refuse(request, receive, send)
                return
            more = message["type"] == "http.request" and message.get("more_body", False)
        messages.reverse()

        async def read() -> Message:
            return messages.pop() if messages else await receive()

        await self.app(scope, read, send)

    async def _refuse(self, request: Request, receive: Receive, send: Send) -> None:
        detail = (
            f"The request's body is larger than the {self._most:,} bytes that are taken: "
            f"{self._instead}."
        )
        await problem(request, 413, detail)(request.scope, receive, send)
