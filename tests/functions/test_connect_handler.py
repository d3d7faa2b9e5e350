"""The connect function starts a run for each source, goes on by itself, and tells what lasts."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from nexus.connectors.declaring import declare
from nexus.errors import InProgress, InvalidRequest, NotFound, UpstreamRefused
from nexus.models.sources import SourceSpec
from tests.fakes import FakeContinuation
from tests.functions.ingest_services import Context
from tests.in_process_aws import heard_by_moto
from tests.scripted_site import ScriptedServer, Site, html, serving

PLENTY_MS, LITTLE_MS = 900_000, 50_000
TABLE, BUCKET = "catalogue", "documents"


@pytest.fixture
def site() -> Iterator[tuple[Site, ScriptedServer]]:
    made = Site({"/": html("Home", "/a", "/b"), "/a": html("A"), "/b": html("B")})
    with serving(made) as server:
        yield made, server


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The handler's module, in an account with a bucket and the catalogue's table."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NEXUS_CATALOGUE_TABLE": TABLE,
        "NEXUS_DOCUMENTS_BUCKET": BUCKET,
        "NEXUS_CONNECT_FUNCTION": "nexus-local-connect:live",
        "NEXUS_CONNECT_PRIVATE_HOSTS": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws(), heard_by_moto():
        client: Any = botocore.session.Session().create_client
        client("s3").create_bucket(Bucket=BUCKET)
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name, _ in keys
            ],
        )
        sys.modules.pop("functions.connect.handler", None)
        module = importlib.import_module("functions.connect.handler")
        made = replace(module.services(), continuation=FakeContinuation())
        module.services = lambda: made  # type: ignore[attr-defined]
        yield module
        sys.modules.pop("functions.connect.handler", None)


@pytest.fixture
def add(connect: ModuleType, site: tuple[Site, ScriptedServer]) -> Callable[..., SourceSpec]:
    def added(name: str = "site", **options: Any) -> SourceSpec:
        url = {"url": site[1].url, "rate": "20"}
        spec = SourceSpec("demo", name, "web", f"{name}/", {**url, **options})
        services = connect.services()
        declare(spec, "local", services.registry, services.landing, services.check, 0, adopt=False)
        return spec

    return added


def continued(connect: ModuleType) -> list[dict[str, Any]]:
    return [json.loads(one) for one in connect.services().continuation.payloads]


def test_a_scheduled_run_starts_one_for_each_source(
    connect: ModuleType, add: Callable[..., SourceSpec]
) -> None:
    add("one")
    add("two")
    assert connect.handler({}, Context(PLENTY_MS)) == {"sources": 2}
    assert continued(connect) == [
        {"tenant": "demo", "source": "one"},
        {"tenant": "demo", "source": "two"},
    ]


def test_a_source_is_brought_into_its_folder(
    connect: ModuleType, add: Callable[..., SourceSpec]
) -> None:
    spec = add()
    report = connect.handler({"tenant": "demo", "source": "site"}, Context(PLENTY_MS))
    assert (report["added"], report["finished"]) == (3, True)
    paths = connect.services().landing(spec).held()
    assert {path.rpartition("/")[2] for path in paths} == {"index.html", "a.html", "b.html"}
    assert continued(connect) == []


def test_without_time_it_goes_on_in_another_invocation(
    connect: ModuleType, add: Callable[..., SourceSpec]
) -> None:
    add()
    event = {"tenant": "demo", "source": "site", "confirm": True}
    runs = 0
    while True:
        report = connect.handler(event, Context(LITTLE_MS))
        runs += 1
        if report["finished"]:
            break
        event = continued(connect)[-1]
        assert event == {"tenant": "demo", "source": "site", "confirm": True}
    assert (runs, report["added"]) == (4, 3)


def test_once_it_is_asked_by_somebody_it_leaves_going_on_to_them(
    connect: ModuleType, add: Callable[..., SourceSpec]
) -> None:
    add()
    event = {"tenant": "demo", "source": "site", "once": True}
    assert not connect.handler(event, Context(LITTLE_MS))["finished"]
    assert continued(connect) == []
    with pytest.raises(NotFound):
        connect.handler({**event, "source": "unknown"}, Context(PLENTY_MS))


def test_a_source_that_another_run_has_is_left_to_it(
    connect: ModuleType, add: Callable[..., SourceSpec]
) -> None:
    add()
    services = connect.services()
    services.registry.begin("demo", "site", services.now(), services.now() + 100)
    event = {"tenant": "demo", "source": "site"}
    assert connect.handler(event, Context(PLENTY_MS)) == event
    with pytest.raises(InProgress):
        connect.handler({**event, "once": True}, Context(PLENTY_MS))


def test_a_failure_that_lasts_fails_the_run_and_is_noted(
    connect: ModuleType, add: Callable[..., SourceSpec], site: tuple[Site, ScriptedServer]
) -> None:
    add()
    site[0].pages = {}
    with pytest.raises(UpstreamRefused):
        connect.handler({"tenant": "demo", "source": "site"}, Context(PLENTY_MS))
    status = connect.services().registry.find("demo", "site")
    assert "404" in status.error


def test_a_source_that_cannot_be_made_is_not_added(add: Callable[..., SourceSpec]) -> None:
    with pytest.raises(InvalidRequest):
        add(url="ftp://example.org/")
    with pytest.raises(InvalidRequest):
        add(nonsense="1")
