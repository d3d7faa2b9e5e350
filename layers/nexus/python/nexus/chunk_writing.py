"""Writes an attempt's chunks to the index, embedding only those that nobody has paid for yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nexus.chunking import context_line, embedding_text
from nexus.models import Chunk, DocumentRecord, IndexRecord
from nexus.ports import Embedder, VectorIndex
from nexus.revisions import content_of, record_id
from nexus.settings import Settings

# Chunks embedded and upserted together: what a killed attempt can lose of paid embeddings.
CHECKPOINT = 256
# Broken-off attempts, counted back from this one, whose paid embeddings are looked for.
LOOK_BACK = 3


class ChunkWriter:
    """Brings chunks of one attempt into the index."""

    def __init__(self, index: VectorIndex, embedder: Embedder, settings: Settings) -> None:
        self._index = index
        self._embedder = embedder
        self._settings = settings

    def paid_for(
        self, attempt: DocumentRecord, chunks: Sequence[Chunk]
    ) -> dict[str, tuple[float, ...]]:
        """The vectors that broken-off attempts left, by content, so that none is paid twice."""
        tried = range(
            attempt.revision - 1, max(attempt.live_revision, attempt.revision - 1 - LOOK_BACK), -1
        )
        ids = [record_id(item.chunk_id, revision) for revision in tried for item in chunks]
        return self.vectors(attempt.tenant, ids)

    def vectors(self, tenant: str, ids: Sequence[str]) -> dict[str, tuple[float, ...]]:
        namespace = self._settings.namespace(tenant)
        vectors: dict[str, tuple[float, ...]] = {}
        for start in range(0, len(ids), CHECKPOINT):
            found = self._index.fetch(namespace, ids[start : start + CHECKPOINT])
            vectors |= {content_of(chunk_id): record.vector for chunk_id, record in found.items()}
        return vectors

    def write(
        self,
        attempt: DocumentRecord,
        chunks: Sequence[Chunk],
        vectors: dict[str, tuple[float, ...]],
    ) -> tuple[int, int]:
        """Upserts chunks as this attempt's own, embedding those without a vector."""
        namespace = self._settings.namespace(attempt.tenant)
        embedded = tokens = 0
        for start in range(0, len(chunks), CHECKPOINT):
            batch = chunks[start : start + CHECKPOINT]
            missing = [item for item in batch if content_of(item.chunk_id) not in vectors]
            if missing:
                result = self._embedder.embed(
                    [embedding_text(attempt.title, item) for item in missing]
                )
                tokens += result.tokens
                embedded += len(missing)
                for item, vector in zip(missing, result.vectors, strict=True):
                    vectors[content_of(item.chunk_id)] = vector
            self._index.upsert(
                namespace,
                [
                    IndexRecord(
                        chunk=replace(item, chunk_id=record_id(item.chunk_id, attempt.revision)),
                        document_id=attempt.document_id,
                        title=context_line(attempt.title, item.locator),
                        uri=attempt.uri,
                        added_in=attempt.revision,
                        vector=vectors[content_of(item.chunk_id)],
                        metadata=attempt.metadata,
                    )
                    for item in batch
                ],
            )
        return embedded, tokens
