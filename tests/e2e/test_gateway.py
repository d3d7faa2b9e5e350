"""What the gateway lets through, and what bad input gets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cli.connection import Connection
from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually


@pytest.mark.parametrize("key", ["", "nx_wrong"])
def test_no_key_or_a_wrong_one_is_403(stack: Deployed, key: str) -> None:
    for method, path in (("POST", "/v1/chat"), ("POST", "/v1/search"), ("GET", "/v1/nothing")):
        response = stack.call(method, path, {"message": "hello"}, key=key)
        assert response.status_code == 403
        assert response.headers["content-type"].startswith("application/problem+json")
        assert {"title", "status", "detail", "request_id"} <= set(response.json())


@pytest.mark.parametrize("path", ["/health", "/ready", "/openapi.json", "/docs", "/redoc"])
def test_health_and_reference_need_no_key(stack: Deployed, path: str) -> None:
    assert stack.call("GET", path, key="").status_code == 200


def test_the_reference_pages_find_their_scripts_behind_the_gateway(stack: Deployed) -> None:
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js"):
        response = stack.call("GET", f"/docs/{name}", key="")
        assert response.status_code == 200
        assert len(response.content) > 10_000


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/nothing", None, {404}),
        ("POST", "/v1/chat", {"message": ""}, {400, 422}),
        ("POST", "/v1/chat", {"message": "x" * 5001}, {400, 422}),
        ("POST", "/v1/chat", {"message": "hi", "top_k": 99}, {400, 422}),
        ("POST", "/v1/chat", {"message": "hi", "filters": {"colour": "red"}}, {400, 422}),
        ("POST", "/v1/chat", {"message": "hi", "conversation_id": "a b"}, {400, 422}),
        ("GET", "/v1/conversations/nobody", None, {404}),
    ],
)
def test_bad_requests_are_problems_with_a_request_id(
    stack: Deployed, method: str, path: str, body: object, status: set[int]
) -> None:
    response = stack.call(method, path, body)
    assert response.status_code in status
    assert response.json()["request_id"]
    assert response.json()["detail"]


def test_a_burst_over_the_plan_is_throttled_and_the_rest_is_answered(
    stack: Deployed, connection: Connection
) -> None:
    key, _ = connection.access.keys.create("demo", "burst", "user")
    try:
        with ThreadPoolExecutor(16) as pool:
            statuses = list(
                pool.map(
                    lambda _: stack.call("GET", "/v1/conversations/nobody", key=key).status_code,
                    range(120),
                )
            )
        assert 429 in statuses
        assert set(statuses) <= {404, 429}
        assert statuses.count(404) >= 10
    finally:
        connection.access.keys.revoke("demo", "burst")


def test_a_revoked_key_is_refused(stack: Deployed, connection: Connection) -> None:
    key, _ = connection.access.keys.create("demo", "leaver", "user")
    eventually(
        lambda: stack.call("GET", "/v1/conversations/none", key=key).status_code == 404, "key"
    )
    stack.nexus("keys", "revoke", "leaver")
    eventually(
        lambda: stack.call("GET", "/v1/conversations/none", key=key).status_code == 403, "refusal"
    )


def test_keys_of_a_deployment_before_are_told_and_attached_again(
    stack: Deployed, connection: Connection
) -> None:
    key, entry = connection.access.keys.create("demo", "stayer", "admin")
    try:
        # As after the service stack was made anew: the key is there, and on none of its plans.
        connection.client("apigateway").delete_usage_plan_key(
            usagePlanId=connection.deployment.admin_plan_id, keyId=entry.gateway_key_id
        )

        def status() -> int:
            return stack.call("GET", "/v1/conversations/none", key=key).status_code

        eventually(lambda: status() == 403, "refusal")
        assert "1 key on no plan of this deployment" in stack.nexus("keys", "list").stderr
        done = stack.nexus("keys", "attach")
        assert "✓ demo stayer" in done.stdout
        assert "1 key attached." in done.stdout
        eventually(lambda: status() == 404, "key that works again")
        assert "0 keys attached." in stack.nexus("keys", "attach").stdout
        assert stack.nexus("keys", "list").stderr == ""
    finally:
        connection.access.keys.revoke("demo", "stayer")


def test_the_role_for_the_gateway_s_logs_is_set_and_then_stays(
    stack: Deployed, connection: Connection
) -> None:
    # Another test of this stack, of a document's commands, may have set it before.
    set_or_stays = stack.nexus("gateway-logs").stdout
    assert "from now on" in set_or_stays or "which stays" in set_or_stays
    role = connection.client("apigateway").get_account()["cloudwatchRoleArn"]
    assert f"which stays: {role}" in stack.nexus("gateway-logs").stdout
