"""The connections to AWS's JSON services: kept, replaced, encrypted, and past a proxy."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from botocore.exceptions import HTTPClientError, ProxyConnectionError, SSLError

from nexus.adapters.aws.connections import connections_to


class _Server:
    """Answers every body with itself, and counts the connections."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.connections = 0
        counted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                counted.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("localhost", 0), Handler)
        self.server.daemon_threads = True
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def plain() -> Iterator[_Server]:
    server = _Server()
    yield server
    server.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    made = tmp_path / "localhost.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "1", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(made), "-out", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    made.write_bytes(made.read_bytes() + done.stdout)
    return made


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[_Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = _Server(context)
    yield server
    server.close()


def test_calls_one_after_the_other_share_a_connection(plain: _Server) -> None:
    connections = connections_to(f"http://localhost:{plain.port}", 4)
    for body in (b"one", b"two", b""):
        assert connections.post({"host": "h"}, body, 1).content == body
    assert plain.connections == 1


def test_a_certificate_is_believed_only_if_it_is_trusted(
    encrypted: _Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"https://localhost:{encrypted.port}"
    with pytest.raises(SSLError):
        connections_to(url, 4).post({"host": "h"}, b"one", 1)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    connections = connections_to(url, 4)
    for body in (b"one", b"two"):
        assert connections.post({"host": "h"}, body, 1).content == body


def test_a_header_of_two_lines_is_not_sent(plain: _Server) -> None:
    with pytest.raises(HTTPClientError, match="one line"):
        connections_to(f"http://localhost:{plain.port}", 4).post({"a": "b\r\nc: d"}, b"", 1)
    assert plain.connections == 0


def test_a_proxy_is_asked_where_one_is_set(plain: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://localhost:{plain.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    connections = connections_to("http://aws.invalid", 4)
    assert connections.post({"host": "aws.invalid"}, b"one", 1).content == b"one"
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    with pytest.raises(ProxyConnectionError):
        connections_to("http://aws.invalid", 4).post({"host": "aws.invalid"}, b"one", 1)
