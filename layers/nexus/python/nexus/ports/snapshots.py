"""Where snapshots are kept, and how their rows are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from nexus.models import StoredChunk, StoredDocument


class SnapshotStore(Protocol):
    """Where snapshots are kept, each a folder of files."""

    def put(self, snapshot_id: str, name: str, content: bytes) -> None:
        """Writes a file, replacing one of the same name."""
        ...

    def get(self, snapshot_id: str, name: str) -> bytes:
        """A file's content. Raises NotFound."""
        ...

    def list_snapshots(self) -> list[str]:
        """The ids of all snapshots, unfinished ones too, in the order in which they were begun."""
        ...


class SnapshotCodec(Protocol):
    """How rows of a snapshot are written into files."""

    def write_chunks(self, chunks: Sequence[StoredChunk]) -> bytes:
        """A file of at least one chunk, all with vectors of one length."""
        ...

    def read_chunks(self, content: bytes) -> Iterator[StoredChunk]:
        """A file's chunks, in order, some of them in memory at a time."""
        ...

    def write_documents(self, documents: Sequence[StoredDocument]) -> bytes:
        """A file of at least one document."""
        ...

    def read_documents(self, content: bytes) -> Iterator[StoredDocument]:
        """A file's documents, in order."""
        ...
