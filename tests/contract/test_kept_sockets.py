"""A post goes over a connection that is kept, while it is young and its peer has not closed it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from nexus.adapters.kept_sockets import HeaderRefused, KeptSockets, NotConnected, Reply
from tests.fakes import FakeClock


class _Server:
    """Answers every body with itself, or with less than it promises, and counts connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.promises_more = 0
        self.closes = False
        counted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                counted.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                self.send_header("content-length", str(len(body) + counted.promises_more))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = counted.closes or bool(counted.promises_more)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[_Server]:
    made = _Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def post(sockets: KeptSockets, body: bytes, **headers: str) -> Reply:
    return sockets.post("/", {"host": "h", **headers}, body, connect_s=2, step_s=2)


def test_a_connection_is_used_again_while_it_is_young(server: _Server) -> None:
    clock = FakeClock()
    sockets = KeptSockets(urlsplit(server.url), None, 2, idle_s=5, now=clock)
    assert post(sockets, b"one").content == b"one"
    clock.advance(5)
    assert post(sockets, b"two").content == b"two"
    assert server.connections == 1
    clock.advance(5.1)
    assert post(sockets, b"three").content == b"three"
    assert server.connections == 2


def test_a_connection_that_its_peer_closed_is_replaced(server: _Server) -> None:
    server.closes = True
    sockets = KeptSockets(urlsplit(server.url), None, 2)
    assert [post(sockets, body).content for body in (b"one", b"two")] == [b"one", b"two"]
    assert server.connections == 2


def test_an_answer_that_broke_off_is_not_whole_and_its_connection_not_kept(
    server: _Server,
) -> None:
    server.promises_more = 3
    sockets = KeptSockets(urlsplit(server.url), None, 2)
    reply = post(sockets, b"half")
    assert (reply.content, reply.is_whole) == (b"half", False)
    server.promises_more = 0
    assert post(sockets, b"whole").is_whole
    assert server.connections == 2


def test_what_cannot_be_sent_says_so_before_anything_is(server: _Server) -> None:
    sockets = KeptSockets(urlsplit(server.url), None, 2)
    with pytest.raises(HeaderRefused):
        post(sockets, b"", told="one\r\ntwo: three")
    assert server.connections == 0
    with _nobody() as url, pytest.raises(NotConnected):
        post(KeptSockets(urlsplit(url), None, 2), b"")


def test_a_certificate_that_nobody_trusts_is_not_believed(server: _Server) -> None:
    address = urlsplit(server.url.replace("http://", "https://"))
    with pytest.raises(ssl.SSLError):
        post(KeptSockets(address, ssl.create_default_context(), 2), b"")


@contextmanager
def _nobody() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    yield f"http://127.0.0.1:{port}"
