"""Where documents are brought from, where they land, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Protocol

from nexus.models.sources import (
    Brought,
    Fetched,
    Found,
    Inventory,
    Listed,
    SourceSpec,
    SourceStatus,
)


class Source(Protocol):
    """A place outside that has documents."""

    def listed(self, since: str, at: str, known: Mapping[str, Brought]) -> Iterator[Listed]:
        """What there is, or what changed `since` a cursor, part by part.

        `at` is where an earlier listing stopped, "" for the beginning; `known` is what was brought,
        by id. A part is asked for once all documents of the one before are brought. Raises
        ListingOutdated if the source no longer knows `since` or `at`.
        """
        ...

    def fetch(self, found: Found) -> Fetched | None:
        """A listed document's content; None if it is there no more. Raises DocumentRejected."""
        ...


class Landing(Protocol):
    """The part of the documents' bucket that one source fills; paths are below its prefix."""

    def held(self) -> Mapping[str, float]:
        """Every path that holds a document now, and when that was written: seconds since 1970."""
        ...

    def put(self, path: str, fetched: Fetched, metadata: Mapping[str, str]) -> None:
        """Writes a document with its user metadata."""
        ...

    def copy(self, source: str, target: str, metadata: Mapping[str, str]) -> bool:
        """Copies a document, or only gives it other metadata; False if there is none."""
        ...

    def delete(self, paths: Set[str]) -> None:
        """Removes documents; those that do not exist are ignored."""
        ...


class InventoryStore(Protocol):
    """Where a source's inventory is kept between runs."""

    def read(self) -> Inventory:
        """The inventory, with the time of its writing by the landing's clock; else an empty one."""
        ...

    def write(self, inventory: Inventory) -> None:
        """Replaces the inventory, all of it at once."""
        ...

    def remove(self) -> None:
        """Forgets the inventory."""
        ...


class SourceRegistry(Protocol):
    """The sources of a stage."""

    def add(self, spec: SourceSpec, now: float) -> None:
        """Stores a source. Raises InvalidRequest if the tenant has one of that name."""
        ...

    def find(self, tenant: str, name: str) -> SourceStatus | None:
        """A tenant's source, or None."""
        ...

    def sources(self, tenant: str | None = None) -> list[SourceStatus]:
        """All sources, or a tenant's, by tenant and name."""
        ...

    def remove(self, tenant: str, name: str) -> None:
        """Forgets a source; an unknown one is ignored."""
        ...

    def begin(self, tenant: str, name: str, now: float, until: float) -> str:
        """Takes a source for one run, until that time at most; the run's token.

        Raises InProgress if another run has it, NotFound if there is no such source.
        """
        ...

    def end(self, status: SourceStatus, token: str) -> None:
        """Notes how the run went, and gives the source free if the token still has it."""
        ...
