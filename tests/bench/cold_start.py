"""Compares cold starts: each function as it is deployed, with ordinary packaging, and a bare one.

    python -m tests.bench.cold_start [--rounds 15] [--json OUT]

Cold is a new process, the handler's import (chat's opens every connection) and its first request:
chat answers events/chat.json, ingest indexes the document of events/ingest_created.json, reindex
compares the sample documents' bucket with the catalogue. Upstreams answer from loopback without
latency. The packages are built as for the local stage, with the layers of a stage on Pinecone.
All arms run in turn in every round; the first round is not counted. `x bare` is the ratio to a
handler that returns a constant; `x built` to the same function as deployed. `packages` says what
the packagings are; sizes are without the AWS SDK, which Lambda brings.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.packages import LAYERS, PACKAGINGS, Runnable, function, own_handler, runtime
from tests.bench.processes import Measured, run
from tests.bench.reporting import Row, arguments, report
from tests.bench.upstreams import event, running_upstreams

EVENTS = {"bare": "chat", "chat": "chat", "ingest": "ingest_created", "reindex": "reindex"}


def main() -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="counted runs of each arm")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, running_upstreams() as upstreams:
        folder = Path(scratch)
        sdk = runtime(folder / "runtime")
        arms: dict[tuple[str, str], Runnable] = {
            ("bare", "built"): own_handler("bare_handler", folder / "bare")
        }
        for name in LAYERS:
            for way in PACKAGINGS:
                arms[name, way] = function(name, way, folder / f"{name}-{way}")
        runs: dict[tuple[str, str], list[Measured]] = {arm: [] for arm in arms}
        for number in range(given.rounds + 1):
            for arm, runnable in arms.items():
                name = arm[0]
                measured = run(runnable, sdk, upstreams.environ, event(EVENTS[name]))
                check(name, measured.response)
                if number:
                    runs[arm].append(measured)
    rows = [_row(arm, runs, arms[arm].size_mb) for arm in arms]
    note = f"medians of {given.rounds} rounds, arms interleaved; cold = start + init + first"
    report("Cold start", rows, given.json, note)


def check(name: str, response: Any) -> None:
    """Raises RuntimeError unless a function did its work: a fast failure is no result."""
    if name == "chat":
        body = json.loads(response["body"])
        good = response["statusCode"] == 200 and body["sources"] and body["remembered"]
    elif name == "ingest":
        good = response == {"batchItemFailures": []}
    elif name == "reindex":
        good = response["phase"] == "done" and response["listed"] > 5
    else:
        good = response["statusCode"] == 200
    if not good:
        raise RuntimeError(f"{name} answered {response}")


def _row(arm: tuple[str, str], runs: dict[tuple[str, str], list[Measured]], size_mb: float) -> Row:
    name, way = arm
    own = runs[arm]
    cold = _median([one.cold_ms for one in own])
    bare = _median([one.cold_ms for one in runs["bare", "built"]])
    built = _median([one.cold_ms for one in runs[name, "built"]])
    return {
        "function": name,
        "packaging": way,
        "start ms": _median([one.start_ms for one in own]),
        "init ms": _median([one.init_ms for one in own]),
        "first ms": _median([one.first_ms for one in own]),
        "cold ms": cold,
        "x bare": cold / bare,
        "x built": cold / built,
        "modules": own[0].modules,
        "package MB": size_mb,
        "peak RSS MB": _median([one.peak_rss_mb for one in own]),
    }


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


if __name__ == "__main__":
    main()
