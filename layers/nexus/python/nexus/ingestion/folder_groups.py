"""Gives documents the groups of their folders, where they have none of their own.

Which folder gives which groups is configured for a stage: the longest beginning of a document's
path that is named there decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from nexus.models import DocumentMetadata, ObjectState
from nexus.ports import DocumentStore

# Beginnings of paths, each with the groups that documents there have.
FolderGroups = tuple[tuple[str, tuple[str, ...]], ...]


def governed(metadata: DocumentMetadata, path: str, folders: FolderGroups) -> DocumentMetadata:
    """The metadata with the groups of the document's folder, unless it has its own."""
    if metadata.groups:
        return metadata
    fitting = [rule for rule in folders if path.startswith(rule[0])]
    _, groups = max(fitting, key=lambda rule: len(rule[0]), default=("", ()))
    return replace(metadata, groups=groups)


class GovernedDocuments:
    """A DocumentStore whose objects have the groups of their folders."""

    def __init__(self, documents: DocumentStore, folders: FolderGroups) -> None:
        self._documents = documents
        self._folders = folders

    def head(self, key: str) -> ObjectState | None:
        """What the bucket holds at the key now, or None. Raises NotFound for a foreign key."""
        state = self._documents.head(key)
        return self._governed(state) if state else None

    def read(self, key: str, up_to: int) -> tuple[ObjectState, bytes | None] | None:
        """The same with its content, which is None where that is longer than `up_to` bytes."""
        found = self._documents.read(key, up_to)
        return (self._governed(found[0]), found[1]) if found else None

    def open(self, state: ObjectState) -> BinaryIO:
        """A seekable stream over the content of exactly that version."""
        return self._documents.open(state)

    def list_objects(self, tenant: str | None, start_after: str) -> Iterator[ObjectState]:
        """All objects after a key, in key order, without metadata."""
        return self._documents.list_objects(tenant, start_after)

    def ping(self) -> None:
        """Returns when the bucket answers; raises otherwise."""
        self._documents.ping()

    def _governed(self, state: ObjectState) -> ObjectState:
        return replace(state, metadata=governed(state.metadata, state.path, self._folders))
