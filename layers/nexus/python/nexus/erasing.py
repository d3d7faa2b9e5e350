"""Erases a document for good, everywhere that its text or what was made of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nexus.ports import Catalogue, VectorIndex

Erasable = Literal[
    "object_versions", "vectors", "manifests", "cached_answers", "conversation_turns"
]


@dataclass(frozen=True, slots=True)
class Place:
    """One index generation: its catalogue, its index, and the namespace of a tenant in that."""

    catalogue: Catalogue
    index: VectorIndex
    namespace: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of one kind of thing; `remaining` is what a query found at `verified_at`."""

    what: Erasable
    found: int
    removed: int
    remaining: int
    verified_at: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure found, removed and left; times are UTC ISO 8601 with Z."""

    document_id: str
    path: str
    title: str
    started_at: str
    finished_at: str
    duration_ms: float
    items: tuple[Erased, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is left anywhere."""
        return not any(item.remaining for item in self.items)


class Eraser:
    """Erases documents and tells what it did."""

    def erase(self, tenant: str, document_id: str) -> Receipt:
        """Erases the tenant's document. Raises NotFound if there is none, or nothing of it."""
        raise NotImplementedError
