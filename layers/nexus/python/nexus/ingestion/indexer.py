"""Makes one generation's index agree with one object of the bucket.

The bucket is the truth and an event only a hint, so events may come twice, late or out of order. An
attempt begins in the catalogue and only then looks at the bucket; the last to begin is the only one
that can publish, so what is published is never older than what another attempt has published.

A large document is indexed in parts, each a message of its own; whoever finishes the last one joins
them and publishes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from nexus.errors import (
    DocumentRejected,
    NexusError,
    NotFound,
    Superseded,
    UpstreamError,
    UpstreamUnavailable,
)
from nexus.ingestion.messages import PartTask, part_message, reconcile_message
from nexus.ingestion.parsing import no_text, outline
from nexus.ingestion.parsing.outlines import Outline
from nexus.ingestion.part_indexer import PartIndexer, Run
from nexus.ingestion.revisions import age_s, fingerprint, is_newer, last_stamp, stamp, stamp_of
from nexus.models import DocumentRecord, Generation, ObjectState
from nexus.object_keys import document_id as id_of
from nexus.object_keys import object_key, parse_key
from nexus.ports import Catalogue, DocumentStore, Manifest, PartResult, VectorIndex, WorkQueue
from nexus.settings import Settings

Outcome = Literal["indexed", "part", "unchanged", "deleted", "failed", "superseded", "ignored"]

# What an attempt leaves when it is over. In any other state, a worker may have begun and been
# killed, and the event that is told again may be the one that it began for, however old.
_ENDED = ("indexed", "failed", "deleted")
# An attempt that has said nothing for this long was broken off.
STUCK_S = 3600.0


@dataclass(frozen=True, slots=True)
class IndexingReport:
    """What became of one object, or ("part") of one part of it.

    `reason` is a sentence for its owner when it failed. `chunks` are those seen, of which
    `chunks_embedded` cost `tokens_embedded`; of a document in parts, those of this part.
    """

    outcome: Outcome
    tenant: str = ""
    document_id: str = ""
    reason: str | None = None
    chunks: int = 0
    chunks_embedded: int = 0
    tokens_embedded: int = 0
    duration_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class _Done:
    """What an attempt came to, and the record that it has published, if it has."""

    report: IndexingReport
    published: DocumentRecord | None = None


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
        now: Callable[[], float] = time.time,
        survey: Callable[..., Outline] = outline,
    ) -> None:
        self._documents = documents
        self._catalogue = catalogue
        self._index = index
        self._parts = parts
        self._queue = queue
        self.generation = generation
        self._settings = settings
        self._now = now
        self._survey = survey

    def reconcile(self, key: str, sequencer: str = "", *, afresh: bool = False) -> IndexingReport:
        """Brings the index to what the bucket holds at `key` now.

        `sequencer` is the S3 event's, or "" for a run that no event started; `afresh` indexes again
        what has not changed. Raises UpstreamError or ConfigurationError when the work could not be
        finished; the same call later continues it.
        """
        started = time.perf_counter()
        try:
            tenant, path = parse_key(key)
        except NotFound:
            return IndexingReport("ignored")
        try:
            report = self._reconcile(tenant, path, sequencer, afresh=afresh)
        except Superseded:
            report = IndexingReport("superseded")
        return _timed(report, tenant, id_of(tenant, path), started)

    def index_part(self, task: PartTask) -> IndexingReport:
        """Indexes one part of a large document; the last one to finish publishes the whole.

        Raises as `reconcile` does; the same task later continues where it stopped.
        """
        started = time.perf_counter()
        tenant, document_id = task.state.tenant, id_of(task.state.tenant, task.state.path)
        try:
            report = self._index_part(task, tenant, document_id)
        except Superseded:
            report = IndexingReport("superseded")
        return _timed(report, tenant, document_id, started)

    def _reconcile(self, tenant: str, path: str, sequencer: str, *, afresh: bool) -> IndexingReport:
        record = self._catalogue.get(tenant, id_of(tenant, path))
        newer = not (record and sequencer and not is_newer(sequencer, record.sequencer))
        if record and not newer and _is_clean(record) and record.status in _ENDED:
            return IndexingReport("unchanged")
        key = object_key(tenant, path)
        state = self._documents.head(key)
        if not afresh and self._is_settled(record, state, noted=not sequencer or not newer):
            return IndexingReport("unchanged", chunks=record.chunks if record else 0)
        described = self._describe(state) if state else record
        # Neither was it ever indexed nor is it there, or somebody is at work on it just now.
        if described is None or (record and self._is_underway(record, state)):
            return IndexingReport("unchanged")
        stored = self._catalogue.begin(described)
        # What was seen before the attempt began may be old by now; what is seen from here on is not
        # older than what any attempt before this one saw.
        state = self._documents.head(key)
        if state is None:
            return self._remove(stored, record, sequencer)
        mark = self._fingerprint(state)
        noted = replace(stored, sequencer=sequencer or stored.sequencer, fingerprint=mark)
        known = record is not None and record.status in ("indexed", "failed")
        if record and known and not afresh and record.fingerprint == stored.fingerprint == mark:
            return self._confirm(noted, record, state)
        return self._update(stored, self._attempt(stored, state, sequencer), state, afresh=afresh)

    def _is_settled(
        self, record: DocumentRecord | None, state: ObjectState | None, *, noted: bool
    ) -> bool:
        """Whether the catalogue already says all of this state, and nothing is left to sweep."""
        if record is None or not _is_clean(record):
            return False
        if state is None:  # no later event could tell more
            return record.status == "deleted"
        return (
            noted
            and record.status in ("indexed", "failed")
            and record.fingerprint == self._fingerprint(state)
            and (record.version == state.version or record.status == "failed")
        )

    def _is_underway(self, record: DocumentRecord, state: ObjectState | None) -> bool:
        """Whether all parts of just this content are queued, or what is gone is being erased.

        Whoever was at it must have been so lately.
        """
        if state is None:
            known = record.status == "deleted" and record.erasing
        else:
            known = record.status == "indexing" and record.underway == self._underway(state)
        return known and age_s(record.updated_at, self._now()) < STUCK_S

    def _update(
        self,
        stored: DocumentRecord,
        attempt: DocumentRecord,
        state: ObjectState,
        *,
        afresh: bool,
    ) -> IndexingReport:
        def work() -> _Done:
            with self._documents.open(state) as source:
                plan = self._survey(
                    source,
                    state.size,
                    state.path,
                    state.content_type,
                    max_bytes=self._settings.max_document_bytes,
                    max_streamed_bytes=self._settings.max_streamed_bytes,
                    max_unpacked_bytes=self._settings.max_unpacked_bytes,
                )
                if len(plan.parts) > 1:
                    self._fan_out(attempt, state, plan, afresh=afresh)
                    return _Done(IndexingReport("part"))
                run = Run(attempt, stored, afresh=afresh)
                part = self._parts.index(source, run, plan, plan.parts[0])
            described = replace(attempt, title=part.title, pages=part.pages)
            try:
                published = self._publish(described, plan, [part.result])
            except Superseded:
                self._withdraw(run, part.result)
                raise
            return _Done(_report("indexed", [part.result]), published)

        return self._attempted(work, stored, attempt, waiting="pending")

    def _fan_out(
        self, attempt: DocumentRecord, state: ObjectState, plan: Outline, *, afresh: bool
    ) -> None:
        shared, parts = replace(plan, parts=()), len(plan.parts)
        self._queue.send(
            [
                part_message(
                    PartTask(
                        generation_id=self.generation.generation_id,
                        state=state,
                        revision=attempt.revision,
                        sequencer=attempt.sequencer,
                        outline=shared,
                        part=part,
                        parts=parts,
                        afresh=afresh,
                    )
                )
                for part in plan.parts
            ]
        )
        # Only now: a worker that is killed before has not queued every part, and begins again.
        self._catalogue.plan(replace(attempt, parts=parts, underway=self._underway(state)))

    def _index_part(self, task: PartTask, tenant: str, document_id: str) -> IndexingReport:
        record = self._catalogue.get(tenant, document_id)
        if record is None or record.revision != task.revision or record.status != "indexing":
            if record and record.status == "indexed":
                self._sweep(record)  # whoever published it, or was late with this part, was killed
            return IndexingReport("superseded")
        attempt = self._attempt(record, task.state, task.sequencer)
        attempt = replace(attempt, pages=task.outline.pages)

        def work() -> _Done:
            number = self._catalogue.start_part(attempt)
            run = Run(attempt, record, number, task.parts, task.afresh)
            with self._documents.open(task.state) as source:
                part = self._parts.index(source, run, task.outline, task.part)
            described = replace(attempt, title=part.title)
            try:
                finished = self._catalogue.finish_part(described, part.result)
            except Superseded:
                # Kept before the attempt ended, it may be part of what was published by then.
                ended = self._catalogue.get(tenant, document_id)
                if ended is None or run.stamp not in ended.published:
                    self._withdraw(run, part.result)
                raise
            if not finished.kept:  # the same part was delivered twice, and the other was first
                self._withdraw(run, part.result)
            if finished.done < task.parts:
                return _Done(_report("part", [part.result]))
            results = self._catalogue.finished_parts(described)
            published = self._publish(described, task.outline, results)
            return _Done(_report("indexed", [part.result]), published)

        return self._attempted(work, record, attempt, waiting="indexing")

    def _attempted(
        self,
        work: Callable[[], _Done],
        stored: DocumentRecord,
        attempt: DocumentRecord,
        waiting: Literal["pending", "indexing"],
    ) -> IndexingReport:
        """What the work returns, swept; where it fails, the catalogue says why."""
        try:
            done = work()
        except DocumentRejected as rejection:
            return self._fail(stored, attempt, str(rejection))
        except NotFound as gone:  # changed since: another event follows
            raise Superseded("The object changed while it was being read.") from gone
        except Superseded:
            raise
        except NexusError as failure:
            mark = stored.fingerprint if waiting == "indexing" else ""
            with suppress(UpstreamError, Superseded):
                self._catalogue.settle(
                    replace(stored, status=waiting, reason=str(failure), fingerprint=mark)
                )
            raise
        if done.published:
            self._delete_hidden(done.published)
        return done.report

    def _fail(self, stored: DocumentRecord, attempt: DocumentRecord, reason: str) -> IndexingReport:
        # Other parts, or an attempt that was broken off, may be in the index already.
        if stored.parts or stored.revision > 1:
            self._delete_unpublished(stored)
        # The version before stays live, and so do the fields that describe it.
        self._catalogue.settle(
            replace(
                stored,
                status="failed",
                reason=reason,
                sequencer=attempt.sequencer,
                fingerprint=attempt.fingerprint,
            )
        )
        return IndexingReport("failed", reason=reason)

    def _publish(
        self, attempt: DocumentRecord, plan: Outline, results: Sequence[PartResult]
    ) -> DocumentRecord:
        """Makes the attempt live; what is hidden by that is to be deleted from the index."""
        ids = tuple(dict.fromkeys(one for result in results for one in result.chunk_ids))
        if not ids:
            raise no_text(plan)
        old = self._catalogue.manifest(attempt.tenant, attempt.document_id)
        if old and old.revision == attempt.revision:
            # Published again, it would no longer hide what the version before has left.
            raise Superseded("Another worker has joined the parts.")
        live = old.chunk_ids if old else ()
        finished = replace(
            attempt,
            status="indexed",
            reason=None,
            live_revision=attempt.revision,
            published=tuple(sorted({stamp_of(chunk_id) for chunk_id in ids})),
            hidden=(attempt.hidden | set(live)).difference(ids),
            chunks=len(ids),
            chunks_embedded=sum(result.chunks_embedded for result in results),
            tokens_embedded=sum(result.tokens_embedded for result in results),
            duration_ms=age_s(attempt.started_at, self._now()) * 1000,
        )
        # A first attempt in one part has written nothing but what it publishes.
        if attempt.revision > 1 or finished.published != (stamp(1),):
            # Now, since nothing would tell of it once this is published, and its worker killed.
            both = (*attempt.published, *finished.published)
            self._delete_unpublished(replace(attempt, published=both))
        self._catalogue.publish(finished, Manifest(attempt.revision, ids))
        return finished

    def _confirm(
        self, noted: DocumentRecord, before: DocumentRecord, state: ObjectState
    ) -> IndexingReport:
        """Notes a newer event or version of content that is indexed already, and sweeps."""
        version = state.version if before.status == "indexed" else noted.version
        confirmed = replace(noted, version=version, status=before.status, reason=before.reason)
        self._catalogue.settle(confirmed)
        self._sweep(confirmed)
        return IndexingReport("unchanged", chunks=before.chunks)

    def _remove(
        self, stored: DocumentRecord, before: DocumentRecord | None, sequencer: str
    ) -> IndexingReport:
        """Hides the document from readers at once, and removes its chunks a little later.

        Until then, a file that was moved finds its vectors again under its new name.
        """
        noted = replace(stored, sequencer=sequencer or stored.sequencer)
        self._catalogue.remove(noted)
        was_hidden = before is not None and before.status == "deleted"
        if self._settings.removal_grace_s and not was_hidden and stored.live_revision:
            again = reconcile_message(
                object_key(stored.tenant, stored.path), self.generation.generation_id
            )
            self._queue.send([again], self._settings.removal_grace_s)
            return IndexingReport("deleted")
        space = self.generation.namespace(stored.tenant)
        self._index.delete_document(space, stored.document_id, last_stamp(stored.revision))
        if self._index.count(space, stored.document_id):
            raise UpstreamUnavailable(
                "index", "The document's chunks are not gone yet; they are asked for again."
            )
        self._catalogue.settle(
            replace(
                noted,
                status="deleted",
                reason=None,
                live_revision=0,
                published=(),
                hidden=frozenset(),
                chunks=0,
                pages=0,
                etag="",
                fingerprint="",
            )
        )
        return IndexingReport("deleted")

    def _sweep(self, record: DocumentRecord) -> None:
        """Removes from the index what the live revision is not made of."""
        self._delete_unpublished(record)
        self._delete_hidden(record)

    def _delete_hidden(self, record: DocumentRecord) -> None:
        """Removes what the record hides from readers, and notes that it is gone."""
        if record.hidden:
            space = self.generation.namespace(record.tenant)
            self._index.delete_chunks(space, sorted(record.hidden))
        if not _is_clean(record):
            self._catalogue.settle(replace(record, hidden=frozenset()))

    def _delete_unpublished(self, record: DocumentRecord) -> None:
        """Removes what attempts up to this one have left that no manifest names."""
        self._index.delete_document(
            self.generation.namespace(record.tenant),
            record.document_id,
            last_stamp(record.revision),
            keep=record.published,
        )

    def _withdraw(self, run: Run, result: PartResult) -> None:
        """Takes back what a run has written that will never be published; nothing names it.

        What it has only kept is another's: perhaps of a version that was published meanwhile.
        """
        brought = [one for one in result.chunk_ids if stamp_of(one) == run.stamp]
        with suppress(UpstreamError):
            self._index.delete_chunks(self.generation.namespace(run.attempt.tenant), brought)

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

    def _attempt(
        self, stored: DocumentRecord, state: ObjectState, sequencer: str
    ) -> DocumentRecord:
        """The stored record, described as it will be once this content is published."""
        described = self._describe(state)
        return replace(
            stored,
            sequencer=sequencer or stored.sequencer,
            fingerprint=self._fingerprint(state),
            uri=described.uri,
            title=described.title,
            version=described.version,
            etag=described.etag,
            size=described.size,
            metadata=described.metadata,
            erasing=False,
        )

    def _fingerprint(self, state: ObjectState) -> str:
        return fingerprint(state.etag, state.metadata, self.generation.generation_id)

    def _underway(self, state: ObjectState) -> str:
        return f"{self._fingerprint(state)}|{state.version}"


def _is_clean(record: DocumentRecord) -> bool:
    """Whether the index holds nothing that the record does not name; a removal is whole."""
    return not record.hidden and not (record.status == "deleted" and record.etag != "")


def _report(outcome: Outcome, results: Sequence[PartResult]) -> IndexingReport:
    return IndexingReport(
        outcome,
        chunks=sum(len(result.chunk_ids) for result in results),
        chunks_embedded=sum(result.chunks_embedded for result in results),
        tokens_embedded=sum(result.tokens_embedded for result in results),
    )


def _timed(report: IndexingReport, tenant: str, document_id: str, started: float) -> IndexingReport:
    elapsed_ms = (time.perf_counter() - started) * 1000
    return replace(report, tenant=tenant, document_id=document_id, duration_ms=elapsed_ms)
