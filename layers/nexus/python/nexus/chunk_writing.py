"""Writes an attempt's chunks to the index, embedding only texts that nobody has paid for yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from nexus.chunking import context_line, embedding_text, text_key
from nexus.models import Chunk, DocumentRecord, Generation, IndexRecord
from nexus.ports import Embedder, EmbeddingLedger, VectorIndex
from nexus.revisions import record_id

T = TypeVar("T")

# Chunks looked up together: what one BatchGetItem of DynamoDB and one fetch of Pinecone answer.
LOOKED_UP = 100


@dataclass(frozen=True, slots=True)
class Written:
    """How many of the chunks had to be embedded, and the tokens that were billed."""

    embedded: int = 0
    tokens: int = 0


class ChunkWriter:
    """Brings chunks of one attempt into the index of one generation."""

    def __init__(
        self,
        index: VectorIndex,
        embedder: Embedder,
        ledger: EmbeddingLedger,
        generation: Generation,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._ledger = ledger
        self._generation = generation

    def write(
        self, attempt: DocumentRecord, stamp: int, chunks: Sequence[Chunk], checkpoint: int
    ) -> Written:
        """Upserts chunks with a stamp of their own, `checkpoint` of them at a time.

        A text whose vector stands anywhere in the tenant's index, in this document or another, in
        the live version or a broken-off attempt, is not embedded again. What is embedded is noted
        at once, so that a worker that is killed loses one checkpoint at most.
        """
        keys = [text_key(item, self._generation.embedding_model) for item in chunks]
        known = self._known(attempt.tenant, keys)
        done = Written()
        todo = list(zip(keys, chunks, strict=True))
        for batch in _batches((item for item in todo if item[0] in known), LOOKED_UP):
            self._upsert(attempt, stamp, batch, known)
        for batch in _batches((item for item in todo if item[0] not in known), checkpoint):
            texts = {key: embedding_text(attempt.title, item) for key, item in batch}
            missing = [key for key in texts if key not in known]
            if missing:
                result = self._embedder.embed([texts[key] for key in missing])
                known |= zip(missing, result.vectors, strict=True)
                done = Written(done.embedded + len(missing), done.tokens + result.tokens)
            self._upsert(attempt, stamp, batch, known)
        return done

    def _known(self, tenant: str, keys: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """The vectors of those texts that are in the index somewhere, by text key."""
        vectors: dict[str, tuple[float, ...]] = {}
        for some in _batches(dict.fromkeys(keys), LOOKED_UP):
            ids = self._ledger.find(tenant, some)
            if ids:
                space = self._generation.namespace(tenant)
                found = self._index.fetch(space, list(dict.fromkeys(ids.values())))
                vectors |= {key: found[one].vector for key, one in ids.items() if one in found}
        return vectors

    def _upsert(
        self,
        attempt: DocumentRecord,
        stamp: int,
        batch: Sequence[tuple[str, Chunk]],
        vectors: dict[str, tuple[float, ...]],
    ) -> None:
        records = [
            IndexRecord(
                chunk=replace(item, chunk_id=record_id(item.chunk_id, stamp)),
                document_id=attempt.document_id,
                title=context_line(attempt.title, item.locator),
                uri=attempt.uri,
                added_in=stamp,
                vector=vectors[key],
                metadata=attempt.metadata,
            )
            for key, item in batch
        ]
        self._index.upsert(self._generation.namespace(attempt.tenant), records)
        self._ledger.note(
            attempt.tenant,
            {key: record.chunk.chunk_id for (key, _), record in zip(batch, records, strict=True)},
        )


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
