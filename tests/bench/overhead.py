"""Compares warm requests with what they cannot do without: upstreams' time and the web stack.

    python -m tests.bench.overhead [--requests 200] [--python PATH] [--json OUT] [--write]

A warm function, packaged and configured as `cdk` gives it to `prod`, answers POST /v1/chat and GET
/health, with upstreams that take 0 and 20 ms for each call. Chat answers questions that nobody
asked before, in a conversation (the longest way) and without one (`first turn`), and one whose
answer is in the cache, likewise (`cached` and `cached first turn`). Beside it stand the same turns
by hand (`tuned`) and with LangChain, its conversation kept by boto3 and by LangChain's own history.
The floors are measured in the same run: the calls that have to follow one another, replayed with
the same bytes by plain http.client on open connections; uncached they are embed, search, catalogue
and answer, and cached the answer, with which the documents' version is read at once (who calls, a
warm function knows for a while). The write of the turn is in no floor, as an answer does not depend
on it. `FastAPI + Mangum` answers a constant from the same packages. The arms run in turn, three
times each, and their times are pooled.
`own ms` is what an arm adds to its floor: its code, and calls that follow others without need. `CPU
ms` is what all threads of an arm's process used of the processors during a request, which other
work on the machine changes less. `--write` puts the table into this folder's README.
"""

from __future__ import annotations

import http.client
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.bench.arms import Arm, Benches, Running, add_interpreter, running_benches
from tests.bench.checking import HISTORY, check_replayed
from tests.bench.replay import Call
from tests.bench.reporting import Row, arguments, percentile, report, write_block
from tests.bench.seeding import CACHED, asked, health, questions

COMMAND = "python -m tests.bench.overhead --write"
LATENCIES_MS = (0, 20)
TURNS = 3
MOST_WARMUP = 30
UNCACHED, FROM_CACHE, HEALTH = "POST /v1/chat", "POST /v1/chat, cached", "GET /health"
FIRST_TURN, FIRST_CACHED = "POST /v1/chat, first turn", "POST /v1/chat, cached first turn"
# What stands beside a route: the same kind of turn, uncached, as nothing else has a cache.
BESIDE = {FIRST_TURN: FIRST_TURN, FIRST_CACHED: FIRST_TURN}
# The same turn as others make it, by what `checking` calls it.
COMPARED = ("tuned", "LangChain", HISTORY)
# What an answer needs, each call with what the one before it returned.
_ANSWER = ("/v1/embeddings", "dense search", "BatchGetItem catalogue", "/v1/responses")
CHAINS = {
    UNCACHED: _ANSWER,
    FIRST_TURN: _ANSWER,
    FROM_CACHE: ("BatchGetItem cache",),
    FIRST_CACHED: ("BatchGetItem cache",),
}

Exchange = tuple[str, Call]


@dataclass
class Lane:
    """One arm at one route: what it is sent, and its times by latency, in milliseconds."""

    route: str
    name: str
    arm: Arm
    events: list[dict[str, Any]]
    times: dict[int, list[float]] = field(default_factory=dict)
    cpu: dict[int, list[float]] = field(default_factory=dict)


def main(argv: Sequence[str] | None = None, running: Running = running_benches) -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--requests", type=int, default=200, help="timed requests of each arm")
    parser.add_argument("--write", action="store_true", help="replace the README's table")
    add_interpreter(parser)
    given = parser.parse_args(argv)
    turns = min(TURNS, given.requests)
    each = given.requests // turns
    warmup = min(MOST_WARMUP, given.requests)
    with running(given.python) as benches:
        lanes = _lanes(benches, 1 + warmup + each)
        benches.cache_and_replay(lanes[0].arm)
        calls = {lane.route: _primed(benches, lane) for lane in reversed(lanes)}
        chains = {route: _chain(calls[route], names) for route, names in CHAINS.items()}
        floors: dict[str, dict[int, list[float]]] = {route: {} for route in CHAINS}
        for latency_ms in LATENCIES_MS:
            benches.upstreams.delay(latency_ms / 1000)
            for _ in range(turns):
                for route, chain in chains.items():
                    floors[route].setdefault(latency_ms, []).extend(_replayed(chain, warmup, each))
                for lane in lanes:
                    if lane.arm.checked == "constant" and latency_ms:
                        continue  # it calls nothing
                    _measure(benches, lane, latency_ms, warmup)
        note = f"{each * turns} of each, arms in turn; {benches.note()}. "
        note += _counted(calls, warmup + each)
        minor = benches.python.target.python_version
    rows = _rows(lanes, floors)
    report("Warm requests", rows, given.json, note)
    if given.write:
        write_block(f"overhead on Python {minor}", COMMAND, rows, note)


def _lanes(benches: Benches, count: int) -> list[Lane]:
    """Every arm, and our chat function's first, whose calls are counted."""
    chat = benches.ours("chat")
    web, tuned, langchain = benches.web(chat), benches.tuned(chat), benches.langchain(chat)
    history = benches.langchain_history(chat)
    asking = questions(2 * count)
    new = [asked(question) for question in asking[:count]]
    first = [asked(question, None) for question in asking[count:]]
    cached = Arm("chat, cached", "built", "chat, cached", chat.runnable, chat.environ)
    healthy = Arm("health", "built", "constant", chat.runnable, chat.environ)
    return [
        Lane(UNCACHED, "nexus", chat, new),
        Lane(UNCACHED, tuned.name, tuned, new),
        Lane(UNCACHED, langchain.name, langchain, new),
        Lane(UNCACHED, history.name, history, new),
        Lane(UNCACHED, web.name, web, new),
        Lane(FIRST_TURN, "nexus", chat, first),
        Lane(FIRST_TURN, tuned.name, tuned, first),
        Lane(FIRST_TURN, langchain.name, langchain, first),
        Lane(FIRST_TURN, history.name, history, first),
        Lane(FROM_CACHE, "nexus", cached, [asked(CACHED)] * count),
        Lane(FIRST_CACHED, "nexus", cached, [asked(CACHED, None)] * count),
        Lane(HEALTH, "nexus", healthy, [health()] * count),
        Lane(HEALTH, web.name, web, [health()] * count),
    ]


def _primed(benches: Benches, lane: Lane) -> list[Exchange]:
    """Makes every reply known; the calls that the requests after the first one made.

    Those are told of the lanes that a floor is measured for.
    """
    first: Counter[str] = Counter()
    if lane.name == "nexus" and lane.route in CHAINS:
        benches.upstreams.calls()
        benches.run(lane.arm, lane.events[:1])
        first.update(call.label for _, call in benches.upstreams.calls())
    benches.run(lane.arm, lane.events)
    made = []
    for url, call in benches.upstreams.calls():
        first[call.label] -= 1
        if first[call.label] < 0:
            made.append((url, call))
    return made


def _measure(benches: Benches, lane: Lane, latency_ms: int, warmup: int) -> None:
    benches.upstreams.calls()
    measured = benches.run(lane.arm, lane.events, warmup=warmup)
    check_replayed(lane.name, benches.upstreams.calls())
    lane.times.setdefault(latency_ms, []).extend(measured.warm_ms)
    lane.cpu.setdefault(latency_ms, []).extend(measured.warm_cpu_ms)


def _chain(calls: Sequence[Exchange], names: Sequence[str]) -> list[Exchange]:
    found = {call.label: (url, call) for url, call in calls}
    return [found[name] for name in names]


def _replayed(chain: Sequence[Exchange], warmup: int, count: int) -> list[float]:
    """How long the calls take one after another, in milliseconds, so many times."""
    hosts = {urlsplit(url).netloc for url, _ in chain}
    connections = {host: http.client.HTTPConnection(host) for host in hosts}
    prepared = [
        (connections[urlsplit(url).netloc], call.method, call.path, call.body, call.headers)
        for url, call in chain
    ]
    times = []
    for number in range(warmup + count):
        begun = time.perf_counter()
        for connection, method, path, body, headers in prepared:
            connection.request(method, path, body, headers)
            connection.getresponse().read()
        if number >= warmup:
            times.append((time.perf_counter() - begun) * 1000)
    for connection in connections.values():
        connection.close()
    return times


def _counted(calls: Mapping[str, Sequence[Exchange]], requests: int) -> str:
    """How many calls of each kind one answer makes, told of both kinds of answers."""
    told = []
    for route in CHAINS:
        made = Counter(call.label for _, call in calls[route])
        each = {name: round(count / requests) for name, count in sorted(made.items())}
        listed = ", ".join(f"{count} {name}" for name, count in each.items() if count)
        told.append(f"{route}: {sum(each.values())} ({listed})")
    return f"Calls of one answer: {'; '.join(told)}"


def _rows(lanes: Sequence[Lane], floors: Mapping[str, Mapping[int, list[float]]]) -> list[Row]:
    alone = {
        lane.route: statistics.median(lane.times[0])
        for lane in lanes
        if lane.arm.checked == "constant" and lane.name != "nexus"
    }
    rows: list[Row] = []
    for latency_ms in LATENCIES_MS:
        for route, times in floors.items():
            rows.append(_row(route, latency_ms, "floor", times[latency_ms], [], {}))
            floor = statistics.median(times[latency_ms])
            others = {
                lane.arm.checked: lane
                for lane in lanes
                if lane.route == BESIDE.get(route, UNCACHED) and latency_ms in lane.times
            }
            for lane in lanes:
                if lane.route == route and latency_ms in lane.times:
                    middle = statistics.median(lane.times[latency_ms])
                    to = {"x floor": middle / floor, "own ms": middle - floor}
                    to["x FastAPI + Mangum"] = middle / alone[UNCACHED]
                    used = statistics.median(lane.cpu[latency_ms])
                    for name in COMPARED:
                        other = others[name]
                        to[f"x {name}"] = middle / statistics.median(other.times[latency_ms])
                        to[f"CPU x {name}"] = used / statistics.median(other.cpu[latency_ms])
                    rows.append(_lane_row(lane, latency_ms, to))
        for lane in lanes:
            if lane.route == HEALTH and latency_ms in lane.times:
                middle = statistics.median(lane.times[latency_ms])
                rows.append(
                    _lane_row(lane, latency_ms, {"x FastAPI + Mangum": middle / alone[HEALTH]})
                )
    return rows


def _lane_row(lane: Lane, latency_ms: int, to: Mapping[str, float]) -> Row:
    """A lane's row; what only returns a constant is compared with nothing."""
    compared = {} if lane.arm.checked == "constant" and lane.name != "nexus" else to
    times, cpu = lane.times[latency_ms], lane.cpu[latency_ms]
    return _row(lane.route, latency_ms, lane.name, times, cpu, compared)


def _row(
    route: str,
    latency_ms: int,
    arm: str,
    times: Sequence[float],
    cpu: Sequence[float],
    to: Mapping[str, float],
) -> Row:
    beside = [f"x {name}" for name in COMPARED]
    ratios = ("x floor", "own ms", *beside, "x FastAPI + Mangum")
    of_cpu = [f"CPU {name}" for name in beside]
    return {
        "route": route,
        "upstream ms": latency_ms,
        "arm": arm,
        "p50 ms": round(statistics.median(times), 3),
        "p95 ms": round(percentile(times, 95), 3),
        **{name: round(to[name], 2) if name in to else "" for name in ratios},
        "CPU ms": round(statistics.median(cpu), 3) if cpu else "",
        **{name: round(to[name], 2) if name in to else "" for name in of_cpu},
    }


if __name__ == "__main__":
    main()
