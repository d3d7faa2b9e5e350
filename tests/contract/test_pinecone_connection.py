"""The index's connection: kept, encrypted, past a proxy, and told apart by how it fails."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from pinecone.errors.exceptions import PineconeConnectionError, PineconeTimeoutError

from nexus.adapters.pinecone.connection import HeldClient, connect
from tests.echo_server import EchoServer, echo_server, local_certificate
from tests.hostile_server import hostile_server

BODY = {"asked": "ä", "numbers": [0.5, 1e-7]}


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with echo_server() as running:
        yield running


def client(url: str, verify: bool | ssl.SSLContext = True, timeout_s: float = 1) -> HeldClient:
    return connect(url, "key", timeout_s=timeout_s, retries=0, longest_wait_s=0, verify=verify)


def test_what_is_asked_one_after_the_other_shares_a_connection(server: EchoServer) -> None:
    asking = client(server.url)
    assert [asking.post("/search", BODY).json() for _ in range(3)] == [BODY] * 3
    assert server.connections == 1


def test_an_answer_may_be_compressed(server: EchoServer) -> None:
    server.packs = True
    assert client(server.url).post("/search", BODY).json() == BODY


def test_a_certificate_is_believed_only_if_it_is_trusted(tmp_path: Path) -> None:
    certificate = local_certificate(tmp_path)
    with echo_server(certificate) as server:
        with pytest.raises(PineconeConnectionError):
            client(server.url).post("/search", BODY)
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert client(server.url, trusting).post("/search", BODY).json() == BODY


def test_a_proxy_is_asked_where_one_is_set(
    server: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("http_proxy", server.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert client("http://index.invalid").post("/search", BODY).json() == BODY


def test_an_answer_that_breaks_off_is_no_answer(server: EchoServer) -> None:
    server.promises_more = 1
    with pytest.raises(PineconeConnectionError):
        client(server.url).post("/search", BODY)


def test_an_answer_that_does_not_come_in_time_is_told_as_that() -> None:
    with hostile_server("silent") as url, pytest.raises(PineconeTimeoutError):
        client(url, timeout_s=0.1).post("/search", BODY)
