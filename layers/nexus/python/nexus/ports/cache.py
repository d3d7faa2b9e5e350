"""What was asked before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

# The largest value that a Cache keeps, in bytes: a DynamoDB item even if it cannot be compressed.
LARGEST_CACHED = 300 * 1024


class Cache(Protocol):
    """Values that can be made again, kept for a while; any of them may be gone at any time."""

    def get(self, key: str) -> bytes | None:
        """The value, or None if there is none or it has expired."""
        ...

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The values of those keys, which are distinct, that `get` would give one of."""
        ...

    def put(
        self, key: str, value: bytes, ttl_s: int, documents: Collection[tuple[str, str]] = ()
    ) -> None:
        """Keeps a value for `ttl_s` seconds; one larger than LARGEST_CACHED bytes is not kept.

        `documents` are the tenant and id of each document whose text is in the value.
        """
        ...

    def discard(self, key: str) -> None:
        """Removes a value; an unknown one is ignored."""
        ...

    def forget(self, tenant: str, document_id: str) -> int:
        """Removes the values that hold text of the document; how many there were."""
        ...

    def count(self, tenant: str, document_id: str) -> int:
        """How many values hold text of the document, read consistently.

        Expired ones count until they are really gone.
        """
        ...

    def ping(self) -> None:
        """Returns when the cache answers; raises otherwise."""
        ...
