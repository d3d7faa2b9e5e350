"""Puts parts of the core together over fakes as `nexus.wiring` does over adapters."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, BinaryIO, TypeVar

from nexus.errors import NexusError
from nexus.generations.lifecycle import PerGeneration, SingleGeneration
from nexus.ingestion.chunk_writing import ChunkWriter
from nexus.ingestion.indexer import Indexer
from nexus.ingestion.parsing import outline, parse_part
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.part_indexer import PartIndexer
from nexus.models import Generation, ParsedDocument
from nexus.ports import (
    Catalogue,
    DocumentStore,
    Embedder,
    EmbeddingLedger,
    VectorIndex,
    WorkQueue,
)
from nexus.retrieval.reader import Reader
from nexus.retrieval.retriever import Retriever
from nexus.settings import Settings
from tests.fakes import FakeIndex, FakeLedger, FakeQueue

T = TypeVar("T")


class InTurn(Executor):
    """Runs everything on the caller's own thread, before it goes on."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except NexusError as error:
            done.set_exception(error)
        return done


def indexer(
    documents: DocumentStore,
    catalogue: Catalogue,
    index: VectorIndex,
    embedder: Embedder,
    settings: Settings,
    *,
    generation: Generation | None = None,
    ledger: EmbeddingLedger | None = None,
    queue: WorkQueue | None = None,
    executor: Executor | None = None,
    now: Callable[[], float] = time.time,
    survey: Callable[..., Outline] = outline,
    read: Callable[[BinaryIO, Outline, Part], ParsedDocument] = parse_part,
) -> Indexer:
    """An indexer of the configured generation, unless another is given."""
    generation, executor = generation or settings.generation, executor or InTurn()
    writer = ChunkWriter(index, embedder, ledger or FakeLedger(), generation, executor)
    parts = PartIndexer(catalogue, index, writer, generation, settings, executor, read)
    return Indexer(
        documents,
        catalogue,
        index,
        parts,
        queue or FakeQueue(),
        generation,
        settings,
        executor,
        now,
        survey,
    )


def readers(
    retriever: Retriever,
    catalogue: Catalogue,
    settings: Settings,
    index: VectorIndex | None = None,
) -> PerGeneration[Reader]:
    """Readers of one generation, the configured one."""
    generation = settings.generation
    reader = Reader(generation, retriever, catalogue, index or FakeIndex())
    return PerGeneration(SingleGeneration(generation), generation, lambda _: reader)
