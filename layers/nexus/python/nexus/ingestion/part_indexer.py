"""Indexes one part of a document: parse, chunk, keep what is unchanged, embed and upsert the rest.

A small document is a single part. Nothing here is visible to readers before it is published.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import BinaryIO

from nexus.ingestion.chunk_writing import ChunkWriter
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse_part
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.reading_warnings import bounded
from nexus.ingestion.revisions import content_of, record_id, stamp, stamp_of
from nexus.models import DocumentRecord, Generation, ParsedDocument
from nexus.ports import Catalogue, PartResult, VectorIndex
from nexus.settings import Settings
from nexus.tracing import step

# Chunks are numbered within their part; no part has so many.
ORDINALS_PER_PART = 1_000_000
# Of a document in many parts, a killed worker may waste this share of the embeddings at most: small
# documents are embedded in large batches, large ones in small batches.
WASTED_SHARE = 1 / 1_500
SMALLEST_CHECKPOINT = 8
# One document of a process is read at a time: it takes the processor, and may take the memory,
# while others wait for the network.
READING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Run:
    """One worker's go at one part of an attempt, numbered from 0 within the attempt.

    `attempt` describes what is being indexed, `live` what readers see of the document. A run that
    starts `afresh` does not trust the index to hold what the live revision is made of.
    """

    attempt: DocumentRecord
    live: DocumentRecord
    number: int = 0
    parts: int = 1
    afresh: bool = False

    @property
    def stamp(self) -> int:
        """What tells this run's chunks from those of every other."""
        return stamp(self.attempt.revision, self.number)


@dataclass(frozen=True, slots=True)
class IndexedPart:
    """A part's result, and what only its text told: the document's own title, and its pages.

    `settled` returns when its chunks are searchable and noted, or raises why they are not.
    """

    result: PartResult
    title: str
    pages: int
    settled: Callable[[], None]


class PartIndexer:
    """Indexes parts of documents in one generation."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: VectorIndex,
        writer: ChunkWriter,
        generation: Generation,
        settings: Settings,
        executor: Executor,
        read: Callable[[BinaryIO, Outline, Part], ParsedDocument] = parse_part,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._writer = writer
        self._generation = generation
        self._settings = settings
        self._executor = executor
        self._read = read

    def index(self, source: BinaryIO, run: Run, outline: Outline, part: Part) -> IndexedPart:
        """Brings one part's chunks into the index, not published, and searchable once settled.

        Raises DocumentRejected for a part that can never be read.
        """
        attempt = run.attempt
        with READING, step("parse"):
            parsed = self._read(source, outline, part)
        title = attempt.metadata.title or outline.title or parsed.title or attempt.title
        attempt = replace(attempt, title=title)
        with step("chunk"):
            chunks = chunk(
                parsed,
                attempt.document_id,
                embedding_model=self._generation.embedding_model,
                max_chars=self._generation.chunk_chars,
                overlap=self._generation.chunk_overlap,
            )
        first = part.number * ORDINALS_PER_PART
        if first:
            chunks = [replace(item, ordinal=first + item.ordinal) for item in chunks]
        # Chunks are kept only if all that is stored with them still holds: another title or other
        # metadata are written as this run's own chunks, unseen until they are published.
        kept: dict[str, str] = {}
        unchanged = (run.live.title, run.live.metadata) == (title, attempt.metadata)
        if unchanged and not run.afresh:
            kept = self._live_chunks(run.live, {content_of(item.chunk_id) for item in chunks})
        new = [item for item in chunks if content_of(item.chunk_id) not in kept]
        checkpoint = self._checkpoint(len(chunks) * run.parts, run.parts)
        with step("write"):
            written = self._writer.write(attempt, run.stamp, new, checkpoint)
        # An equal stretch of text at an equal place is one chunk.
        ids = tuple(
            dict.fromkeys(
                kept.get(content_of(item.chunk_id)) or record_id(item.chunk_id, run.stamp)
                for item in chunks
            )
        )
        brought = [one for one in ids if stamp_of(one) == run.stamp]
        space = self._generation.namespace(attempt.tenant)
        waiting = self._executor.submit(self._index.wait_until_searchable, space, brought)

        def settled() -> None:
            written.noted()
            waiting.result()

        told = bounded(parsed.warnings)
        result = PartResult(part.number, ids, written.embedded, written.tokens, told)
        return IndexedPart(result, title, parsed.pages, settled)

    def _live_chunks(self, live: DocumentRecord, contents: Collection[str]) -> dict[str, str]:
        """The ids of the live revision's chunks that have one of these contents, by content."""
        if not live.live_revision:
            return {}
        manifest = self._catalogue.manifest(live.tenant, live.document_id)
        ids = manifest.chunk_ids if manifest else ()
        return {content_of(one): one for one in ids if content_of(one) in contents}

    def _checkpoint(self, chunks: int, parts: int) -> int:
        """How many chunks are embedded and upserted together."""
        if parts == 1:
            return self._settings.embedding_batch
        wasted = round(chunks * WASTED_SHARE)
        return max(1, min(self._settings.embedding_batch, max(SMALLEST_CHECKPOINT, wasted)))
