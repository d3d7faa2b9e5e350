"""Starts the real local model server for tests, as `nexus up` does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from cli.local.access.credentials import write_models_key
from cli.local.models.prepare import ensure_model

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / ".local" / "models"
MODELS_KEY = "local"
START_DEADLINE_S = 30


@contextmanager
def running_model_server() -> Iterator[str]:
    """The base URL (`http://127.0.0.1:…/v1`) of a server that stops when the block ends.

    The first use on a machine downloads and converts the model.
    """
    model_dir = ensure_model(MODELS)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    paths = [str(ROOT), str(ROOT / "layers" / "nexus" / "python")]
    command = [sys.executable, "-m", "cli.local.models.server"]
    credentials = write_models_key(MODELS.parent / f"test-models-{port}.json", MODELS_KEY)
    command += ["--port", str(port), "--model-dir", str(model_dir)]
    command += ["--credentials", str(credentials)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )
    try:
        _wait_until_healthy(process, f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=15)
        credentials.unlink()
    assert code in (0, -signal.SIGTERM), f"the model server ended with {code}"


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the model server ended with {process.returncode}")
        try:
            if httpx.get(url, timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the model server did not answer in time")
