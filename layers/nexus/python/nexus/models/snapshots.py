"""The rows of a snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from nexus.models.documents import DocumentRecord
from nexus.models.index import IndexRecord


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A tenant's chunk as the index holds it."""

    tenant: str
    record: IndexRecord


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's record and its live revision's chunks.

    These are the rows from `chunk_row` of the file of chunks number `chunk_file` on, and of the
    files after it, in the manifest's order.
    """

    record: DocumentRecord
    chunk_ids: tuple[str, ...] = ()
    chunk_file: int = 1
    chunk_row: int = 0
