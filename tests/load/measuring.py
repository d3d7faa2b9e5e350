"""Runs the askers against a URL, and watches meanwhile what the functions' workers hold."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from cli.local.layout import PROJECT, Layout
from tests.pinned_python import pinned_python

HERE = Path(__file__).parent
_EVERY_S = 2.0
_ENDS_WITHIN_S = 120.0
# So long after the last question was asked locust ends; it waits for those that are under way then,
# longer than a request may take.
_LATER_S, _FINISH_S = 5, 40

# The megabytes of each of the emulator's processes, by its id, at one moment.
Sample = Mapping[int, float]


@dataclass(frozen=True)
class Load:
    """`askers` come within `first_s`, and think `think_s` between questions, for `seconds` more.

    Waiting is judged of these `seconds`.
    """

    askers: int
    think_s: float
    seconds: float
    first_s: float


@dataclass(frozen=True)
class Seen:
    """Each question with what came back, what the stage remembers, and memory as it was sampled.

    `begun` is the time at which the first asker came.
    """

    begun: float
    asked: Sequence[dict[str, Any]]
    remembered: Mapping[str, Sequence[dict[str, Any]]]
    memory: Sequence[Sample]


def warmed(url: str, key: str, workers: int) -> None:
    """Asks so many questions at once, twice, so that the emulator has started all its workers.

    It starts them on the processor that all else runs on, Lambda each on one of its own.
    """

    def ask(number: int) -> None:
        body = {"message": f"What is the fine for overdue book {number}?"}
        httpx2.post(
            f"{url}/v1/chat",
            json=body,
            headers={"x-api-key": key},
            timeout=_ENDS_WITHIN_S,
            trust_env=False,
        )

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(ask, range(2 * workers)))


def seen(load: Load, url: str, key: str, emulator: int, folder: Path) -> Seen:
    """Lets the askers ask, in processes of their own; what locust says is written to `folder`."""
    asked = folder / "asked.jsonl"
    asked.unlink(missing_ok=True)
    python = pinned_python(Layout().root / "load-python", HERE / "requirements.txt")
    begun, lasts_s = time.time(), load.first_s + load.seconds
    command = [
        *(str(python), "-m", "locust", "--headless", "--only-summary"),
        *("--locustfile", str(HERE / "askers.py"), "--host", url),
        *("--users", str(load.askers), "--spawn-rate", str(load.askers / load.first_s)),
        *("--run-time", f"{lasts_s + _LATER_S:.0f}s", "--stop-timeout", str(_FINISH_S)),
    ]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "LOAD_KEY": key,
        "LOAD_THINK_S": str(load.think_s),
        "LOAD_QUESTIONS": str(PROJECT / "tests" / "golden" / "sample_questions.jsonl"),
        "LOAD_ASKED": str(asked),
        "LOAD_UNTIL": str(begun + lasts_s),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    memory = []
    with (folder / "locust.log").open("w") as log:
        askers = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + lasts_s + _ENDS_WITHIN_S
            while askers.poll() is None and time.monotonic() < deadline:
                memory.append(workers_mb(emulator))
                try:
                    askers.wait(_EVERY_S)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            askers.kill()
            askers.wait()
    lines = asked.read_text(encoding="utf-8").splitlines() if asked.exists() else []
    found = [json.loads(line) for line in lines]
    return Seen(begun, found, remembered(url, key, found), memory)


def remembered(
    url: str, key: str, asked: Sequence[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """The turns that the stage keeps of each conversation, as its API tells them."""
    ids = {one["reply"]["conversation_id"] for one in asked if "reply" in one}
    with httpx2.Client(headers={"x-api-key": key}, timeout=60, trust_env=False) as client:
        answers = {one: client.get(f"{url}/v1/conversations/{one}") for one in sorted(ids)}
    return {
        one: answer.json()["turns"] if answer.status_code == 200 else []
        for one, answer in answers.items()
    }


def workers_mb(emulator: int) -> Sample:
    """What each process that the emulator has started holds in memory, in MB."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
    ).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return {pid: rss / 1024 for pid, parent, rss in rows if parent == emulator}
