"""`nexus people` at the terminal: the same core as the API, with an operator's liberties."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.commands import people as commands
from cli.connection import Connection
from cli.failure import Failure
from nexus.errors import NexusError
from tests.functions.access_services import Bureau
from tests.unit.cli_stage import deployment


@pytest.fixture
def bureau(monkeypatch: pytest.MonkeyPatch) -> Bureau:
    made = Bureau()
    connect_to(made, "local", monkeypatch)
    return made


def connect_to(bureau: Bureau, stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = None
    connection = Connection(stage, session, deployment())
    connection.__dict__["access"] = bureau.services
    monkeypatch.setattr(commands, "connect", lambda _stage: connection)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands.app, list(arguments), env={"COLUMNS": "200"})


def refusal(*arguments: str) -> str:
    result = run(*arguments)
    assert isinstance(result.exception, (Failure, NexusError)), result.output
    return str(result.exception)


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("list", "--json").stdout)
    return found


def test_somebody_is_added_with_a_password_where_no_mail_leaves_the_machine(
    bureau: Bureau,
) -> None:
    added = json.loads(run("add", "Eve@example.org", "--groups", "HR", "--json").stdout)
    assert added["groups"] == ["hr"]
    assert len(added["temporary_password"]) >= 12
    assert bureau.pool is not None
    eve = bureau.pool.find("eve@example.org")
    assert eve is not None
    assert eve.tenant == "demo"
    assert [one["email"] for one in listed()] == ["eve@example.org"]
    assert "eve@example.org" in run("list").stdout


def test_somebody_is_given_other_groups_stopped_and_removed(bureau: Bureau) -> None:
    run("add", "eve@example.org", "--groups", "hr")
    assert "finance" in run("set", "eve@example.org", "--groups", "finance").stdout
    assert "may not sign in" in run("set", "eve@example.org", "--disable").stdout
    assert listed()[0]["enabled"] is False
    run("set", "eve@example.org", "--enable")
    assert listed()[0]["enabled"] is True
    assert "temporary password" in run("set", "eve@example.org", "--new-password").stdout
    assert "removed" in run("remove", "eve@example.org").stdout
    assert listed() == []


def test_what_cannot_be_is_refused_with_a_sentence(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "not one of those" in refusal("add", "eve@example.org", "--groups", "nobody's")
    assert "Say what to change" in refusal("set", "eve@example.org")
    assert "no person" in refusal("remove", "eve@example.org")
    connect_to(bureau, "prod", monkeypatch)
    assert "--tenant" in refusal("list")
    connect_to(Bureau(pool=False), "local", monkeypatch)
    assert "own provider" in refusal("list")


def test_an_operator_may_remove_the_last_administrator(bureau: Bureau) -> None:
    run("add", "ada@example.org", "--groups", "admins")
    assert run("remove", "ada@example.org").exit_code == 0
