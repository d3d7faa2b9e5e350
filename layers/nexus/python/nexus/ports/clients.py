"""Who has a key."""

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

    def remove(self, key_hash: str) -> None:
        """Removes an entry; an unknown one is ignored."""
        ...

    def list_clients(self) -> Iterator[ApiClient]:
        """Every entry."""
        ...

    def ping(self) -> None:
        """Returns when the store answers; raises otherwise."""
        ...
