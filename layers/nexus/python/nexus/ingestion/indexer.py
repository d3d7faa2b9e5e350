"""Makes one generation's index agree with one object of the bucket: decides what is to be done.

The bucket is the truth and an event only a hint, so events may come twice, late or out of order. An
attempt begins in the catalogue and only then looks at the bucket; the last to begin is the only one
that can publish, so what is published is never older than what another attempt has published.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace

from nexus.errors import NotFound, Superseded
from nexus.ingestion.attempts import Attempts
from nexus.ingestion.describing import describe, fingerprint_of, is_clean, underway_mark
from nexus.ingestion.messages import PartTask
from nexus.ingestion.parsing import outline
from nexus.ingestion.parsing.outlines import Outline
from nexus.ingestion.part_indexer import PartIndexer
from nexus.ingestion.publishing import Publisher
from nexus.ingestion.removal import Remover
from nexus.ingestion.reports import IndexingReport
from nexus.ingestion.revisions import age_s, is_newer
from nexus.models import DocumentRecord, Generation, ObjectState
from nexus.object_keys import document_id as id_of
from nexus.object_keys import object_key, parse_key
from nexus.ports import Catalogue, DocumentStore, VectorIndex, WorkQueue
from nexus.settings import Settings

__all__ = ["STUCK_S", "Indexer", "IndexingReport"]

# What an attempt leaves when it is over. In any other state, a worker may have begun and been
# killed, and the event that is told again may be the one that it began for, however old.
_ENDED = ("indexed", "failed", "deleted")
# What came to one of these swept up by itself.
_SWEPT = _ENDED
# An attempt that has said nothing for this long was broken off.
STUCK_S = 3600.0
# A document that is no larger is brought by the call that looks at it, and held in memory.
HELD_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Look:
    """What the catalogue and the bucket say of one key, asked at once."""

    record: Future[DocumentRecord | None]
    state: Future[ObjectState | None]


class Indexer:
    """Brings documents into the index and takes them out."""

    def __init__(
        self,
        documents: DocumentStore,
        catalogue: Catalogue,
        index: VectorIndex,
        parts: PartIndexer,
        queue: WorkQueue,
        generation: Generation,
        settings: Settings,
        executor: Executor,
        now: Callable[[], float] = time.time,
        survey: Callable[..., Outline] = outline,
    ) -> None:
        self._documents = documents
        self._catalogue = catalogue
        self.generation = generation
        self._settings = settings
        self._executor = executor
        self._now = now
        self._publisher = Publisher(catalogue, index, generation, now, executor)
        self._remover = Remover(catalogue, index, queue, generation, settings.removal_grace_s)
        self._attempts = Attempts(
            documents, catalogue, parts, self._publisher, queue, generation, settings, survey
        )

    def look(self, key: str) -> Look | None:
        """Begins to ask what the catalogue and the bucket say of a key; None if it is foreign."""
        try:
            tenant, path = parse_key(key)
        except NotFound:
            return None
        return Look(
            self._executor.submit(self._catalogue.get, tenant, id_of(tenant, path)),
            self._executor.submit(self._documents.head, key),
        )

    def reconcile(
        self,
        key: str,
        sequencer: str = "",
        look: Look | None = None,
        *,
        afresh: bool = False,
        again: bool = False,
    ) -> IndexingReport:
        """Brings the index to what the bucket holds at `key` now.

        `look` is one at this key that was begun already. `sequencer` is the S3 event's, or "" for a
        run that no event started; `afresh` indexes again what has not changed; `again` says that
        whoever was asked before did not finish. Raises UpstreamError or ConfigurationError when the
        work could not be finished; the same call later continues it.
        """
        started = time.perf_counter()
        look = look or self.look(key)
        if look is None:
            return IndexingReport("ignored")
        tenant, path = parse_key(key)
        try:
            report = self._reconcile(tenant, path, sequencer, look, afresh=afresh)
        except Superseded:
            report = IndexingReport("superseded")
        if again and report.outcome not in _SWEPT:
            self._sweep_again(tenant, id_of(tenant, path))
        return _timed(report, tenant, id_of(tenant, path), started)

    def index_part(self, task: PartTask, *, again: bool = False) -> IndexingReport:
        """Indexes one part of a large document; the last one to finish publishes the whole.

        `again` and what it raises are as of `reconcile`; the same task later continues where it
        stopped.
        """
        started = time.perf_counter()
        tenant, document_id = task.state.tenant, id_of(task.state.tenant, task.state.path)
        try:
            report = self._index_part(task, tenant, document_id)
        except Superseded:
            report = IndexingReport("superseded")
        if again and report.outcome not in _SWEPT:
            self._sweep_again(tenant, document_id)
        return _timed(report, tenant, document_id, started)

    def _reconcile(
        self, tenant: str, path: str, sequencer: str, look: Look, *, afresh: bool
    ) -> IndexingReport:
        record = look.record.result()
        newer = not (record and sequencer and not is_newer(sequencer, record.sequencer))
        if record and not newer and is_clean(record) and record.status in _ENDED:
            return IndexingReport("unchanged")
        key = object_key(tenant, path)
        state = look.state.result()
        if not afresh and self._is_settled(record, state, noted=not sequencer or not newer):
            return IndexingReport("unchanged", chunks=record.chunks if record else 0)
        described = describe(state, self._settings.documents_bucket) if state else record
        # Neither was it ever indexed nor is it there, or somebody is at work on it just now.
        if described is None or (record and self._is_underway(record, state)):
            return IndexingReport("unchanged")
        stored = self._catalogue.begin(described)
        # What was seen before the attempt began may be old by now; what is seen from here on is not
        # older than what any attempt before this one saw.
        state, content = self._seen(key, record, state)
        if state is None:
            return self._remover.remove(stored, record, sequencer)
        mark = fingerprint_of(state, self.generation.generation_id)
        noted = replace(stored, sequencer=sequencer or stored.sequencer, fingerprint=mark)
        known = record is not None and record.status in ("indexed", "failed")
        if record and known and not afresh and record.fingerprint == stored.fingerprint == mark:
            return self._confirm(noted, record, state)
        return self._attempts.index(stored, state, sequencer, content, afresh=afresh)

    def _seen(
        self, key: str, record: DocumentRecord | None, before: ObjectState | None
    ) -> tuple[ObjectState | None, bytes | None]:
        """What the bucket holds now; with its content, if it was small and is to be read."""
        if before is None or before.size > HELD_BYTES:
            return self._documents.head(key), None
        if record and record.fingerprint == fingerprint_of(before, self.generation.generation_id):
            return self._documents.head(key), None  # as a rule there is nothing to be read
        return self._documents.read(key, HELD_BYTES) or (None, None)

    def _index_part(self, task: PartTask, tenant: str, document_id: str) -> IndexingReport:
        record = self._catalogue.get(tenant, document_id)
        if record is None or record.revision != task.revision or record.status != "indexing":
            if record and record.status == "indexed":
                # Whoever published it, or was late with this part, was killed.
                self._publisher.sweep(record)
            return IndexingReport("superseded")
        return self._attempts.index_part(task, record)

    def _is_settled(
        self, record: DocumentRecord | None, state: ObjectState | None, *, noted: bool
    ) -> bool:
        """Whether the catalogue already says all of this state, and nothing is left to sweep."""
        if record is None or not is_clean(record):
            return False
        if state is None:  # no later event could tell more
            return record.status == "deleted"
        return (
            noted
            and record.status in ("indexed", "failed")
            and record.fingerprint == fingerprint_of(state, self.generation.generation_id)
            and (record.version == state.version or record.status == "failed")
        )

    def _is_underway(self, record: DocumentRecord, state: ObjectState | None) -> bool:
        """Whether all parts of just this content are queued, or what is gone is being erased.

        Whoever was at it must have been so lately.
        """
        if state is None:
            known = record.status == "deleted" and record.erasing
        else:
            known = record.status == "indexing" and record.underway == underway_mark(
                state, self.generation.generation_id
            )
        return known and age_s(record.updated_at, self._now()) < STUCK_S

    def _sweep_again(self, tenant: str, document_id: str) -> None:
        """Removes what whoever was asked before may have written after it was overtaken.

        Had it lived, it would have taken that back itself; the nightly run finds it else, much
        later.
        """
        record = self._catalogue.get(tenant, document_id)
        if record and record.status in _ENDED and is_clean(record):
            self._publisher.sweep_unpublished(record)

    def _confirm(
        self, noted: DocumentRecord, before: DocumentRecord, state: ObjectState
    ) -> IndexingReport:
        """Notes a newer event or version of content that is indexed already, and sweeps."""
        version = state.version if before.status == "indexed" else noted.version
        confirmed = replace(noted, version=version, status=before.status, reason=before.reason)
        self._catalogue.settle(confirmed)
        self._publisher.sweep(confirmed)
        return IndexingReport("unchanged", chunks=before.chunks)


def _timed(report: IndexingReport, tenant: str, document_id: str, started: float) -> IndexingReport:
    elapsed_ms = (time.perf_counter() - started) * 1000
    return replace(report, tenant=tenant, document_id=document_id, duration_ms=elapsed_ms)
