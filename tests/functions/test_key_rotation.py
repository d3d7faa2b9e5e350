"""A rotated key, from the terminal to the nightly run, on moto's API Gateway and DynamoDB."""

from __future__ import annotations

import importlib
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws
from starlette.testclient import TestClient

from cli.connection import Connection
from nexus.adapters.dynamodb.clients import DynamoClients
from nexus.errors import Superseded, UpstreamRefused
from nexus.services import OperatorServices
from tests.fakes import FakeCatalogue, FakeClock, FakeContinuation, FakeGenerations, FakeVersions
from tests.functions.chat_services import World
from tests.functions.gateway import chat_app as create_app
from tests.functions.ingest_services import Context
from tests.in_process_aws import heard_by_moto
from tests.unit.cli_stage import deployment, give_access

DAY_S = 86_400
PLENTY_MS = 900_000


class Stage:
    """A stage on moto: its keys, its API, its nightly function, and the clock of all three."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = FakeClock(1_790_000_000.0)
        session: Any = boto3.Session(region_name="us-east-1")
        self.gateway = session.client("apigateway")
        for table, sort in (("clients", ()), ("catalogue", ("sk",))):
            names = ("pk", *sort)
            session.client("dynamodb").create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": name, "KeyType": kind}
                    for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[
                    {"AttributeName": name, "AttributeType": "S"} for name in names
                ],
            )
        session.client("s3").create_bucket(Bucket="documents")
        plans = [self.gateway.create_usage_plan(name=name)["id"] for name in ("standard", "admin")]
        self.plan = plans[0]
        self.clients = DynamoClients(session.client("dynamodb"), "clients")
        self.connection = Connection(
            "local", session, deployment(standard_plan_id=plans[0], admin_plan_id=plans[1])
        )
        self.connection.__dict__["operator"] = OperatorServices(
            FakeCatalogue(), self.clients, FakeGenerations()
        )
        give_access(self.connection, self.clock)
        world = World()
        self.api = create_app(replace(world.services, clients=self.clients, wall_clock=self.clock))
        self.nightly = self._nightly(monkeypatch)

    def _nightly(self, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
        for name, value in {
            "NEXUS_CATALOGUE_TABLE": "catalogue",
            "NEXUS_CLIENTS_TABLE": "clients",
            "NEXUS_DOCUMENTS_BUCKET": "documents",
            "NEXUS_VECTOR_INDEX": "sqlite",
            "NEXUS_SQLITE_PATH": "/nowhere/index.sqlite",
        }.items():
            monkeypatch.setenv(name, value)
        sys.modules.pop("functions.reindex.handler", None)
        module = importlib.import_module("functions.reindex.handler")
        given = replace(module.services(), continuation=FakeContinuation(), now=self.clock)
        monkeypatch.setattr(module, "services", lambda: given)
        return module

    def night(self, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the nightly function."""
        found: dict[str, Any] = self.nightly.handler(
            {"verify": False, **(event or {})}, Context(PLENTY_MS)
        )
        return found

    def create(self, client: str = "web", days: int | None = None) -> str:
        key, _ = self.connection.access.keys.create("acme", client, "user", days=days)
        return key

    def rotate(self, client: str = "web", grace: int = 7, days: int | None = None) -> str:
        key, _, _ = self.connection.access.keys.rotate("acme", client, grace, days)
        return key

    def call(self, key: str, method: str, path: str, **more: Any) -> Any:
        api = TestClient(self.api, headers={"x-api-key": key}, raise_server_exceptions=False)
        return api.request(method, path, **more)

    def ask(self, key: str, conversation: str | None = None) -> Any:
        body = {"message": "How much is the tuition fee?", "conversation_id": conversation}
        return self.call(key, "POST", "/v1/chat", json=body)

    def on_plan(self) -> set[str]:
        """The values of the keys that the gateway lets through."""
        listed = self.gateway.get_usage_plan_keys(usagePlanId=self.plan)["items"]
        on_plan = {key["id"] for key in listed}  # moto's plan keeps a key that was deleted
        made = self.gateway.get_api_keys(includeValues=True)["items"]
        return {key["value"] for key in made if key["id"] in on_plan}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(), heard_by_moto():
        yield Stage(monkeypatch)


def problem(response: Any) -> dict[str, Any]:
    """A refusal without what is another in each request."""
    body: dict[str, Any] = response.json()
    assert body.pop("request_id")
    return {**body, "of": response.headers["content-type"], "as": response.status_code}


def figures(printed: str) -> dict[str, list[float]]:
    """The metrics that a run printed, in CloudWatch's embedded format."""
    found: dict[str, list[float]] = {}
    for line in printed.splitlines():
        if '"_aws"' in line:
            found |= {name: value for name, value in json.loads(line).items() if "key" in name}
    return found


def test_both_keys_work_for_the_grace_and_the_conversation_goes_on(stage: Stage) -> None:
    old = stage.create()
    conversation = stage.ask(old).json()["conversation_id"]
    new = stage.rotate()
    assert stage.on_plan() == {old, new}
    stage.clock.advance(7 * DAY_S - 1)
    for key in (new, old):
        assert stage.ask(key, conversation).json()["conversation_id"] == conversation
    told = [stage.call(key, "GET", f"/v1/conversations/{conversation}") for key in (old, new)]
    assert [len(response.json()["turns"]) for response in told] == [3, 3]


def test_after_the_grace_the_old_key_is_refused_as_one_that_never_was(stage: Stage) -> None:
    old = stage.create()
    assert stage.ask(old).status_code == 200
    new = stage.rotate()
    stage.clock.advance(7 * DAY_S)
    refused = stage.ask(old)
    assert refused.status_code == 403
    assert problem(refused) == problem(stage.ask("nx_nobody"))
    assert stage.ask(new).status_code == 200


def test_the_night_after_the_grace_removes_the_old_key_and_no_other(stage: Stage) -> None:
    old, other = stage.create(), stage.create("kiosk")
    new = stage.rotate()
    stage.night()
    assert stage.on_plan() == {old, new, other}
    stage.clock.advance(7 * DAY_S)
    stage.night()
    assert stage.on_plan() == {new, other}
    assert len(list(stage.clients.list_clients())) == 2
    assert stage.ask(new).status_code == 200


def test_a_key_of_ninety_days_is_told_of_in_the_log_and_in_a_metric(
    stage: Stage, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    stage.create()
    stage.clock.advance(90 * DAY_S - 1)
    stage.create("kiosk")
    stage.night()
    assert figures(capsys.readouterr().out) == {"keys_to_rotate": [0], "keys_stuck": [0]}
    stage.clock.advance(1)
    with caplog.at_level(logging.WARNING):
        stage.night()
    assert figures(capsys.readouterr().out) == {"keys_to_rotate": [1], "keys_stuck": [0]}
    [line] = [record for record in caplog.records if record.message == "key_to_rotate"]
    assert (line.__dict__["client"], line.__dict__["age_days"]) == ("web", 90)
    stage.rotate()
    stage.night()
    assert figures(capsys.readouterr().out) == {"keys_to_rotate": [0], "keys_stuck": [0]}


def test_a_key_that_the_gateway_keeps_is_refused_and_tried_again(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def remove(self, gateway_key_id: str) -> None:
            raise UpstreamRefused("gateway", "AccessDenied")

    old = stage.create()
    stage.rotate()
    stage.clock.advance(7 * DAY_S)
    allowed = stage.nightly.services()
    refusing = replace(allowed, gateway_keys=Refusing())
    monkeypatch.setattr(stage.nightly, "services", lambda: refusing)
    assert stage.night()["phase"] == "done"
    assert figures(capsys.readouterr().out)["keys_stuck"] == [1]
    assert stage.ask(old).status_code == 403
    monkeypatch.setattr(stage.nightly, "services", lambda: allowed)
    stage.night()
    assert figures(capsys.readouterr().out)["keys_stuck"] == [0]
    assert old not in stage.on_plan()


def test_clients_that_cannot_be_read_are_told_of_and_stop_no_reindexing(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("dynamodb", region_name="us-east-1").delete_table(TableName="clients")
    assert stage.night()["phase"] == "done"
    assert figures(capsys.readouterr().out) == {"keys_stuck": [1]}


def test_a_run_that_goes_on_does_not_look_at_the_keys_again(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    progress = stage.night()
    capsys.readouterr()
    stage.night({"progress": progress})
    assert figures(capsys.readouterr().out) == {}


def test_the_night_removes_versions_that_were_replaced_a_day_ago_and_survives_a_refusal(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = FakeVersions()
    for _ in range(2):
        versions.publish("chat", stage.clock())
    usual = stage.nightly.services()
    given = replace(usual, versions=versions, settings=replace(usual.settings, functions=("chat",)))
    monkeypatch.setattr(stage.nightly, "services", lambda: given)
    stage.night()
    assert len(versions.published("chat")) == 2
    stage.clock.advance(DAY_S)
    versions.failure = UpstreamRefused("functions", "AccessDenied")
    assert stage.night()["phase"] == "done"
    assert '"versions_stuck": [1.0]' in capsys.readouterr().out
    versions.failure = None
    stage.night()
    assert [one.number for one in versions.published("chat")] == [2]


def test_of_two_rotations_at_once_one_is_refused_and_leaves_nothing(stage: Stage) -> None:
    for days in (None, 3):  # a key that ends before the grace does, too
        client = f"web-{days}"
        old = stage.create(client, days)
        read = [entry for entry in stage.clients.list_clients() if entry.principal.client == client]

        class Behind(DynamoClients):
            """What a terminal reads first that is a moment late."""

            def list_clients(self, read: list[Any] = read) -> Iterator[Any]:
                yield from list(read) or super().list_clients()
                read.clear()

        late = Connection("local", stage.connection.session, stage.connection.deployment)
        behind = Behind(stage.connection.session.client("dynamodb"), "clients")
        late.__dict__["operator"] = replace(stage.connection.operator, clients=behind)
        give_access(late, stage.clock)
        before = stage.on_plan()
        new = stage.rotate(client)
        with pytest.raises(Superseded):
            late.access.keys.rotate("acme", client, 7)
        assert stage.on_plan() == before | {new}
        assert old in before
        assert len(stage.gateway.get_api_keys()["items"]) == len(stage.on_plan())
