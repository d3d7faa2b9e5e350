"""An administrator makes a key and a person by the API, and they work until it takes them away."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from cli.connection import Connection
from tests.e2e.conftest import Deployed
from tests.e2e.test_sign_in import Browser, bearer, browser, pkce
from tests.e2e.waiting import eventually

__all__ = ["browser"]  # a fixture

EMAIL = "eve@example.org"


@pytest.fixture(scope="module")
def admin(stack: Deployed) -> Iterator[str]:
    """The key of an administrator of the demo's tenant, once the gateway knows it."""
    made = json.loads(stack.nexus("keys", "create", "chief", "--role", "admin", "--json").stdout)
    eventually(lambda: me(stack, made["key"]), "key of the administrator")
    yield str(made["key"])
    stack.nexus("keys", "revoke", "chief")


def me(stack: Deployed, key: str) -> Any:
    """Who the gateway says that a key is; None while it refuses it."""
    found = stack.call("GET", "/v1/me", key=key)
    return found.json() if found.status_code == 200 else None


def refused(stack: Deployed, key: str) -> bool:
    return stack.call("GET", "/v1/me", key=key).status_code == 403


def test_a_key_is_made_used_rotated_and_revoked_by_the_api(
    stack: Deployed, connection: Connection, admin: str
) -> None:
    body, named = {"name": "portal 1", "groups": ["finance"]}, {"idempotency_key": "portal"}
    made = stack.call("POST", "/v1/clients", body, key=admin, **named)
    assert made.status_code == 201, made.text
    assert stack.call("POST", "/v1/clients", body, key=admin, **named).json() == made.json()
    first = made.json()["key"]
    known = eventually(lambda: me(stack, first), "new key")
    assert (known["name"], known["role"], known["groups"]) == ("portal 1", "user", ["finance"])
    assert stack.call("GET", "/v1/clients", key=first).status_code == 403
    assert stack.call("POST", "/v1/clients", {"name": "portal 1"}, key=admin).status_code == 409

    turned = stack.call("POST", "/v1/clients/portal%201:rotate", {"grace_days": 2}, key=admin)
    assert turned.status_code == 200, turned.text
    second = turned.json()["key"]
    assert eventually(lambda: me(stack, second), "second key") == known
    assert me(stack, first) == known
    clients = stack.call("GET", "/v1/clients", key=admin).json()["clients"]
    told = {one["name"]: one for one in clients}
    assert sorted(one["state"] for one in told["portal 1"]["keys"]) == ["in_grace", "in_use"]
    listed = json.loads(stack.nexus("keys", "list", "--json").stdout)
    assert sum(one["client"] == "portal 1" for one in listed) == 2

    changed = stack.call("PATCH", "/v1/clients/portal%201", {"role": "admin"}, key=admin)
    assert changed.json()["role"] == "admin", changed.text
    on_admin = connection.access.gateway.on_plan("admin")
    assert on_admin >= {one["id"] for one in told["portal 1"]["keys"]}

    changed = stack.call("PATCH", "/v1/clients/portal%201", {"role": "user"}, key=admin)
    assert changed.json()["role"] == "user", changed.text

    assert stack.call("DELETE", "/v1/clients/portal%201", key=admin).status_code == 204
    eventually(lambda: refused(stack, first), "refusal of the first key", 75)
    eventually(lambda: refused(stack, second), "refusal of the second key", 75)
    assert stack.call("DELETE", "/v1/clients/portal%201", key=admin).status_code == 404


def test_a_person_is_made_signs_in_changes_group_and_is_removed(
    stack: Deployed, connection: Connection, admin: str, browser: Browser
) -> None:
    assert {"finance", "hr"} <= set(stack.call("GET", "/v1/groups", key=admin).json()["for_people"])
    made = stack.call("POST", "/v1/people", {"email": EMAIL, "groups": ["hr"]}, key=admin)
    assert made.status_code == 201, made.text
    password = f"{secrets.token_urlsafe(12)}-A1a"
    # What the person does with the temporary password of the invitation.
    connection.client("cognito-idp").admin_set_user_password(
        UserPoolId=connection.deployment.user_pool,
        Username=EMAIL,
        Password=password,
        Permanent=True,
    )
    first = signed_in(browser, password)
    assert groups(stack, first) == ["hr"]
    path = f"/v1/people/{EMAIL}"
    changed = stack.call("PATCH", path, {"groups": ["finance"]}, key=admin)
    assert changed.json()["groups"] == ["finance"], changed.text
    # Of the second in which rights were taken no sign-in is believed.
    anew = eventually(
        lambda: groups(stack, signed_in(browser, password)), "sign-in with the other group"
    )
    assert anew == ["finance"]
    eventually(lambda: groups(stack, first) is None, "end of the first sign-in", 75)
    told = stack.call("GET", "/v1/people", key=admin).json()["people"]
    assert {one["email"]: one["invited"] for one in told}[EMAIL] is False
    assert json.loads(stack.nexus("people", "list", "--json").stdout) == told
    for enabled in (False, True):
        changed = stack.call("PATCH", path, {"enabled": enabled}, key=admin)
        assert changed.json()["enabled"] is enabled, changed.text
    assert stack.call("DELETE", path, key=admin).status_code == 204
    assert browser.code(EMAIL, password, pkce()[1]) == ""


def signed_in(browser: Browser, password: str) -> str:
    """The token of somebody who has just signed in."""
    verifier, challenge = pkce()
    code = browser.code(EMAIL, password, challenge)
    tokens = browser.token(grant_type="authorization_code", code=code, code_verifier=verifier)
    assert tokens.status_code == 200, tokens.text
    return str(tokens.json()["id_token"])


def groups(stack: Deployed, token: str) -> Any:
    """The groups that the API knows a token's owner in; None once it is told that it ended."""
    found = bearer(stack, "GET", "/v1/me", token)
    assert found.status_code in (200, 401), found.text
    return found.json()["groups"] if found.status_code == 200 else None


def test_the_terminal_adds_changes_and_removes_people(stack: Deployed) -> None:
    added = json.loads(
        stack.nexus("people", "add", "max@example.org", "--groups", "hr", "--json").stdout
    )
    assert (added["groups"], bool(added["temporary_password"])) == (["hr"], True)
    changed = stack.nexus("people", "set", "max@example.org", "--groups", "finance", "--disable")
    assert "may not sign in" in changed.stdout
    assert "removed" in stack.nexus("people", "remove", "max@example.org").stdout


def test_the_event_sample_is_answered_by_the_function(stack: Deployed, admin: str) -> None:
    done = stack.nexus("invoke", "access", "--event", "events/access.json", "--key", admin)
    response = json.loads(done.stdout)
    assert response["statusCode"] == 200
    assert any(one["name"] == "chief" for one in json.loads(response["body"])["clients"])
