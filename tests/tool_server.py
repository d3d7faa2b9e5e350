"""A web service on a real socket for agents' tools to call, which answers as a test scripts it.

with running_tool_server() as server: server.answer("/fees", Answered(503), Answered(body={...}))
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answered:
    """One answer; `body` is JSON unless it is bytes. It hangs where `hangs` says so."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    hangs: bool = False


@dataclass(frozen=True)
class Called:
    """One call as the service received it; `target` is its path and query as they were sent."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    target: str = ""


class ToolServer:
    """What a test sets and reads of a running service."""

    def __init__(self) -> None:
        self.host = ""
        self.calls: list[Called] = []
        self.closing = threading.Event()
        self._answers: dict[str, list[Answered]] = {}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{self.host}"

    def answer(self, path: str, *answers: Answered) -> None:
        """Sets what a path answers, one after the other, the last one for ever."""
        self._answers[path] = list(answers)

    def called(self, path: str) -> list[Called]:
        """The calls of a path."""
        return [one for one in self.calls if one.path == path]

    def take(self, called: Called) -> Answered:
        with self._lock:
            self.calls.append(called)
            script = self._answers.get(called.path, [Answered(404, {"error": "no such path"})])
            return script.pop(0) if len(script) > 1 else script[0]


@contextmanager
def running_tool_server() -> Iterator[ToolServer]:
    """Runs a service on a free port of 127.0.0.1 until the block ends."""
    script = ToolServer()

    class Handler(_Handler):
        tool_server = script

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    script.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    tool_server: ToolServer
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(parts.query)
        body = self.rfile.read(length)
        called = Called(self.command, parts.path, query, headers, body, self.path)
        answer = self.tool_server.take(called)
        if answer.hangs:
            self.close_connection = True
            self.tool_server.closing.wait(30)
            return
        said = answer.body
        if not isinstance(said, bytes):
            said = b"" if said is None else json.dumps(said).encode()
        with suppress(ConnectionError):
            self.send_response(answer.status)
            self.send_header("content-type", answer.content_type)
            self.send_header("content-length", str(len(said)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_args: object) -> None:
        pass
