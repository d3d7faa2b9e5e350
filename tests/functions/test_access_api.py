"""An administrator manages its tenant's clients by the API, and nobody gets more than it has."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from starlette.testclient import TestClient

from functions.access.app import create_app
from nexus.clients import hash_key
from tests.functions.access_services import (
    ADMIN_KEY,
    NARROW_KEY,
    RIVAL_KEY,
    USER_KEY,
    Bureau,
)

ROUTES = [
    ("GET", "/v1/clients", None),
    ("POST", "/v1/clients", {"name": "web"}),
    ("PATCH", "/v1/clients/guest", {"role": "admin"}),
    ("POST", "/v1/clients/guest:rotate", {}),
    ("DELETE", "/v1/clients/guest", None),
    ("GET", "/v1/people", None),
    ("POST", "/v1/people", {"email": "eve@example.org"}),
    ("PATCH", "/v1/people/ana@example.org", {"groups": ["hr"]}),
    ("DELETE", "/v1/people/ana@example.org", None),
    ("GET", "/v1/groups", None),
]


@pytest.fixture
def bureau() -> Bureau:
    made = Bureau()
    assert made.pool is not None
    made.pool.put("ana@example.org", "acme", "finance")
    return made


def clients(bureau: Bureau, key: str = ADMIN_KEY) -> dict[str, dict[str, Any]]:
    response = bureau.api(key).get("/v1/clients")
    assert response.status_code == 200, response.text
    return {one["name"]: one for one in response.json()["clients"]}


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
@pytest.mark.parametrize("key", ["nx_nobody", USER_KEY, NARROW_KEY])
def test_only_an_administrator_of_all_documents_may_do_anything(
    bureau: Bureau, key: str, method: str, path: str, body: Any
) -> None:
    before = dict(bureau.clients.clients)
    response = bureau.api(key).request(method, path, json=body)
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert bureau.clients.clients == before


def test_a_client_is_made_listed_and_its_key_is_told_once(bureau: Bureau) -> None:
    body = {"name": "web", "department": "Finance", "groups": ["HR"], "budget": {"tokens_day": 9}}
    made = bureau.api().post("/v1/clients", json=body)
    assert made.status_code == 201, made.text
    assert made.json().keys() == {"name", "key"}
    key = made.json()["key"]
    assert bureau.works(key)
    listed = clients(bureau)["web"]
    [held] = listed.pop("keys")
    assert (held["ends_at"], held["state"]) == (None, "in_use")
    assert listed == {
        "name": "web",
        "role": "user",
        "department": "Finance",
        "departments": ["Finance"],
        "tags": [],
        "groups": ["hr"],
        "budget": {"tokens_day": 9},
        "spent": None,
    }
    assert key not in bureau.api().get("/v1/clients").text
    entry = bureau.clients.find(hash_key(key))
    assert entry is not None
    assert (entry.principal.tenant, entry.principal.plan) == ("acme", "standard")


def test_a_tenant_s_administrator_sees_and_changes_no_other_tenant_s_clients(
    bureau: Bureau,
) -> None:
    assert set(clients(bureau)) == {"boss", "guest", "narrow"}
    assert set(clients(bureau, RIVAL_KEY)) == {"boss"}
    rival = bureau.api(RIVAL_KEY)
    for method, path, body in (
        ("PATCH", "/v1/clients/guest", {"role": "admin"}),
        ("POST", "/v1/clients/guest:rotate", {}),
        ("DELETE", "/v1/clients/guest", None),
    ):
        assert rival.request(method, path, json=body).status_code == 404
    made = rival.post("/v1/clients", json={"name": "guest"})
    assert made.status_code == 201
    entry = bureau.clients.find(hash_key(made.json()["key"]))
    assert entry is not None
    assert entry.principal.tenant == "rival"
    assert bureau.works(USER_KEY)


@pytest.mark.parametrize(
    "more",
    [
        {"tenant": "rival"},
        {"plan": "admin"},
        {"role": "operator"},
        {"groups": ["*"]},
        {"groups": ["Secret"]},
        {"groups": ["nobody's"]},
        {"name": "a/b"},
        {"name": " web"},
        {"name": ""},
        {"name": "x" * 65},
        {"name": "flip\u202e"},
        {"department": " "},
        {"budget": {"dollars": 1}},
        {"budget": {"tokens_day": -1}},
        {"budget": {"tokens_day": 1.5}},
        {"budget": {"dollars_day": 1e99}},
        {"groups": ["hr"] * 51},
    ],
)
def test_what_is_no_right_or_not_there_is_refused_and_makes_nothing(
    bureau: Bureau, more: dict[str, Any]
) -> None:
    before = dict(bureau.gateway.held)
    response = bureau.api().post("/v1/clients", json={"name": "web", **more})
    assert response.status_code == 422, response.text
    assert response.json()["field"].split(".")[0] in more
    assert bureau.gateway.held == before


def test_a_client_that_has_a_key_is_a_conflict_in_either_composition(bureau: Bureau) -> None:
    api = bureau.api()
    assert api.post("/v1/clients", json={"name": "Büro"}).status_code == 201
    again = api.post("/v1/clients", json={"name": unicodedata.normalize("NFD", "Büro")})
    assert again.status_code == 409
    assert "rotating" in again.json()["detail"]


def test_a_change_moves_the_key_to_its_plan_and_keeps_what_is_not_named(bureau: Bureau) -> None:
    changed = bureau.api().patch(
        "/v1/clients/guest", json={"role": "admin", "budget": {"dollars_month": 2.5}}
    )
    assert changed.status_code == 200, changed.text
    said = changed.json()
    assert (said["role"], said["groups"], said["budget"]) == (
        "admin",
        ["Sales"],
        {"dollars_month": 2.5},
    )
    entry = bureau.clients.find(hash_key(USER_KEY))
    assert entry is not None
    assert entry.principal.plan == "admin"
    assert bureau.gateway.plans["admin"] >= {entry.gateway_key_id}
    assert entry.gateway_key_id not in bureau.gateway.plans["standard"]
    said = bureau.api().patch("/v1/clients/guest", json={"groups": None, "budget": None}).json()
    assert (said["role"], said["groups"], said["budget"]) == ("admin", [], None)


def test_a_key_is_rotated_both_work_and_the_old_one_alone_can_be_ended(bureau: Bureau) -> None:
    api = bureau.api()
    rotated = api.post("/v1/clients/guest:rotate", json={"grace_days": 3})
    assert rotated.status_code == 200, rotated.text
    key = rotated.json()["key"]
    assert bureau.works(USER_KEY)
    assert bureau.works(key)
    states = {one["state"]: one["ends_at"] for one in clients(bureau)["guest"]["keys"]}
    assert states == {"in_use": None, "in_grace": rotated.json()["ends_at"]}
    assert api.post("/v1/clients/guest:rotate").status_code == 409
    assert api.delete("/v1/clients/guest", params={"old": "true"}).status_code == 204
    assert not bureau.works(USER_KEY)
    assert bureau.works(key)
    assert api.delete("/v1/clients/guest").status_code == 204
    assert not bureau.works(key)
    assert api.delete("/v1/clients/guest").status_code == 404


def test_the_last_administrator_cannot_remove_itself(bureau: Bureau) -> None:
    api = bureau.api()
    for method, body in (
        ("DELETE", None),
        ("PATCH", {"role": "user"}),
        ("PATCH", {"department": "Finance"}),
    ):
        refused = api.request(method, "/v1/clients/boss", json=body)
        assert refused.status_code == 409, refused.text
        assert "Nobody else administers" in refused.json()["detail"]
    assert api.post("/v1/clients/boss:rotate", json={"grace_days": 0}).status_code == 200


def test_an_administrator_goes_when_another_key_or_person_stays(bureau: Bureau) -> None:
    assert bureau.pool is not None
    bureau.pool.put("off@example.org", "rival", "admins")  # another tenant's helps nobody
    assert bureau.api().delete("/v1/clients/boss").status_code == 409
    bureau.pool.put("ada@example.org", "acme", "admins")
    assert bureau.api().delete("/v1/clients/boss").status_code == 204


def test_an_administrator_whose_key_has_ended_or_who_may_not_sign_in_does_not_count(
    bureau: Bureau,
) -> None:
    assert bureau.pool is not None
    bureau.enter("nx_ended", "acme", "former", "admin", expires_at=int(bureau.clock()) - 1)
    person = bureau.pool.put("ada@example.org", "acme", "admins")
    bureau.pool.enable(person.username, enabled=False)
    assert bureau.api().delete("/v1/clients/boss").status_code == 409


def test_every_request_is_told_in_the_log_without_key_and_address(
    bureau: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    api, secrets = bureau.api(), [ADMIN_KEY]
    secrets.append(api.post("/v1/clients", json={"name": "web"}).json()["key"])
    secrets.append(api.post("/v1/clients/web:rotate", json={}).json()["key"])
    for method, path, body in ROUTES:
        api.request(method, path, json=body)
    lines = [record for record in caplog.records if record.message == "request"]
    told = [(one.__dict__["action"], one.__dict__.get("subject")) for one in lines]
    assert told == [
        ("client.create", "web"),
        ("client.rotate", "web"),
        ("clients.list", None),
        ("client.create", "web"),
        ("client.change", "guest"),
        ("client.rotate", "guest"),
        ("client.revoke", "guest"),
        ("people.list", None),
        ("person.add", "u2"),
        ("person.change", "u1"),
        ("person.remove", "u1"),
        ("groups.list", None),
    ]
    assert {one.__dict__["client"] for one in lines} == {"boss"}
    ours = [vars(one) for one in caplog.records if not one.name.startswith("httpx")]
    written = json.dumps(ours, default=repr)
    for secret in (*secrets, "eve@example.org", "ana@example.org"):
        assert secret not in written


def test_a_browser_may_call_from_the_stage_s_origins_with_its_headers() -> None:
    bureau = Bureau(cors_origins=("https://page.example",))
    asked = {
        "origin": "https://page.example",
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization,content-type,idempotency-key",
    }
    answered = TestClient(create_app(bureau.services)).options("/v1/clients/web", headers=asked)
    assert answered.status_code == 200
    assert answered.headers["access-control-allow-origin"] == "https://page.example"
