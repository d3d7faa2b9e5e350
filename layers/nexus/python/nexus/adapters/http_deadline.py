"""Holds httpx2's calls to the request's deadline, every try and every byte of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2

from nexus.deadline import current

# httpx2 takes 0 for "do not wait at all", even for what is there.
_LEAST_S = 0.001


def hooks() -> dict[str, list[Callable[..., Any]]]:
    """Event hooks for a client, to which it may add its own.

    Its time-outs are each for one step on the socket: an endpoint that sends a byte now and then
    would keep a call for ever.
    """
    return {"request": [cap], "response": [_watch]}


def cap(request: httpx2.Request) -> None:
    """Lets each step of a try last no longer than the request's deadline."""
    left = current().remaining()
    if not math.isinf(left):
        own = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            step: max(_LEAST_S, left if limit is None else min(limit, left))
            for step, limit in own.items()
        }


def capped(limits: Mapping[str, float]) -> Mapping[str, float]:
    """The limits of a try's steps, none of them longer than the request's deadline."""
    left = current().remaining()
    if left >= max(limits.values()):
        return limits
    return {step: max(_LEAST_S, min(limit, left)) for step, limit in limits.items()}


def check_time() -> None:
    """Raises httpx2's error for an answer that the deadline was quicker than."""
    if current().remaining() <= 0:
        raise httpx2.ReadTimeout("The deadline came before the end of the answer.")


def _watch(response: httpx2.Response) -> None:
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Watched(response.stream)


class _Watched(httpx2.SyncByteStream):
    """A body that breaks off when the deadline has come."""

    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            check_time()
            yield part

    def close(self) -> None:
        self._stream.close()
