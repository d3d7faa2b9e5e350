"""Starts handlers in fresh interpreters and reads what `driver` measured."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.local.environment import emulator_python
from cli.local.layout import Layout
from tests.bench.packages import Runnable

DRIVER = Path(__file__).with_name("driver.py")
LONGEST_S = 300


@dataclass(frozen=True)
class Measured:
    """One process's life: times in milliseconds from its start, memory in megabytes."""

    start_ms: float
    init_ms: float
    first_ms: float
    cold_ms: float
    modules: int
    peak_rss_mb: float
    warm_ms: list[float]
    response: Any


def run(
    runnable: Runnable,
    runtime: Path,
    environ: Mapping[str, str],
    event: Mapping[str, Any],
    *,
    warmup: int = 0,
    requests: int = 0,
) -> Measured:
    """Runs a handler once in a new process, and then `warmup` and `requests` times more.

    The interpreter is the emulator's, isolated, without site-packages, and writes no bytecode.
    """
    with tempfile.TemporaryDirectory() as scratch:
        job, result = Path(scratch, "job.json"), Path(scratch, "result.json")
        paths = [str(path) for path in (*runnable.paths, runtime)]
        content = {"paths": paths, "module": runnable.module, "event": event, "warmup": warmup}
        job.write_text(json.dumps({**content, "requests": requests, "result": str(result)}))
        command = [str(emulator_python(Layout())), "-I", "-S", "-B", str(DRIVER), str(job)]
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
        modules=read["modules"],
        peak_rss_mb=read["peak_rss_mb"],
        warm_ms=read["warm_ms"],
        response=read["response"],
    )
