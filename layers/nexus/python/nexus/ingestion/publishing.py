"""Makes an attempt what readers see, and removes from the index what no reader sees any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from nexus.errors import Superseded
from nexus.ingestion.describing import is_clean
from nexus.ingestion.parsing import no_text
from nexus.ingestion.parsing.outlines import Outline
from nexus.ingestion.part_indexer import Run
from nexus.ingestion.reading_warnings import bounded
from nexus.ingestion.revisions import age_s, last_stamp, stamp, stamp_of
from nexus.models import DocumentRecord, Generation
from nexus.ports import Catalogue, Manifest, PartResult, Staged, VectorIndex


def nothing_left() -> None:
    """Where nothing has to be waited for."""


class Publisher:
    """Publishes documents of one generation, and sweeps up after them."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: VectorIndex,
        generation: Generation,
        now: Callable[[], float],
        executor: Executor,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._generation = generation
        self._now = now
        self._executor = executor

    def publish(
        self,
        attempt: DocumentRecord,
        plan: Outline,
        results: Sequence[PartResult],
        settled: Callable[[], None] = nothing_left,
    ) -> DocumentRecord:
        """Makes the attempt live; what is hidden by that is to be deleted from the index.

        That is prepared meanwhile, and done when `settled` has returned. Raises Superseded if
        another attempt or worker was first, DocumentRejected without any text.
        """
        ids = tuple(dict.fromkeys(one for result in results for one in result.chunk_ids))
        warnings = bounded(one for result in results for one in result.warnings)
        if not ids:
            raise no_text(plan, warnings)
        # Of an attempt in parts somebody else may be publishing the same.
        prepared = None if attempt.parts else self._prepare(attempt, ids)
        old = None
        if attempt.parts or attempt.live_revision:  # since it began, no other attempt published any
            old = self._catalogue.manifest(attempt.tenant, attempt.document_id)
        settled()
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
            warnings=warnings,
            duration_ms=age_s(attempt.started_at, self._now()) * 1000,
        )
        # A first attempt in one part has written nothing but what it publishes.
        if attempt.revision > 1 or finished.published != (stamp(1),):
            # Now, since nothing would tell of it once this is published, and its worker killed.
            both = (*attempt.published, *finished.published)
            self.sweep_unpublished(replace(attempt, published=both))
        staged = prepared() if prepared else None
        self._catalogue.publish(finished, Manifest(attempt.revision, ids), staged)
        return finished

    def _prepare(self, attempt: DocumentRecord, ids: Sequence[str]) -> Callable[[], Staged]:
        """Begins what has to precede the publication; returns what waits for it."""
        staging = self._executor.submit(self._catalogue.stage, attempt, ids)
        announcing = self._executor.submit(self._catalogue.announce, attempt.tenant)
        return lambda: replace(staging.result(), announced_at=announcing.result())

    def sweep(self, record: DocumentRecord) -> None:
        """Removes from the index what the live revision is not made of."""
        self.sweep_unpublished(record)
        self.sweep_hidden(record)

    def sweep_hidden(self, record: DocumentRecord) -> None:
        """Removes what the record hides from readers, and notes that it is gone."""
        if record.hidden:
            space = self._generation.namespace(record.tenant)
            self._index.delete_chunks(space, sorted(record.hidden))
        if not is_clean(record):
            self._catalogue.settle(replace(record, hidden=frozenset()))

    def sweep_unpublished(self, record: DocumentRecord) -> None:
        """Removes what attempts up to this one have left that no manifest names."""
        self._index.delete_document(
            self._generation.namespace(record.tenant),
            record.document_id,
            last_stamp(record.revision),
            keep=record.published,
        )

    def withdraw(self, run: Run, result: PartResult) -> None:
        """Takes back what a run has written that will never be published; nothing names it.

        What it has only kept is another's: perhaps of a version that was published meanwhile.
        Raises UpstreamError; whoever is asked again then sweeps it up.
        """
        brought = [one for one in result.chunk_ids if stamp_of(one) == run.stamp]
        self._index.delete_chunks(self._generation.namespace(run.attempt.tenant), brought)
