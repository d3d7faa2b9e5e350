"""The connections to AWS's JSON services: kept, replaced, encrypted, and past a proxy."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import HTTPClientError, ProxyConnectionError, SSLError

from nexus.adapters.aws.connections import connections_to
from tests.echo_server import EchoServer, echo_server, local_certificate


@pytest.fixture
def plain() -> Iterator[EchoServer]:
    with echo_server() as running:
        yield running


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return local_certificate(tmp_path)


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[EchoServer]:
    with echo_server(certificate) as running:
        yield running


def test_calls_one_after_the_other_share_a_connection(plain: EchoServer) -> None:
    connections = connections_to(f"http://localhost:{plain.port}", 4)
    for body in (b"one", b"two", b""):
        assert connections.post({"host": "h"}, body, 1).content == body
    assert plain.connections == 1


def test_a_certificate_is_believed_only_if_it_is_trusted(
    encrypted: EchoServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"https://localhost:{encrypted.port}"
    with pytest.raises(SSLError):
        connections_to(url, 4).post({"host": "h"}, b"one", 1)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    connections = connections_to(url, 4)
    for body in (b"one", b"two"):
        assert connections.post({"host": "h"}, body, 1).content == body


def test_a_header_of_two_lines_is_not_sent(plain: EchoServer) -> None:
    with pytest.raises(HTTPClientError, match="one line"):
        connections_to(f"http://localhost:{plain.port}", 4).post({"a": "b\r\nc: d"}, b"", 1)
    assert plain.connections == 0


def test_a_proxy_is_asked_where_one_is_set(
    plain: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://localhost:{plain.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    connections = connections_to("http://aws.invalid", 4)
    assert connections.post({"host": "aws.invalid"}, b"one", 1).content == b"one"
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    with pytest.raises(ProxyConnectionError):
        connections_to("http://aws.invalid", 4).post({"host": "aws.invalid"}, b"one", 1)
