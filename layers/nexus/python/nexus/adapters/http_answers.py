"""Reads the answer to a POST off its connection: at once in the usual form, slowly in any other."""

from __future__ import annotations

import io
import re
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from types import SimpleNamespace
from typing import Any

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2})(?: [^\r\n]*)?\r\n")
_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)
# Longer contents are read in pieces: a server may announce what it never sends, and memory is taken
# for what is read at once.
_PIECE = 1_000_000
# So much is read at first, which is all of most answers; a head that is longer than that is none of
# the usual form.
_FIRST, _FIRST_HEAD = 65_536, 8_192


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


class Incoming:
    """The bytes of an answer, none of which is waited for when the time for all of it is over."""

    __slots__ = ("_end", "_heard", "_held", "_step_s")

    def __init__(
        self,
        held: socket.socket,
        step_s: float,
        end: float,
        heard: Callable[[], None] | None,
    ) -> None:
        self._held = held
        self._step_s = step_s
        self._end = end
        self._heard = heard

    def some(self, most: int) -> bytes:
        """What comes next, and no more than `most` bytes; nothing at the end."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        if left < self._step_s:
            self._held.settimeout(left)
        read = self._held.recv(most)
        if read and self._heard is not None:
            self._heard()
        return read

    def holds_more(self) -> bool:
        """Whether the connection holds something that it decrypted; nothing is waited for."""
        return isinstance(self._held, ssl.SSLSocket) and self._held.pending() > 0


def read(source: Incoming) -> tuple[Reply, bool]:
    """The answer, and whether its connection may be kept.

    Raises TimeoutError, and OSError or HTTPException for a connection that broke.
    """
    begun = source.some(_FIRST)
    found = _plain(source, begun)
    if found is None:
        incoming = _Buffered(_Raw(source, begun))
        reply, keeps = _any(incoming)
        has_more = incoming.has_more()
    else:
        reply, has_more = found
        keeps = reply.is_whole
    # It would be taken for the answer to what is asked next.
    return reply, keeps and not has_more and not source.holds_more()


def read_early(source: Incoming) -> Reply:
    """The answer to what was not sent in whole. Raises as `read`."""
    return _any(_Buffered(_Raw(source)))[0]


class _Raw(io.RawIOBase):
    """The same as a stream, behind what of it has been read."""

    def __init__(self, source: Incoming, begun: bytes = b"") -> None:
        super().__init__()
        self._source = source
        self._begun = begun
        self._is_at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        if self._begun:
            piece, self._begun = self._begun[: len(into)], self._begun[len(into) :]
        else:
            piece = b"" if self._is_at_end else self._source.some(len(into))
        into[: len(piece)] = piece
        return len(piece)

    def end(self) -> None:
        """Reads nothing more from the connection."""
        self._is_at_end = True


class _Buffered(io.BufferedReader):
    """An answer's bytes, some of which may be left when it has been read."""

    def __init__(self, source: _Raw) -> None:
        super().__init__(source)
        self._source = source

    def close(self) -> None:
        """Nothing: `http.client` closes what it has read, and with it what is left."""

    def has_more(self) -> bool:
        """Whether something came behind what was read; nothing is waited for."""
        self._source.end()
        return bool(self.peek())


def _plain(source: Incoming, begun: bytes) -> tuple[Reply, bool] | None:
    """The answer in the usual form, and whether something behind it came.

    In that, the headers have come at once, and say how long the answer is. None for any other, of
    which nothing more was read then: `http.client` parses headers as those of mail, which takes
    more time than all else of a call here.
    """
    end = begun.find(b"\r\n\r\n", 0, _FIRST_HEAD)
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
    told = headers.get("content-length", "")
    if not _LENGTH.fullmatch(told) or (length := int(told)) > _PIECE:
        return None
    if "transfer-encoding" in headers or "connection" in headers:
        return None
    content = begun[end + 4 : end + 4 + length]
    if len(content) < length:
        content = _filled(source, content, length)
    is_whole = len(content) == length
    reply = Reply(int(status[1]), headers, content, is_whole, tuple(headers.items()))
    return reply, len(begun) > end + 4 + length


def _filled(source: Incoming, begun: bytes, length: int) -> bytes:
    """Bytes with those that follow, up to so many; fewer where the connection ends."""
    pieces, left = [begun], length - len(begun)
    while left > 0 and (piece := source.some(min(left, _FIRST))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _any(incoming: _Buffered) -> tuple[Reply, bool]:
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
