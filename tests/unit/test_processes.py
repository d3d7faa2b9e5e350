import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cli.failure import Failure
from cli.local import processes
from cli.local.layout import PROJECT, Layout, write_json
from cli.local.processes import Process

SLEEP = "import time; time.sleep(60)"


def wait_until(condition: Callable[[], bool], limit_s: float = 10) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


class Starter:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "logs" / "it.log"
        self.processes: list[Process] = []

    def __call__(self, code: str) -> Process:
        process = processes.start(
            "it",
            [sys.executable, "-c", code],
            env=os.environ,
            cwd=self.folder,
            log=self.log,
            port=1,
        )
        self.processes.append(process)
        return process


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    starter = Starter(tmp_path)
    yield starter
    for process in starter.processes:
        processes.stop(process, grace_s=0)


def test_a_process_leads_its_own_session_and_writes_to_its_log(start: Starter) -> None:
    process = start(f"print('hello', flush=True); {SLEEP}")
    assert process.alive()
    assert os.getsid(process.pid) == process.pid
    wait_until(lambda: start.log.read_text() == "hello\n")


def test_it_may_finish_its_work_when_asked_to_end(start: Starter) -> None:
    saving = "import signal, sys, time\nsignal.signal(15, lambda *_: (print('saved'), sys.exit()))"
    process = start(f"{saving}\nprint('up', flush=True)\ntime.sleep(60)")
    wait_until(lambda: "up" in start.log.read_text())
    processes.stop(process)
    assert not process.alive()
    assert "saved" in start.log.read_text()


def test_one_that_will_not_end_is_killed_with_its_children(start: Starter) -> None:
    child = [sys.executable, "-c", f"import signal; signal.signal(15, signal.SIG_IGN); {SLEEP}"]
    process = start(
        "import signal, subprocess, time\nsignal.signal(15, signal.SIG_IGN)\n"
        f"print(subprocess.Popen({child!r}).pid, flush=True)\ntime.sleep(60)"
    )
    wait_until(lambda: start.log.read_text().endswith("\n"))
    child_pid = int(start.log.read_text())
    processes.stop(process, grace_s=0.2)
    assert not process.alive()
    wait_until(lambda: processes.birth(child_pid) is None)


def test_one_that_ended_by_itself_is_not_alive(start: Starter) -> None:
    process = start("pass")
    wait_until(lambda: not process.alive())


def test_another_program_with_the_same_id_is_left_alone(start: Starter) -> None:
    other = start(SLEEP)
    stale = replace(other, born="long ago")
    assert not stale.alive()
    processes.stop(stale)
    assert other.alive()


def test_a_record_survives_being_written_down(start: Starter) -> None:
    process = start(SLEEP)
    assert Process.from_record(process.as_record()) == process
    assert Process.from_record({"pid": "not one"}) is None


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"Port {port}, which the local AWS needs, is used"):
            processes.require_free(port, "the local AWS")
    processes.require_free(port, "the local AWS")


def test_the_terminal_closing_leaves_the_block() -> None:
    with pytest.raises(SystemExit) as left, processes.ended_by_signals():
        signal.raise_signal(signal.SIGHUP)
    assert left.value.code == 128 + signal.SIGHUP


@pytest.mark.parametrize(("owner", "ends"), [(7, True), (8, False)])
def test_the_guard_ends_what_its_owner_left(start: Starter, owner: int, ends: bool) -> None:
    process = start(SLEEP)
    run_file = Layout(start.folder).run_file
    record = {"owner": owner, "port": 1, "models_port": 2, "processes": [process.as_record()]}
    write_json(run_file, record)
    guard = subprocess.Popen(
        [sys.executable, "-m", "cli.local.guard", str(start.folder), "7"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
    )
    assert process.alive()
    guard.communicate(timeout=10)  # closes its input, as the death of its owner does
    assert process.alive() is not ends
    assert run_file.exists() is not ends
