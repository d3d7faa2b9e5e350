"""`nexus conversations` against the real API over a real socket."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from moto import mock_aws
from starlette.testclient import TestClient

from cli.main import main
from tests.functions.chat_services import ACME_KEY, COLLEAGUE_KEY, World
from tests.functions.gateway import chat_app as create_app
from tests.unit.cli_stage import stage

FEES = "How much is the tuition fee?"


def handler(api: TestClient) -> type[BaseHTTPRequestHandler]:
    class Passing(BaseHTTPRequestHandler):
        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            sent = {name: self.headers[name] for name in ("x-api-key", "content-type")
                    if self.headers[name]}  # fmt: skip
            response = api.request(self.command, self.path, content=body, headers=sent)
            self.send_response(response.status_code)
            self.send_header("content-type", response.headers.get("content-type", "text/plain"))
            self.send_header("content-length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        do_GET = do_PATCH = do_DELETE = _pass  # noqa: N815 - the server's names

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Passing


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def asked(world: World) -> Callable[..., str]:
    api = TestClient(create_app(world.services))

    def ask(message: str, key: str = ACME_KEY) -> str:
        response = api.post("/v1/chat", json={"message": message}, headers={"x-api-key": key})
        conversation: str = response.json()["conversation_id"]
        return conversation

    return ask


@pytest.fixture
def nexus(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Callable[..., str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(TestClient(create_app(world.services))))
    Thread(target=server.serve_forever, daemon=True).start()
    with mock_aws():
        made = stage(api_url=f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr("cli.commands.conversations.connect", lambda _stage: made)

    def run(*arguments: str, code: int = 0, key: str = ACME_KEY) -> str:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["nexus", "conversations", *arguments, "--key", key])
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code or 0) == code
        told = capsys.readouterr()
        return told.out + told.err

    yield run
    server.shutdown()
    server.server_close()


def test_conversations_are_listed_and_searched(
    nexus: Callable[..., str], asked: Callable[..., str]
) -> None:
    assert nexus("list") == "There are no conversations.\n"
    first = asked(FEES)
    asked("Hello!")
    assert [one["title"] for one in json.loads(nexus("list", "--json"))] == ["Hello!", FEES]
    [found] = json.loads(nexus("list", "--text", "tuition", "--json"))
    assert found["conversation_id"] == first
    assert "nine million" in nexus("list", "--text", "million rupiah")


def test_one_is_shown_renamed_and_exported(
    nexus: Callable[..., str], asked: Callable[..., str], tmp_path: Path
) -> None:
    name = asked(FEES)
    assert "Renamed to Money." in nexus("rename", name, "Money")
    shown = nexus("show", name)
    assert "Money" in shown
    assert "/content?version=" in shown
    assert json.loads(nexus("show", name, "--json"))["title"] == "Money"
    assert nexus("export", name).startswith("# Money\n")
    output = tmp_path / "money.json"
    nexus("export", name, "--format", "json", "--output", str(output))
    assert json.loads(output.read_text("utf-8"))["conversation_id"] == name
    assert "404" in nexus("export", "unknown", code=1)


def test_one_is_deleted_or_all_of_the_client_s(
    nexus: Callable[..., str], asked: Callable[..., str]
) -> None:
    name = asked(FEES)
    asked(FEES)
    asked(FEES, COLLEAGUE_KEY)
    assert "Name one" in nexus("delete", code=1)
    assert "Name one" in nexus("delete", name, "--all", code=1)
    assert f"Deleted {name}." in nexus("delete", name)
    assert "404" in nexus("delete", name, code=1)
    assert "Deleted 1 conversation." in nexus("delete", "--all", "--yes")
    assert json.loads(nexus("list", "--json")) == []
    assert len(json.loads(nexus("list", "--json", key=COLLEAGUE_KEY))) == 1
