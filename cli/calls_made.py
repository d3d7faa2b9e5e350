"""What a command asks of AWS and of the API: which calls, how many bytes, how long; no content."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3  # not at once: what asks the API alone starts without AWS's SDK


@dataclass(frozen=True)
class Call:
    """One call that was answered; sizes are bytes of the bodies, `outcome` a status or an error."""

    name: str
    outcome: str
    sent: int
    received: int
    took_ms: float


_told: list[Callable[[Call], None]] = []


@contextmanager
def telling(tell: Callable[[Call], None]) -> Iterator[None]:
    """While inside, each call of sessions that are `watched` meanwhile is told."""
    _told.append(tell)
    try:
        yield
    finally:
        _told.remove(tell)


def note(name: str, outcome: str, sent: int, received: int, started: float) -> None:
    """Tells a call that began at `started`, by `time.perf_counter`."""
    for tell in _told:
        tell(Call(name, outcome, sent, received, (time.perf_counter() - started) * 1000))


def watched(session: boto3.Session) -> boto3.Session:
    """The same session; its clients tell their calls, if anybody is being told."""
    if _told:
        session.events.register("before-call.*.*", _begun)
        session.events.register("after-call.*.*", _ended)
        session.events.register("after-call-error.*.*", _failed)
    return session


# The names of the parameters are botocore's.
def _begun(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["nexus_call"] = (time.perf_counter(), _size(params.get("body")))


def _ended(
    http_response: Any, model: Any, context: dict[str, Any], event_name: str, **_: Any
) -> None:
    # A body that is streamed has not been read yet, and is not read here.
    received = 0 if model.has_streaming_output else len(http_response.content)
    _note(event_name, context, str(http_response.status_code), received)


def _failed(exception: Exception, context: dict[str, Any], event_name: str, **_: Any) -> None:
    _note(event_name, context, type(exception).__name__, 0)


def _note(event_name: str, context: dict[str, Any], outcome: str, received: int) -> None:
    started, sent = context.pop("nexus_call", (time.perf_counter(), 0))
    note(event_name.partition(".")[2].replace(".", " "), outcome, sent, received, started)


def _size(body: Any) -> int:
    if isinstance(body, str):
        return len(body.encode())
    return len(body) if isinstance(body, bytes | bytearray) else 0
