"""No answer, however odd, is taken for another one, and none breaks more than its own call."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from botocore.exceptions import ReadTimeoutError
from pinecone.errors.exceptions import ApiError, PineconeTimeoutError

from nexus.adapters.aws.connections import connections_to
from nexus.adapters.http_answers import Reply
from nexus.adapters.kept_sockets import HeaderRefused, KeptSockets
from nexus.adapters.openai.connection import ModelsClient, connect
from nexus.adapters.openai.errors import StatusError
from nexus.adapters.pinecone.connection import connect as connect_index
from nexus.deadline import within
from tests.echo_server import echo_server, local_certificate
from tests.hostile_server import hostile_server

GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes"
OTHER = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nother"


class Answers:
    """Sends these bytes for each request, one piece after the other; counts its connections."""

    def __init__(self, *pieces: bytes, context: ssl.SSLContext | None = None) -> None:
        self.connections = self.requests = 0
        self._pieces, self._context = pieces, context
        self._listening = socket.create_server(("localhost", 0))
        scheme = "https" if context else "http"
        self.url = f"{scheme}://localhost:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                if self._context:
                    connection = self._context.wrap_socket(connection, server_side=True)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while connection.recv(65_536):
                self.requests += 1
                for piece in self._pieces:
                    connection.sendall(piece)

    def close(self) -> None:
        self._listening.close()


@contextmanager
def answering(*pieces: bytes, context: ssl.SSLContext | None = None) -> Iterator[Answers]:
    server = Answers(*pieces, context=context)
    try:
        yield server
    finally:
        server.close()


def post(sockets: KeptSockets, step_s: float = 2, **headers: str) -> Reply:
    return sockets.post("/", {"host": "h", **headers}, b"{}", connect_s=2, step_s=step_s)


def models(url: str) -> ModelsClient:
    return connect(url, "key", timeout_s=1, retries=0)


@pytest.mark.parametrize(
    "answer",
    [GOOD, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n"],
)
@pytest.mark.parametrize("is_encrypted", [False, True])
def test_what_follows_an_answer_is_not_taken_for_the_next(
    answer: bytes, is_encrypted: bool, tmp_path: Path
) -> None:
    padded = answer.replace(b" OK\r\n", b" OK\r\nx-padding: " + b"-" * 8192 + b"\r\n")
    for sent in (answer + OTHER, padded + OTHER):
        ours = theirs = None
        if is_encrypted:
            certificate = local_certificate(tmp_path)
            theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            theirs.load_cert_chain(certificate)
            ours = ssl.create_default_context(cafile=str(certificate))
        with answering(sent, context=theirs) as server:
            sockets = KeptSockets(urlsplit(server.url), ours, 2)
            assert [post(sockets).content for _ in range(3)] == [b"yes"] * 3
            assert server.connections == 3


def test_over_tls_what_the_buffer_does_not_hold_is_no_answer_either(tmp_path: Path) -> None:
    certificate = local_certificate(tmp_path)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=str(certificate))
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nx-padding: "
    filled = head + b"-" * (8192 - len(head) - 7) + b"\r\n\r\nyes"
    with answering(filled + OTHER, context=theirs) as server:
        sockets = KeptSockets(urlsplit(server.url), ours, 2)
        assert [post(sockets).content for _ in range(2)] == [b"yes"] * 2


@pytest.mark.parametrize("hint", [b"102 Processing", b"103 Early Hints"])
def test_what_comes_before_an_answer_is_not_the_answer(hint: bytes) -> None:
    told = b"HTTP/1.1 " + hint + b"\r\nlink: </a>\r\n\r\n"
    with answering(told, told, GOOD) as server:
        sockets = KeptSockets(urlsplit(server.url), None, 2)
        replies = [post(sockets) for _ in range(2)]
        assert [(reply.status, reply.content) for reply in replies] == [(200, b"yes")] * 2
        assert server.connections == 1


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 3\r\ncontent-length: 5",
        b"content-length: 3, 5",
        b"content-length: +3",
        b"content-length: -3",
        b"content-length: 0_3",
        b"transfer-encoding: gzip, chunked\r\ncontent-length: 3",
        b"transfer-encoding:\r\n chunked\r\ncontent-length: 3",
    ],
)
def test_an_answer_whose_length_is_not_clear_is_an_error(header: bytes) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n" + header + b"\r\n\r\nyesno") as server:
        with pytest.raises(HTTPException):
            post(KeptSockets(urlsplit(server.url), None, 2))
        with pytest.raises(httpx2.RemoteProtocolError):
            models(server.url).post("/x", {})
        assert server.requests == 2  # what was heard is not asked for again


@pytest.mark.parametrize(
    "length", [b"content-length: 3\r\nContent-Length: 3", b"content-length: 3, 3"]
)
def test_a_length_may_be_told_twice(length: bytes) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n\r\nyes") as server:
        assert post(KeptSockets(urlsplit(server.url), None, 2)).content == b"yes"


def test_an_answer_without_content_has_none_though_chunks_are_announced() -> None:
    with answering(b"HTTP/1.1 204 No\r\ntransfer-encoding: chunked\r\n\r\n") as server:
        sockets = KeptSockets(urlsplit(server.url), None, 2)
        assert [post(sockets).status for _ in range(2)] == [204, 204]


@pytest.mark.parametrize("connection", [b"", b"connection: keep-alive\r\n"])
def test_no_memory_is_taken_for_what_an_answer_only_announces(connection: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + connection + b"content-length: 999999999999999\r\n\r\n"
    with answering(head) as server, pytest.raises(TimeoutError):
        post(KeptSockets(urlsplit(server.url), None, 2), step_s=0.2)


def test_a_chunk_of_a_negative_size_is_an_error_of_the_connection() -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nyes\r\n"
    with answering(head) as server, pytest.raises(HTTPException):
        post(KeptSockets(urlsplit(server.url), None, 2), step_s=0.2)


@pytest.mark.parametrize("value", ["a\rb: c", "a\nb: c", "a\0"])
def test_a_header_holds_no_sign_that_may_end_it(value: str) -> None:
    with echo_server() as server, pytest.raises(HeaderRefused):
        post(KeptSockets(urlsplit(server.url), None, 2), told=value)


def test_a_header_of_an_answer_may_hold_any_letters() -> None:
    head = "HTTP/1.1 {} OK\r\nx-told: Zürich\r\ncontent-length: 2\r\n\r\n{{}}"
    with answering(head.format(200).encode("latin-1")) as server:
        assert models(server.url).post("/x", {}).json() == {}
    with answering(head.format(403).encode("latin-1")) as server:
        with pytest.raises(StatusError):
            models(server.url).post("/x", {})
        index = connect_index(
            server.url, "key", timeout_s=1, retries=0, longest_wait_s=1, verify=True
        )
        with pytest.raises(ApiError):
            index.post("/x", {})


def test_an_index_that_answers_ever_so_slowly_is_given_up() -> None:
    with hostile_server("drips") as url:
        index = connect_index(url, "key", timeout_s=1, retries=0, longest_wait_s=1, verify=True)
        began = time.perf_counter()
        with within(0.3), pytest.raises(PineconeTimeoutError):
            index.post("/x", {})
        assert time.perf_counter() - began < 1.5


def test_so_is_a_service_of_aws() -> None:
    with hostile_server("drips") as url:
        began = time.perf_counter()
        with within(0.3), pytest.raises(ReadTimeoutError):
            connections_to(url, 2).post({"host": "h"}, b"{}", 0.3)
        assert time.perf_counter() - began < 1.5


@pytest.mark.parametrize("to", ["ftp://localhost:{port}/", "http://localhost:99999/"])
def test_a_body_is_sent_to_web_addresses_alone(to: str) -> None:
    with echo_server() as server:
        told = to.format(port=server.port).encode()
        head = b"HTTP/1.1 307 T\r\nlocation: " + told + b"\r\ncontent-length: 0\r\n\r\n"
        with answering(head) as first, pytest.raises((httpx2.TransportError, httpx2.InvalidURL)):
            models(first.url).post("/x", {})
        assert server.connections == 0


def test_a_key_does_not_follow_to_another_host() -> None:
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as other:

        def serve() -> None:
            connection, _ = other.accept()
            with connection:
                seen.append(connection.recv(65_536))
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        to = f"http://127.0.0.1:{other.getsockname()[1]}/y".encode()
        head = b"HTTP/1.1 307 T\r\nlocation: " + to + b"\r\ncontent-length: 0\r\n\r\n"
        with answering(head) as first:
            assert models(first.url).post("/x", {"a": 1}).json() == {}
        thread.join(5)
    assert b"POST /y" in seen[0]
    assert b"authorization" not in seen[0].lower()


def test_an_answer_that_comes_before_the_end_of_the_request_is_heard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tried: list[int] = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    tried.append(1)
                    connection.recv(1000)
                    connection.sendall(b"HTTP/1.1 413 Large\r\ncontent-length: 2\r\n\r\n{}")
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(StatusError) as caught:
            models(url).post("/x", {"a": "b" * 30_000_000})
        assert (caught.value.status_code, len(tried)) == (413, 1)
