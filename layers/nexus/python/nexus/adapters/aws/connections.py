"""Posts to one address of AWS's over connections that are kept, with botocore's errors.

botocore's own session, over urllib3, takes three times as long for a call, most of it for what any
request to any address may need. It is used where a proxy stands between.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from types import SimpleNamespace
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.utils import get_environ_proxies

CONNECT_S = 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response; header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes


class Connections(Protocol):
    """What sends bodies to one address. Raises botocore's errors."""

    def post(self, headers: Mapping[str, str], body: bytes, read_s: float, path: str = "") -> Reply:
        """The answer to a body; no wait for bytes of it takes more than `read_s` seconds.

        `path` is instead of the address's own.
        """
        ...


def connections_to(url: str, most: int) -> Connections:
    """The connections to an address, of which at most so many are kept open."""
    proxies = get_environ_proxies(url)
    return _Proxied(url, proxies, most) if proxies else _Direct(url, most)


class _Direct:
    def __init__(self, url: str, most: int) -> None:
        self._url = url
        self._most = most
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._path = parts.path or "/"
        self._tls = _context() if parts.scheme == "https" else None
        # Taken from and put to by any thread, the newest first: one call is enough for each.
        self._idle: list[socket.socket] = []

    def post(self, headers: Mapping[str, str], body: bytes, read_s: float, path: str = "") -> Reply:
        begin = f"POST {path or self._path} HTTP/1.1\r\naccept-encoding: identity\r\n"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if lines.count("\n") != len(headers):
            raise HTTPClientError(error="a header has more than one line")
        head = f"{begin}{lines}content-length: {len(body)}\r\n\r\n".encode("latin-1")
        held = self._open()
        keeps = False
        try:
            held.settimeout(read_s)
            # At once: a body behind its headers would wait for their acknowledgement, 40 ms.
            held.sendall(head + body)
            with HTTPResponse(held, method="POST") as response:
                response.begin()
                content = _all_of(response)
                keeps = not response.will_close and response.isclosed()
                named = {name.lower(): value for name, value in response.getheaders()}
                return Reply(response.status, named, content)
        except TimeoutError as err:
            raise ReadTimeoutError(endpoint_url=self._url, error=err) from err
        except ssl.SSLError as err:
            raise SSLError(endpoint_url=self._url, error=err) from err
        except (OSError, HTTPException) as err:
            raise ConnectionClosedError(endpoint_url=self._url, error=err) from err
        finally:
            if keeps and len(self._idle) < self._most:
                self._idle.append(held)
            else:
                held.close()

    def _open(self) -> socket.socket:
        """A connection that its peer has not closed; a new one if none is there."""
        while self._idle:
            try:
                held = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            if not _has_something_to_read(held):
                return held
            held.close()
        try:
            made = socket.create_connection((self._host, self._port), CONNECT_S)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._tls.wrap_socket(made, server_hostname=self._host) if self._tls else made
        except TimeoutError as err:
            raise ConnectTimeoutError(endpoint_url=self._url, error=err) from err
        except ssl.SSLError as err:
            raise SSLError(endpoint_url=self._url, error=err) from err
        except OSError as err:
            raise EndpointConnectionError(endpoint_url=self._url, error=err) from err


class _Proxied:
    def __init__(self, url: str, proxies: Mapping[str, str], most: int) -> None:
        from botocore.httpsession import URLLib3Session

        # botocore's types are narrower than what its own clients give this class.
        session: Any = URLLib3Session
        self._url = url
        self._http = session(
            verify=_bundle() or True,
            proxies=proxies,
            timeout=(CONNECT_S, CONNECT_S),
            max_pool_connections=most,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )

    def post(self, headers: Mapping[str, str], body: bytes, read_s: float, path: str = "") -> Reply:
        request = SimpleNamespace(
            method="POST",
            url=urljoin(self._url, path) if path else self._url,
            headers=dict(headers),
            body=body,
            context={"read_timeout": read_s},
            stream_output=False,
        )
        response = self._http.send(request)
        named = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, named, response.content)


def _bundle() -> str | None:
    return os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")


def _context() -> ssl.SSLContext:
    """What trusts the certificates that botocore would."""
    from botocore.httpsession import where

    bundle = _bundle() or where()
    is_folder = os.path.isdir(bundle)  # noqa: PTH112 - pathlib has nothing to add
    return ssl.create_default_context(
        cafile=None if is_folder else bundle, capath=bundle if is_folder else None
    )


def _all_of(response: HTTPResponse) -> bytes:
    try:
        return response.read()
    except IncompleteRead as err:
        return bytes(err.partial)  # whose length tells


def _has_something_to_read(held: socket.socket) -> bool:
    """Whether a connection that waits for nothing was closed, or said something that is not ours.

    As urllib3 finds out before it uses a connection again.
    """
    poll = select.poll()
    poll.register(held, select.POLLIN)
    return bool(poll.poll(0))
