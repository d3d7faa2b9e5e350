"""Writes an attempt's chunks to the index, embedding only texts that nobody has paid for yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from nexus.ingestion.chunking import context_line, embedding_text, text_key
from nexus.ingestion.describing import filterable
from nexus.ingestion.revisions import record_id
from nexus.models import Chunk, DocumentRecord, Generation, IndexRecord
from nexus.ports import Embedder, EmbeddingLedger, VectorIndex

T = TypeVar("T")

# Chunks looked up together: what one BatchGetItem of DynamoDB and one fetch of Pinecone answer.
LOOKED_UP = 100


@dataclass(frozen=True, slots=True)
class Written:
    """How many of the chunks had to be embedded, and the tokens that were billed."""

    embedded: int = 0
    tokens: int = 0

    def __add__(self, more: Written) -> Written:
        return Written(self.embedded + more.embedded, self.tokens + more.tokens)


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
        at once, so that a worker that is killed loses one checkpoint at most; and no more vectors
        are in memory than are looked up or embedded together.
        """
        # Chunks of one text are written together, so that none of it is embedded twice.
        texts: dict[str, list[Chunk]] = {}
        for item in chunks:
            texts.setdefault(text_key(item, self._generation.embedding_model), []).append(item)
        done = Written()
        missing: list[str] = []
        for keys in _batches(texts, LOOKED_UP):
            known = self._known(attempt.tenant, keys)
            self._upsert(attempt, stamp, texts, known)
            missing += (key for key in keys if key not in known)
            while len(missing) >= checkpoint:
                done += self._embed(attempt, stamp, texts, missing[:checkpoint])
                del missing[:checkpoint]
        return done + self._embed(attempt, stamp, texts, missing)

    def _embed(
        self,
        attempt: DocumentRecord,
        stamp: int,
        texts: Mapping[str, Sequence[Chunk]],
        keys: Sequence[str],
    ) -> Written:
        """Embeds and upserts the texts of these keys."""
        if not keys:
            return Written()
        result = self._embedder.embed(
            [embedding_text(attempt.title, texts[key][0]) for key in keys]
        )
        self._upsert(attempt, stamp, texts, dict(zip(keys, result.vectors, strict=True)))
        return Written(len(keys), result.tokens)

    def _known(self, tenant: str, keys: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """The vectors of those texts that are in the index somewhere, by text key."""
        ids = self._ledger.find(tenant, keys)
        if not ids:
            return {}
        space = self._generation.namespace(tenant)
        found = self._index.fetch(space, list(dict.fromkeys(ids.values())))
        return {key: found[one].vector for key, one in ids.items() if one in found}

    def _upsert(
        self,
        attempt: DocumentRecord,
        stamp: int,
        texts: Mapping[str, Sequence[Chunk]],
        vectors: Mapping[str, tuple[float, ...]],
    ) -> None:
        """Writes all chunks of those texts whose vectors these are."""
        if not vectors:
            return
        metadata = filterable(attempt.metadata)
        records = [
            (
                key,
                IndexRecord(
                    chunk=Chunk(
                        record_id(item.chunk_id, stamp), item.text, item.locator, item.ordinal
                    ),
                    document_id=attempt.document_id,
                    title=context_line(attempt.title, item.locator),
                    uri=attempt.uri,
                    added_in=stamp,
                    vector=vector,
                    metadata=metadata,
                ),
            )
            for key, vector in vectors.items()
            for item in texts[key]
        ]
        space = self._generation.namespace(attempt.tenant)
        self._index.upsert(space, [record for _, record in records])
        self._ledger.note(attempt.tenant, {key: record.chunk.chunk_id for key, record in records})


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
