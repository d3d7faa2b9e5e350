"""Keys outlive the plans that they are on, and are put on those of a deployment made anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from moto import mock_aws

from cli.connection import Connection
from nexus.models import ApiClient
from tests.unit.cli_stage import give_access, stage


@pytest.fixture
def connection() -> Iterator[Connection]:
    with mock_aws():
        made = stage()
        yield deployed_anew(made)


def deployed_anew(connection: Connection) -> Connection:
    """The stage with other plans, as a service stack that was destroyed and deployed has."""
    gateway = connection.client("apigateway")
    for plan in gateway.get_usage_plans()["items"]:
        gateway.delete_usage_plan(usagePlanId=plan["id"])
    plans = {name: gateway.create_usage_plan(name=name)["id"] for name in ("standard", "admin")}
    found = replace(
        connection.deployment, standard_plan_id=plans["standard"], admin_plan_id=plans["admin"]
    )
    made = Connection(connection.stage, connection.session, found)
    made.__dict__["operator"] = connection.operator
    give_access(made)
    return made


def on_plan(connection: Connection, plan_id: str) -> set[str]:
    found = connection.client("apigateway").get_usage_plan_keys(usagePlanId=plan_id)["items"]
    return {key["id"] for key in found}


def names(entries: list[ApiClient]) -> list[str]:
    return sorted(entry.principal.client for entry in entries)


def test_keys_are_attached_to_the_new_plans_by_their_role_once(connection: Connection) -> None:
    _, web = connection.access.keys.create("acme", "web", "user")
    _, boss = connection.access.keys.create("acme", "boss", "admin")
    assert connection.access.attaching.detached() == []
    anew = deployed_anew(connection)
    assert names(anew.access.attaching.detached()) == ["boss", "web"]
    attached, lost = anew.access.attaching.attach()
    assert (names(attached), lost) == (["boss", "web"], [])
    assert on_plan(anew, anew.deployment.standard_plan_id) == {web.gateway_key_id}
    assert on_plan(anew, anew.deployment.admin_plan_id) == {boss.gateway_key_id}
    assert anew.access.attaching.detached() == []
    assert anew.access.attaching.attach() == ([], [])


def test_a_key_on_the_other_plan_is_moved_to_its_own(connection: Connection) -> None:
    _, boss = connection.access.keys.create("acme", "boss", "admin")
    gateway, found = connection.client("apigateway"), connection.deployment
    gateway.delete_usage_plan_key(usagePlanId=found.admin_plan_id, keyId=boss.gateway_key_id)
    gateway.create_usage_plan_key(
        usagePlanId=found.standard_plan_id, keyId=boss.gateway_key_id, keyType="API_KEY"
    )
    assert names(connection.access.attaching.attach()[0]) == ["boss"]
    assert on_plan(connection, found.standard_plan_id) == set()
    assert on_plan(connection, found.admin_plan_id) == {boss.gateway_key_id}


def test_a_key_that_the_gateway_lost_is_named_and_the_others_are_attached(
    connection: Connection,
) -> None:
    _, gone = connection.access.keys.create("acme", "gone", "user")
    connection.access.keys.create("acme", "web", "user")
    anew = deployed_anew(connection)
    anew.client("apigateway").delete_api_key(apiKey=gone.gateway_key_id)
    attached, lost = anew.access.attaching.attach()
    assert (names(attached), names(lost)) == (["web"], ["gone"])
