"""Compares bucket, catalogue and index with each other, and queues or removes what differs.

A run has three passes: over the bucket's listing for what is missing or changed, over the catalogue
for what the bucket no longer holds or describes otherwise, and, when it verifies, over the index
for vectors that no document has. Each can stop after any page and go on from a cursor, so a run of
any length fits in invocations of any length, in flat memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from nexus.generations.lifecycle import PerGeneration
from nexus.ingestion.indexer import STUCK_S
from nexus.ingestion.messages import reconcile_message
from nexus.ingestion.revisions import age_s, fingerprint, fingerprint_prefix, last_stamp
from nexus.models import DocumentRecord, Generation, IndexedChunk, ObjectState
from nexus.object_keys import document_id, object_key
from nexus.ports import Catalogue, DocumentStore, VectorIndex, WorkQueue
from nexus.tracing import step

PAGE = 1_000  # what one listing call of S3 returns
DAY_S = 86_400

Phase = Literal["bucket", "catalogue", "index", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands and what it has counted; `phase` is "done" when nothing is left.

    `generation` is the one that is being compared and `waiting` are those that follow; a run that
    has not started yet names none. `verify` compares the index too.
    """

    phase: Phase = "bucket"
    cursor: str = ""
    generation: str = ""
    waiting: tuple[str, ...] = ()
    verify: bool = False
    listed: int = 0
    missing: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    damaged: int = 0
    orphaned: int = 0


class Reindexer:
    """Finds where the bucket, the catalogue and the index of one generation disagree."""

    def __init__(
        self,
        documents: DocumentStore,
        catalogue: Catalogue,
        index: VectorIndex,
        queue: WorkQueue,
        generation: Generation,
        executor: Executor,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._documents = documents
        self._catalogue = catalogue
        self._index = index
        self._queue = queue
        self._generation = generation
        self._executor = executor
        self._now = now

    def run(self, progress: Progress, has_time: Callable[[], bool]) -> Progress:
        """Goes on from `progress` until everything is compared or `has_time` says no.

        At least one page is done in every call, so that a run always comes to its end.
        """
        passes = {
            "bucket": self._bucket_page,
            "catalogue": self._catalogue_page,
            "index": self._index_page,
        }
        while progress.phase != "done":
            with step(f"compare {progress.phase}"):
                progress = passes[progress.phase](progress)
            if not has_time():
                break
        return progress

    def _bucket_page(self, progress: Progress) -> Progress:
        page = list(islice(self._documents.list_objects(None, progress.cursor), PAGE))
        if not page:
            return replace(progress, phase="catalogue", cursor="")
        by_tenant: dict[str, list[ObjectState]] = {}
        for state in page:
            by_tenant.setdefault(state.tenant, []).append(state)
        missing: list[str] = []
        changed: list[str] = []
        for tenant, states in by_tenant.items():
            records = self._catalogue.get_many(
                tenant, [document_id(tenant, state.path) for state in states]
            )
            for state in states:
                record = records.get(document_id(tenant, state.path))
                if record is None or record.status == "deleted":
                    missing.append(state.key)
                elif self._is_stale(state, record):
                    changed.append(state.key)
        self._ask((*missing, *changed))
        return replace(
            progress,
            cursor=page[-1].key,
            listed=progress.listed + len(page),
            missing=progress.missing + len(missing),
            changed=progress.changed + len(changed),
            unchanged=progress.unchanged + len(page) - len(missing) - len(changed),
        )

    def _catalogue_page(self, progress: Progress) -> Progress:
        page = list(islice(self._catalogue.list_documents(None, None, progress.cursor), PAGE))
        if not page:
            return replace(progress, phase="index" if progress.verify else "done", cursor="")
        # A removal that broke off still names what it removes.
        alive = [record for record in page if record.status != "deleted" or record.etag]
        keys = [_key(record) for record in alive]
        found = self._executor.map(self._documents.head, keys)
        states = list(zip(alive, keys, found, strict=True))
        removed = [key for _, key, state in states if state is None]
        changed = [
            key for record, key, state in states if state and self._is_said_anew(state, record)
        ]
        self._ask((*removed, *changed))
        damaged = self._damaged(page) if progress.verify else []
        self._ask(damaged, afresh=True)
        return replace(
            progress,
            cursor=f"{page[-1].tenant}/{page[-1].document_id}",
            removed=progress.removed + len(removed),
            changed=progress.changed + len(changed),
            unchanged=progress.unchanged - len(changed),
            damaged=progress.damaged + len(damaged),
        )

    def _damaged(self, page: Sequence[DocumentRecord]) -> list[str]:
        """The documents whose chunks are not all in the index, or that have more there."""
        settled = [record for record in page if record.status in ("indexed", "failed")]
        counts = self._executor.map(
            lambda one: self._index.count(self._generation.namespace(one.tenant), one.document_id),
            settled,
        )
        return [
            _key(record)
            for record, count in zip(settled, counts, strict=True)
            if count != (record.chunks if record.live_revision else 0) or record.hidden
        ]

    def _index_page(self, progress: Progress) -> Progress:
        """Removes one page's vectors that belong to no document's live version or attempt."""
        page = self._index.scan(self._generation.generation_id, progress.cursor, PAGE)
        by_tenant: dict[str, list[IndexedChunk]] = {}
        for found in page.chunks:
            by_tenant.setdefault(found.namespace.partition(".")[0], []).append(found)
        orphaned = 0
        for tenant, chunks in by_tenant.items():
            ids = list(dict.fromkeys(found.document_id for found in chunks))
            records = self._catalogue.get_many(tenant, ids)
            doomed = [
                found.chunk_id
                for found in chunks
                if _is_orphan(found, records.get(found.document_id))
            ]
            self._index.delete_chunks(self._generation.namespace(tenant), doomed)
            orphaned += len(doomed)
        return replace(
            progress,
            phase="index" if page.cursor else "done",
            cursor=page.cursor,
            orphaned=progress.orphaned + orphaned,
        )

    def _ask(self, keys: Sequence[str], *, afresh: bool = False) -> None:
        named = self._generation.generation_id
        self._queue.send([reconcile_message(key, named, afresh=afresh) for key in keys])

    def _is_said_anew(self, state: ObjectState, record: DocumentRecord) -> bool:
        """Whether the same content has other metadata now, or other groups by its folder."""
        named = self._generation.generation_id
        return (
            record.status in ("indexed", "failed")
            and record.fingerprint.startswith(fingerprint_prefix(state.etag, named))
            and record.fingerprint != fingerprint(state.etag, state.metadata, named)
        )

    def _is_stale(self, state: ObjectState, record: DocumentRecord) -> bool:
        if record.status in ("indexed", "failed"):
            current = fingerprint_prefix(state.etag, self._generation.generation_id)
            return not record.fingerprint.startswith(current)
        if record.status == "pending":  # it failed for a passing reason; asking twice does no harm
            return True
        return age_s(record.updated_at, self._now()) > STUCK_S


def reconcile_generations(
    reindexers: PerGeneration[Reindexer], progress: Progress, has_time: Callable[[], bool]
) -> Progress:
    """Runs through every generation, the live one first, or only through the one that is named."""
    known = reindexers.generations()
    if not progress.generation:
        ids = sorted((one.generation_id for one in known.known), key=lambda one: one != known.live)
        progress = replace(progress, generation=ids[0], waiting=tuple(ids[1:]))
    while True:
        generation = known.get(progress.generation)
        if generation is None:  # dropped since
            progress = replace(progress, phase="done")
        else:
            progress = reindexers.of(generation).run(progress, has_time)
        if progress.phase != "done" or not progress.waiting:
            return progress
        following, *rest = progress.waiting
        progress = replace(
            progress, phase="bucket", cursor="", generation=following, waiting=tuple(rest)
        )
        if not has_time():
            return progress


def verifies_today(now: float, every_days: int) -> bool:
    """Whether a nightly run compares the index too; it does so once in so many days."""
    return int(now // DAY_S) % every_days == 0


def _is_orphan(found: IndexedChunk, record: DocumentRecord | None) -> bool:
    if record is None:
        return True
    if record.status == "deleted":  # while the etag stands, the ingestion is still removing it
        return not record.etag
    is_past = found.added_in <= last_stamp(max(record.revision, 1))
    attempting = record.status in ("indexing", "pending")
    return is_past and not attempting and found.added_in not in record.published


def _key(record: DocumentRecord) -> str:
    return object_key(record.tenant, record.path)
