"""Sends a request once more when its connection broke before any byte of an answer had come."""

from __future__ import annotations

import threading
from typing import Any
from urllib.request import getproxies

import httpcore2
import httpx2

from nexus.adapters.http_deadline import cap
from nexus.adapters.tls_context import tls_context

# Each thread waits for one answer at a time.
_waiting = threading.local()


def transport() -> httpx2.BaseTransport | None:
    """The transport of a client to be; None, the SDK's own, where a proxy keeps the connections."""
    if {"http", "https", "all"} & getproxies().keys():
        return None
    return _Resending()


class _Resending(httpx2.BaseTransport):
    """Tries once more, over a connection that is opened for it.

    A connection that was kept may be gone when it is used again: its other end ended it, or the
    machine was restored from a snapshot. Only a connection that broke is a reason: after a time-out
    the endpoint may still be at work, and a byte of an answer says that it was.
    """

    def __init__(self) -> None:
        self._kept = _Transport(keep=100)
        self._fresh = _Transport(keep=0)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        _waiting.heard = False
        try:
            return self._kept.handle_request(request)
        except (httpx2.NetworkError, httpx2.RemoteProtocolError):
            # A body that is made as it is sent is not there a second time.
            if _waiting.heard or not isinstance(request.stream, httpx2.ByteStream):
                raise
        cap(request)
        return self._fresh.handle_request(request)

    def close(self) -> None:
        self._kept.close()
        self._fresh.close()


class _Transport(httpx2.HTTPTransport):
    """httpx2's own, with a pool that notes when something of an answer comes."""

    def __init__(self, keep: int) -> None:
        super().__init__(verify=tls_context())
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls_context(),
            max_connections=1000,
            max_keepalive_connections=keep,
            keepalive_expiry=5.0,
            network_backend=_Backend(),
        )


class _Backend(httpcore2.SyncBackend):
    def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        return _Stream(super().connect_tcp(*args, **kwargs))


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, timeout)
        _waiting.heard = _waiting.heard or bool(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(*args, **kwargs))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
