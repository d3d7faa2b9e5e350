"""Compares warm requests with what they cannot do without: upstreams' time and the web stack.

    python -m tests.bench.overhead [--requests 200] [--json OUT]

A warm function, packaged as deployed, answers POST /v1/chat (a turn of a conversation: the longest
way) and GET /health, with upstreams that take 0 and 20 ms for each call. The floor is measured in
the same run: the four calls that have to follow one another (embed, search, catalogue, answer),
replayed with the same bytes by plain http.client on open connections. `FastAPI + Mangum` answers a
constant from the same packages. The arms run in turn, three times each, and their times are pooled.
`own ms` is what Nexus adds to the floor: its code, and calls that follow others without need. The
write of the turn is not in the floor, as an answer does not depend on it.
"""

from __future__ import annotations

import http.client
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.cold_start import check
from tests.bench.packages import Runnable, function, own_handler, runtime
from tests.bench.processes import run
from tests.bench.replay import Call
from tests.bench.reporting import Row, arguments, percentile, report
from tests.bench.upstreams import Upstreams, event, running_upstreams

LATENCIES_MS = (0, 20)
TURNS = 3
WARMUP = 30
# What an answer needs, each call with what the one before it returned.
CHAIN = ("/v1/embeddings", "dense_vector", "BatchGetItem", "/v1/responses")

Exchange = tuple[str, Call]


def main() -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--requests", type=int, default=200, help="timed requests of each arm")
    given = parser.parse_args()
    each = max(1, given.requests // TURNS)
    with tempfile.TemporaryDirectory() as scratch, running_upstreams() as upstreams:
        folder = Path(scratch)
        sdk = runtime(folder / "runtime")
        chat = function("chat", "built", folder / "chat")
        web = own_handler("web_handler", folder / "web", chat)
        calls = _calls_of_one_answer(chat, sdk, upstreams)
        chain = _chain(calls)
        questions = {"POST /v1/chat": event("chat"), "GET /health": _health_event()}
        rows: list[Row] = []
        for latency_ms in LATENCIES_MS:
            times: dict[tuple[str, str], list[float]] = {}
            upstreams.delay(latency_ms / 1000)
            for _ in range(TURNS):
                floor = times.setdefault(("POST /v1/chat", "floor: 4 upstream calls"), [])
                floor += _replayed(chain, each)
                for route, asked in questions.items():
                    for arm, runnable in (("nexus", chat), ("FastAPI + Mangum", web)):
                        if runnable is web and latency_ms:
                            continue  # it calls nothing
                        measured = run(
                            runnable, sdk, upstreams.environ, asked, warmup=WARMUP, requests=each
                        )
                        if runnable is chat and route == "POST /v1/chat":
                            check("chat", measured.response)
                        times.setdefault((route, arm), []).extend(measured.warm_ms)
            rows += _rows(latency_ms, times, rows)
    made = Counter(_label(call) for _, call in calls)
    note = "calls of one answer: " + ", ".join(f"{n} {name}" for name, n in made.items())
    report("Warm requests", rows, given.json, note)


def _rows(
    latency_ms: int, times: dict[tuple[str, str], list[float]], before: Sequence[Row]
) -> list[Row]:
    floor = statistics.median(times["POST /v1/chat", "floor: 4 upstream calls"])
    rows: list[Row] = []
    for (route, arm), values in sorted(times.items(), key=lambda item: item[0], reverse=True):
        middle = statistics.median(values)
        web = times.get((route, "FastAPI + Mangum"))
        alone = statistics.median(web) if web else _before(before, route)
        is_chat = route == "POST /v1/chat" and arm != "FastAPI + Mangum"
        rows.append(
            {
                "route": route,
                "upstream ms": latency_ms,
                "arm": arm,
                "p50 ms": round(middle, 3),
                "p95 ms": round(percentile(values, 95), 3),
                "x floor": round(middle / floor, 3) if is_chat else "",
                "own ms": round(middle - floor, 3) if is_chat else "",
                "x FastAPI + Mangum": round(middle / alone, 3),
            }
        )
    return rows


def _before(rows: Sequence[Row], route: str) -> float:
    return next(
        float(row["p50 ms"])
        for row in rows
        if (row["route"], row["arm"]) == (route, "FastAPI + Mangum")
    )


def _calls_of_one_answer(chat: Runnable, sdk: Path, upstreams: Upstreams) -> list[Exchange]:
    """What one warm request calls: what two make without what one makes."""
    made = []
    for requests in (1, 2):
        upstreams.calls()
        run(chat, sdk, upstreams.environ, event("chat"), requests=requests)
        made.append(upstreams.calls())
    before = Counter(_label(call) for _, call in made[0])
    more = []
    for url, call in made[1]:
        before[_label(call)] -= 1
        if before[_label(call)] < 0:
            more.append((url, call))
    return more


def _label(call: Call) -> str:
    target = call.headers.get("x-amz-target", "").rpartition(".")[2]
    if call.path.endswith("/search"):
        return "dense_vector" if b"dense_vector" in call.body else "text search"
    return target or call.path


def _chain(calls: Sequence[Exchange]) -> list[Exchange]:
    found = {_label(call): (url, call) for url, call in calls}
    return [found[name] for name in CHAIN]


def _replayed(chain: Sequence[Exchange], count: int) -> list[float]:
    """How long the calls take one after another, in milliseconds, so many times."""
    hosts = {urlsplit(url).netloc for url, _ in chain}
    connections = {host: http.client.HTTPConnection(host) for host in hosts}
    prepared = [
        (connections[urlsplit(url).netloc], call.method, call.path, call.body, call.headers)
        for url, call in chain
    ]
    times = []
    for number in range(WARMUP + count):
        begun = time.perf_counter()
        for connection, method, path, body, headers in prepared:
            connection.request(method, path, body, headers)
            connection.getresponse().read()
        if number >= WARMUP:
            times.append((time.perf_counter() - begun) * 1000)
    for connection in connections.values():
        connection.close()
    return times


def _health_event() -> dict[str, Any]:
    asked = event("chat")
    asked |= {"resource": "/health", "path": "/health", "httpMethod": "GET", "body": None}
    asked["requestContext"] |= {"resourcePath": "/health", "path": "/live/health"}
    return asked


if __name__ == "__main__":
    main()
