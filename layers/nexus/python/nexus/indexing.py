"""Makes the index agree with one object of the bucket: parse, chunk, diff, embed, upsert, publish.

The bucket is the truth and an event only a hint, so events may come twice, late or out of order. An
attempt begins in the catalogue and only then looks at the bucket; the last to begin is the only one
that can publish, so what is published is never older than what another attempt has published.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from nexus.chunk_writing import ChunkWriter
from nexus.chunking import chunk
from nexus.errors import (
    DocumentRejected,
    NexusError,
    NotFound,
    Superseded,
    UpstreamError,
    UpstreamUnavailable,
)
from nexus.models import DocumentRecord, ObjectState, ParsedDocument
from nexus.object_keys import document_id as id_of
from nexus.object_keys import object_key, parse_key
from nexus.parsing import join, outline, parse_part
from nexus.ports import Catalogue, DocumentStore, Embedder, Manifest, VectorIndex
from nexus.revisions import content_of, fingerprint, is_newer, record_id, revision_of
from nexus.settings import Settings

Outcome = Literal["indexed", "unchanged", "deleted", "failed", "superseded", "ignored"]


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
        self._writer = ChunkWriter(index, embedder, settings)
        self._settings = settings

    def reconcile(self, key: str, sequencer: str = "") -> IndexingReport:
        """Brings the index to what the bucket holds at `key` now.

        `sequencer` is the S3 event's, or "" for a run that no event started. Raises UpstreamError
        or ConfigurationError when the work could not be finished; the same call later continues it.
        """
        started = time.perf_counter()
        try:
            tenant, path = parse_key(key)
        except NotFound:
            return IndexingReport("ignored")
        document_id = id_of(tenant, path)
        try:
            report = self._reconcile(tenant, path, sequencer)
        except Superseded:
            report = IndexingReport("superseded")
        elapsed_ms = (time.perf_counter() - started) * 1000
        return replace(report, tenant=tenant, document_id=document_id, duration_ms=elapsed_ms)

    def _reconcile(self, tenant: str, path: str, sequencer: str) -> IndexingReport:
        record = self._catalogue.get(tenant, id_of(tenant, path))
        newer = not (record and sequencer and not is_newer(sequencer, record.sequencer))
        if record and _is_clean(record) and not newer:
            return IndexingReport("unchanged")
        key = object_key(tenant, path)
        state = self._documents.head(key)
        if self._is_settled(record, state, noted=not sequencer or not newer):
            return IndexingReport("unchanged", chunks=record.chunks if record else 0)
        if state:
            described = self._describe(state)
        elif record:
            described = record
        else:  # neither was it ever indexed, nor is it there
            return IndexingReport("unchanged")
        stored = self._catalogue.begin(described)
        # What was seen before the attempt began may be old by now; what is seen from here on is not
        # older than what any attempt before this one saw.
        state = self._documents.head(key)
        if state is None:
            return self._remove(stored, sequencer)
        return self._update(stored, state, record, sequencer)

    def _is_settled(
        self, record: DocumentRecord | None, state: ObjectState | None, *, noted: bool
    ) -> bool:
        """Whether the catalogue already says all of this state, and nothing is left to sweep."""
        if record is None or not _is_clean(record) or not noted:
            return False
        if state is None:
            return record.status == "deleted"
        return (
            record.status in ("indexed", "failed")
            and record.fingerprint == self._fingerprint(state)
            and (record.version == state.version or record.status == "failed")
        )

    def _update(
        self,
        stored: DocumentRecord,
        state: ObjectState,
        before: DocumentRecord | None,
        sequencer: str,
    ) -> IndexingReport:
        began = time.perf_counter()
        mark = self._fingerprint(state)
        noted = replace(stored, sequencer=sequencer or stored.sequencer, fingerprint=mark)
        known = before is not None and before.status in ("indexed", "failed")
        if before and known and before.fingerprint == stored.fingerprint == mark:
            return self._confirm(noted, before, state)
        described = self._describe(state)
        attempt = replace(
            noted,
            uri=described.uri,
            title=described.title,
            version=described.version,
            etag=described.etag,
            size=described.size,
            metadata=described.metadata,
        )
        manifest = Manifest(stored.revision, ())
        try:
            finished, manifest = self._index_content(state, attempt, stored)
            finished = replace(finished, duration_ms=(time.perf_counter() - began) * 1000)
            self._index.wait_until_searchable(
                self._settings.namespace(stored.tenant), _brought(manifest, stored.revision)
            )
            self._catalogue.publish(finished, manifest)
        except DocumentRejected as rejection:
            # The version before stays live, and so do the fields that describe it.
            self._catalogue.settle(replace(noted, status="failed", reason=str(rejection)))
            return IndexingReport("failed", reason=str(rejection))
        except Superseded:
            self._withdraw(stored, manifest)
            raise
        except NexusError as failure:
            with suppress(UpstreamError, Superseded):
                waiting = replace(stored, status="pending", reason=str(failure))
                self._catalogue.settle(replace(waiting, fingerprint=""))
            raise
        self._sweep(finished)
        return IndexingReport(
            "indexed",
            chunks=finished.chunks,
            chunks_embedded=finished.chunks_embedded,
            tokens_embedded=finished.tokens_embedded,
        )

    def _index_content(
        self, state: ObjectState, attempt: DocumentRecord, stored: DocumentRecord
    ) -> tuple[DocumentRecord, Manifest]:
        parsed = self._parsed(state)
        title = state.metadata.title or parsed.title or attempt.title
        old = self._catalogue.manifest(attempt.tenant, attempt.document_id)
        live = old.chunk_ids if old else ()
        same_generation = stored.generation == self._settings.generation
        attempt = replace(attempt, title=title)
        chunks = chunk(parsed, attempt.document_id, embedding_model=self._settings.embedding_model)
        # Chunks are kept only if all that is stored with them still holds: another title or other
        # metadata are written as this attempt's own chunks, unseen until it is published.
        kept: dict[str, str] = {}
        paid = self._writer.paid_for(attempt, chunks)
        if same_generation and (stored.title, stored.metadata) == (title, attempt.metadata):
            kept = {content_of(chunk_id): chunk_id for chunk_id in live}
        elif same_generation:
            paid |= self._writer.vectors(attempt.tenant, live)
        new = [item for item in chunks if content_of(item.chunk_id) not in kept]
        embedded, tokens = self._writer.write(attempt, new, paid)
        ids = tuple(
            kept.get(content_of(item.chunk_id)) or record_id(item.chunk_id, attempt.revision)
            for item in chunks
        )
        retired = set(attempt.retired)
        hidden = attempt.hidden
        if same_generation:
            hidden = (hidden | set(live)) - set(ids)
        elif stored.generation:
            retired.add(stored.generation)
            hidden = frozenset()
        finished = replace(
            attempt,
            status="indexed",
            reason=None,
            live_revision=attempt.revision,
            published=tuple(sorted({revision_of(chunk_id) for chunk_id in ids})),
            hidden=hidden,
            generation=self._settings.generation,
            retired=tuple(sorted(retired - {self._settings.generation})),
            pages=parsed.pages,
            chunks=len(ids),
            chunks_embedded=embedded,
            tokens_embedded=tokens,
        )
        return finished, Manifest(attempt.revision, ids)

    def _parsed(self, state: ObjectState) -> ParsedDocument:
        try:
            with self._documents.open(state) as source:
                found = outline(
                    source,
                    state.size,
                    state.path,
                    state.content_type,
                    max_bytes=self._settings.max_document_bytes,
                    max_streamed_bytes=self._settings.max_streamed_bytes,
                    max_unpacked_bytes=self._settings.max_unpacked_bytes,
                )
                return join(found, [parse_part(source, found, part) for part in found.parts])
        except NotFound as gone:  # changed since: another event follows
            raise Superseded("The object changed while it was being read.") from gone

    def _confirm(
        self, noted: DocumentRecord, before: DocumentRecord, state: ObjectState
    ) -> IndexingReport:
        """Notes a newer event or version of content that is indexed already, and sweeps."""
        version = state.version if before.status == "indexed" else noted.version
        confirmed = replace(noted, version=version, status=before.status, reason=before.reason)
        self._catalogue.settle(confirmed)
        self._sweep(confirmed)
        return IndexingReport("unchanged", chunks=before.chunks)

    def _remove(self, stored: DocumentRecord, sequencer: str) -> IndexingReport:
        self._catalogue.remove(stored)
        generations = {*stored.retired, stored.generation, self._settings.generation} - {""}
        for generation in sorted(generations):
            namespace = f"{stored.tenant}.{generation}"
            self._index.delete_document(namespace, stored.document_id, stored.revision)
            if self._index.count(namespace, stored.document_id):
                raise UpstreamUnavailable(
                    "index", "The document's chunks are not gone yet; they are asked for again."
                )
        self._catalogue.settle(
            replace(
                stored,
                status="deleted",
                reason=None,
                live_revision=0,
                published=(),
                hidden=frozenset(),
                retired=(),
                generation="",
                chunks=0,
                pages=0,
                etag="",
                fingerprint="",
                sequencer=sequencer or stored.sequencer,
            )
        )
        return IndexingReport("deleted")

    def _sweep(self, record: DocumentRecord) -> None:
        """Removes from the index what the live revision is not made of."""
        namespace = self._settings.namespace(record.tenant)
        if record.hidden:
            self._index.delete_chunks(namespace, sorted(record.hidden))
        for generation in record.retired:
            self._index.delete_document(
                f"{record.tenant}.{generation}", record.document_id, record.revision
            )
        # Attempts that broke off have left chunks that no manifest names.
        if len(record.published) < record.revision:
            self._index.delete_document(
                namespace, record.document_id, record.revision, keep=record.published
            )
        if not _is_clean(record):
            self._catalogue.settle(replace(record, hidden=frozenset(), retired=()))

    def _withdraw(self, stored: DocumentRecord, manifest: Manifest) -> None:
        """Takes back what a superseded attempt has written; nothing names it."""
        with suppress(UpstreamError):
            self._index.delete_chunks(
                self._settings.namespace(stored.tenant), _brought(manifest, stored.revision)
            )

    def _describe(self, state: ObjectState) -> DocumentRecord:
        return DocumentRecord(
            tenant=state.tenant,
            document_id=id_of(state.tenant, state.path),
            path=state.path,
            uri=f"s3://{self._settings.documents_bucket}/{state.key}",
            title=state.metadata.title or state.path.rsplit("/", 1)[-1],
            status="indexing",
            version=state.version,
            etag=state.etag,
            size=state.size,
            metadata=state.metadata,
        )

    def _fingerprint(self, state: ObjectState) -> str:
        return fingerprint(state.etag, state.metadata, self._settings.generation)


def _is_clean(record: DocumentRecord) -> bool:
    """Whether the index holds nothing that the record does not name; a removal is whole."""
    unfinished = record.status == "deleted" and record.etag != ""
    return not record.hidden and not record.retired and not unfinished


def _brought(manifest: Manifest, revision: int) -> list[str]:
    """The chunks of a manifest that this revision brought."""
    return [chunk_id for chunk_id in manifest.chunk_ids if revision_of(chunk_id) == revision]
