"""The access function on API Gateway's own events, over moto's gateway, tables and user pool."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

from nexus.adapters.aws.user_pool import CognitoPool
from nexus.bounded import CarryingExecutor, bounded
from nexus.models import Principal
from nexus.sign_in.context import Caller, written
from nexus.taken_requests import CLAIMED_S
from tests.bench.seeding import event
from tests.fake_access import FakeManagedKeys
from tests.functions.access_services import Bureau
from tests.functions.ingest_services import Context
from tests.in_process_aws import heard_by_moto

REGION = "us-east-1"
BOSS = Principal("acme", "boss", "admin", "admin")


class Account:
    """What the data stack and the API have made, and the function over it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        dynamodb: Any = boto3.client("dynamodb", region_name=REGION)
        for table, keys in (("clients", ("pk",)), ("cache", ("pk",)), ("insights", ("pk", "sk"))):
            dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": name, "KeyType": kind}
                    for name, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[
                    {"AttributeName": name, "AttributeType": "S"} for name in keys
                ],
            )
        self.gateway: Any = boto3.client("apigateway", region_name=REGION)
        self.plans = {
            name: self.gateway.create_usage_plan(name=f"nexus-prod-{name}")["id"]
            for name in ("standard", "admin", "people")
        }
        self.cognito: Any = boto3.client("cognito-idp", region_name=REGION)
        self.pool = self.cognito.create_user_pool(
            PoolName="people",
            UsernameAttributes=["email"],
            Schema=[{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}],
        )["UserPool"]["Id"]
        self.cognito.create_group(UserPoolId=self.pool, GroupName="hr")
        for name, value in {
            "NEXUS_STAGE": "prod",
            "NEXUS_CLIENTS_TABLE": "clients",
            "NEXUS_CACHE_TABLE": "cache",
            "NEXUS_INSIGHTS_TABLE": "insights",
            "NEXUS_USER_POOL": self.pool,
            "NEXUS_LOG_LEVEL": "DEBUG",
        }.items():
            monkeypatch.setenv(name, value)
        sys.modules.pop("functions.access.handler", None)
        self.module: ModuleType = importlib.import_module("functions.access.handler")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The function's answer to an administrator's request: its status, and what it says."""
        made = event("access")
        made |= {"path": path, "httpMethod": method, "resource": path}
        made |= {"queryStringParameters": None, "multiValueQueryStringParameters": None}
        made["body"] = None if body is None else json.dumps(body)
        made["headers"] = {**made["headers"], **headers, "content-type": "application/json"}
        made["multiValueHeaders"] = {name: [value] for name, value in made["headers"].items()}
        made["requestContext"]["authorizer"] = written(Caller(BOSS, "boss"))
        del made["requestContext"]["requestTimeEpoch"]
        answer = self.module.handler(made, Context(29_000))
        return answer["statusCode"], json.loads(answer["body"] or "null")

    def on_plan(self, plan: str) -> list[str]:
        items = self.gateway.get_usage_plan_keys(usagePlanId=self.plans[plan])["items"]
        made = {one["id"] for one in self.gateway.get_api_keys()["items"]}
        return [one["value"] for one in items if one["id"] in made]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(), heard_by_moto():
        yield Account(monkeypatch)


def test_a_key_is_made_rotated_moved_and_revoked_on_the_plans_of_its_stage(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    status, made = account.call(
        "POST", "/v1/clients", {"name": "Büro 1", "groups": ["hr"]}, **{"Idempotency-Key": "one"}
    )
    assert status == 201, made
    again = account.call(
        "POST", "/v1/clients", {"name": "Büro 1", "groups": ["hr"]}, **{"Idempotency-Key": "one"}
    )
    assert again == (201, made)
    assert account.on_plan("standard") == [made["key"]]
    path = "/v1/clients/B%C3%BCro%201"
    status, turned = account.call("POST", f"{path}:rotate", {"grace_days": 1})
    assert status == 200, turned
    assert sorted(account.on_plan("standard")) == sorted([made["key"], turned["key"]])
    status, changed = account.call("PATCH", path, {"role": "admin"})
    assert status == 200, changed
    assert sorted(account.on_plan("admin")) == sorted([made["key"], turned["key"]])
    status, listed = account.call("GET", "/v1/clients")
    assert [len(one["keys"]) for one in listed["clients"]] == [2]
    assert account.call("DELETE", path)[0] == 409  # the last administrator
    account.call("PATCH", path, {"role": "user"})
    written_down = capsys.readouterr()
    for key in (made["key"], turned["key"]):
        assert key not in written_down.out + written_down.err
        stored = boto3.client("dynamodb", region_name=REGION)
        for table in ("clients", "cache"):
            assert key not in repr(stored.scan(TableName=table)["Items"])


def test_a_person_is_added_changed_and_removed_in_the_stage_s_pool(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Moto makes somebody else of an invitation (tests/contract/test_user_pool.py sends one).
    monkeypatch.setattr(CognitoPool, "invite", lambda _pool, _email: None)
    account.call("POST", "/v1/clients", {"name": "web"})
    status, made = account.call(
        "POST", "/v1/people", {"email": "eve@example.org", "groups": ["hr"]}
    )
    assert status == 201, made
    [user] = account.cognito.list_users(UserPoolId=account.pool)["Users"]
    said = {one["Name"]: one["Value"] for one in user["Attributes"]}
    assert said["custom:tenant"] == "acme"
    status, told = account.call("PATCH", "/v1/people/eve%40example.org", {"enabled": False})
    assert (status, told["enabled"], told["groups"]) == (200, False, ["hr"])
    assert account.call("DELETE", "/v1/people/eve@example.org")[0] == 204
    assert account.call("GET", "/v1/people")[1] == {"people": [], "managed": True}


def test_what_hangs_is_a_503_and_what_it_left_is_swept_by_the_next_try() -> None:
    bureau, ending, done = Bureau(), threading.Event(), threading.Event()
    usual = bureau.gateway

    class Hanging(FakeManagedKeys):
        def make(self, tenant: str, client: str, key: str, request: str = "") -> str:
            ending.wait(30)
            made = usual.make(tenant, client, key, request)
            done.set()
            return made

        def of_client(self, tenant: str, client: str) -> Any:
            return usual.of_client(tenant, client)

    bureau.gateway = bounded(Hanging(), "gateway", 0.05, CarryingExecutor())
    api = bureau.api(services=bureau.process())
    late = api.post("/v1/clients", json={"name": "web"})
    assert late.status_code == 503
    assert int(late.headers["retry-after"]) > 0
    ending.set()
    assert done.wait(30)
    assert len(usual.of_client("acme", "web")) == 1  # whom nobody told of

    bureau.gateway = usual
    bureau.clock.advance(CLAIMED_S)
    made = bureau.api(services=bureau.process()).post("/v1/clients", json={"name": "web"})
    assert made.status_code == 201
    assert [one.gateway_key_id for one in usual.of_client("acme", "web")] == [
        one.gateway_key_id
        for one in bureau.clients.clients.values()
        if one.principal.client == "web"
    ]
