"""One deployed local stack for the whole run, started and stopped as a person would."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cli.connection import Connection, connect
from cli.local import stack as local_stack
from cli.local.layout import PROJECT, Layout
from cli.local.models.prepare import ensure_model
from tests.e2e.waiting import eventually

SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
ROOT = PROJECT / ".local" / "e2e"
UP_S = 400
EXPIRED = "demo#of-yesterday"
# What the functions asked AWS for, for test_rights.
CALLS = ROOT / "calls.jsonl"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the functions were allowed to do is compared with what they did in all tests before."""
    items.sort(key=lambda item: item.path.name == "test_rights.py")


def is_whole(session: pytest.Session) -> bool:
    """Whether every end-to-end test runs in this session."""
    here = Path(__file__).parent
    files = {item.path for item in session.items if item.path.parent == here}
    chosen = session.config.getoption("keyword") or session.config.getoption("deselect")
    named = any("::" in argument for argument in session.config.args)
    return files == set(here.glob("test_*.py")) and not chosen and not named


@dataclass(frozen=True)
class Deployed:
    """The running stack, with the demo client's key."""

    url: str
    key: str
    environ: dict[str, str]
    first_output: str

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> httpx2.Response:
        """One request to the gateway; with the demo key unless another is given ("" for none).

        All tests share the demo key, so its throttle is waited out; a key of a test's own is not.
        """
        shared = key is None
        key = self.key if key is None else key
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            headers["x-api-key"] = key

        def send() -> httpx2.Response:
            return httpx2.request(
                method, self.url + path, json=body, headers=headers, timeout=60, trust_env=False
            )

        def unthrottled() -> httpx2.Response | None:
            response = send()
            return None if response.status_code == 429 else response

        return eventually(unthrottled, "request within the rate") if shared else send()

    def ask(self, message: str, **more: Any) -> dict[str, Any]:
        """A question's answer; fails the test if there is none."""
        key = more.pop("key", None)
        response = self.call("POST", "/v1/chat", {"message": message, **more}, key=key)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def nexus(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs the CLI."""
        return run_nexus(self.environ, *arguments, check=check)


def run_nexus(
    environ: dict[str, str], *arguments: str, check: bool = True, timeout: float = UP_S
) -> subprocess.CompletedProcess[str]:
    """Runs the CLI with an environment; shows its output when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if check and done.returncode:
        pytest.fail(f"nexus {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done


def free_port() -> int:
    """A port that is free now, and the next two: the models' and the page's."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
            except (OSError, OverflowError):
                continue
            return int(port)


@pytest.fixture(scope="session")
def environ() -> dict[str, str]:
    """The CLI's environment: a state folder of its own, but the tools that `make run` installed."""
    shared = Layout()
    local_stack.prepare(shared, ensure_model, lambda _what: None)
    own = Layout(ROOT)
    subprocess.run(["rm", "-rf", str(ROOT)], check=True)
    ROOT.mkdir(parents=True)
    for tool in ("emulator", "node", "models"):
        (own.root / tool).symlink_to(getattr(shared, tool))
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENAI_", "PINECONE_", "NEXUS_", "AWS_"))
    }
    os.environ["NEXUS_LOCAL_DIR"] = str(ROOT)
    own_folder = {"NEXUS_LOCAL_DIR": str(ROOT), "NEXUS_RECORD_CALLS": str(CALLS)}
    return {**inherited, **own_folder, "COLUMNS": "160"}


@pytest.fixture(scope="session")
def stack(environ: dict[str, str]) -> Iterator[Deployed]:
    """The stack with the sample documents ingested."""
    port = str(free_port())
    first = run_nexus(environ, "up", "--detach", "--port", port)
    try:
        status = json.loads(run_nexus(environ, "status", "--json").stdout)
        _remember_a_turn_that_expired()
        yield Deployed(status["url"], status["key"], environ, first.stdout)
    finally:
        run_nexus(environ, "down")


def _remember_a_turn_that_expired() -> None:
    # Looked for by one of the last tests, for the emulator looks for such items once a minute.
    deployed = connect("local")
    table = deployed.deployment.conversations_table
    item = {"pk": {"S": EXPIRED}, "sk": {"S": EXPIRED}, "expires_at": {"N": "1"}}
    deployed.client("dynamodb").put_item(TableName=table, Item=item)


# Of each module: a stack that was started again has other credentials.
@pytest.fixture(scope="module")
def connection(stack: Deployed) -> Connection:
    """The stack as an operator sees it."""
    return connect("local")


@pytest.fixture(scope="session")
def golden() -> list[dict[str, Any]]:
    """Questions about the sample documents, with what their answers must contain."""
    path = Path(PROJECT, "tests", "golden", "sample_questions.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
