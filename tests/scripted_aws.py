"""An AWS endpoint whose replies a test writes: those that a service gives only when it fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

# A status, headers and a body.
Reply = tuple[int, dict[str, str], bytes]

# A reply that never comes.
HANGING: Reply = (0, {}, b"")
GOOD: Reply = (200, {}, b'{"Item": {"a": {"S": "b"}}}')


class Scripted:
    """An endpoint that gives these replies in turn; None breaks the connection.

    With `closes` it ends each connection after its answer, and does not say so.
    """

    def __init__(self, replies: Iterable[Reply | None]) -> None:
        self.closes = False
        self.ended = threading.Event()
        self.seen: list[dict[str, str]] = []
        script = iter(replies)
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                scripted.seen.append({k.lower(): v for k, v in self.headers.items()})
                reply = next(script)
                if reply is None:
                    self.close_connection = True
                    return
                if reply is HANGING:
                    scripted.ended.wait(10)
                    return
                status, headers, body = reply
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection |= scripted.closes

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


def fault(status: int, code: str) -> Reply:
    return status, {}, json.dumps({"__type": f"com.amazonaws#{code}", "message": "so"}).encode()


Endpoint = Callable[..., Scripted]


@contextmanager
def scripted_endpoints(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """Makes endpoints of replies; the newest is the one that the environment names."""
    made: list[Scripted] = []

    def make(*replies: Reply | None) -> Scripted:
        made.append(Scripted(replies))
        port = made[-1].server.server_address[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        return made[-1]

    yield make
    for one in made:
        one.ended.set()
        one.server.shutdown()
        one.server.server_close()
