"""Posts bodies to one address over connections that are kept, as quickly as Python can.

General clients take three to four times as long for a call, most of it for what any request to any
address may need: of AWS's JSON services and of the index, a question makes six. They are used where
a proxy stands between.
"""

from __future__ import annotations

import math
import select
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse, IncompleteRead
from urllib.parse import SplitResult


class NotConnected(OSError):
    """No connection could be made: nothing was sent."""


class ConnectingTimedOut(TimeoutError):
    """No connection was made in time: nothing was sent."""


class HeaderRefused(ValueError):
    """A header has more than one line: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response; header names are in lower case. What broke off is not whole."""

    status: int
    headers: dict[str, str]
    content: bytes
    is_whole: bool = True


class KeptSockets:
    """The connections to an address, of which at most so many are kept open, for `idle_s` seconds.

    Safe to share between threads.
    """

    def __init__(
        self,
        address: SplitResult,
        tls: ssl.SSLContext | None,
        most: int,
        idle_s: float = math.inf,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = address.hostname or ""
        self._port = address.port or (443 if address.scheme == "https" else 80)
        self._tls = tls
        self._most = most
        self._idle_s = idle_s
        self._now = now
        # Taken from and put to by any thread, the newest first: one call is enough for each.
        self._idle: list[tuple[socket.socket, float]] = []

    def post(
        self,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        connect_s: float,
        step_s: float,
    ) -> Reply:
        """The answer to a body; no wait for bytes of it takes more than `step_s` seconds.

        Raises HeaderRefused, NotConnected, ConnectingTimedOut, TimeoutError, ssl.SSLError, and
        OSError or HTTPException for a connection that broke.
        """
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if lines.count("\n") != len(headers):
            raise HeaderRefused("a header has more than one line")
        head = f"POST {target} HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n"
        held = self._open(connect_s)
        keeps = False
        try:
            held.settimeout(step_s)
            # At once: a body behind its headers would wait for their acknowledgement, 40 ms.
            held.sendall(head.encode("latin-1") + body)
            with HTTPResponse(held, method="POST") as response:
                response.begin()
                content, is_whole = _all_of(response)
                keeps = not response.will_close and response.isclosed()
                named = {name.lower(): value for name, value in response.getheaders()}
                return Reply(response.status, named, content, is_whole)
        finally:
            if keeps and len(self._idle) < self._most:
                self._idle.append((held, self._now()))
            else:
                held.close()

    def close(self) -> None:
        """Closes the connections that nothing is asked over."""
        while self._idle:
            self._idle.pop()[0].close()

    def _open(self, connect_s: float) -> socket.socket:
        """A connection that its peer has not closed; a new one if none is there."""
        while self._idle:
            try:
                held, since = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            if self._now() - since <= self._idle_s and not _has_something_to_read(held):
                return held
            held.close()
        try:
            made = socket.create_connection((self._host, self._port), connect_s)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._tls.wrap_socket(made, server_hostname=self._host) if self._tls else made
        except TimeoutError as err:
            raise ConnectingTimedOut(*err.args) from err
        except ssl.SSLError:
            raise
        except OSError as err:
            raise NotConnected(*err.args) from err


def _all_of(response: HTTPResponse) -> tuple[bytes, bool]:
    try:
        return response.read(), True
    except IncompleteRead as err:
        return bytes(err.partial), False


def _has_something_to_read(held: socket.socket) -> bool:
    """Whether a connection that waits for nothing was closed, or said something that is not ours.

    As urllib3 finds out before it uses a connection again.
    """
    poll = select.poll()
    poll.register(held, select.POLLIN)
    return bool(poll.poll(0))
