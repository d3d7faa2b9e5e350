"""Who calls is decided by headers alone: a key, or a token, and nobody where it is neither."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from functions.authorizer.deciding import NO_SIGN_IN, decision
from nexus.adapters.oidc.tokens import EXPIRED
from nexus.clients import Authenticator, hash_key, new_key
from nexus.errors import UpstreamUnavailable
from nexus.models import ApiClient, Principal
from nexus.services import AuthorizerServices
from nexus.sign_in.context import Caller, read
from nexus.sign_in.people import ENDED
from tests.fakes import FakeClients
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import PEOPLE_KEY, chat_app
from tests.people import FakeEndedSignIns, Provider

ARN = "arn:aws:execute-api:us-east-1:000000000000:abc/live/POST/v1/chat"
KEY = new_key()
WEB = Principal("acme", "web", "user", "standard", groups=("finance",))


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider()


@pytest.fixture
def services(provider: Provider) -> AuthorizerServices:
    clients = FakeClients(ApiClient(hash_key(KEY), "gw", WEB, "2026-01-01T00:00:00Z"))
    people = provider.people(FakeEndedSignIns())
    return AuthorizerServices(Authenticator(clients), people, lambda: PEOPLE_KEY, lambda: None)


def decided(services: AuthorizerServices, **headers: str) -> tuple[str, str, Caller | None]:
    """The effect, the usage plan's key, and who calls."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    said = decision({"type": "REQUEST", "methodArn": ARN, "headers": sent}, services)
    [statement] = said["policyDocument"]["Statement"]
    assert statement["Resource"] == ARN
    assert statement["Action"] == "execute-api:Invoke"
    assert json.dumps(said).isascii()
    return statement["Effect"], said.get("usageIdentifierKey", ""), read(said["context"])


@pytest.mark.parametrize(
    "headers",
    [
        {"x_api_key": KEY},
        {"X_Api_Key": f" {KEY} "},
        {"Authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer  {KEY}"},
        {"x_api_key": KEY, "Authorization": "Bearer another-that-nobody-has"},
    ],
)
def test_a_key_is_its_client_s_in_either_header(
    services: AuthorizerServices, headers: dict[str, str]
) -> None:
    assert decided(services, **headers) == ("Allow", KEY, Caller(WEB, "web"))


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"x_api_key": "nx_nobody-has-this-key"}, "nx_nobody-has-this-key"),
        ({}, ""),
        ({"x_api_key": "", "authorization": "Basic abc"}, ""),
        ({"x_api_key": "x" * 129}, ""),
        ({"x_api_key": "caf\u00e9-caf\u00e9-caf\u00e9-caf\u00e9"}, ""),
        ({"x_api_key": PEOPLE_KEY}, PEOPLE_KEY),
    ],
)
def test_an_unknown_key_is_left_to_the_gateway_and_is_nobody_s(
    services: AuthorizerServices, headers: dict[str, str], told: str
) -> None:
    assert decided(services, **headers) == ("Allow", told, None)


def test_a_token_is_a_person_s_on_the_plan_of_people(
    services: AuthorizerServices, provider: Provider
) -> None:
    effect, key, caller = decided(services, Authorization=f"Bearer {provider.token()}")
    assert (effect, key) == ("Allow", PEOPLE_KEY)
    assert caller is not None
    assert caller.principal.client == "person/ana"
    assert caller.sign_in


def test_a_token_that_is_not_believed_is_denied_with_what_to_do(
    services: AuthorizerServices, provider: Provider
) -> None:
    event = {
        "methodArn": ARN,
        "headers": {"Authorization": f"Bearer {provider.token(exp=1)}"},
    }
    said = decision(event, services)
    assert said["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert said["context"] == {"detail": EXPIRED}
    assert "usageIdentifierKey" not in said
    alone = AuthorizerServices(services.authenticator, None, lambda: "", lambda: None)
    assert decision(event, alone)["context"] == {"detail": NO_SIGN_IN}


def test_without_the_provider_s_keys_nothing_is_decided(services: AuthorizerServices) -> None:
    down = Provider()
    down.failing = True
    people = down.people(FakeEndedSignIns())
    broken = AuthorizerServices(services.authenticator, people, lambda: PEOPLE_KEY, lambda: None)
    with pytest.raises(UpstreamUnavailable):
        decided(broken, Authorization=f"Bearer {down.token()}")


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("NEXUS_CLIENTS_TABLE", "clients")
    sys.modules.pop("functions.authorizer.handler", None)
    yield importlib.import_module("functions.authorizer.handler")
    sys.modules.pop("functions.authorizer.handler", None)


def test_what_cannot_be_decided_is_a_fault_of_the_version_and_lets_nobody_through(
    handler: ModuleType,
    services: AuthorizerServices,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    down = Provider()
    down.failing = True
    broken = AuthorizerServices(
        services.authenticator, down.people(FakeEndedSignIns()), lambda: "", lambda: None
    )
    monkeypatch.setattr(handler, "_services", lambda: broken)
    context = SimpleNamespace(function_version="7")
    for headers, fault in (({"authorization": f"Bearer {down.token()}"}, 1.0), ({}, 0.0)):
        event = {"type": "REQUEST", "methodArn": ARN, "headers": headers}
        if fault:
            with pytest.raises(UpstreamUnavailable):
                handler.handler(event, context)
        else:
            handler.handler(event, context)
        [line] = [
            told
            for told in map(json.loads, capsys.readouterr().out.splitlines())
            if "faults" in told and told.get("function") == "authorizer"
        ]
        assert (line["faults"], line["function"], line["version"]) == ([fault], "authorizer", "7")


def test_what_judges_a_release_is_told_whether_the_keys_can_be_read(
    handler: ModuleType, services: AuthorizerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.readiness.asking import QUESTION

    monkeypatch.setattr(handler, "_services", lambda: services)
    context = SimpleNamespace(function_version="7")
    assert handler.handler(dict(QUESTION), context) == {"statusCode": 200}


def test_no_header_and_no_body_names_a_caller() -> None:
    world = World()
    forged = json.dumps({"tenant": "acme", "client": "web", "role": "admin"})
    api = TestClient(chat_app(world.services))
    for headers in (
        {"principal": forged, "x-amzn-request-context": forged},
        {"x-api-key": "nx_none", "authorizer": forged, "x-nexus-principal": forged},
    ):
        asked = api.post("/v1/chat", json={"message": "Hi", "principal": forged}, headers=headers)
        assert asked.status_code in (403, 422)
        assert api.get("/v1/me", headers=headers).status_code == 403


def me(api: TestClient) -> dict[str, Any]:
    found = api.get("/v1/me")
    assert found.status_code == 200, found.text
    return dict(found.json())


def test_a_caller_is_told_who_it_is_and_a_key_ends_no_sign_in() -> None:
    api = TestClient(chat_app(World().services), headers={"x-api-key": ACME_KEY})
    assert me(api) == {
        **{"kind": "key", "name": "web", "tenant": "acme", "role": "user", "groups": []},
    }
    assert api.delete("/v1/session").status_code == 422


def test_a_person_signs_out_and_the_provider_takes_the_refresh_token_back(
    provider: Provider,
) -> None:
    from dataclasses import replace

    world = World()
    people = provider.people(world.ended_sign_ins)
    app = chat_app(replace(world.services, people=people))
    api = TestClient(app, headers={"authorization": f"Bearer {provider.token()}"})
    assert me(api) == {
        "kind": "person",
        "name": "ana@acme.example",
        "tenant": "acme",
        "role": "user",
        "groups": ["finance"],
    }
    body = {"refresh_token": "long-lived"}
    ended = api.request("DELETE", "/v1/session", json=body)
    assert ended.json() == {"ended": True, "refresh_token": "revoked"}
    assert world.refresh_tokens.revoked == ["long-lived"]
    again = TestClient(app, headers={"authorization": f"Bearer {provider.token(jti='renewed')}"})
    refused = again.get("/v1/me")
    assert (refused.status_code, refused.json()["detail"]) == (401, ENDED)
    other = TestClient(app, headers={"authorization": f"Bearer {provider.token(sid='s-2')}"})
    assert other.delete("/v1/session").json() == {"ended": True, "refresh_token": "not sent"}


def test_a_sign_in_ends_though_its_provider_does_not_answer(provider: Provider) -> None:
    from dataclasses import replace

    world = World()
    world.refresh_tokens.failing = True
    app = chat_app(replace(world.services, people=provider.people(world.ended_sign_ins)))
    api = TestClient(app, headers={"authorization": f"Bearer {provider.token()}"})
    ended = api.request("DELETE", "/v1/session", json={"refresh_token": "long-lived"})
    assert ended.json() == {"ended": True, "refresh_token": "not revoked"}
    assert len(world.ended_sign_ins.ended) == 1
