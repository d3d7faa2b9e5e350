"""A server on a real socket that answers each body with itself, encrypted or not.

with echo_server() as server: ...
"""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class EchoServer:
    """Counts its connections; `promises_more` is how many bytes it announces and does not send.

    `ended` is released once for each connection that the server has closed. Where it `packs`, what
    it sends is compressed.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.connections = 0
        self.ended = threading.Semaphore(0)
        self.promises_more = 0
        self.closes = False
        self.packs = False
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
                if counted.packs:
                    body = gzip.compress(body)
                    self.send_header("content-encoding", "gzip")
                self.send_header("content-length", str(len(body) + counted.promises_more))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = counted.closes or bool(counted.promises_more)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def shutdown_request(
                self, request: socket.socket | tuple[bytes, socket.socket]
            ) -> None:
                super().shutdown_request(request)
                counted.ended.release()

        self.http = Server(("localhost", 0), Handler)
        self.http.daemon_threads = True
        if context:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = int(self.http.server_address[1])
        self.url = f"{'https' if context else 'http'}://localhost:{self.port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()


@contextmanager
def echo_server(certificate: Path | None = None) -> Iterator[EchoServer]:
    """Runs a server until the block ends, encrypted if it is given a certificate."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    server = EchoServer(context)
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()


def local_certificate(folder: Path) -> Path:
    """A certificate of a day for localhost, with its key, which nobody trusts yet."""
    made = folder / "localhost.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "1", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(made), "-out", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    made.write_bytes(made.read_bytes() + done.stdout)
    return made
