"""Who has a key, and what the gateway knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from nexus.models import ApiClient


class ClientStore(Protocol):
    """API keys' entries, found by the SHA-256 of the key."""

    def find(self, key_hash: str) -> ApiClient | None:
        """The entry for a key's hash (64 lower-case hex digits), or None."""
        ...

    def put(self, client: ApiClient) -> None:
        """Stores an entry, replacing one with the same hash."""
        ...

    def succeed(self, old: ApiClient, ends_at: int, new: ApiClient) -> None:
        """Stores a key's successor, and ends the key at a Unix time in seconds; both or neither.

        `ends_at` is another time than the old entry's own. Raises Superseded if the old entry is
        gone, or ends at another time than `old` says: somebody else was here.
        """
        ...

    def remove(self, key_hash: str) -> None:
        """Removes an entry; an unknown one is ignored."""
        ...

    def list_clients(self) -> Iterator[ApiClient]:
        """Every entry."""
        ...

    def ping(self) -> None:
        """Returns when the store answers; raises otherwise."""
        ...


class GatewayKeys(Protocol):
    """The keys that the gateway lets through."""

    def remove(self, gateway_key_id: str) -> None:
        """Removes a key, so that the gateway refuses it; an unknown one is ignored."""
        ...


@dataclass(frozen=True, slots=True)
class GatewayKey:
    """A key that the gateway has: its id there, and the request that it was made for, or ""."""

    gateway_key_id: str
    request: str = ""


class ManagedKeys(GatewayKeys, Protocol):
    """The gateway's keys of one stage, and which of the stage's usage plans they are on.

    A key on no plan is refused by the gateway; it can be on one plan of a stage only.
    """

    def make(self, tenant: str, client: str, key: str, request: str = "") -> str:
        """Makes a client's key with this value, on no plan yet; returns its id."""
        ...

    def of_client(self, tenant: str, client: str) -> list[GatewayKey]:
        """The keys that were made for a client, whether anybody knows of them or not."""
        ...

    def value(self, gateway_key_id: str) -> str | None:
        """A key itself; None if the gateway does not have it."""
        ...

    def adopt(self, gateway_key_id: str) -> None:
        """Marks a key as the stage's, if it is not, so that it may be removed when it ends."""
        ...

    def on_plan(self, plan: str) -> set[str]:
        """The ids of the keys on a plan ("standard" or "admin")."""
        ...

    def put_on_plan(self, plan: str, gateway_key_id: str) -> bool:
        """Puts a key on a plan, where it may be already; False if there is no such key."""
        ...

    def take_off_plan(self, plan: str, gateway_key_id: str) -> None:
        """Takes a key off a plan, where it need not be."""
        ...
