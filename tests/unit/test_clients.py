"""A key stands for its principal until it is revoked or expires."""

from __future__ import annotations

import pytest

from nexus.clients import Authenticator, hash_key, new_key
from nexus.errors import NotAllowed
from nexus.models import ApiClient, Principal
from tests.fakes import FakeClients, FakeClock


def entry(key: str, expires_at: int | None = None) -> ApiClient:
    principal = Principal("acme", "web", "user", "standard", expires_at=expires_at)
    return ApiClient(hash_key(key), "gw-1", principal, "2026-01-01T00:00:00Z")


def test_a_known_key_has_its_principal_and_an_unknown_one_none() -> None:
    key = new_key()
    authenticator = Authenticator(FakeClients(entry(key)), FakeClock())
    assert authenticator.principal(key).tenant == "acme"
    with pytest.raises(NotAllowed):
        authenticator.principal(new_key())


@pytest.mark.parametrize("setting", [{}, {"remembered_s": 5}])
def test_a_revoked_key_is_refused_within_a_minute_or_as_long_as_is_set(
    setting: dict[str, float],
) -> None:
    key, clock = new_key(), FakeClock()
    clients = FakeClients(entry(key))
    authenticator = Authenticator(clients, clock, **setting)
    authenticator.principal(key)
    clients.remove(hash_key(key))
    clock.advance(setting.get("remembered_s", 60) - 1)
    assert authenticator.principal(key).tenant == "acme"
    clock.advance(2)
    with pytest.raises(NotAllowed):
        authenticator.principal(key)


def test_an_expired_key_is_refused_even_while_remembered() -> None:
    key, clock = new_key(), FakeClock(1_000.0)
    authenticator = Authenticator(FakeClients(entry(key, expires_at=1_030)), clock)
    authenticator.principal(key)
    clock.advance(31)
    with pytest.raises(NotAllowed) as ended:
        authenticator.principal(key)
    with pytest.raises(NotAllowed) as unknown:
        authenticator.principal(new_key())
    assert str(ended.value) == str(unknown.value)


def test_keys_are_long_random_and_stored_only_as_a_hash() -> None:
    assert new_key() != new_key()
    assert len(new_key()) > 40
    assert hash_key("nx_abc") not in {"nx_abc"}
    assert len(hash_key("nx_abc")) == 64
