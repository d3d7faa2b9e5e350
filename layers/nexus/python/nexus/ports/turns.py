"""What a turn reads first and writes last, each in as few calls as the store allows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from nexus.models import Generation, Generations, LoggedQuestion, Turn


@dataclass(frozen=True, slots=True)
class Standing:
    """Which generations there are, and the version of a tenant's documents in one of them.

    `generations` is None before any were stored; `version` is what `Catalogue.version` says.
    """

    generations: Generations | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A value for the cache, for `ttl_s` seconds.

    `documents` are the tenant and id of each document whose text is in it.
    """

    key: str
    value: bytes
    ttl_s: int
    documents: Collection[tuple[str, str]] = ()


class Standings(Protocol):
    """Tells in one read what a turn has to know of several stores before it begins."""

    def standing(self, generation: Generation, tenant: str) -> Standing:
        """The generations, and the tenant's version in this one, both read consistently."""
        ...


class TurnWriter(Protocol):
    """Writes in one call what a turn leaves in the conversations and in the cache."""

    def append(
        self,
        tenant: str,
        client: str,
        conversation_id: str,
        turn: Turn,
        *,
        begins: bool,
        kept: Sequence[Kept],
        logged: LoggedQuestion | None = None,
    ) -> None:
        """Adds a turn as `ConversationStore.append` does, and the values as `Cache.put` does.

        The values' keys are distinct. `begins` says that the conversation's id was made for this
        turn, so that there is none before. What is told to be written may be read when this
        returns; a value that the cache has no room for now is let go. So is what is `logged` of the
        question, where the log takes nothing.
        """
        ...

    def add(self, tenant: str, question: LoggedQuestion) -> None:
        """Logs a question that has no turn, as it failed; nowhere, where nothing is logged."""
        ...
