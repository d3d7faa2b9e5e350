"""An answer is read as `http.client` reads it, in whichever form it comes, and not for too long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from nexus.adapters.http_answers import Reply
from nexus.adapters.kept_sockets import KeptSockets
from tests.hostile_server import Manner, hostile_server

# What a server sends, and the status, a header, the content and whether that is whole; then whether
# the connection is used for what is asked next.
FORMS = {
    "usual": (
        b"HTTP/1.1 200 OK\r\nX-Told: a b \r\ncontent-length: 3\r\n\r\nyes",
        (200, "a b ", b"yes", True),
        True,
    ),
    "without a reason": (
        b"HTTP/1.1 404\r\ncontent-length: 2\r\nx-told:a\r\n\r\nno",
        (404, "a", b"no", True),
        True,
    ),
    "of a header that comes twice": (
        b"HTTP/1.1 200 OK\r\nx-told: a\r\nX-Told: b\r\ncontent-length: 1\r\n\r\ny",
        (200, "b", b"y", True),
        True,
    ),
    "in chunks": (
        b"HTTP/1.1 200 OK\r\nx-told: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n",
        (200, "a", b"yes", True),
        True,
    ),
    "behind another": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nx-told: a\r\ncontent-length: 1\r\n\r\ny",
        (200, "a", b"y", True),
        True,
    ),
    "empty": (b"HTTP/1.1 204 No\r\nx-told: a\r\n\r\n", (204, "a", b"", True), True),
    "the last": (
        b"HTTP/1.1 200 OK\r\nx-told: a\r\nconnection: close\r\ncontent-length: 1\r\n\r\ny",
        (200, "a", b"y", True),
        False,
    ),
    "broken off": (
        b"HTTP/1.1 200 OK\r\nx-told: a\r\ncontent-length: 9\r\n\r\ny",
        (200, "a", b"y", False),
        False,
    ),
    "of no length": (b"HTTP/1.1 200 OK\r\nx-told: a\r\n\r\nyes", (200, "a", b"yes", True), False),
    "old": (
        b"HTTP/1.0 200 OK\r\nx-told: a\r\ncontent-length: 1\r\n\r\ny",
        (200, "a", b"y", True),
        False,
    ),
    "of folded headers": (
        b"HTTP/1.1 200 OK\r\nx-told: a\r\n b\r\ncontent-length: 1\r\n\r\ny",
        (200, "a\r\n b", b"y", True),
        True,
    ),
}  # fmt: skip
ENDS = ("broken off", "of no length")


class Scripted:
    """Sends the same bytes for each request, in one piece or byte by byte; counts connections."""

    def __init__(self, answer: bytes, *, ends: bool, by_byte: bool) -> None:
        self.connections = 0
        self._answer, self._ends, self._by_byte = answer, ends, by_byte
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while connection.recv(65_536):
                size = 1 if self._by_byte else len(self._answer)
                for at in range(0, len(self._answer), size):
                    connection.sendall(self._answer[at : at + size])
                if self._ends:
                    return

    def close(self) -> None:
        self._listening.close()


@contextmanager
def scripted(form: str, *, by_byte: bool) -> Iterator[Scripted]:
    server = Scripted(FORMS[form][0], ends=form in ENDS, by_byte=by_byte)
    try:
        yield server
    finally:
        server.close()


def post(sockets: KeptSockets, whole_s: float = 5.0) -> Reply:
    return sockets.post("/", {"host": "h"}, b"{}", connect_s=2, step_s=2, whole_s=whole_s)


@pytest.mark.parametrize("by_byte", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_an_answer_is_read_in_whichever_form_it_comes(form: str, by_byte: bool) -> None:
    _, expected, keeps = FORMS[form]
    with scripted(form, by_byte=by_byte) as server:
        sockets = KeptSockets(urlsplit(server.url), None, 2)
        for _ in range(2):
            reply = post(sockets)
            told = reply.headers["x-told"]
            assert (reply.status, told, reply.content, reply.is_whole) == expected
        assert server.connections == (1 if keeps else 2)


def test_each_header_of_an_answer_is_told_though_its_name_comes_twice() -> None:
    with scripted("of a header that comes twice", by_byte=False) as server:
        fields = post(KeptSockets(urlsplit(server.url), None, 2)).fields
    assert [field for field in fields if field[0] == "x-told"] == [("x-told", "a"), ("x-told", "b")]


@pytest.mark.parametrize("manner", ["drips", "drips headers"])
def test_an_answer_that_comes_ever_so_slowly_is_given_up(manner: Manner) -> None:
    with hostile_server(manner) as url:
        began = time.perf_counter()
        with pytest.raises(TimeoutError):
            post(KeptSockets(urlsplit(url), None, 2), whole_s=0.3)
        assert time.perf_counter() - began < 1.5
