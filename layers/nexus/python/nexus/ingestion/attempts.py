"""Does the work of an attempt: read the object, index its parts, publish; say why where it fails.

A large document is indexed in parts, each a message of its own; whoever finishes the last one joins
them and publishes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from nexus.errors import DocumentRejected, NexusError, NotFound, Superseded, UpstreamError
from nexus.ingestion.describing import attempt_of, underway_mark
from nexus.ingestion.messages import PartTask, part_message
from nexus.ingestion.parsing.outlines import Outline
from nexus.ingestion.part_indexer import READING, PartIndexer, Run
from nexus.ingestion.publishing import Publisher
from nexus.ingestion.reports import IndexingReport, report_of
from nexus.models import DocumentRecord, Generation, ObjectState
from nexus.ports import Catalogue, DocumentStore, WorkQueue
from nexus.settings import Settings
from nexus.tracing import step


@dataclass(frozen=True, slots=True)
class _Done:
    """What an attempt came to, and the record that it has published, if it has."""

    report: IndexingReport
    published: DocumentRecord | None = None


class Attempts:
    """Carries out attempts that have begun in one generation's catalogue."""

    def __init__(
        self,
        documents: DocumentStore,
        catalogue: Catalogue,
        parts: PartIndexer,
        publisher: Publisher,
        queue: WorkQueue,
        generation: Generation,
        settings: Settings,
        survey: Callable[..., Outline],
    ) -> None:
        self._documents = documents
        self._catalogue = catalogue
        self._parts = parts
        self._publisher = publisher
        self._queue = queue
        self._generation = generation
        self._settings = settings
        self._survey = survey

    def index(
        self,
        stored: DocumentRecord,
        state: ObjectState,
        sequencer: str,
        content: bytes | None = None,
        *,
        afresh: bool,
    ) -> IndexingReport:
        """Indexes and publishes this content, or queues its parts if it has many.

        `stored` is the attempt as it began, `content` what is in memory already. Raises Superseded
        when another attempt began since, and UpstreamError or ConfigurationError when the work
        could not be finished.
        """
        attempt = self._described(stored, state, sequencer)

        def work() -> _Done:
            with self._documents.open(state) if content is None else io.BytesIO(content) as source:
                with READING, step("survey"):
                    plan = self._survey(
                        source,
                        state.size,
                        state.path,
                        state.content_type,
                        max_bytes=self._settings.max_document_bytes,
                        max_streamed_bytes=self._settings.max_streamed_bytes,
                        max_unpacked_bytes=self._settings.max_unpacked_bytes,
                        ocr=self._settings.ocr,
                        read_hidden=self._settings.read_hidden,
                    )
                if len(plan.parts) > 1:
                    self._fan_out(attempt, state, plan, afresh=afresh)
                    return _Done(IndexingReport("part"))
                run = Run(attempt, stored, afresh=afresh)
                part = self._parts.index(source, run, plan, plan.parts[0])
            described = replace(attempt, title=part.title, pages=part.pages)
            try:
                published = self._publisher.publish(described, plan, [part.result], part.settled)
            except Superseded:
                self._publisher.withdraw(run, part.result)
                raise
            return _Done(report_of("indexed", [part.result]), published)

        return self._attempted(work, stored, attempt, is_part=False)

    def index_part(self, task: PartTask, record: DocumentRecord) -> IndexingReport:
        """Indexes one part; the last one to finish publishes the whole. Raises as `index` does."""
        attempt = self._described(record, task.state, task.sequencer)
        attempt = replace(attempt, pages=task.outline.pages)

        def work() -> _Done:
            number = self._catalogue.start_part(attempt)
            run = Run(attempt, record, number, task.parts, task.afresh)
            with self._documents.open(task.state) as source:
                part = self._parts.index(source, run, task.outline, task.part)
            part.settled()
            described = replace(attempt, title=part.title)
            try:
                finished = self._catalogue.finish_part(described, part.result)
            except Superseded:
                # Kept before the attempt ended, it may be part of what was published by then.
                ended = self._catalogue.get(record.tenant, record.document_id)
                if ended is None or run.stamp not in ended.published:
                    self._publisher.withdraw(run, part.result)
                raise
            if not finished.kept:  # the same part was delivered twice, and the other was first
                self._publisher.withdraw(run, part.result)
            if finished.done < task.parts:
                return _Done(report_of("part", [part.result]))
            results = self._catalogue.finished_parts(described)
            if len(results) < task.parts:  # they go with the publication
                raise Superseded("Another worker has joined the parts.")
            published = self._publisher.publish(described, task.outline, results)
            return _Done(report_of("indexed", [part.result]), published)

        return self._attempted(work, record, attempt, is_part=True)

    def _fan_out(
        self, attempt: DocumentRecord, state: ObjectState, plan: Outline, *, afresh: bool
    ) -> None:
        shared, parts = replace(plan, parts=()), len(plan.parts)
        self._queue.send(
            [
                part_message(
                    PartTask(
                        generation_id=self._generation.generation_id,
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
        self._catalogue.plan(
            replace(
                attempt, parts=parts, underway=underway_mark(state, self._generation.generation_id)
            )
        )

    def _attempted(
        self,
        work: Callable[[], _Done],
        stored: DocumentRecord,
        attempt: DocumentRecord,
        *,
        is_part: bool,
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
            with suppress(UpstreamError, Superseded):
                if is_part:
                    # The other parts go on; what has ended meanwhile is not begun again by this.
                    self._catalogue.explain(stored, str(failure))
                else:
                    waiting = replace(stored, status="pending", reason=str(failure), fingerprint="")
                    self._catalogue.settle(waiting)
            raise
        if done.published:
            self._publisher.sweep_hidden(done.published)
        return done.report

    def _fail(self, stored: DocumentRecord, attempt: DocumentRecord, reason: str) -> IndexingReport:
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
        # Other parts, or an attempt that was broken off, may be in the index already. Not before:
        # whoever has the same part may have published it.
        if stored.parts or stored.revision > 1:
            self._publisher.sweep_unpublished(stored)
        return IndexingReport("failed", reason=reason)

    def _described(
        self, stored: DocumentRecord, state: ObjectState, sequencer: str
    ) -> DocumentRecord:
        bucket, generation = self._settings.documents_bucket, self._generation.generation_id
        return attempt_of(stored, state, sequencer, bucket, generation)
