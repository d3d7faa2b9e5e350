"""A client's keys are listed by their age, those of one second by how long they work."""

from __future__ import annotations

from itertools import permutations

from nexus.access.clients import clients_of
from nexus.models import ApiClient, Principal

NOW = 1_800_000_000


def key(name: str, created_at: str, expires_at: int | None) -> ApiClient:
    who = Principal("acme", "web", "user", "standard", expires_at=expires_at)
    return ApiClient(name, f"gateway-{name}", who, created_at)


def test_keys_of_one_second_are_listed_newest_first_in_whatever_order_they_are_found() -> None:
    entries = [
        key("older", "2027-01-01T00:00:00Z", NOW + 5),
        key("rotated", "2027-01-15T00:00:00Z", NOW + 10),
        key("new", "2027-01-15T00:00:00Z", None),
    ]
    for found in permutations(entries):
        [client] = clients_of(found, "acme", NOW)
        assert [(one.entry.key_hash, one.state) for one in client.keys] == [
            ("new", "in_use"),
            ("rotated", "in_grace"),
            ("older", "in_grace"),
        ]
