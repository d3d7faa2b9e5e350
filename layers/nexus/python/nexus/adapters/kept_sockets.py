"""Posts bodies to one address over connections that are kept, as quickly as Python can.

General clients take three to four times as long for a call, most of it for what any request to any
address may need: of AWS's JSON services, the index and the models, a question makes eight. They are
used where a proxy stands between.
"""

from __future__ import annotations

import math
import select
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult

from nexus.adapters.connecting import connected
from nexus.adapters.http_answers import Incoming, Reply, read, read_early


class HeaderRefused(ValueError):
    """A header or a target holds what may end it: nothing was sent."""


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
        whole_s: float = math.inf,
        heard: Callable[[], None] | None = None,
    ) -> Reply:
        """The answer to a body; no wait for bytes of it takes more than `step_s` seconds.

        Nor does all of the answer take more than `whole_s`, however slowly its bytes come. `heard`
        is called when some have come. Raises HeaderRefused, NotConnected, ConnectingTimedOut,
        TimeoutError, ssl.SSLError, and OSError or HTTPException for a connection that broke.
        """
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        # To some servers "\r" alone ends a line.
        if not lines.count("\n") == lines.count("\r") == len(headers) or "\0" in lines:
            raise HeaderRefused("a header has more than one line")
        if not target.isprintable() or " " in target:
            raise HeaderRefused("a target has blanks")
        head = f"POST {target} HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n"
        end = time.monotonic() + whole_s
        held = self._kept_open() or connected(
            self._host, self._port, self._tls, step_s=connect_s, whole_s=whole_s
        )
        keeps = False
        try:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("the call took too long")
            step_s = min(step_s, left)
            if held.gettimeout() != step_s:  # to set it asks the system each time
                held.settimeout(step_s)
            source = Incoming(held, step_s, end, heard)
            # At once: a body behind its headers would wait for their acknowledgement, 40 ms.
            try:
                held.sendall(head.encode("latin-1") + body)
            except (ConnectionError, ssl.SSLEOFError):
                # A server that refuses a body may answer and close before it has all of it.
                return read_early(source)
            reply, keeps = read(source)
            return reply
        finally:
            if keeps and len(self._idle) < self._most:
                self._idle.append((held, self._now()))
            else:
                held.close()

    def close(self) -> None:
        """Closes the connections that nothing is asked over."""
        while self._idle:
            self._idle.pop()[0].close()

    def _kept_open(self) -> socket.socket | None:
        """A connection that was kept, and that its peer has not closed; None if none is there."""
        while self._idle:
            try:
                held, since = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            if self._now() - since <= self._idle_s and not _has_something_to_read(held):
                return held
            held.close()
        return None


def _has_something_to_read(held: socket.socket) -> bool:
    """Whether a connection that waits for nothing was closed, or said something that is not ours.

    As urllib3 finds out before it uses a connection again.
    """
    poll = select.poll()
    poll.register(held, select.POLLIN)
    return bool(poll.poll(0))
