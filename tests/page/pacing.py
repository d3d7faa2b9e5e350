"""A line between the page and the stream of answers, which lets events through as a test says.

The events are the service's own: each waits here until it is let through, or until the line breaks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import httpx2
from playwright.sync_api import Page, Route

STREAM = "**/v1/chat/stream"
ALL, CUT = "", "cut"


class Line:
    """Lets the events of the answers through one by one."""

    def __init__(self) -> None:
        self._passes: Queue[str] = Queue()

    def let_through(self, until: str) -> None:
        """Everything up to and with the first event of this name, such as `delta`."""
        self._passes.put(until)

    def open(self) -> None:
        """Everything that is left."""
        self._passes.put(ALL)

    def cut(self) -> None:
        """Nothing more: the connection breaks."""
        self._passes.put(CUT)

    def carry(self, events: Iterator[bytes], write: Callable[[bytes], None]) -> None:
        """Writes events as they are let through, to the end or until the line is cut."""
        wanted = self._passes.get(timeout=60)
        for event in events:
            if wanted == CUT:
                return
            write(event)
            if event.startswith(f"event: {wanted}\n".encode()):
                wanted = self._passes.get(timeout=60)


@contextmanager
def paced(page: Page) -> Iterator[Line]:
    """Leads the page's stream through a line, until the test is over."""
    line = Line()
    asked: dict[str, str] = {}

    class Relay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            said = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in {"host", "content-length", "accept-encoding", "connection"}
            }
            with httpx2.stream(
                "POST", asked["url"], content=body, headers=said, trust_env=False, timeout=60
            ) as answer:
                self.send_response(answer.status_code)
                for name in ("content-type", "access-control-allow-origin"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.end_headers()
                line.carry(events_of(answer.iter_lines()), self._write)
            self.close_connection = True

        def _write(self, event: bytes) -> None:
            self.wfile.write(event)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    Thread(target=server.serve_forever, daemon=True).start()

    def lead(route: Route) -> None:
        asked["url"] = route.request.url
        route.continue_(url=f"http://127.0.0.1:{server.server_port}/")

    page.route(STREAM, lead)
    try:
        yield line
    finally:
        line.open()
        page.unroute(STREAM)
        server.shutdown()
        server.server_close()


def events_of(lines: Iterator[str]) -> Iterator[bytes]:
    """The events of a stream, each with the empty line that ends it."""
    event = ""
    for text in lines:
        event += f"{text}\n"
        if not text:
            yield event.encode()
            event = ""


def answering(page: Page, text: str, sources: list[dict[str, Any]]) -> None:
    """Answers every question of the page with a text that no test could have a model write."""
    told = {
        "answer": text,
        "sources": sources,
        "claims": [],
        "refused": False,
        "confidence": {"level": "high", "score": 0.9, "gate": None},
        "conversation_id": "c-made-up",
        "message_id": "m-made-up",
        "remembered": True,
        "truncated": False,
    }
    events = [
        ("start", {"conversation_id": "c-made-up", "message_id": "m-made-up"}),
        ("delta", {"index": 0, "text": text, "sources": sources}),
        ("done", told),
    ]
    body = "".join(f"event: {name}\ndata: {json.dumps(said)}\n\n" for name, said in events)
    page.route(
        STREAM,
        lambda route: route.fulfill(
            content_type="text/event-stream",
            headers={"access-control-allow-origin": "*"},
            body=body,
        ),
    )
