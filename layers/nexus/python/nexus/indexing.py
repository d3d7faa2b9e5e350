"""Makes the index agree with one object of the bucket: parse, chunk, diff, embed, upsert, publish.

The bucket is the truth and an event is only a hint, so events may come twice, late or out of order:
whatever the event said, the work is to bring the index to what the bucket holds now.

A chunk's id in the index is the first 24 hex digits of its content id and the revision that brought
it in 8 more. Chunks of different attempts therefore never overwrite or delete each other, and a
chunk is visible exactly when a published manifest names it (`DocumentRecord.shows`).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Literal

from nexus.chunking import chunk, context_line, embedding_text
from nexus.errors import (
    DocumentRejected,
    DocumentTooLarge,
    NotFound,
    Superseded,
    UpstreamError,
)
from nexus.models import Chunk, DocumentMetadata, DocumentRecord, IndexRecord, ObjectState
from nexus.object_keys import document_id as id_of
from nexus.object_keys import parse_key
from nexus.parsing import parse
from nexus.ports import Catalogue, DocumentStore, Embedder, Manifest, VectorIndex
from nexus.settings import Settings

Outcome = Literal["indexed", "unchanged", "deleted", "failed", "superseded", "ignored"]

# Chunks embedded and upserted together: what a killed attempt can lose of paid embeddings.
CHECKPOINT = 256


@dataclass(frozen=True, slots=True)
class IndexingReport:
    """What became of one object; `reason` is a sentence for its owner when it failed."""

    outcome: Outcome
    tenant: str = ""
    document_id: str = ""
    reason: str | None = None
    chunks: int = 0
    chunks_embedded: int = 0
    tokens_embedded: int = 0
    duration_ms: float = 0.0


class Indexer:
    """Brings documents into the index and takes them out."""

    def __init__(
        self,
        documents: DocumentStore,
        catalogue: Catalogue,
        index: VectorIndex,
        embedder: Embedder,
        settings: Settings,
    ) -> None:
        self._documents = documents
        self._catalogue = catalogue
        self._index = index
        self._embedder = embedder
        self._settings = settings

    def reconcile(self, key: str, sequencer: str = "") -> IndexingReport:
        """Brings the index to what the bucket holds at `key` now.

        `sequencer` is the S3 event's, or "" for a run that no event started. Raises UpstreamError
        when the work could not be finished; the same call later continues it.
        """
        started = time.perf_counter()
        try:
            tenant, path = parse_key(key)
        except NotFound:
            return IndexingReport("ignored")
        document_id = id_of(tenant, path)
        record = self._catalogue.get(tenant, document_id)
        try:
            settled = record is not None and not record.hidden
            if settled and record and sequencer and not is_newer(sequencer, record.sequencer):
                report = IndexingReport("unchanged")
            elif state := self._documents.head(key):
                report = self._update(state, document_id, record, sequencer)
            else:
                report = self._remove(record, sequencer)
        except Superseded:
            report = IndexingReport("superseded")
        elapsed_ms = (time.perf_counter() - started) * 1000
        return replace(report, tenant=tenant, document_id=document_id, duration_ms=elapsed_ms)

    def _update(
        self,
        state: ObjectState,
        document_id: str,
        record: DocumentRecord | None,
        sequencer: str,
    ) -> IndexingReport:
        mark = fingerprint(state.etag, state.metadata, self._settings.generation)
        if record and record.fingerprint == mark and record.status in ("indexed", "failed"):
            return self._confirm(record, state, sequencer)
        before_sequencer = record.sequencer if record else ""
        began = time.perf_counter()
        fresh = DocumentRecord(
            tenant=state.tenant,
            document_id=document_id,
            path=state.path,
            uri=f"s3://{state.key}",
            title=state.metadata.title or state.path.rsplit("/", 1)[-1],
            status="indexing",
            version=state.version,
            etag=state.etag,
            size=state.size,
            metadata=state.metadata,
        )
        stored = self._catalogue.begin(fresh)
        stored = replace(stored, sequencer=sequencer or stored.sequencer, fingerprint=mark)
        attempt = replace(
            stored,
            title=fresh.title,
            version=fresh.version,
            etag=fresh.etag,
            size=fresh.size,
            metadata=fresh.metadata,
        )
        try:
            finished, manifest = self._index_content(state, attempt, record)
        except DocumentRejected as rejection:
            # The version before stays live, and so do the fields that describe it.
            self._catalogue.settle(replace(stored, status="failed", reason=str(rejection)))
            return IndexingReport("failed", reason=str(rejection))
        except UpstreamError as failure:
            with suppress(UpstreamError, Superseded):
                waiting = replace(stored, fingerprint="", status="pending", reason=str(failure))
                self._catalogue.settle(replace(waiting, sequencer=before_sequencer))
            raise
        finished = replace(finished, duration_ms=(time.perf_counter() - began) * 1000)
        self._catalogue.publish(finished, manifest)
        self._sweep(finished)
        return IndexingReport(
            "indexed",
            chunks=finished.chunks,
            chunks_embedded=finished.chunks_embedded,
            tokens_embedded=finished.tokens_embedded,
        )

    def _index_content(
        self, state: ObjectState, attempt: DocumentRecord, before: DocumentRecord | None
    ) -> tuple[DocumentRecord, Manifest]:
        if state.size > self._settings.max_document_bytes:
            limit_mb = self._settings.max_document_bytes // 1_000_000
            raise DocumentTooLarge(
                f"The file is larger than {limit_mb} MB: split it and upload the parts."
            )
        try:
            content = self._documents.read(state)
        except NotFound as gone:  # removed since: its own event follows
            raise Superseded("The object was removed while it was being read.") from gone
        parsed = parse(
            content,
            state.path,
            state.content_type,
            max_bytes=self._settings.max_document_bytes,
            max_unpacked_bytes=self._settings.max_unpacked_bytes,
        )
        title = state.metadata.title or parsed.title or attempt.title
        chunks = chunk(
            parsed,
            attempt.document_id,
            embedding_model=self._settings.embedding_model,
        )
        attempt = replace(attempt, title=title)
        old = self._catalogue.manifest(attempt.tenant, attempt.document_id)
        live = {chunk_id[:24]: chunk_id for chunk_id in (old.chunk_ids if old else ())}
        new = [item for item in chunks if item.chunk_id[:24] not in live]
        embedded, tokens = self._write_new(attempt, new)
        if before and (before.title, before.metadata) != (title, attempt.metadata):
            self._rewrite_metadata(attempt, list(live.values()))
        ids = tuple(
            live.get(item.chunk_id[:24]) or record_id(item.chunk_id, attempt.revision)
            for item in chunks
        )
        known = attempt.hidden | set(live.values())
        finished = replace(
            attempt,
            status="indexed",
            reason=None,
            live_revision=attempt.revision,
            published=tuple(sorted({int(chunk_id[24:], 16) for chunk_id in ids})),
            hidden=frozenset(known - set(ids)),
            pages=parsed.pages,
            chunks=len(ids),
            chunks_embedded=embedded,
            tokens_embedded=tokens,
        )
        return finished, Manifest(attempt.revision, ids)

    def _write_new(self, attempt: DocumentRecord, chunks: Sequence[Chunk]) -> tuple[int, int]:
        """Embeds and upserts chunks, taking over what a broken-off attempt already paid for."""
        namespace = self._settings.namespace(attempt.tenant)
        embedded = tokens = 0
        for start in range(0, len(chunks), CHECKPOINT):
            batch = chunks[start : start + CHECKPOINT]
            paid = self._index.fetch(
                namespace, [record_id(item.chunk_id, attempt.revision - 1) for item in batch]
            )
            vectors = {chunk_id[:24]: record.vector for chunk_id, record in paid.items()}
            missing = [item for item in batch if item.chunk_id[:24] not in vectors]
            if missing:
                result = self._embedder.embed(
                    [embedding_text(attempt.title, item) for item in missing]
                )
                tokens += result.tokens
                embedded += len(missing)
                for item, vector in zip(missing, result.vectors, strict=True):
                    vectors[item.chunk_id[:24]] = vector
            self._index.upsert(
                namespace,
                [
                    IndexRecord(
                        chunk=replace(item, chunk_id=record_id(item.chunk_id, attempt.revision)),
                        document_id=attempt.document_id,
                        title=context_line(attempt.title, item.locator),
                        uri=attempt.uri,
                        added_in=attempt.revision,
                        vector=vectors[item.chunk_id[:24]],
                        metadata=attempt.metadata,
                    )
                    for item in batch
                ],
            )
        return embedded, tokens

    def _rewrite_metadata(self, attempt: DocumentRecord, chunk_ids: list[str]) -> None:
        """Gives the chunks that stay the document's new title and metadata, without embedding."""
        namespace = self._settings.namespace(attempt.tenant)
        for start in range(0, len(chunk_ids), CHECKPOINT):
            kept = self._index.fetch(namespace, chunk_ids[start : start + CHECKPOINT])
            self._index.upsert(
                namespace,
                [
                    replace(
                        record,
                        title=context_line(attempt.title, record.chunk.locator),
                        metadata=attempt.metadata,
                    )
                    for record in kept.values()
                ],
            )

    def _confirm(
        self, record: DocumentRecord, state: ObjectState, sequencer: str
    ) -> IndexingReport:
        """Finishes a sweep that broke off; notes a newer event or version of equal content."""
        seen = record.version == state.version and not (
            sequencer and is_newer(sequencer, record.sequencer)
        )
        if record.hidden:
            self._sweep(record)
        elif not seen:
            attempt = self._catalogue.begin(record)
            self._catalogue.settle(
                replace(
                    attempt,
                    version=state.version,
                    status=record.status,
                    reason=record.reason,
                    fingerprint=record.fingerprint,
                    sequencer=sequencer or record.sequencer,
                )
            )
        return IndexingReport("unchanged", chunks=record.chunks)

    def _remove(self, record: DocumentRecord | None, sequencer: str) -> IndexingReport:
        if record is None or (record.status == "deleted" and not sequencer):
            return IndexingReport("unchanged")
        attempt = self._catalogue.begin(record)
        self._catalogue.remove(attempt)
        self._index.delete_document(
            self._settings.namespace(record.tenant), record.document_id, attempt.revision
        )
        gone = replace(
            attempt,
            status="deleted",
            reason=None,
            live_revision=0,
            published=(),
            hidden=frozenset(),
            chunks=0,
            pages=0,
            fingerprint="",
            sequencer=sequencer or attempt.sequencer,
        )
        self._catalogue.settle(gone)
        return IndexingReport("deleted")

    def _sweep(self, record: DocumentRecord) -> None:
        """Removes from the index what the live revision no longer names."""
        if record.hidden:
            self._index.delete_chunks(
                self._settings.namespace(record.tenant), sorted(record.hidden)
            )
            self._catalogue.settle(replace(record, hidden=frozenset()))


def record_id(content_id: str, revision: int) -> str:
    """The id in the index of a chunk that a revision brought: 32 hex digits."""
    return f"{content_id[:24]}{revision:08x}"


def is_newer(sequencer: str, than: str) -> bool:
    """Whether an S3 sequencer comes after another of the same key.

    Sequencers are hex strings of varying length, to be padded on the right before comparing as
    strings (Amazon S3 User Guide, "Event message structure").
    """
    width = max(len(sequencer), len(than))
    return sequencer.ljust(width, "0") > than.ljust(width, "0")


def fingerprint(etag: str, metadata: DocumentMetadata, generation: str) -> str:
    """Changes whenever a document has to be indexed again; begins as `fingerprint_prefix`."""
    described = hashlib.sha256(json.dumps(asdict(metadata), sort_keys=True).encode()).hexdigest()
    return fingerprint_prefix(etag, generation) + described[:16]


def fingerprint_prefix(etag: str, generation: str) -> str:
    """The part of a fingerprint that a listing of the bucket suffices to compute."""
    return f"{etag}|{generation}|"
