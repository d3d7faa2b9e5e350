"""Starts and stops the local stack as a whole, for `nexus up`, `nexus down` and `nexus status`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import IO

from cli.failure import Failure
from cli.local import processes
from cli.local.emulator import health_url, start_emulator, was_deployed
from cli.local.environment import emulator_python
from cli.local.layout import BUILT_PAGE, PROJECT, Layout
from cli.local.node import cdk_command
from cli.local.processes import Process
from cli.local.run_record import EMULATOR, MODELS, PAGE, Running, read_record, write_record

_START_S = 60
_ENDING_S = 15.0  # a `nexus up` that was stopped notices it late, and ends its threads first
_POLL_S = 0.1
Progress = Callable[[str], None]


def running(layout: Layout) -> Running | None:
    """What runs now, whoever started it; None if nothing does, or only a part of it."""
    found = read_record(layout)
    return found if found and found.alive() else None


@contextlib.contextmanager
def alone(layout: Layout, patience_s: float = _ENDING_S) -> Iterator[None]:
    """While inside no other command starts the stack, and SIGTERM leaves the block as Ctrl-C does.

    One that is ending is waited for. Raises Failure if another is inside and does not leave.
    """
    layout.make_private()
    with (layout.root / "lock").open("w") as lock:
        if not _locked(lock, patience_s, lambda: was_stopped(layout)):
            raise Failure("Another `nexus up` is at work: see `nexus status`.")
        with processes.ended_by_signals():
            yield


def wait_until_ended(layout: Layout, patience_s: float = _ENDING_S) -> None:
    """Waits until the command that was `alone` has ended, so that the next one finds room.

    Raises Failure if it goes on for longer than `patience_s`.
    """
    with (layout.root / "lock").open("w") as lock:
        if not _locked(lock, patience_s, lambda: True):
            raise Failure(
                "It was stopped, but the `nexus up` that started it has not ended yet: end it in "
                "its terminal with Ctrl-C."
            )


def _locked(lock: IO[str], patience_s: float, worthwhile: Callable[[], bool]) -> bool:
    """Whether the lock was had, before the patience was over or waiting was not worthwhile."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline or not worthwhile():
                return False
            time.sleep(_POLL_S)
        else:
            return True


def prepare(layout: Layout, model: Callable[[Path], Path], progress: Progress) -> Path:
    """Makes what the stack needs, once: the emulator, the CDK CLI, the embedding model.

    `model` makes the model under a folder and returns its own. Returns that. Raises Failure.
    """
    progress("tools")
    layout.make_private()
    with ThreadPoolExecutor(3) as pool:
        python = pool.submit(emulator_python, layout)
        cdk = pool.submit(cdk_command, layout)
        made = pool.submit(model, layout.models)
        python.result()
        cdk.result()
        return made.result()


@contextlib.contextmanager
def started(
    layout: Layout,
    port: int,
    model_dir: Path,
    meanwhile: Callable[[], None],
    *,
    embedders: Sequence[str] = (),
    detach: bool = False,
) -> Iterator[Running]:
    """The local AWS and its servers while inside `alone`, then stopped unless `detach`.

    The model server listens on the port after `port`, the page's on the one after that, where
    `embedders` may frame the chat; `meanwhile` is called while all come up. The local AWS answers
    then; `wait_for_servers` waits for the others. With `detach` they go on
    after a block that ended well, and are stopped only if it failed. Raises Failure if something
    runs already, a port is taken, a process does not come up, or another command ended it
    meanwhile.
    """
    if running(layout):
        raise Failure("The local stack is already running.")
    stop(layout)  # what is left of one that was cut short
    with contextlib.ExitStack() as cleanup:
        if not detach:
            cleanup.callback(_guard(layout))
        cleanup.callback(stop, layout)
        try:
            yield _start(layout, port, model_dir, embedders, meanwhile)
        except Exception as err:
            if was_stopped(layout):
                raise Failure("Stopped from another terminal.") from err
            raise
        if detach:
            cleanup.pop_all()


def mark_ready(layout: Layout, current: Running) -> None:
    """Notes for other commands that the stack is deployed and answers."""
    write_record(layout, replace(current, ready=True, unclean=False))


def was_stopped(layout: Layout) -> bool:
    """Whether another command has ended what was running here, or is about to."""
    found = read_record(layout)
    return found is None or found.stopping


def stop(layout: Layout) -> bool:
    """Ends what the run file names; returns whether anything ran. The state is saved first."""
    found = read_record(layout)
    if found is None:
        layout.run_file.unlink(missing_ok=True)
        return False
    was_alive = any(process.alive() for process in found.processes)
    # A second Ctrl-C must not cut short the emulator's saving of its state.
    with _uninterrupted():
        write_record(layout, replace(found, stopping=True))
        with ThreadPoolExecutor() as pool:
            ended_well = dict(
                zip(found.processes, pool.map(processes.stop, found.processes), strict=True)
            )
        for process in found.processes:
            if process.name == EMULATOR and ended_well[process] and not found.unclean:
                layout.unclean_file.unlink(missing_ok=True)
        _discard(layout.scratch)  # the functions' unpacked code
        layout.run_file.unlink(missing_ok=True)
    return was_alive


def _discard(folder: Path) -> None:
    # Tens of thousands of small files, which nobody needs to wait for.
    if folder.exists():
        old = folder.rename(folder.with_name(f"{folder.name}.{os.getpid()}.old"))
        subprocess.Popen(["rm", "-rf", str(old)], start_new_session=True)


def _start(
    layout: Layout,
    port: int,
    model_dir: Path,
    embedders: Sequence[str],
    meanwhile: Callable[[], None],
) -> Running:
    processes.require_free(port + 1, "the local model server")
    processes.require_free(port + 2, "the page")
    layout.page_config.unlink(missing_ok=True)  # of the deployment before
    unclean = layout.unclean_file.exists() and was_deployed(layout)
    emulator = start_emulator(layout, emulator_python(layout), port)
    current = Running(port, port + 1, (emulator,), unclean=unclean)
    write_record(layout, current)
    of_models = ["--model-dir", str(model_dir), "--credentials", str(layout.credentials_file)]
    of_page = ["--folder", str(BUILT_PAGE), "--config", str(layout.page_config)]
    of_page += [f"--embedder={origin}" for origin in embedders]
    for name, module, at, arguments in (
        (MODELS, "cli.local.models.server", port + 1, of_models),
        (PAGE, "cli.local.page.server", port + 2, of_page),
    ):
        server = _server(layout, name, module, at, arguments)
        current = replace(current, processes=(*current.processes, server))
        write_record(layout, current)
    meanwhile()
    _wait_for(emulator, health_url(port), layout.log(emulator.name))
    return current


def _server(layout: Layout, name: str, module: str, port: int, arguments: list[str]) -> Process:
    return processes.start(
        name,
        [sys.executable, "-m", module, "--port", str(port), *arguments],
        env=os.environ,
        cwd=PROJECT,
        log=layout.log(name),
        port=port,
    )


def wait_for_servers(layout: Layout, current: Running) -> None:
    """Waits until the model server and the page's answer. Raises Failure if one does not come up.

    The page's has to be told of the deployment first (`cli.local.page.telling`).
    """
    for name, url in (
        (MODELS, current.models_health_url),
        (PAGE, current.page_config_url),
    ):
        _wait_for(current.process(name), url, layout.log(name))


def _wait_for(process: Process, url: str, log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if not process.alive():
            raise Failure(f"The {process.name} process ended while it started; see {log}.")
        with contextlib.suppress(OSError), direct.open(url, timeout=2):
            return
        time.sleep(0.05)
    raise Failure(f"The {process.name} process did not answer within {_START_S} s; see {log}.")


def _guard(layout: Layout) -> Callable[[], None]:
    """Starts the guard of the run file; returns what dismisses it."""
    guard = subprocess.Popen(
        [sys.executable, "-m", "cli.local.guard", str(layout.root), str(os.getpid())],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )

    def dismiss() -> None:
        guard.terminate()
        guard.wait(10)
        if guard.stdin:
            guard.stdin.close()

    return dismiss


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not in the main thread, where signals do not arrive
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
