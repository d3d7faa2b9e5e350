"""Requests for keys that come again, at once, or while a service behind them fails."""

from __future__ import annotations

from typing import Any

import pytest

from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.ports import Account
from nexus.taken_requests import RETRY_AFTER_S
from tests.functions.access_services import RIVAL_KEY, Bureau
from tests.functions.test_access_api import clients


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


def test_the_same_request_makes_one_key_and_is_told_it_again_for_an_hour(bureau: Bureau) -> None:
    api, named = bureau.api(), {"Idempotency-Key": "one"}
    first = api.post("/v1/clients", json={"name": "web"}, headers=named)
    again = api.post("/v1/clients", json={"name": "web"}, headers={"Idempotency-Key": '"one"'})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = api.post("/v1/clients", json={"name": "web2"}, headers=named)
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
    stored = repr(vars(bureau.claims)) + repr(bureau.claims._cache.__dict__)
    assert first.json()["key"] not in stored
    turned = api.post("/v1/clients/web:rotate", json={}, headers={"Idempotency-Key": "two"})
    assert api.post("/v1/clients/web:rotate", headers={"Idempotency-Key": "two"}).json() == (
        turned.json()
    )
    bureau.clock.advance(3601)
    assert api.post("/v1/clients", json={"name": "web"}, headers=named).status_code == 409


def test_another_caller_s_idempotency_key_is_another_key(bureau: Bureau) -> None:
    named = {"Idempotency-Key": "one"}
    first = bureau.api().post("/v1/clients", json={"name": "web"}, headers=named)
    other = bureau.api(RIVAL_KEY).post("/v1/clients", json={"name": "web"}, headers=named)
    assert other.status_code == 201
    assert other.json()["key"] != first.json()["key"]


def test_a_repeated_request_whose_key_was_revoked_makes_none(bureau: Bureau) -> None:
    api, named = bureau.api(), {"Idempotency-Key": "one"}
    api.post("/v1/clients", json={"name": "web"}, headers=named)
    api.delete("/v1/clients/web")
    assert api.post("/v1/clients", json={"name": "web"}, headers=named).status_code == 409
    assert "web" not in clients(bureau)


def test_two_changes_of_one_tenant_at_once_wait_for_each_other(bureau: Bureau) -> None:
    turns = bureau.services.keys._turns
    with turns.of("acme"):
        waits = bureau.api().post("/v1/clients", json={"name": "web"})
        assert waits.status_code == 409
        assert waits.headers["retry-after"] == f"{RETRY_AFTER_S:.0f}"
        assert bureau.api(RIVAL_KEY).post("/v1/clients", json={"name": "web"}).status_code == 201
    assert bureau.api().post("/v1/clients", json={"name": "web"}).status_code == 201


def test_what_was_spent_is_told_by_client_and_its_failure_hides_no_client() -> None:
    class Ledger:
        fails = False

        def accounts(self, tenant: str, month: str) -> dict[str, Account]:
            if self.fails:
                raise UpstreamUnavailable("insights", "Try again.")
            spent = {
                f"requests:month:{month}": 3,
                f"tokens:month:{month}": 900,
                f"dollars:month:{month}": 250_000_000,
            }
            return {"client/guest": Account(spent), "tenant": Account(spent)}

    ledger: Any = Ledger()
    bureau = Bureau(ledger)
    told = clients(bureau)["guest"]["spent"]
    assert {name: told[name] for name in ("requests", "tokens", "dollars")} == {
        "requests": 3,
        "tokens": 900,
        "dollars": 0.25,
    }
    assert clients(bureau)["boss"]["spent"] is None
    ledger.fails = True
    assert clients(bureau)["guest"]["spent"] is None


@pytest.mark.parametrize("service", ["clients", "gateway", "claims"])
def test_a_failing_service_is_a_503_with_retry_after_and_a_refusing_one_without(
    bureau: Bureau, service: str
) -> None:
    class Failing:
        failure: Exception = UpstreamUnavailable(service, "Try again.", 7)

        def __getattr__(self, name: str) -> Any:
            def fail(*_args: Any, **_given: Any) -> Any:
                raise self.failure

            return fail

    failing: Any = Failing()
    known = bureau.clients
    if service == "clients":
        known.list_clients = failing.list_clients  # type: ignore[method-assign]
    elif service == "gateway":
        bureau.gateway = failing
    else:
        bureau.claims = failing
    api = bureau.api(services=bureau.process())
    response = api.post("/v1/clients", json={"name": "web"})
    assert (response.status_code, response.headers["retry-after"]) == (503, "7")
    assert response.json()["request_id"]
    failing.failure = UpstreamRefused(service, "AccessDenied")
    response = api.post("/v1/clients", json={"name": "web"})
    assert response.status_code == 503
    assert "retry-after" not in response.headers
