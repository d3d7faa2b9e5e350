"""Who has a key, and what the gateway knows of it."""

from __future__ import annotations

from collections.abc import Iterator
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
