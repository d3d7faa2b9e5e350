"""`nexus keys` at the terminal: what it prints, and what it refuses with one sentence."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from cli.commands import keys as commands
from cli.connection import Connection
from cli.failure import Failure
from cli.terminal import console
from nexus.access.key_times import client_name
from nexus.access.keys import Keys
from nexus.errors import NexusError, UpstreamUnavailable
from nexus.models import ApiClient
from tests.fakes import FakeClients
from tests.unit.cli_stage import give_access, stage
from tests.unit.test_cli_keys import deployed_anew, on_plan

DAY_S = 86_400
NAMES = (
    "",
    " ",
    "a/b",
    "/",
    "a\nb",
    "tab\there",
    "del\x7f",
    "flip\u202e",
    "x" * 65,
    " web",
    "web ",
)


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    with mock_aws():
        made = deployed_anew(stage())
        monkeypatch.setattr(commands, "connect", lambda _stage: made)
        yield made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands.app, list(arguments), env={"COLUMNS": "200"})


def refusal(*arguments: str) -> str:
    """The one sentence that a command fails with."""
    result = run(*arguments)
    assert isinstance(result.exception, (Failure, NexusError)), result.output
    return str(result.exception)


def at(connection: Connection, now: Callable[[], float]) -> Keys:
    """What makes the connection's keys at another time."""
    present = connection.access
    give_access(connection, now)
    then = connection.access.keys
    connection.__dict__["access"] = present
    return then


def listed(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("list", "--json", *arguments).stdout)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_a_client_cannot_have_is_refused_by_every_command(
    connection: Connection, name: str
) -> None:
    for command in ("create", "rotate", "revoke"):
        sentence = refusal(command, "--tenant", "acme", "--", name)
        assert sentence.startswith("A client's name is 1 to 64 characters")
    assert listed() == []
    assert connection.client("apigateway").get_api_keys()["items"] == []


@pytest.mark.parametrize("name", ["web", "x" * 64, "Kiosk 2 (lobby)", "Büro-3", "図書館", "a.b_c"])
def test_a_name_that_people_give_is_kept(connection: Connection, name: str) -> None:
    assert client_name(name) == name
    assert run("create", name).exit_code == 0
    assert [entry["client"] for entry in listed()] == [name]


def test_a_name_is_one_in_either_composition(connection: Connection) -> None:
    run("create", unicodedata.normalize("NFD", "Büro"))
    assert [entry["client"] for entry in listed()] == [unicodedata.normalize("NFC", "Büro")]
    assert "has a key" in refusal("create", unicodedata.normalize("NFC", "Büro"))
    assert run("rotate", unicodedata.normalize("NFD", "Büro")).exit_code == 0
    assert run("revoke", unicodedata.normalize("NFC", "Büro")).exit_code == 0


@pytest.mark.parametrize("tenant", ["", " ", "Acme", "a/b", "x" * 65])
def test_a_tenant_that_cannot_be_is_refused_and_not_taken_for_the_demo_s(
    connection: Connection, tenant: str
) -> None:
    run("create", "web")
    for arguments in (("create", "other"), ("rotate", "web"), ("revoke", "web"), ("list",)):
        command, *rest = arguments
        assert refusal(command, *rest, "--tenant", tenant).startswith("A tenant is 1 to 64")
    assert [entry["client"] for entry in listed()] == ["web"]


def test_what_is_said_of_where_a_key_is_kept_is_true(connection: Connection) -> None:
    for command in ("create", "rotate"):
        said = " ".join(run(command, "web").stdout.split())
        key = said.split()[0]
        assert "not stored anywhere" not in said
        assert "API Gateway stores the key" in said
        made = connection.client("apigateway").get_api_keys(includeValues=True)["items"]
        assert key in {one["value"] for one in made}
        assert key not in repr(list(connection.operator.clients.list_clients()))


def test_the_list_tells_ages_and_which_key_is_in_its_grace(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 200)  # else as wide as when it was first imported
    now = time.time()
    at(connection, lambda: now - 90 * DAY_S).create("demo", "old", "user")
    at(connection, lambda: now - 89 * DAY_S).create("demo", "web", "user")
    run("rotate", "web", "--grace", "3")
    assert [(entry["client"], entry["age_days"], entry["in_grace"]) for entry in listed()] == [
        ("old", 90, False),
        ("web", 89, True),
        ("web", 0, False),
    ]
    result = run("list")
    assert "(in grace)" in result.stdout
    assert "no end" in result.stdout
    assert "revoked" not in result.stdout  # which none of them is
    assert "90 days" in result.stdout
    assert "1 key in use for 90 days and more" in result.stderr
    run("rotate", "old")
    assert "90 days and more" not in run("list").stderr


def test_a_key_has_the_groups_that_it_is_given_and_keeps_them(connection: Connection) -> None:
    run("create", "web", "--groups", " Finance ,hr,,hr")
    run("create", "bot", "--groups", "*")
    run("create", "plain")
    run("rotate", "web", "--grace", "0")
    assert {entry["client"]: entry["groups"] for entry in listed()} == {
        "web": ["Finance", "hr"],
        "bot": ["*"],
        "plain": [],
    }
    assert "Finance," in run("list").stdout


def test_a_rotation_keeps_role_rights_and_plan(connection: Connection) -> None:
    run("create", "boss", "--role", "admin", "--department", "Finance", "--tag", "public")
    made = json.loads(run("rotate", "boss", "--json").stdout)
    [before, after] = listed()
    assert {name: after[name] for name in ("role", "plan", "filters", "expires_at")} == {
        name: made[name] for name in ("role", "plan", "filters", "expires_at")
    }
    assert before["filters"] == after["filters"] != {}
    assert before["expires_at"] == made["old_until"]
    entries = connection.operator.clients.list_clients()
    assert on_plan(connection, connection.deployment.admin_plan_id) == {
        entry.gateway_key_id for entry in entries
    }


def test_a_key_that_ends_anyway_does_not_outlive_its_successor(connection: Connection) -> None:
    run("create", "guest", "--days", "2")
    run("rotate", "guest")
    [old, new] = listed()
    assert old["in_grace"]
    assert old["expires_at"] < new["expires_at"]
    run("revoke", "guest", "--old")
    run("rotate", "guest", "--days", "30")
    assert [entry["in_grace"] for entry in listed()] == [True, False]


def test_a_client_in_its_grace_is_not_rotated_again_until_the_old_key_is_ended(
    connection: Connection,
) -> None:
    run("create", "web")
    run("rotate", "web")
    before = listed()
    assert "two keys until" in refusal("rotate", "web")
    assert listed() == before
    assert "1 old key" in run("revoke", "web", "--old").stdout
    [left] = listed()
    assert not left["in_grace"]
    assert len(connection.client("apigateway").get_api_keys()["items"]) == 1
    assert "no old key" in refusal("revoke", "web", "--old")
    assert run("rotate", "web").exit_code == 0


def test_without_a_grace_the_old_key_is_gone_at_once(connection: Connection) -> None:
    run("create", "web")
    assert "within a minute" in run("rotate", "web", "--grace", "0").stdout
    assert [entry["in_grace"] for entry in listed()] == [False]
    assert len(connection.client("apigateway").get_api_keys()["items"]) == 1


def test_a_revocation_takes_both_keys(connection: Connection) -> None:
    run("create", "web")
    run("rotate", "web")
    assert "2 keys of web" in run("revoke", "web").stdout
    assert listed() == []


def test_a_client_without_a_working_key_is_not_rotated(connection: Connection) -> None:
    assert "has no client nobody" in refusal("rotate", "nobody")
    now = time.time()
    at(connection, lambda: now - 2 * DAY_S).create("demo", "guest", "user", days=1)
    assert "has expired" in refusal("rotate", "guest")


@pytest.mark.parametrize("grace", ["-1", "91", "soon"])
def test_a_grace_that_cannot_be_is_refused(connection: Connection, grace: str) -> None:
    run("create", "web")
    assert run("rotate", "web", "--grace", grace).exit_code == 2
    assert len(listed()) == 1


def test_a_rotation_that_fails_leaves_the_key_as_it_was(connection: Connection) -> None:
    class Unable(FakeClients):
        def succeed(self, old: ApiClient, ends_at: int, new: ApiClient) -> None:
            raise UpstreamUnavailable("clients", "Try again.")

    run("create", "web")
    before = listed()
    unable = Unable(*connection.operator.clients.list_clients())
    connection.__dict__["operator"] = replace(connection.operator, clients=unable)
    give_access(connection)
    assert refusal("rotate", "web") == "Try again."
    assert listed() == before
    assert len(connection.client("apigateway").get_api_keys()["items"]) == 1


def test_a_key_of_before_the_tags_is_tagged_before_it_is_left_to_the_nightly_run(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moto tags no API keys, so that what is asked of the gateway is held."""
    asked = []
    client = connection.client("apigateway")

    class Gateway:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def get_api_key(self, **given: Any) -> dict[str, Any]:
            found: dict[str, Any] = client.get_api_key(**given)
            return {**found, "tags": {}}

        def tag_resource(self, **given: Any) -> None:
            asked.append(given)

    _, old = connection.access.keys.create("demo", "web", "user")
    tags = client.get_api_key(apiKey=old.gateway_key_id)["tags"]
    assert tags["nexus-stage"] == "local"
    monkeypatch.setattr(connection.access.gateway, "_client", Gateway())
    connection.access.keys.rotate("demo", "web", 7)
    arn = f"arn:aws:apigateway:us-east-1::/apikeys/{old.gateway_key_id}"
    assert asked == [{"resourceArn": arn, "tags": {"nexus-stage": "local"}}]


def test_the_demo_client_s_next_key_is_the_one_that_the_terminal_asks_with(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    monkeypatch.setattr(commands, "keep_demo_key", lambda key, _layout: kept.append(key))
    run("create", "demo")
    run("create", "other")
    run("rotate", "other")
    assert kept == []
    made = json.loads(run("rotate", "demo", "--json").stdout)
    assert kept == [made["key"]]
