"""A client's key works at the stage that stands by, with the same rights and the same end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from cli.commands import keys as commands
from cli.connection import Connection
from cli.failure import Failure
from nexus.access.copying import copy
from nexus.clients import hash_key
from nexus.errors import Conflict
from nexus.models import ApiClient, Filters
from nexus.services import OperatorServices
from tests.fakes import FakeCatalogue, FakeClients, FakeGenerations
from tests.unit.cli_stage import stage
from tests.unit.test_cli_keys import deployed_anew, on_plan


@pytest.fixture
def both() -> Iterator[tuple[Connection, Connection]]:
    with mock_aws():
        first = deployed_anew(stage())
        session = boto3.Session("t", "t", region_name="eu-central-1")
        other = Connection("standby", session, first.deployment)
        other.__dict__["operator"] = OperatorServices(
            FakeCatalogue(), FakeClients(), FakeGenerations()
        )
        yield first, deployed_anew(other)


def copied(first: Connection, other: Connection) -> tuple[list[ApiClient], list[ApiClient]]:
    """What `nexus keys copy` does."""
    return copy(first.access.clients, first.access.gateway, other.access.clients, other.access.keys)


def test_the_same_key_has_the_same_rights_there_and_is_on_that_plan(
    both: tuple[Connection, Connection],
) -> None:
    first, other = both
    key, web = first.access.keys.create(
        "acme", "web", "user", Filters(departments=("finance",)), 30
    )
    _, boss = first.access.keys.create("acme", "boss", "admin")
    changed, only_there = copied(first, other)
    assert (len(changed), only_there) == (2, [])
    found = other.operator.clients.find(hash_key(key))
    assert found is not None
    assert (found.principal, found.created_at) == (web.principal, web.created_at)
    value = other.client("apigateway").get_api_key(apiKey=found.gateway_key_id, includeValue=True)
    assert value["value"] == key
    assert on_plan(other, other.deployment.standard_plan_id) == {found.gateway_key_id}
    copied_boss = other.operator.clients.find(boss.key_hash)
    assert copied_boss is not None
    assert on_plan(other, other.deployment.admin_plan_id) == {copied_boss.gateway_key_id}
    assert copied(first, other) == ([], [])


def test_a_rotation_is_followed_and_the_old_key_ends_there_when_it_ends_here(
    both: tuple[Connection, Connection],
) -> None:
    first, other = both
    _, old = first.access.keys.create("acme", "web", "user")
    copied(first, other)
    _, new, ends_at = first.access.keys.rotate("acme", "web", 7)
    changed, _ = copied(first, other)
    assert {entry.key_hash for entry in changed} == {old.key_hash, new.key_hash}
    found = other.operator.clients.find(old.key_hash)
    assert found is not None
    assert found.principal.expires_at == ends_at


def test_a_key_that_was_revoked_here_is_named_and_left_alone_there(
    both: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = both
    first.access.keys.create("acme", "web", "user")
    copied(first, other)
    first.access.keys.revoke("acme", "web")
    stages = {"prod": first, "standby": other}
    monkeypatch.setattr(commands, "connect", stages.__getitem__)
    done = CliRunner().invoke(commands.app, ["copy", "--from", "prod", "--stage", "standby"])
    assert done.exit_code == 0, done.output
    assert "0 keys copied." in done.stdout
    assert "acme web has a key here that prod does not have" in " ".join(done.stderr.split())
    assert len(list(other.operator.clients.list_clients())) == 1


def test_a_key_that_the_gateway_lost_is_named(both: tuple[Connection, Connection]) -> None:
    first, other = both
    _, gone = first.access.keys.create("acme", "gone", "user")
    first.client("apigateway").delete_api_key(apiKey=gone.gateway_key_id)
    with pytest.raises(Conflict, match="acme gone"):
        copied(first, other)


def test_two_stages_of_one_region_cannot_have_one_key(
    both: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = both
    same = Connection("standby", first.session, replace(first.deployment))
    stages = {"prod": first, "standby": same}
    monkeypatch.setattr(commands, "connect", stages.__getitem__)
    done = CliRunner().invoke(commands.app, ["copy", "--from", "prod", "--stage", "standby"])
    assert isinstance(done.exception, Failure)
    assert "one region" in str(done.exception)
