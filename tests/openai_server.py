"""A model endpoint under a test's control, speaking OpenAI's wire format over a real socket.

    with running_openai_server() as server:
        server.say("The fee is 250,000.")           # the next answers, in order
        server.answer_with(lambda messages: "...")  # or a function of the prompt's messages
        server.fail(Fault(429, headers={"retry-after-ms": "1"}))  # the next calls fail like this
        ... base_url=server.base_url ...
        assert server.requests[-1].body["model"] == "chat"

Vectors are hashed bags of words: the same text gives the same vector, and texts that share words
are near. `/rerank` scores by the cosine of the same vectors.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.openai_events import events_of

Messages = list[dict[str, str]]


@dataclass(frozen=True)
class Request:
    """One call as the server received it; `path` is without the `/v1`."""

    method: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass(frozen=True)
class Fault:
    """How one call fails: with this status and body, or as one of the constructors below says."""

    status: int = 500
    body: str = '{"error": {"message": "scripted", "type": "server_error", "code": null}}'
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    way: str = "respond"

    @classmethod
    def hang(cls) -> Fault:
        """Nothing is answered until the server is closed."""
        return cls(way="hang")

    @classmethod
    def reset(cls) -> Fault:
        """The connection is reset without an answer."""
        return cls(way="reset")

    @classmethod
    def error(cls, status: int, code: str | None = None, message: str = "no", **more: Any) -> Fault:
        """An error in OpenAI's format."""
        error = {"message": message, "type": "scripted", "param": None, "code": code, **more}
        return cls(status, json.dumps({"error": error}))


class OpenAIServer:
    """What a test sets and reads of a running server."""

    def __init__(self, dimension: int) -> None:
        self.base_url = ""
        self.requests: list[Request] = []
        self.dimension = dimension
        self.models: list[str] | None = None  # None: every model exists
        self.speaks_responses = True
        self.finish_reason = "stop"
        self.refused_parameter = ""  # of chat completions, as OpenAI refuses max_tokens
        self.float_vectors = False  # ignore encoding_format, as some servers do
        self.change: Callable[[dict[str, Any]], None] | None = None  # edits each good answer
        self.streams = True  # False: streaming is answered in one piece, as some servers do
        self.broken_after: int | None = None  # events, after which the connection is reset
        self.heard: Callable[[int], None] = lambda _count: None  # is told each event's number
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._faults: deque[Fault] = deque()
        self._texts: deque[str] = deque()
        self._answer: Callable[[Messages], str] = lambda _messages: "scripted"
        self.latency_s: dict[str, float] = {}  # by path, as "/responses"

    def say(self, *texts: str) -> None:
        """Queues the texts of the next answers."""
        self._texts.extend(texts)

    def answer_with(self, answer: Callable[[Messages], str]) -> None:
        """Sets what answers when nothing is queued."""
        self._answer = answer

    def fail(self, *faults: Fault) -> None:
        """Makes the next calls fail, one fault each."""
        self._faults.extend(faults)

    def calls(self, path: str) -> list[Request]:
        """The calls to one path, such as "/embeddings"."""
        return [request for request in self.requests if request.path == path]

    def take(self, request: Request) -> Fault | None:
        with self._lock:
            self.requests.append(request)
            return self._faults.popleft() if self._faults else None

    def reply(self, request: Request) -> tuple[int, dict[str, Any]]:
        body = request.body
        self.closing.wait(self.latency_s.get(request.path, 0.0))
        if request.path == "/embeddings":
            return 200, self._embeddings(body)
        if request.path == "/chat/completions":
            if self.refused_parameter in body:
                return 400, _error("unsupported_parameter", self.refused_parameter)
            return 200, self._chat(body)
        if request.path == "/responses" and self.speaks_responses:
            return 200, self._response(body)
        if request.path == "/rerank":
            return 200, self._rerank(body)
        if request.path == "/models":
            return 200, {"object": "list", "data": [_model(name) for name in self.models or ()]}
        name = request.path.removeprefix("/models/")
        if name != request.path and (self.models is None or name in self.models):
            return 200, _model(name)
        return 404, _error("model_not_found" if name != request.path else None)

    def vector(self, text: str, dimension: int | None = None) -> list[float]:
        """The vector of a text: each word adds 1 at two places that its hash picks."""
        size = dimension or self.dimension
        numbers = [0.0] * size
        for word in re.findall(r"\w+", text.lower()) or [""]:
            digest = hashlib.sha256(word.encode("utf-8", "replace")).digest()
            for place in struct.unpack("<2I", digest[:8]):
                numbers[place % size] += 1.0
        length = math.hypot(*numbers)
        return [number / length for number in numbers]

    def _embeddings(self, body: dict[str, Any]) -> dict[str, Any]:
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        data = []
        for index, text in enumerate(texts):
            vector: Any = self.vector(text, body.get("dimensions"))
            if body.get("encoding_format") == "base64" and not self.float_vectors:
                vector = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
            data.append({"object": "embedding", "index": index, "embedding": vector})
        tokens = sum(_tokens(text) for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return {"object": "list", "data": data, "model": body["model"], "usage": usage}

    def _write(self, messages: Messages) -> tuple[str, int, int]:
        with self._lock:
            queued = self._texts.popleft() if self._texts else None
        text = self._answer(messages) if queued is None else queued
        return text, sum(_tokens(message["content"] or "") for message in messages), _tokens(text)

    def _chat(self, body: dict[str, Any]) -> dict[str, Any]:
        text, read, written = self._write(body["messages"])
        message = {"role": "assistant", "content": text, "refusal": None}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish_reason}],
            "usage": {
                "prompt_tokens": read,
                "completion_tokens": written,
                "total_tokens": read + written,
            },
        }

    def _response(self, body: dict[str, Any]) -> dict[str, Any]:
        messages = [{**item, "content": _text_of(item["content"])} for item in body["input"]]
        text, read, written = self._write(messages)
        reason = {"length": "max_output_tokens", "stop": None}.get(
            self.finish_reason, self.finish_reason
        )
        content = [{"type": "output_text", "text": text, "annotations": []}]
        message = {"id": "msg_1", "type": "message", "role": "assistant", "content": content}
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 0,
            "status": "incomplete" if reason else "completed",
            "error": None,
            "incomplete_details": {"reason": reason} if reason else None,
            "model": body["model"],
            "output": [{"id": "rs_1", "type": "reasoning", "summary": []}, message],
            "usage": {
                "input_tokens": read,
                "output_tokens": written,
                "total_tokens": read + written,
            },
        }

    def _rerank(self, body: dict[str, Any]) -> dict[str, Any]:
        query = self.vector(body["query"])
        results = []
        for index, text in enumerate(body["documents"]):
            score = sum(a * b for a, b in zip(query, self.vector(text), strict=True))
            results.append({"index": index, "relevance_score": score})
        results.sort(key=lambda result: -result["relevance_score"])
        return {"results": results[: body["top_n"]]}


@contextmanager
def running_openai_server(dimension: int = 64) -> Iterator[OpenAIServer]:
    """Runs a server on a free port of 127.0.0.1 until the block ends."""
    script = OpenAIServer(dimension)

    class Handler(_Handler):
        server_script = script

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    script.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    # The poll interval only bounds how long shutdown() takes.
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
    server_script: OpenAIServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one packet

    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever asked may have been killed
            super().handle()

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_args: object) -> None:
        pass

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        request = Request(
            self.command,
            self.path.removeprefix("/v1"),
            json.loads(raw) if raw else {},
            {name.lower(): value for name, value in self.headers.items()},
        )
        fault = self.server_script.take(request)
        if fault is None:
            status, body = self.server_script.reply(request)
            if self.server_script.change and status == 200:
                self.server_script.change(body)
            if status == 200 and request.body.get("stream") and self.server_script.streams:
                self._stream(body)
            else:
                self._send(Fault(status, json.dumps(body)))
        elif fault.way == "hang":
            self.close_connection = True
            self.server_script.closing.wait(30)
        elif fault.way == "reset":
            self.close_connection = True
            # A linger of zero seconds makes close() send RST.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            self._send(fault)

    def _stream(self, body: dict[str, Any]) -> None:
        self.close_connection = True
        script = self.server_script
        with suppress(ConnectionError):
            self.send_response(200)
            self.send_header("content-type", "text/event-stream; charset=utf-8")
            self.send_header("connection", "close")
            self.end_headers()
            for count, event in enumerate(events_of(body)):
                if count == script.broken_after:
                    script.broken_after = None
                    return
                script.heard(count)
                self.wfile.write(event)
                self.wfile.flush()

    def _send(self, answer: Fault) -> None:
        data = answer.body.encode()
        with suppress(ConnectionError):
            self.send_response(answer.status)
            self.send_header("content-type", answer.content_type)
            self.send_header("content-length", str(len(data)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    def finish(self) -> None:
        with suppress(OSError, ValueError):  # the connection may have been reset on purpose
            super().finish()


def _text_of(content: str | list[dict[str, str]]) -> str:
    """A message's text; the Responses API takes it in parts, too."""
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _tokens(text: str) -> int:
    return len(text.split())


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "test"}


def _error(code: str | None, param: str | None = None) -> dict[str, Any]:
    return {"error": {"message": "no", "type": "invalid", "param": param, "code": code}}
