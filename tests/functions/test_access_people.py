"""An administrator manages its tenant's people by the API, where they are the stage's own."""

from __future__ import annotations

from typing import Any

import pytest

from nexus.models import ApiClient, Principal
from nexus.sign_in.claims import person_of
from tests.functions.access_services import ADMIN_KEY, RIVAL_KEY, Bureau

ELSEWHERE = "own provider"


@pytest.fixture
def bureau() -> Bureau:
    made = Bureau()
    pool_of(made).put("ana@example.org", "acme", "finance")
    pool_of(made).put("rita@example.org", "rival", "admins", "hr")
    return made


def pool_of(bureau: Bureau) -> Any:
    assert bureau.pool is not None
    return bureau.pool


def people(bureau: Bureau, key: str = ADMIN_KEY) -> dict[str, Any]:
    response = bureau.api(key).get("/v1/people")
    assert response.json()["managed"] is True
    return {one["email"]: one for one in response.json()["people"]}


def test_somebody_is_added_invited_listed_changed_and_removed(bureau: Bureau) -> None:
    api = bureau.api()
    made = api.post("/v1/people", json={"email": "Eve@Example.org", "groups": ["HR"]})
    assert made.status_code == 201, made.text
    assert (
        made.json().items()
        >= {
            "email": "eve@example.org",
            "groups": ["hr"],
            "enabled": True,
            "invited": True,
        }.items()
    )
    eve = pool_of(bureau).find("eve@example.org")
    assert (eve.tenant, pool_of(bureau).invited) == ("acme", [eve.email])
    assert set(people(bureau)) == {"ana@example.org", "eve@example.org"}

    path = "/v1/people/Eve@Example.org"
    changed = api.patch(path, json={"groups": ["finance"]}).json()
    assert (changed["groups"], changed["enabled"]) == (["finance"], True)
    assert pool_of(bureau).signed_out == [eve.username]  # who lost a right
    assert bureau.ended.before == {person_of(eve.subject): int(bureau.clock()) + 1}
    assert api.patch(path, json={"groups": ["finance", "hr"]}).status_code == 200
    assert pool_of(bureau).signed_out == [eve.username]
    assert api.patch(path, json={"enabled": False}).json()["enabled"] is False
    assert pool_of(bureau).signed_out == [eve.username] * 2
    assert api.delete(path).status_code == 204
    assert set(people(bureau)) == {"ana@example.org"}
    assert api.delete(path).status_code == 404


def test_nobody_of_another_tenant_is_seen_changed_or_taken_over(bureau: Bureau) -> None:
    api = bureau.api()
    assert set(people(bureau)) == {"ana@example.org"}
    assert set(people(bureau, RIVAL_KEY)) == {"rita@example.org"}
    for method, body in (("PATCH", {"groups": ["admins"]}), ("DELETE", None)):
        refused = api.request(method, "/v1/people/rita@example.org", json=body)
        nobody = api.request(method, "/v1/people/nobody@example.org", json=body)
        assert (refused.status_code, nobody.status_code) == (404, 404)
        assert refused.json()["detail"] == nobody.json()["detail"]
    assert api.post("/v1/people", json={"email": "rita@example.org"}).status_code == 409
    rita = pool_of(bureau).find("rita@example.org")
    assert (rita.tenant, rita.groups) == ("rival", ("admins", "hr"))


def test_somebody_of_no_tenant_who_has_signed_in_is_nobody_s_to_take(bureau: Bureau) -> None:
    pool_of(bureau).put("max@example.org", "", "admins")
    api = bureau.api()
    assert api.post("/v1/people", json={"email": "max@example.org"}).status_code == 409
    assert "max@example.org" not in people(bureau)


@pytest.mark.parametrize(
    "body",
    [
        {"email": "eve@example.org", "tenant": "rival"},
        {"email": "eve@example.org", "groups": ["*"]},
        {"email": "eve@example.org", "groups": ["Sales"]},  # of a client, and not of the pool
        {"email": "eve@example.org", "groups": ["nobody's"]},
        {"email": "eve"},
        {"email": "eve@a/b"},
        {"email": "eve @example.org"},
        {"email": f"{'e' * 65}@example.org"},
        {"email": f"e@{'x' * 250}"},
        {},
    ],
)
def test_what_is_no_person_or_no_group_of_the_pool_is_refused(
    bureau: Bureau, body: dict[str, Any]
) -> None:
    before = dict(pool_of(bureau).users)
    refused = bureau.api().post("/v1/people", json=body)
    assert refused.status_code == 422, refused.text
    assert refused.json()["field"]
    assert pool_of(bureau).users == before


def test_the_last_administrator_is_a_person_who_cannot_go(bureau: Bureau) -> None:
    for entry in list(bureau.clients.clients.values()):
        if entry.principal.tenant == "rival":
            bureau.clients.remove(entry.key_hash)
    people_of = bureau.services.people
    rita = pool_of(bureau).find("rita@example.org")
    api = bureau.api(key_of(bureau, "rival"))
    for method, body in (
        ("DELETE", None),
        ("PATCH", {"enabled": False}),
        ("PATCH", {"groups": ["hr"]}),
    ):
        refused = api.request(method, "/v1/people/rita@example.org", json=body)
        assert refused.status_code == 409, refused.text
    assert pool_of(bureau).find("rita@example.org") == rita
    pool_of(bureau).put("ralf@example.org", "rival", "admins")
    assert api.delete("/v1/people/rita@example.org").status_code == 204
    assert people_of.remove("rival", "ralf@example.org")  # an operator may


def key_of(bureau: Bureau, tenant: str) -> str:
    """A key that is an administrator's only to the authorizer: as a person's token is."""
    from nexus.clients import hash_key

    class Beside:
        def find(self, key_hash: str) -> ApiClient | None:
            who = Principal(tenant, "person/u2", "admin", "people")
            beside = ApiClient(key_hash, "", who, "2026-01-01T00:00:00Z")
            return beside if key_hash == hash_key("token") else known(key_hash)

    known = bureau.clients.find
    bureau.clients.find = Beside().find  # type: ignore[method-assign]
    return "token"


def test_the_same_request_adds_one_person(bureau: Bureau) -> None:
    api, named = bureau.api(), {"Idempotency-Key": "one"}
    body = {"email": "eve@example.org", "groups": ["hr"]}
    first = api.post("/v1/people", json=body, headers=named)
    again = api.post("/v1/people", json=body, headers=named)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(pool_of(bureau).invited) == 1
    assert api.post("/v1/people", json=body).status_code == 409


def test_groups_are_the_pool_s_the_folders_and_the_tenant_s_clients_own(bureau: Bureau) -> None:
    told = bureau.api().get("/v1/groups").json()
    assert told == {
        "groups": ["Board", "Sales", "admins", "finance", "hr"],
        "for_people": ["admins", "finance", "hr"],
    }
    assert "Secret" in bureau.api(RIVAL_KEY).get("/v1/groups").json()["groups"]


def test_where_people_are_another_provider_s_nobody_is_listed_and_changes_are_told_so() -> None:
    bureau = Bureau(pool=False)
    api = bureau.api()
    assert api.get("/v1/people").json() == {"people": [], "managed": False}
    assert api.get("/v1/groups").json() == {"groups": ["Board", "Sales"], "for_people": []}
    for method, path, body in (
        ("POST", "/v1/people", {"email": "eve@example.org", "groups": ["hr"]}),
        ("PATCH", "/v1/people/eve@example.org", {"groups": ["hr"]}),
        ("DELETE", "/v1/people/eve@example.org", None),
    ):
        refused = api.request(method, path, json=body)
        assert refused.status_code == 409
        assert ELSEWHERE in refused.json()["detail"]


def test_one_tenant_for_everybody_lists_the_whole_pool() -> None:
    bureau = Bureau(oidc_tenant="acme")
    pool_of(bureau).put("ana@example.org", "")
    assert set(people(bureau)) == {"ana@example.org"}
    assert people(bureau, RIVAL_KEY) == {}
    made = bureau.api().post("/v1/people", json={"email": "eve@example.org"})
    assert made.status_code == 201
    assert set(people(bureau)) == {"ana@example.org", "eve@example.org"}
    assert bureau.api(RIVAL_KEY).post("/v1/people", json={"email": "x@y"}).status_code == 409
    assert pool_of(bureau).find("x@y") is None
