"""What is stopped can be started again at once: a command that is ending is waited for."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.commands.up import down
from cli.failure import Failure
from cli.local import processes, stack
from cli.local.layout import PROJECT, Layout
from cli.local.run_record import EMULATOR, Running, write_record

# A `nexus up` that notices a second late that it was stopped.
HOLDER = """
import sys, time
from pathlib import Path
from cli.local import stack
from cli.local.layout import Layout
layout = Layout(Path(sys.argv[1]))
with stack.alone(layout):
    print("inside", flush=True)
    while not stack.was_stopped(layout):
        time.sleep(0.05)
    time.sleep(1)
"""


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("NEXUS_LOCAL_DIR", str(tmp_path))
    return Layout()


@pytest.fixture
def holder(layout: Layout) -> Iterator[subprocess.Popen[str]]:
    """A command that is `alone`, with a background process that any terminal can end."""
    background = processes.start(
        EMULATOR,
        [sys.executable, "-c", "import time; time.sleep(60)"],
        env=os.environ,
        cwd=PROJECT,
        log=layout.log(EMULATOR),
        port=1,
    )
    write_record(layout, Running(1, 2, (background,)))
    command = [sys.executable, "-c", HOLDER, str(layout.root)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout
        assert held.stdout.readline() == "inside\n"
        yield held
        held.kill()
    processes.stop(background, grace_s=0)


@pytest.mark.usefixtures("holder")
def test_what_is_down_leaves_room_for_the_next_start(layout: Layout) -> None:
    down()
    with stack.alone(layout, patience_s=0):
        pass


@pytest.mark.usefixtures("holder")
def test_a_start_waits_for_a_command_that_is_ending(layout: Layout) -> None:
    stack.stop(layout)
    with stack.alone(layout):
        pass


@pytest.mark.usefixtures("holder")
def test_a_start_does_not_wait_for_a_command_that_goes_on(layout: Layout) -> None:
    begun = time.monotonic()
    with pytest.raises(Failure, match="Another `nexus up` is at work"), stack.alone(layout):
        pass
    assert time.monotonic() - begun < 1


@pytest.mark.usefixtures("holder")
def test_one_that_does_not_end_is_told_of(layout: Layout) -> None:
    with pytest.raises(Failure, match="with Ctrl-C"):
        stack.wait_until_ended(layout, patience_s=0.2)
