"""Posts bodies to one address over connections that are kept, as quickly as Python can.

General clients take three to four times as long for a call, most of it for what any request to any
address may need: of AWS's JSON services, the index and the models, a question makes eight. They are
used where a proxy stands between.
"""

from __future__ import annotations

import io
import math
import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from types import SimpleNamespace
from typing import Any
from urllib.parse import SplitResult

from nexus.adapters.connecting import connected

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2})(?: [^\r\n]*)?\r\n")
_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)
# Longer contents are read in pieces: a server may announce what it never sends, and memory is taken
# for what is read at once.
_PIECE = 1_000_000


class HeaderRefused(ValueError):
    """A header or a target holds what may end it: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response; header names are in lower case. What broke off is not whole.

    `fields` are all headers, one for each time that a name stands there.
    """

    status: int
    headers: dict[str, str]
    content: bytes
    is_whole: bool = True
    fields: Sequence[tuple[str, str]] = ()


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
            held.settimeout(_in_time(step_s, end))
            # At once: a body behind its headers would wait for their acknowledgement, 40 ms.
            try:
                held.sendall(head.encode("latin-1") + body)
            except (ConnectionError, ssl.SSLEOFError):
                # A server that refuses a body may answer and close before it has all of it.
                reply, _ = _any(_Answer(_Incoming(held, step_s, end, heard)))
                return reply
            incoming = _Answer(_Incoming(held, step_s, end, heard))
            reply, keeps = _plain(incoming) or _any(incoming)
            # It would be taken for the answer to what is asked next.
            keeps = keeps and not incoming.has_more()
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


class _Incoming(socket.SocketIO):
    """The bytes of an answer, none of which is waited for when the time for all of it is over."""

    def __init__(
        self,
        held: socket.socket,
        step_s: float,
        end: float,
        heard: Callable[[], None] | None,
    ) -> None:
        super().__init__(held, "r")
        self._held = held
        self._step_s = step_s
        self._end = end
        self._heard = heard
        self._is_at_end = False

    def readinto(self, into: Any) -> int | None:
        if self._is_at_end:
            return 0
        left = _in_time(self._step_s, self._end)
        if left < self._step_s:
            self._held.settimeout(left)
        read = super().readinto(into)
        if read and self._heard is not None:
            self._heard()
        return read

    def close(self) -> None:
        """Ends the reading alone: the connection may be kept."""
        io.RawIOBase.close(self)

    def end(self) -> bool:
        """Reads nothing more from the connection; whether it holds something that it decrypted."""
        self._is_at_end = True
        return isinstance(self._held, ssl.SSLSocket) and self._held.pending() > 0


class _Answer(io.BufferedReader):
    """An answer's bytes, some of which may be left when it has been read."""

    def __init__(self, source: _Incoming) -> None:
        super().__init__(source)
        self._source = source

    def close(self) -> None:
        """Nothing: `http.client` closes what it has read, and with it what is left."""

    def has_more(self) -> bool:
        """Whether something came behind what was read; nothing is waited for."""
        return self._source.end() or bool(self.peek())


def _in_time(step_s: float, end: float) -> float:
    """What a step may take. Raises TimeoutError when the time for all of a call is over."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the call took too long")
    return min(step_s, left)


def _plain(incoming: _Answer) -> tuple[Reply, bool] | None:
    """The answer, and whether its connection may be kept, where it is of the usual form.

    That is one whose headers have come at once, and which says how long it is. None for any other,
    of which nothing was read then: `http.client` parses headers as those of mail, which takes more
    time than all else of a call here.
    """
    begun = incoming.peek()
    end = begun.find(b"\r\n\r\n")
    status = _STATUS.match(begun)
    if end < 0 or status is None or status[1] in (b"204", b"304"):
        return None
    headers = {}
    for line in begun[status.end() : end].decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        key = name.lower()
        if not colon or not name or name.strip() != name or "\n" in line or key in headers:
            return None
        headers[key] = value.lstrip(" \t")
    length = headers.get("content-length", "")
    if not _LENGTH.fullmatch(length) or int(length) > _PIECE:
        return None
    if "transfer-encoding" in headers or "connection" in headers:
        return None
    incoming.read(end + 4)
    content = incoming.read(int(length))
    is_whole = len(content) == int(length)
    return Reply(int(status[1]), headers, content, is_whole, [*headers.items()]), is_whole


def _any(incoming: _Answer) -> tuple[Reply, bool]:
    """The answer, in whichever form it comes, and whether its connection may be kept."""
    source: Any = SimpleNamespace(makefile=lambda _mode: incoming)
    while True:
        response = HTTPResponse(source, method="POST")
        response.begin()
        if response.status >= 200:
            break
        if response.status == 101:
            raise HTTPException("the protocol was changed")
    _check_length(response)
    content, is_whole, keeps = b"", True, not response.chunked
    if response.status not in (204, 304):
        content, is_whole = _content(response)
        keeps = response.isclosed()
    keeps = keeps and is_whole and not response.will_close
    fields = [(name.lower(), value) for name, value in response.getheaders()]
    return Reply(response.status, dict(fields), content, is_whole, fields), keeps


def _check_length(response: HTTPResponse) -> None:
    """Raises HTTPException where two readers may not find the same end of an answer."""
    codings = response.headers.get_all("transfer-encoding", [])
    if codings:
        if [coding.strip().lower() for coding in codings] != ["chunked"] or "\n" in codings[0]:
            raise HTTPException("the answer is coded in another way than was asked for")
        return
    told = ",".join(response.headers.get_all("content-length", []))
    lengths = {length.strip() for length in told.split(",")} if told else set()
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise HTTPException("the answer's length is not clear")
    for length in lengths:
        if response.status not in (204, 304):
            response.length = int(length)


def _content(response: HTTPResponse) -> tuple[bytes, bool]:
    """What an answer contains, and whether that is all of it."""
    pieces = []
    try:
        while piece := response.read(_PIECE):
            pieces.append(piece)
    except IncompleteRead as err:
        return b"".join([*pieces, err.partial]), False
    except ValueError as err:  # a chunk's size is negative
        raise HTTPException(str(err)) from err
    return b"".join(pieces), not response.length


def _has_something_to_read(held: socket.socket) -> bool:
    """Whether a connection that waits for nothing was closed, or said something that is not ours.

    As urllib3 finds out before it uses a connection again.
    """
    poll = select.poll()
    poll.register(held, select.POLLIN)
    return bool(poll.poll(0))
