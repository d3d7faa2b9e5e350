"""Answers each call as a slower server does, or did the first time, after a latency that is set.

While it replays, an upstream costs the handler under measurement nothing but its wire format and
that latency; `Call.replayed` tells whether a call was answered so.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

# A DynamoDB write is told from another by these; the rest of it holds times and random ids.
WRITE_FIELDS = ("TableName", "Key", "UpdateExpression", "ConditionExpression")
WRITES = ("PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems")


@dataclass(frozen=True)
class Call:
    """One HTTP request; header names are in lower case, `path` holds the query.

    `begun` and `ended` are seconds of `time.perf_counter`, the same in all processes of a machine.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    begun: float = 0.0
    ended: float = 0.0
    replayed: bool = False

    @property
    def label(self) -> str:
        """What it is called in a table: the AWS operation and its tables, or what the path says."""
        target = self.headers.get("x-amz-target", "").rpartition(".")[2]
        if target in ("GetItem", "PutItem", "Query", "UpdateItem"):
            target = f"{target} {json.loads(self.body)['TableName']}"
        if target in ("BatchGetItem", "BatchWriteItem"):
            target = f"{target} {' '.join(sorted(json.loads(self.body)['RequestItems']))}"
        path = self.path.partition("?")[0]
        if path.endswith("/documents/search"):
            return "dense search" if b"dense_vector" in self.body else "text search"
        if path.startswith("/namespaces/"):
            return f"documents/{path.rpartition('/')[2]}"
        if target or path.startswith(("/v1/", "/query", "/describe")):
            return target or path
        return f"{self.method} object"


@dataclass(frozen=True)
class Reply:
    """One HTTP response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Replay:
    """A server at `url` that asks `answer` for each call, or while it replays, once for each kind.

    `calls` are those that were answered, in the order in which they came to an end.
    """

    def __init__(self, answer: Callable[[Call], Reply]) -> None:
        self.delay_s = 0.0
        self.replays = False
        self.calls: list[Call] = []
        self.url = ""
        self._answer = answer
        self._known: dict[tuple[str, ...], bytes] = {}
        self._asking = ThreadPoolExecutor(1)
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True).start()
        ready.wait()

    def replay(self) -> None:
        """Begins to replay, with nothing known yet."""
        self._known.clear()
        self.replays = True

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
                begun = time.perf_counter()
                encoded = self._known.get(kind_of(call)) if self.replays else None
                replayed = encoded is not None
                if encoded is None:
                    reply = await asyncio.get_running_loop().run_in_executor(
                        self._asking, self._answer, call
                    )
                    encoded = _encode(call, reply)
                    if self.replays:
                        self._known[kind_of(call)] = encoded
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                ended = time.perf_counter()
                self.calls.append(replace(call, begun=begun, ended=ended, replayed=replayed))
                writer.write(encoded)
        writer.close()


def kind_of(call: Call) -> tuple[str, ...]:
    """Calls of one kind get one reply: equal ones, and writes to the same place."""
    target = call.headers.get("x-amz-target", "")
    body = call.body.decode("latin-1")
    if target.startswith("DynamoDB") and target.endswith(WRITES):
        request: dict[str, Any] = json.loads(call.body)
        # Names that come out of a set stand in another order in every process.
        expression = sorted(request.get("UpdateExpression", "").replace(",", " ").split())
        request["UpdateExpression"] = expression
        if "RequestItems" in request:
            request = {
                "Key": {table: len(items) for table, items in request["RequestItems"].items()}
            }
        elif "TransactItems" in request:
            request = {"Key": [_written(item) for item in request["TransactItems"]]}
        body = json.dumps([request.get(name) for name in WRITE_FIELDS])
    return call.method, call.path, target, body


def _written(item: dict[str, dict[str, Any]]) -> list[Any]:
    """The kind of one write of a transaction."""
    [(kind, write)] = item.items()
    return [kind, *(write.get(name) for name in WRITE_FIELDS)]


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
