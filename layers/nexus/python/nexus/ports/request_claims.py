"""Requests that a client may send again, and what they were answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands under a request's key: the digest of its body, and its answer once there is one.

    `answer` is None while somebody is at work on it.
    """

    body: str
    answer: bytes | None = None


class RequestClaims(Protocol):
    """Who answers a request that may come several times, and the answer, each for a while."""

    def claim(self, key: str, body: str, owner: str, seconds: int) -> Claim | None:
        """Takes the key for so many seconds; what stands there if it is another's, else None.

        Of several owners at once, one gets it. The same owner gets it again.
        """
        ...

    def standing(self, key: str) -> Claim | None:
        """What stands under the key now; None for nothing, and the key is not taken."""
        ...

    def finish(
        self,
        key: str,
        body: str,
        owner: str,
        answer: bytes,
        seconds: int,
        documents: Collection[tuple[str, str]],
    ) -> bool:
        """Keeps the owner's answer for so many seconds; False if the key is not its own any more.

        `documents` are the tenant and id of each document whose text is in the answer: it goes when
        one of them is erased. An answer of more than LARGEST_CACHED bytes is not kept.
        """
        ...

    def release(self, key: str, owner: str) -> None:
        """Gives the key up if it is the owner's, so that the next one takes it."""
        ...
