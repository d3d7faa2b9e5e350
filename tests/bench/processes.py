"""Starts handlers in fresh interpreters and reads what `driver` measured."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.packages import Interpreter, Runnable

DRIVER = Path(__file__).with_name("driver.py")
LONGEST_S = 300


@dataclass(frozen=True)
class Measured:
    """One process's life: times in milliseconds, memory in megabytes, every request's response.

    `warm_cpu_ms` is what all threads used of the processors during each warm request.
    """

    start_ms: float
    init_ms: float
    first_ms: float
    cold_ms: float
    cold_cpu_ms: float
    modules: int
    peak_rss_mb: float
    warm_ms: list[float]
    warm_cpu_ms: list[float]
    responses: list[Any]
    python: str


def run(
    runnable: Runnable,
    python: Interpreter,
    runtime: Path,
    environ: Mapping[str, str],
    events: Sequence[Mapping[str, Any]],
    *,
    warmup: int = 0,
) -> Measured:
    """Runs a handler in a new process, once for each event; the first is the cold one.

    The `warmup` after it are not in `warm_ms`. The interpreter is isolated, without site-packages,
    and writes no bytecode.
    """
    with tempfile.TemporaryDirectory() as scratch:
        job, result = Path(scratch, "job.json"), Path(scratch, "result.json")
        paths = [str(path) for path in (*runnable.paths, runtime)]
        content = {"paths": paths, "module": runnable.module, "events": events, "warmup": warmup}
        job.write_text(json.dumps({**content, "result": str(result)}))
        command = [str(python.path), "-I", "-S", "-B", str(DRIVER), str(job)]
        begun = time.perf_counter()  # the same clock in every process of a Linux machine
        done = subprocess.run(
            command, env=dict(environ), capture_output=True, check=False, timeout=LONGEST_S
        )
        if done.returncode:
            raise RuntimeError(f"{runnable.module} failed: {done.stderr.decode()[-3000:]}")
        read = json.loads(result.read_text())
    return Measured(
        start_ms=(read["started"] - begun) * 1000,
        init_ms=(read["imported"] - read["started"]) * 1000,
        first_ms=(read["answered"] - read["imported"]) * 1000,
        cold_ms=(read["answered"] - begun) * 1000,
        cold_cpu_ms=read["cold_cpu_ms"],
        modules=read["modules"],
        peak_rss_mb=read["peak_rss_mb"],
        warm_ms=read["warm_ms"],
        warm_cpu_ms=read["warm_cpu_ms"],
        responses=read["responses"],
        python=read["python"],
    )
