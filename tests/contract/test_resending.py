"""A call whose connection breaks is sent once more, and only where nobody can have answered it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from nexus.adapters.openai.connection import connect
from nexus.adapters.openai.models import OpenAIChat, OpenAIEmbedder
from nexus.adapters.rerank.endpoint import RerankEndpoint
from nexus.errors import UpstreamUnavailable
from nexus.ports import Message
from tests.openai_server import Fault, OpenAIServer, running_openai_server
from tests.restores.breaking_proxy import BreakingProxy, Way

PROMPT = [Message("user", "Hello")]


class RawServer:
    """Reads one request of each connection, and then sends these bytes or ends as `ways` say."""

    def __init__(self, *ways: str) -> None:
        self._ways = list(ways)
        self.requests = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._held: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                received = b""
                while not received.endswith(b"}"):
                    received += connection.recv(65_536)
                self.requests += 1
                way = self._ways.pop(0) if self._ways else "silent"
                if way == "silent":
                    self._held.append(connection)
                    continue
                if way not in ("reset", "closed"):
                    connection.sendall(way.encode())
                    # What was sent is to be read before the connection ends.
                    connection.shutdown(socket.SHUT_WR)
                if way == "reset":
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.close()

    def close(self) -> None:
        self._listener.close()
        for connection in self._held:
            connection.close()


@contextmanager
def raw(*ways: str) -> Iterator[RawServer]:
    server = RawServer(*ways)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running_openai_server() as running:
        yield running


def ask(url: str, timeout_s: float = 5.0) -> str:
    return OpenAIChat(connect(url, "key", timeout_s, 0), "chat").complete(PROMPT, 100).text


def test_an_answer_is_asked_for_again_when_its_connection_broke(server: OpenAIServer) -> None:
    server.fail(Fault.reset())
    assert ask(server.base_url) == "scripted"
    assert len(server.requests) == 2


def test_so_is_a_ranking(server: OpenAIServer) -> None:
    server.fail(Fault.reset())
    url = f"{server.base_url}/rerank"
    assert RerankEndpoint(url, "key", "", 5).rerank("one", ["one", "two"])[0] == pytest.approx(1)
    assert len(server.requests) == 2


@pytest.mark.parametrize("way", ["reset", "closed"])
def test_a_call_that_breaks_twice_has_failed(way: str) -> None:
    with raw(way, way, way) as server:
        with pytest.raises(UpstreamUnavailable, match="connection"):
            ask(server.url)
        assert server.requests == 2


def test_nothing_is_sent_again_after_a_time_out() -> None:
    with raw("silent", "reset") as server:
        with pytest.raises(UpstreamUnavailable, match="in time"):
            ask(server.url, 0.2)
        assert server.requests == 1


@pytest.mark.parametrize("begun", ["H", "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"])
def test_nothing_is_sent_again_once_a_byte_of_the_answer_has_come(begun: str) -> None:
    with raw(begun, "reset") as server:
        with pytest.raises(UpstreamUnavailable, match="connection"):
            ask(server.url)
        assert server.requests == 1


@pytest.mark.parametrize("kept", [1, 4])
def test_connections_that_were_kept_may_all_be_dead(server: OpenAIServer, kept: int) -> None:
    parts = urlsplit(server.base_url)
    proxy = BreakingProxy(str(parts.hostname), int(parts.port or 0))
    client = connect(f"http://{proxy.address}/v1", "key", 5, 0)
    embedder = OpenAIEmbedder(client, "model", server.dimension, 8)
    together = threading.Barrier(kept)

    def embed(text: str) -> int:
        together.wait(10)
        return len(embedder.embed([text]).vectors)

    with ThreadPoolExecutor(kept) as threads:
        assert sum(threads.map(embed, map(str, range(kept)))) == kept
    way: Way = "reset"
    assert proxy.break_all(way) >= 1
    assert len(embedder.embed(["again"]).vectors) == 1
    proxy.close()


def test_through_a_proxy_of_the_environment_nothing_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with raw("closed", "closed") as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        with pytest.raises(UpstreamUnavailable):
            ask("http://models.example/v1")
        assert proxy.requests == 1
