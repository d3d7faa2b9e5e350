"""Compares the bucket with the catalogue and queues what is missing, changed or removed.

A run has two passes: over the bucket's listing for what is missing or changed, then over the
catalogue for what the bucket no longer holds. Either can stop after any page and go on from a
cursor, so a run of any length fits in invocations of any length, in flat memory.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

from nexus.models import DocumentRecord, ObjectState
from nexus.object_keys import document_id, object_key
from nexus.ports import Catalogue, DocumentStore, WorkQueue
from nexus.revisions import fingerprint_prefix
from nexus.settings import Settings

PAGE = 1_000  # what one listing call of S3 returns

# An attempt that has said nothing for this long was broken off.
STUCK_S = 3600.0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands and what it has counted; `phase` is "done" when nothing is left."""

    phase: Literal["bucket", "catalogue", "done"] = "bucket"
    cursor: str = ""
    listed: int = 0
    missing: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


class Reindexer:
    """Finds where the catalogue and the bucket disagree."""

    def __init__(
        self,
        documents: DocumentStore,
        catalogue: Catalogue,
        queue: WorkQueue,
        settings: Settings,
        executor: Executor,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._documents = documents
        self._catalogue = catalogue
        self._queue = queue
        self._settings = settings
        self._executor = executor
        self._now = now

    def run(self, progress: Progress, has_time: Callable[[], bool]) -> Progress:
        """Goes on from `progress` until everything is compared or `has_time` says no.

        At least one page is done in every call, so that a run always comes to its end.
        """
        passes = {"bucket": self._bucket_page, "catalogue": self._catalogue_page}
        while progress.phase != "done":
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
        self._queue.send([reindex_message(key) for key in (*missing, *changed)])
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
            return replace(progress, phase="done", cursor="")
        # A removal that broke off still names what it removes.
        alive = [record for record in page if record.status != "deleted" or record.etag]
        keys = [object_key(record.tenant, record.path) for record in alive]
        found = self._executor.map(self._documents.head, keys)
        removed = [key for key, state in zip(keys, found, strict=True) if state is None]
        self._queue.send([reindex_message(key) for key in removed])
        return replace(
            progress,
            cursor=f"{page[-1].tenant}/{page[-1].document_id}",
            removed=progress.removed + len(removed),
        )

    def _is_stale(self, state: ObjectState, record: DocumentRecord) -> bool:
        if record.status in ("indexed", "failed"):
            current = fingerprint_prefix(state.etag, self._settings.generation)
            return not record.fingerprint.startswith(current)
        if record.status == "pending":  # it failed for a passing reason; asking twice does no harm
            return True
        return age_s(record.updated_at, self._now()) > STUCK_S


def age_s(timestamp: str, now: float) -> float:
    """Seconds since a UTC ISO 8601 time; infinite for an empty one."""
    if not timestamp:
        return float("inf")
    return now - datetime.fromisoformat(timestamp).timestamp()


def reindex_message(key: str) -> str:
    """A queue message that asks for an object to be reconciled, in the shape of an S3 event."""
    record = {"eventSource": "nexus:reindex", "s3": {"object": {"key": key}}}
    return json.dumps({"Records": [record]})
