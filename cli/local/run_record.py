"""What is written down of the local stack that runs, so that any terminal can find and end it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from cli.local.layout import Layout, read_json, write_json
from cli.local.processes import Process

# The names of the processes.
EMULATOR, MODELS, PAGE = "emulator", "models", "page"


@dataclass(frozen=True)
class Running:
    """The local stack that runs: its processes and ports."""

    port: int
    models_port: int
    processes: tuple[Process, ...]
    ready: bool = False  # whether the stack is deployed and answers
    # Whether the run before could not save its state, and what it lost has not been looked for yet.
    unclean: bool = False
    stopping: bool = False  # whether a command is ending it

    def alive(self) -> bool:
        """Whether all of it still runs."""
        names = {process.name for process in self.processes if process.alive()}
        return names == {EMULATOR, MODELS, PAGE}

    def emulator_alive(self) -> bool:
        """Whether the local AWS runs."""
        return any(process.name == EMULATOR and process.alive() for process in self.processes)

    def process(self, name: str) -> Process:
        """The one of this name. Raises KeyError if none was started."""
        return {process.name: process for process in self.processes}[name]

    @property
    def page_origin(self) -> str:
        """Where the page is served."""
        return page_origin(self.port)

    @property
    def page_config_url(self) -> str:
        """Answers 200 once the page is served, and told of the deployment."""
        return f"{self.page_origin}/config.json"

    @property
    def models_health_url(self) -> str:
        """Answers 200 once the local model server is up."""
        return f"http://127.0.0.1:{self.models_port}/health"

    @property
    def models_url(self) -> str:
        """Base URL of the local model server, as OpenAI's clients want it."""
        return models_url(self.models_port)


def models_url(models_port: int) -> str:
    """Base URL of a local model server that listens on the port."""
    return f"http://127.0.0.1:{models_port}/v1"


def page_origin(port: int) -> str:
    """Where the page is served beside a local AWS on the port: an origin of its own."""
    return f"http://127.0.0.1:{port + 2}"


def write_record(layout: Layout, current: Running) -> None:
    """Writes down what runs; the calling command becomes its owner."""
    write_json(
        layout.run_file,
        {
            "owner": os.getpid(),
            "ready": current.ready,
            "unclean": current.unclean,
            "stopping": current.stopping,
            "port": current.port,
            "models_port": current.models_port,
            "processes": [process.as_record() for process in current.processes],
        },
    )


def read_record(layout: Layout) -> Running | None:
    """What was written down last, running or not; None if nothing was."""
    record = read_json(layout.run_file)
    try:
        known = [Process.from_record(entry) for entry in record["processes"]]
        ports = int(record["port"]), int(record["models_port"])
    except (KeyError, TypeError, ValueError):
        return None
    flags = (bool(record.get(name)) for name in ("ready", "unclean", "stopping"))
    return Running(*ports, tuple(filter(None, known)), *flags)
