"""Writes an attempt's chunks to the index, embedding only texts that nobody has paid for yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import partial
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
    """How many of the chunks had to be embedded, and the tokens that were billed.

    `noted` returns when the ledger knows of all of them.
    """

    noted: Callable[[], None]
    embedded: int = 0
    tokens: int = 0


class _Notes:
    """What the ledger is told of one document, one note at a time, beside what goes on."""

    def __init__(self, ledger: EmbeddingLedger, tenant: str, executor: Executor) -> None:
        self._note = partial(ledger.note, tenant)
        self._executor = executor
        self._last: Future[None] | None = None

    def add(self, record_ids: Mapping[str, str]) -> None:
        self.wait()
        self._last = self._executor.submit(self._note, record_ids)

    def wait(self) -> None:
        if self._last is not None:
            self._last.result()


class ChunkWriter:
    """Brings chunks of one attempt into the index of one generation."""

    def __init__(
        self,
        index: VectorIndex,
        embedder: Embedder,
        ledger: EmbeddingLedger,
        generation: Generation,
        executor: Executor,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._ledger = ledger
        self._generation = generation
        self._executor = executor

    def write(
        self, attempt: DocumentRecord, stamp: int, chunks: Sequence[Chunk], checkpoint: int
    ) -> Written:
        """Upserts chunks with a stamp of their own, `checkpoint` of them at a time.

        A text whose vector stands anywhere in the tenant's index, in this document or another, in
        the live version or a broken-off attempt, is not embedded again. What is embedded is noted
        before more is, so that a worker that is killed loses one checkpoint at most; and no more
        vectors are in memory than are looked up or embedded together.
        """
        # Chunks of one text are written together, so that none of it is embedded twice.
        texts: dict[str, list[Chunk]] = {}
        for item in chunks:
            texts.setdefault(text_key(item, self._generation.embedding_model), []).append(item)
        notes = _Notes(self._ledger, attempt.tenant, self._executor)
        embedded = tokens = 0
        missing: list[str] = []
        for keys in _batches(texts, LOOKED_UP):
            known = self._known(attempt.tenant, keys)
            self._upsert(attempt, stamp, texts, known, notes)
            missing += (key for key in keys if key not in known)
            while len(missing) >= checkpoint:
                tokens += self._embed(attempt, stamp, texts, missing[:checkpoint], notes)
                embedded += checkpoint
                del missing[:checkpoint]
        tokens += self._embed(attempt, stamp, texts, missing, notes)
        return Written(notes.wait, embedded + len(missing), tokens)

    def _embed(
        self,
        attempt: DocumentRecord,
        stamp: int,
        texts: Mapping[str, Sequence[Chunk]],
        keys: Sequence[str],
        notes: _Notes,
    ) -> int:
        """Embeds and upserts the texts of these keys; the tokens that were billed."""
        if not keys:
            return 0
        notes.wait()  # what is paid for is known before more is
        result = self._embedder.embed(
            [embedding_text(attempt.title, texts[key][0]) for key in keys]
        )
        self._upsert(attempt, stamp, texts, dict(zip(keys, result.vectors, strict=True)), notes)
        return result.tokens

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
        notes: _Notes,
    ) -> None:
        """Writes all chunks of those texts whose vectors these are."""
        if not vectors:
            return
        metadata = filterable(attempt.metadata)
        records = [
            (
                key,
                IndexRecord(
                    chunk=replace(item, chunk_id=record_id(item.chunk_id, stamp)),
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
        notes.add({key: record.chunk.chunk_id for key, record in records})


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
