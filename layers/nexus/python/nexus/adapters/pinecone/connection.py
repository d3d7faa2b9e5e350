"""Connects to one Pinecone index, with tries and waits that a caller can bear."""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx
import orjson
from pinecone.errors.exceptions import (
    ApiError,
    ConflictError,
    FailedPreconditionError,
    ForbiddenError,
    NotFoundError,
    PayloadTooLargeError,
    PaymentRequiredError,
    PineconeConnectionError,
    PineconeError,
    PineconeTimeoutError,
    RateLimitError,
    ServiceError,
    UnauthorizedError,
)

from nexus import __version__
from nexus.adapters.kept_sockets import KeptSockets
from nexus.deadline import current
from nexus.errors import UpstreamRefused

# The version of the API whose bodies the SDK's `Documents` writes and reads; a test compares it
# with the SDK's own.
API_VERSION = "2026-07"
_FIRST_PAUSE_S = 0.1
# Connections that are kept, and for how long, in seconds: as httpx does.
_KEPT, _IDLE_S = 20, 5.0
_TRIED_AGAIN = frozenset({429, 500, 502, 503, 504})
_BY_STATUS: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    402: PaymentRequiredError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    412: FailedPreconditionError,
    413: PayloadTooLargeError,
    429: RateLimitError,
}


def connect(
    host: str,
    api_key: str,
    *,
    timeout_s: float,
    retries: int,
    longest_wait_s: float,
    verify: bool | ssl.SSLContext,
) -> HeldClient:
    """The client of an index. The parameters are those of `PineconeIndex`.

    Raises UpstreamRefused without host or key, or with a key that is not one line of plain text.
    """
    if not host or not api_key:
        raise UpstreamRefused("index", "Pinecone's host and API key are not both set.")
    if not api_key.isascii() or not api_key.isprintable() or api_key != api_key.strip():
        raise UpstreamRefused("index", "Pinecone's API key must be one line of plain text.")
    address = host if host.startswith(("http://", "https://")) else f"https://{host}"
    address = address.rstrip("/")
    headers = {
        "api-key": api_key,
        "user-agent": f"nexus/{__version__}",
        "x-pinecone-api-version": API_VERSION,
    }
    if getproxies().keys() & {"http", "https", "all"}:
        posts: Posts = _Proxied(httpx.Client(base_url=address, headers=headers, verify=verify))
    else:
        posts = _Direct(address, headers, verify)
    return HeldClient(posts, address, timeout_s, retries, longest_wait_s)


@dataclass(frozen=True, slots=True)
class Plain:
    """A good answer that nobody compressed, with what the SDK reads of httpx's own.

    To make one of those takes as long as to send the search.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The content as JSON. Raises ValueError if it is none."""
        return orjson.loads(self.content)


Answer = Plain | httpx.Response


class Posts(Protocol):
    """What posts JSON to the index. Raises the SDK's errors where no answer comes.

    `ends_in_time` is whether a post ends by the deadline, wherever the other side hangs.
    """

    ends_in_time: bool

    def post(self, path: str, body: object, limit_s: float) -> Answer:
        """The answer, whatever its status; no step on the socket takes longer than the limit."""
        ...

    def close(self) -> None:
        """Closes the connections."""
        ...


class _Direct:
    """Posts as httpx does, in a third of the time."""

    ends_in_time = True

    def __init__(
        self, address: str, headers: Mapping[str, str], verify: bool | ssl.SSLContext
    ) -> None:
        parts = urlsplit(address)
        self._prefix = parts.path
        self._headers = {
            "host": parts.netloc.rpartition("@")[2],
            "accept": "*/*",
            "accept-encoding": "gzip, deflate",
            "content-type": "application/json",
            **headers,
        }
        tls = None
        if parts.scheme == "https":
            tls = verify if isinstance(verify, ssl.SSLContext) else httpx.create_ssl_context(verify)
        self._sockets = KeptSockets(parts, tls, _KEPT, _IDLE_S)

    def post(self, path: str, body: object, limit_s: float) -> Answer:
        # As the SDK's own client does: a vector takes `json` twenty times as long.
        written = orjson.dumps(body)
        try:
            reply = self._sockets.post(
                self._prefix + path,
                self._headers,
                written,
                connect_s=limit_s,
                step_s=limit_s,
                whole_s=current().remaining(),
            )
        except TimeoutError as err:
            raise PineconeTimeoutError(type(err).__name__) from err
        except (OSError, HTTPException) as err:
            raise PineconeConnectionError(type(err).__name__) from err
        if not reply.is_whole:
            raise PineconeConnectionError(IncompleteRead.__name__)
        if 200 <= reply.status < 300 and "content-encoding" not in reply.headers:
            return Plain(reply.status, reply.headers, reply.content)
        try:
            headers = [
                (name.encode("latin-1"), told.encode("latin-1")) for name, told in reply.fields
            ]
            return httpx.Response(reply.status, headers=headers, content=reply.content)
        except httpx.DecodingError as err:
            raise PineconeConnectionError(type(err).__name__) from err

    def close(self) -> None:
        self._sockets.close()


class _Proxied:
    ends_in_time = False  # its time-outs are each for one step

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def post(self, path: str, body: object, limit_s: float) -> Answer:
        try:
            return self._http.post(path, json=body, timeout=limit_s)
        except httpx.TimeoutException as err:
            raise PineconeTimeoutError(type(err).__name__) from err
        except httpx.TransportError as err:
            raise PineconeConnectionError(type(err).__name__) from err

    def close(self) -> None:
        self._http.close()


class HeldClient:
    """Posts JSON for the SDK's `Documents`, in tries that each end by the request's deadline.

    The SDK's own client sleeps up to 90 s per try where Pinecone asks for it, and `Index` takes no
    other. Raises the SDK's errors. Safe to share between threads.
    """

    def __init__(
        self,
        posts: Posts,
        host: str,
        timeout_s: float,
        retries: int,
        longest_wait_s: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._posts = posts
        self.host = host
        self._timeout_s = timeout_s
        self._retries = retries
        self._longest_wait_s = longest_wait_s
        self._sleep = sleep
        self.ends_in_time = posts.ends_in_time

    def post(self, path: str, json: object, timeout: float | None = None) -> Answer:
        """The good answer to a body; what may pass is tried again, writes too, as they repeat."""
        tried = 0
        while True:
            try:
                return self._post(path, json, timeout)
            except (ApiError, PineconeConnectionError) as err:
                pause_s = self._pause_s(tried, err)
                if tried >= self._retries or not _may_pass(err) or not current().fits(pause_s):
                    raise
            self._sleep(pause_s)
            tried += 1

    def close(self) -> None:
        """Closes the connections."""
        self._posts.close()

    def _post(self, path: str, body: object, timeout: float | None) -> Answer:
        limit_s = current().limit(self._timeout_s, "index") if timeout is None else timeout
        response = self._posts.post(path, body, limit_s)
        if isinstance(response, httpx.Response) and not response.is_success:
            raise _error(response)
        return response

    def _pause_s(self, tried: int, err: PineconeError) -> float:
        asked = (getattr(err, "headers", None) or {}).get("retry-after", "")
        try:
            wanted = float(asked)
        except ValueError:
            wanted = _FIRST_PAUSE_S * 2.0**tried
        jitter = random.uniform(1, 1.5)  # noqa: S311 - no secret
        return max(0.0, min(wanted, self._longest_wait_s)) * jitter


def _may_pass(err: PineconeError) -> bool:
    return isinstance(err, PineconeConnectionError) or (
        isinstance(err, ApiError) and err.status_code in _TRIED_AGAIN
    )


def _error(response: httpx.Response) -> ApiError:
    """The SDK's error for an answer that is not a good one."""
    status = response.status_code
    kind = _BY_STATUS.get(status, ServiceError if status >= 500 else ApiError)
    try:
        body = response.json()
    except ValueError:
        body = None
    told = body.get("error", body) if isinstance(body, dict) else None
    told = told if isinstance(told, dict) else {}
    code = told.get("code")
    return kind(
        str(told.get("message") or f"HTTP {status}"),
        status,
        body if isinstance(body, dict) else None,
        headers=dict(response.headers),
        error_code=None if code is None else str(code),
    )
