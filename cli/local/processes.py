"""Background processes that outlive the command that started them, and that any command can end.

A process leads a session of its own, so that what it starts ends with it, and is known by its id
and its time of birth, so that another program that got the same id later is never touched.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from cli.failure import Failure

_POLL_S = 0.02
_LONG_LOG = 10 * 1024 * 1024  # bytes after which the next start begins a log anew
# Children of this very command: they have to be waited for, or they stay as zombies.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Process:
    """A process that was started, on which port it listens, and when it was born."""

    name: str
    pid: int
    born: str
    port: int

    def as_record(self) -> dict[str, Any]:
        """What is written down of it."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Process | None:
        """The process that was written down; None if the record is not one."""
        try:
            return cls(
                str(record["name"]), int(record["pid"]), str(record["born"]), int(record["port"])
            )
        except (KeyError, TypeError, ValueError):
            return None

    def alive(self) -> bool:
        """Whether it still runs; a process born later under the same id is not it."""
        child = _children.get(self.pid)
        if child is not None and child.poll() is not None:
            return False
        return birth(self.pid) == self.born


def start(
    name: str, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, port: int
) -> Process:
    """Starts a process in a session of its own, with its output added to the log.

    What it writes can be read by this user only.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    long = log.exists() and log.stat().st_size > _LONG_LOG
    with log.open("wb" if long else "ab") as output:
        child = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )
    _children[child.pid] = child
    return Process(name, child.pid, birth(child.pid) or "", port)


def stop(process: Process, grace_s: float = 30.0) -> bool:
    """Ends a process: asks it to (SIGTERM), waits, then kills it and all that it started.

    Returns whether it ended when it was asked to, and so in its own way.
    """
    if not process.alive():
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while process.alive() and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    ended_well = not process.alive()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while process.alive() and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    _children.pop(process.pid, None)
    return ended_well


def birth(pid: int) -> str | None:
    """When a process was born, as text to compare; None if there is none or it has ended."""
    try:
        # The name, in brackets, may hold anything; the fields after it are state and, 19 later,
        # the time of birth in clock ticks since the machine started.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else f"{_boot_id()}:{fields[19]}"
    except (OSError, IndexError):
        if Path("/proc/self/stat").exists():
            return None
    listing = subprocess.run(  # macOS has no /proc
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, born = listing.stdout.strip().partition(" ")
    return born.strip() if state and not state.startswith("Z") else None


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def require_free(port: int, what: str) -> None:
    """Raises Failure, naming the port, if something listens on it already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as err:
            raise Failure(
                f"Port {port}, which {what} needs, is used by another program: stop that program, "
                "or choose another port with --port."
            ) from err


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """While inside, SIGTERM and SIGHUP leave the block as Ctrl-C does, so that it can clean up."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
