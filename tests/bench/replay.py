"""Answers each call as a slower server did the first time, after a latency that is set.

So an upstream costs the handler under measurement nothing but its wire format and that latency.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

# A DynamoDB write is told from another by these; the rest of it holds times and random ids.
WRITE_FIELDS = ("TableName", "Key", "UpdateExpression", "ConditionExpression")


@dataclass(frozen=True)
class Call:
    """One HTTP request; header names are in lower case, `path` holds the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One HTTP response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Replay:
    """A server at `url` that asks `answer` once for each kind of call."""

    def __init__(self, answer: Callable[[Call], Reply]) -> None:
        self.delay_s = 0.0
        self.calls: list[Call] = []
        self.url = ""
        self._answer = answer
        self._known: dict[tuple[str, ...], bytes] = {}
        self._asking = ThreadPoolExecutor(1)
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True).start()
        ready.wait()

    async def _run(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        async with server:
            await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                call = await _read(reader)
                self.calls.append(call)
                kind = kind_of(call)
                if kind not in self._known:
                    reply = await asyncio.get_running_loop().run_in_executor(
                        self._asking, self._answer, call
                    )
                    self._known[kind] = _encode(call, reply)
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(self._known[kind])
        writer.close()


def kind_of(call: Call) -> tuple[str, ...]:
    """Calls of one kind get one reply: equal ones, and writes to the same place."""
    target = call.headers.get("x-amz-target", "")
    body = call.body.decode("latin-1")
    if target.startswith("DynamoDB") and target.endswith(("PutItem", "UpdateItem")):
        request: dict[str, Any] = json.loads(call.body)
        body = json.dumps([request.get(name) for name in WRITE_FIELDS])
    return call.method, call.path, target, body


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(method, path, headers, body)


def _encode(call: Call, reply: Reply) -> bytes:
    dropped = {"connection", "transfer-encoding", "content-encoding", "date", "server"}
    if call.method != "HEAD":
        dropped.add("content-length")
    lines = [f"HTTP/1.1 {reply.status} Replayed"]
    lines += [f"{name}: {value}" for name, value in reply.headers if name.lower() not in dropped]
    if call.method != "HEAD":
        lines.append(f"content-length: {len(reply.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body
