"""A post goes over a connection that is kept, while it is young and its peer has not closed it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from nexus.adapters.connecting import NotConnected
from nexus.adapters.http_answers import Reply
from nexus.adapters.kept_sockets import HeaderRefused, KeptSockets
from tests.echo_server import EchoServer, echo_server
from tests.fakes import FakeClock


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with echo_server() as running:
        yield running


def post(sockets: KeptSockets, body: bytes, **headers: str) -> Reply:
    return sockets.post("/", {"host": "h", **headers}, body, connect_s=2, step_s=2)


def test_a_connection_is_used_again_while_it_is_young(server: EchoServer) -> None:
    clock = FakeClock()
    sockets = KeptSockets(urlsplit(server.url), None, 2, idle_s=5, now=clock)
    assert post(sockets, b"one").content == b"one"
    clock.advance(5)
    assert post(sockets, b"two").content == b"two"
    assert server.connections == 1
    clock.advance(5.1)
    assert post(sockets, b"three").content == b"three"
    assert server.connections == 2


def test_a_connection_that_its_peer_closed_is_replaced(server: EchoServer) -> None:
    server.closes = True
    sockets = KeptSockets(urlsplit(server.url), None, 2)
    assert post(sockets, b"one").content == b"one"
    assert server.ended.acquire(timeout=10)  # the answer is there before its connection is closed
    assert post(sockets, b"two").content == b"two"
    assert server.connections == 2


def test_an_answer_that_broke_off_is_not_whole_and_its_connection_not_kept(
    server: EchoServer,
) -> None:
    server.promises_more = 3
    sockets = KeptSockets(urlsplit(server.url), None, 2)
    reply = post(sockets, b"half")
    assert (reply.content, reply.is_whole) == (b"half", False)
    server.promises_more = 0
    assert post(sockets, b"whole").is_whole
    assert server.connections == 2


def test_what_cannot_be_sent_says_so_before_anything_is(server: EchoServer) -> None:
    sockets = KeptSockets(urlsplit(server.url), None, 2)
    with pytest.raises(HeaderRefused):
        post(sockets, b"", told="one\r\ntwo: three")
    assert server.connections == 0
    with _nobody() as url, pytest.raises(NotConnected):
        post(KeptSockets(urlsplit(url), None, 2), b"")


def test_a_certificate_that_nobody_trusts_is_not_believed(server: EchoServer) -> None:
    address = urlsplit(server.url.replace("http://", "https://"))
    with pytest.raises(ssl.SSLError):
        post(KeptSockets(address, ssl.create_default_context(), 2), b"")


@contextmanager
def _nobody() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    yield f"http://127.0.0.1:{port}"
