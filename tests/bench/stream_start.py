"""Compares the streaming function's cold start with that of the chat function, whose work it does.

    python -m tests.bench.stream_start [--rounds 15] [--python PATH] [--json OUT]

Both as `cdk` gives them to `prod`, in turn in every round: chat's handler in a new process (see
`cold_start`), and the streaming function's start script, until its server listens, which is what
the Lambda Web Adapter waits for, and until the last byte of a streamed answer to the same question.
The adapter itself is not measured: it needs Lambda's runtime API. The script's interpreter reads
its own site-packages, too, as Lambda's does. `calls` are what the answer asked of its upstreams.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.arms import Arm, Benches, Running, add_interpreter, running_benches
from tests.bench.checking import check_replayed
from tests.bench.reporting import Row, arguments, report
from tests.bench.seeding import FACT, asked, questions

QUESTION = asked(questions(1)[0], conversation=None)
_LISTENS_WITHIN_S = 60.0


def main(argv: Sequence[str] | None = None, running: Running = running_benches) -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="counted runs of each arm")
    add_interpreter(parser)
    given = parser.parse_args(argv)
    with running(given.python) as benches:
        chat, stream = benches.ours("chat"), benches.ours("stream")
        benches.cache_and_replay(chat)
        times: dict[str, list[tuple[float, float]]] = {"chat": [], "stream": []}
        calls: dict[str, int] = {}
        for number in range(given.rounds + 1):
            for arm, measure in ((chat, _by_handler), (stream, _by_script)):
                benches.upstreams.calls()
                found = measure(benches, arm)
                made = benches.upstreams.calls()
                if number:  # what is asked first is not replayed
                    check_replayed(arm.name, made)
                    times[arm.name].append(found)
                    calls[arm.name] = len(made)
        note = f"medians of {given.rounds} rounds, arms in turn; {benches.note()}"
    rows = [_row(name, times, calls) for name in times]
    report("Cold start of the streaming function", rows, given.json, note)


def _by_handler(benches: Benches, chat: Arm) -> tuple[float, float]:
    """Milliseconds until the handler is imported, and until it has answered."""
    measured = benches.run(chat, [QUESTION])
    return measured.start_ms + measured.init_ms, measured.cold_ms


def _by_script(benches: Benches, stream: Arm) -> tuple[float, float]:
    """Milliseconds until the server listens, and until the answer's last byte has come."""
    code, *layers = stream.runnable.paths
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, "python3").symlink_to(benches.python.path)
        environ = {
            **stream.environ,
            "PATH": os.pathsep.join((scratch, os.environ["PATH"])),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(map(str, layers)),
            "LAMBDA_TASK_ROOT": str(code),
            "LAMBDA_RUNTIME_DIR": str(benches.runtime),
            "AWS_LWA_PORT": str(port),
        }
        begun = time.perf_counter()
        process = subprocess.Popen(
            ["/bin/sh", str(code / "functions" / "chat" / "run.sh")],
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            _wait(process, port)
            listening = time.perf_counter()
            body = _streamed(port)
            answered = time.perf_counter()
        finally:
            process.terminate()
            process.communicate(timeout=30)
    if FACT not in body or "event: done" not in body:
        raise RuntimeError(f"stream answered {body[-2000:]}")
    return (listening - begun) * 1000, (answered - begun) * 1000


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _LISTENS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.002)
    process.kill()
    _, said = process.communicate()
    raise RuntimeError(f"The start script does not listen: {said.decode()[-3000:]}")


def _streamed(port: int) -> str:
    """The events of the question's answer, asked as the adapter asks for it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    context = {"deadline": round((time.time() + 100) * 1000)}
    connection.request(
        "POST",
        "/v1/chat/stream",
        QUESTION["body"],
        {
            "content-type": "application/json",
            "x-amzn-request-context": json.dumps(QUESTION["requestContext"]),
            "x-amzn-lambda-context": json.dumps(context),
        },
    )
    return connection.getresponse().read().decode()


def _row(
    name: str, times: Mapping[str, Sequence[tuple[float, float]]], calls: Mapping[str, int]
) -> Row:
    def of(place: int) -> Any:
        return round(statistics.median(one[place] for one in times[name]), 1)

    def beside_chat(place: int) -> float:
        pairs = zip(times[name], times["chat"], strict=True)
        return round(statistics.median(own[place] / chat[place] for own, chat in pairs), 2)

    return {
        "function": name,
        "ready ms": of(0),
        "x chat, ready": beside_chat(0),
        "cold ms": of(1),
        "x chat": beside_chat(1),
        "calls": calls[name],
    }


if __name__ == "__main__":
    main()
