"""A tenant's clients as an administrator sees them: their keys, rights and spending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from nexus.access.key_times import has_ended, keys_in_use, lasts
from nexus.models import ApiClient, Principal

State = Literal["in_use", "in_grace", "ended"]


@dataclass(frozen=True, slots=True)
class KeyOfClient:
    """A key by its id at the gateway, and whether it works."""

    entry: ApiClient
    state: State


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """A client: its rights, as the key in use has them, and its keys, the newest first."""

    principal: Principal
    keys: tuple[KeyOfClient, ...]


def clients_of(entries: Iterable[ApiClient], tenant: str, now: float) -> list[ClientKeys]:
    """A tenant's clients by name; `now` is a Unix time in seconds."""
    by_client: Mapping[str, list[ApiClient]] = defaultdict(list)
    for entry in entries:
        if entry.principal.tenant == tenant:
            by_client[entry.principal.client].append(entry)
    return [_client(by_client[name], now) for name in sorted(by_client)]


def _client(entries: list[ApiClient], now: float) -> ClientKeys:
    # Of two that were made in one second, the one that works longer is the newer.
    ordered = sorted(entries, key=lambda one: (one.created_at, lasts(one)[0]), reverse=True)
    in_use = list(keys_in_use(ordered, now).values())
    keys = []
    for entry in ordered:
        state: State = "in_use" if entry in in_use else "in_grace"
        keys.append(KeyOfClient(entry, "ended" if has_ended(entry, now) else state))
    return ClientKeys((in_use or ordered)[0].principal, tuple(keys))
