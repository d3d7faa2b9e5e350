"""Reads a request's body ahead of the application, and gives it to the application afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# The largest body that has to be held for its hash: a function's zip; S3's come with their own.
_MAX_HELD_BYTES = 300_000_000


async def whole(receive: Receive) -> bytes:
    """The body, or as much of it as is held; empty if the caller went away."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body") or size > _MAX_HELD_BYTES:
            return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """What the application reads instead: the body that was read ahead, then what comes."""
    held: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return held.pop() if held else await receive()

    return receiving
