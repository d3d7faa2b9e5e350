"""Where chunks are searched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from nexus.models import Filters, Hit, IndexedChunk, IndexRecord


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """Chunks that stand in an index, and the cursor of the next page; "" where there is none."""

    chunks: tuple[IndexedChunk, ...]
    cursor: str


class VectorIndex(Protocol):
    """Chunks with their vectors, in namespaces, searchable by meaning and by words."""

    def upsert(self, namespace: str, records: Sequence[IndexRecord]) -> None:
        """Writes records; one with a known chunk id replaces it. Any number of records."""
        ...

    def search_dense(
        self, namespace: str, vector: Sequence[float], top_k: int, filters: Filters
    ) -> list[Hit]:
        """The `top_k` chunks whose vectors are nearest by cosine, best first."""
        ...

    def search_text(self, namespace: str, query: str, top_k: int, filters: Filters) -> list[Hit]:
        """The `top_k` chunks that share words with the query, best first; any input is safe."""
        ...

    def fetch(self, namespace: str, chunk_ids: Sequence[str]) -> dict[str, IndexRecord]:
        """The records with these ids, vectors included; unknown ids are left out."""
        ...

    def regroup(self, namespace: str, document_id: str, groups: Sequence[str]) -> None:
        """Gives the chunks that the document has now other groups, in the form they compare in."""
        ...

    def delete_chunks(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Removes these chunks; unknown ids are ignored."""
        ...

    def delete_document(
        self,
        namespace: str,
        document_id: str,
        through_stamp: int,
        keep: Collection[int] = (),
    ) -> None:
        """Removes the document's chunks with stamps up to and including this one.

        Chunks with the stamps in `keep` stay.
        """
        ...

    def delete_namespace(self, namespace: str) -> None:
        """Removes everything in a namespace; an unknown one is ignored."""
        ...

    def scan(self, generation_id: str, cursor: str, most: int) -> ScannedPage:
        """About `most` chunks of a generation's namespaces, from a cursor ("" for the first)."""
        ...

    def wait_until_searchable(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Returns when searches find these chunks, which were upserted before.

        Raises UpstreamUnavailable if that takes longer than the index should need.
        """
        ...

    def count(self, namespace: str, document_id: str | None = None) -> int:
        """How many chunks the namespace, or one document in it, holds."""
        ...

    def ping(self) -> None:
        """Returns when the index answers; raises otherwise. Costs one cheap call."""
        ...
