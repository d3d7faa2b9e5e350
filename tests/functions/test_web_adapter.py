"""What the streaming function believes of the adapter's headers, and when its last byte leaves."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from typing import Any

import pytest

from nexus.http.compression import Compressed
from nexus.http.web_adapter import LAMBDA_CONTEXT, REQUEST_CONTEXT, FromWebAdapter

Headers = list[tuple[bytes, bytes]]


def asked(app: Any, headers: Headers) -> list[dict[str, Any]]:
    """What an application sends to a request with these headers."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    asyncio.run(app({"type": "http", "headers": headers}, receive, send))
    return sent


def scope_of(headers: Headers) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.update(scope)

    asked(FromWebAdapter(app, "stream"), headers)
    return found


def test_the_contexts_are_the_event_s_and_are_no_headers_any_more() -> None:
    deadline = round((time.time() + 10) * 1000)
    scope = scope_of(
        [
            (b"accept", b"*/*"),
            (REQUEST_CONTEXT, json.dumps({"requestId": "r-1"}).encode()),
            (LAMBDA_CONTEXT, json.dumps({"deadline": deadline}).encode()),
        ]
    )
    assert scope["headers"] == [(b"accept", b"*/*")]
    assert scope["aws.event"] == {"requestContext": {"requestId": "r-1"}}
    assert 9000 < scope["aws.context"].get_remaining_time_in_millis() <= 10_000


@pytest.mark.parametrize("values", [[b'{"a": 1}', b'{"b": 2}'], [b"[1]"], [b"no"], []])
def test_a_context_that_is_not_one_object_says_nothing(values: list[bytes]) -> None:
    scope = scope_of([(REQUEST_CONTEXT, value) for value in values])
    assert scope["aws.event"] == {"requestContext": {}}
    assert "aws.context" not in scope


async def _two_events(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await send({"type": "http.response.body", "body": b"two"})


def test_what_is_packed_is_whole_with_each_piece_and_only_for_who_takes_it() -> None:
    sent = asked(Compressed(_two_events), [(b"accept-encoding", b"br, gzip;q=0.5")])
    unpack = zlib.decompressobj(31)
    assert unpack.decompress(sent[1]["body"]) == b"one"
    assert gzip.decompress(sent[1]["body"] + sent[2]["body"]) == b"onetwo"
    for refused in (b"gzip;q=0", b"br"):
        plain = asked(Compressed(_two_events), [(b"accept-encoding", refused)])
        assert plain[1]["body"] == b"one"


def test_the_last_piece_leaves_after_the_metrics_are_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written: list[bool] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                written.append("cold_starts" in capsys.readouterr().out)

        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        app = FromWebAdapter(_two_events, "stream")
        await app({"type": "http", "headers": []}, receive, send)

    asyncio.run(run())
    assert written == [True]
