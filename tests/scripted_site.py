"""A web server that answers what a test says, and remembers what it was asked."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """A request: its method, path with query, headers (lower-case names) and body."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What is answered; with `cut` the connection ends after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


Script = Callable[[Asked], Answer]


@dataclass
class ScriptedServer:
    """A running server; `asked` are its requests in order."""

    url: str
    script: Script
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


class Patient(ThreadingHTTPServer):
    """A server that does not mind callers who hang up."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        pass


@contextmanager
def serving(script: Script) -> Iterator[ScriptedServer]:
    """Serves on 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a body that waits for its headers' receipt takes 40 ms

        def _answer(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length))
            made.asked.append(asked)
            answer = made.script(asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(answer.body[: answer.cut])
            if answer.cut is not None:
                self.close_connection = True

        do_GET = do_POST = _answer  # noqa: N815 - the names that the server calls

        def log_message(self, *_: Any) -> None:
            pass

    server = Patient(("127.0.0.1", 0), Handler)
    made = ScriptedServer(f"http://127.0.0.1:{server.server_address[1]}", script)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Site:
    """A site of pages by path, with ETags; `pages` may hold an answer instead of HTML."""

    pages: dict[str, str | Answer] = field(default_factory=dict)
    robots: str = ""

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path
        if path == "/robots.txt":
            return Answer(200 if self.robots else 404, self.robots.encode())
        page = self.pages.get(path)
        if page is None:
            return Answer(404)
        if isinstance(page, Answer):
            return page
        body = page.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        kind = "application/xml" if urlsplit(path).path.endswith(".xml") else "text/html"
        headers = {"content-type": kind, "etag": etag}
        if asked.headers.get("if-none-match") == etag:
            return Answer(304, headers=headers)
        return Answer(200, body, headers)


def html(title: str, *links: str, head: str = "", text: str = "") -> str:
    """A page with a title, links and what else is said."""
    anchors = "".join(f'<a href="{link}">to {link}</a> ' for link in links)
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head>"
        f"<body><h1>{title}</h1><p>{text}</p>{anchors}</body></html>"
    )
