"""Sends a request once more when its connection broke before any byte of an answer had come.

What is asked for in one piece goes over `kept_sockets`, in a third of the time that httpx2's own
transport takes: that one is for what is heard while it comes, and for what is no POST. httpx2's
client takes as long again, so that what it does for unusual calls alone can be left out: `post`
sends without it, and an answer of which it is to make something is given to it as `ANSWER`.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpcore2
import httpx2

from nexus.adapters.connecting import ConnectingTimedOut, NotConnected
from nexus.adapters.giving_up import in_time
from nexus.adapters.http_answers import Reply
from nexus.adapters.http_deadline import cap, capped
from nexus.adapters.kept_sockets import HeaderRefused, KeptSockets
from nexus.adapters.tls_context import tls_context
from nexus.deadline import current

# A request's extension: its answer is wanted in one piece, and its time is the request's.
IN_ONE_PIECE = {"nexus.in_one_piece": True}
# Another: the Reply that was posted already, and which is the answer to its first try.
ANSWER = "nexus.answer"

# As httpx2 keeps its connections: so many, and for so many seconds.
_KEPT, _IDLE_S = 100, 5.0
# Addresses of one client: its own, and where that sends it.
_MOST_ADDRESSES = 8

# A socket takes no longer time than some days.
_ENDLESS_S = 86_400.0

# Each thread waits for one answer at a time.
_waiting = threading.local()


def transport() -> Resending | None:
    """The transport of a client to be; None, the SDK's own, where a proxy keeps the connections."""
    if {"http", "https", "all"} & getproxies().keys():
        return None
    return Resending()


class Resending(httpx2.BaseTransport):
    """Tries once more, over a connection that is opened for it.

    A connection that was kept may be gone when it is used again: its other end ended it, or the
    machine was restored from a snapshot. Only a connection that broke is a reason: after a time-out
    the endpoint may still be at work, and a byte of an answer says that it was.
    """

    def __init__(self) -> None:
        self._kept = _InOnePiece(_Transport(keep=_KEPT), keep=_KEPT)
        self._fresh = _InOnePiece(_Transport(keep=0), keep=0)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, as httpx2 has it. Raises httpx2's errors."""
        posted: Reply | None = request.extensions.pop(ANSWER, None)
        if posted is not None:
            return _response(posted)
        _waiting.heard = False
        try:
            return self._kept.handle_request(request)
        except (httpx2.NetworkError, httpx2.RemoteProtocolError):
            # A body that is made as it is sent is not there a second time.
            if _waiting.heard or not isinstance(request.stream, httpx2.ByteStream):
                raise
        cap(request)
        return self._fresh.handle_request(request)

    def posting(self, url: httpx2.URL) -> Posting | None:
        """What posts to an address without httpx2's client; None where that is needed for it."""
        kept, fresh = self._kept.sockets_to(url), self._fresh.sockets_to(url)
        if kept is None or fresh is None or url.userinfo:
            return None
        target = url.raw_path.decode("ascii")

        def post(headers: Mapping[str, str], body: bytes, limits: Mapping[str, float]) -> Reply:
            _waiting.heard = False
            try:
                return _posted(kept, target, headers, body, capped(limits))
            except (httpx2.NetworkError, httpx2.RemoteProtocolError):
                if _waiting.heard:
                    raise
            return _posted(fresh, target, headers, body, capped(limits))

        return post

    def close(self) -> None:
        """Closes the connections."""
        self._kept.close()
        self._fresh.close()


# Posts a body with headers; each step on the socket takes no longer than the limits say ("connect"
# and "read", in seconds), nor than the request's time. Raises httpx2's errors.
Posting = Callable[[Mapping[str, str], bytes, Mapping[str, float]], Reply]


class _InOnePiece(httpx2.BaseTransport):
    """Posts what is asked for in one piece, and leaves all else to another transport."""

    def __init__(self, other: httpx2.BaseTransport, keep: int) -> None:
        self._other = other
        self._keep = keep
        self._sockets: dict[str, KeptSockets] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if IN_ONE_PIECE.keys().isdisjoint(request.extensions):
            return self._other.handle_request(request)
        sockets = None
        if request.method == "POST" and isinstance(request.stream, httpx2.ByteStream):
            sockets = self.sockets_to(request.url)
        if sockets is None:  # it was sent elsewhere, as by a redirection
            return _whole_in_time(self._other, request)
        target = request.url.raw_path.decode("ascii")
        limits = request.extensions.get("timeout", {})
        return _response(_posted(sockets, target, sent_of(request), request.read(), limits))

    def close(self) -> None:
        for sockets in self._sockets.values():
            sockets.close()
        self._other.close()

    def sockets_to(self, url: httpx2.URL) -> KeptSockets | None:
        """The connections to an address; None where they are too many, or it is none of the web."""
        if url.scheme not in ("http", "https") or not 0 < (url.port or 1) < 65_536:
            return None
        address = f"{url.scheme}://{url.netloc.decode('ascii')}"
        found = self._sockets.get(address)
        if found is None and len(self._sockets) < _MOST_ADDRESSES:
            tls = tls_context() if url.scheme == "https" else None
            made = KeptSockets(urlsplit(address), tls, self._keep, _IDLE_S)
            found = self._sockets.setdefault(address, made)
        return found


def _whole_in_time(other: httpx2.BaseTransport, request: httpx2.Request) -> httpx2.Response:
    """Another transport's answer with all its content, by the deadline. Raises httpx2's errors."""

    def answered() -> httpx2.Response:
        _waiting.heard = False  # this thread's
        with closing(other.handle_request(request)) as response:
            return httpx2.Response(
                response.status_code,
                headers=response.headers,
                stream=httpx2.ByteStream(b"".join(response.iter_raw())),
                extensions=response.extensions,
            )

    # What another thread has heard is not known here: it is not sent again.
    _note_heard()
    try:
        return in_time(answered, current().remaining(), httpx2.Response.close)
    except TimeoutError as err:
        raise httpx2.ReadTimeout(str(err)) from err


def sent_of(request: httpx2.Request) -> dict[str, str]:
    """The headers of a request, but for its body's length."""
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in request.headers.raw
        if name.lower() != b"content-length"
    }


def fields_of(reply: Reply) -> list[tuple[bytes, bytes]]:
    """An answer's headers, as httpx2 takes them."""
    return [(name.encode("latin-1"), told.encode("latin-1")) for name, told in reply.fields]


def _response(reply: Reply) -> httpx2.Response:
    return httpx2.Response(
        reply.status,
        headers=fields_of(reply),
        stream=httpx2.ByteStream(reply.content),
        extensions={"http_version": b"HTTP/1.1"},
    )


def _posted(
    sockets: KeptSockets,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    limits: Mapping[str, float | None],
) -> Reply:
    """The answer, all of which came. Raises httpx2's errors."""
    try:
        reply = sockets.post(
            target,
            headers,
            body,
            connect_s=_or_endless(limits.get("connect")),
            step_s=_or_endless(limits.get("read")),
            whole_s=current().remaining(),
            heard=_note_heard,
        )
    except HeaderRefused as err:
        raise httpx2.LocalProtocolError(str(err)) from err
    except ConnectingTimedOut as err:
        raise httpx2.ConnectTimeout(str(err)) from err
    except TimeoutError as err:
        raise httpx2.ReadTimeout(str(err)) from err
    except (NotConnected, ssl.SSLError) as err:
        raise httpx2.ConnectError(str(err)) from err
    except HTTPException as err:
        raise httpx2.RemoteProtocolError(str(err)) from err
    except OSError as err:
        raise httpx2.ReadError(str(err)) from err
    if not reply.is_whole:
        raise httpx2.RemoteProtocolError("The answer broke off.")
    return reply


def _or_endless(limit: float | None) -> float:
    return _ENDLESS_S if limit is None else limit


def _note_heard() -> None:
    _waiting.heard = True


class _Transport(httpx2.HTTPTransport):
    """httpx2's own, with a pool that notes when something of an answer comes."""

    def __init__(self, keep: int) -> None:
        super().__init__(verify=tls_context())
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls_context(),
            max_connections=1000,
            max_keepalive_connections=keep,
            keepalive_expiry=_IDLE_S,
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
