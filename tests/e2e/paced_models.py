"""A model server that takes 20 ms for each word of an answer, streamed or whole.

It stands before another, which says what the words are, and answers everything else.
"""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

TOKEN_S = 0.02
_WORDS = re.compile(r"\s*\S+")


@dataclass
class Written:
    """One streamed answer: its tokens with the moment each was sent, and whether all were."""

    sent: list[tuple[float, str]] = field(default_factory=list)
    is_whole: bool = False


class Paced:
    """The server; `streamed` are the answers that it was asked to stream, in order."""

    def __init__(self, behind: str) -> None:
        self.streamed: list[Written] = []
        told = self
        host = urlsplit(behind).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                asked = json.loads(body)
                chat = self.path.endswith("/chat/completions")
                streams = chat and bool(asked.pop("stream", False))
                asked.pop("stream_options", None)
                status, answer = self._behind(json.dumps(asked).encode() if chat else body)
                if chat and status == 200:
                    told.write(self, json.loads(answer), streams=streams)
                else:
                    self.whole(status, answer)

            def do_GET(self) -> None:
                self.whole(*self._behind(b""))

            def whole(self, status: int, answer: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def _behind(self, body: bytes) -> tuple[int, bytes]:
                connection = http.client.HTTPConnection(host, timeout=30)
                names = ("authorization", "content-type")
                passed = {one: self.headers[one] for one in names if self.headers[one]}
                connection.request(self.command, self.path, body or None, passed)
                response = connection.getresponse()
                try:
                    return response.status, response.read()
                finally:
                    connection.close()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{urlsplit(behind).path}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def write(self, handler: Any, answer: dict[str, Any], *, streams: bool) -> None:
        """Sends an answer of the server behind, token by token or at the end."""
        tokens = _WORDS.findall(answer["choices"][0]["message"]["content"])
        if not streams:
            time.sleep(TOKEN_S * len(tokens))
            handler.whole(200, json.dumps(answer).encode())
            return
        written = Written()
        self.streamed.append(written)
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("connection", "close")
        handler.end_headers()
        begun = time.monotonic()
        try:
            for number, token in enumerate(tokens, 1):
                time.sleep(max(0.0, begun + TOKEN_S * number - time.monotonic()))
                self._event(handler, answer, [_choice({"content": token}, None)])
                written.sent.append((time.monotonic(), token))
            self._event(handler, answer, [_choice({}, "stop")])
            self._event(handler, answer, [], usage=answer.get("usage"))
            handler.wfile.write(b"data: [DONE]\n\n")
            written.is_whole = True
        except OSError:
            pass  # whoever asked has gone
        handler.close_connection = True

    def _event(self, handler: Any, answer: dict[str, Any], choices: list[Any], **more: Any) -> None:
        about = {name: answer.get(name) for name in ("id", "created", "model")}
        event = {**about, "object": "chat.completion.chunk", "choices": choices, **more}
        handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        handler.wfile.flush()

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()


def _choice(delta: dict[str, Any], why: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": why}


@contextmanager
def paced(behind: str) -> Iterator[Paced]:
    """A paced server before the one at this base URL, until the block ends."""
    server = Paced(behind)
    try:
        yield server
    finally:
        server.close()
