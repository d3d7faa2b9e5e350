"""Copies one generation, as it lives, into a snapshot that can be restored without embedding.

Every document is in it as it was at one moment: its record and manifest are read together, and its
chunks by the manifest. A run can stop after any batch of chunks and go on from its progress, so
that a snapshot of any size is written by invocations of any length, in flat memory.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from pydantic import TypeAdapter

from nexus.ingestion.revisions import timestamp
from nexus.models import DocumentRecord, Generation, StoredChunk, StoredDocument
from nexus.ports import Catalogue, SnapshotCodec, SnapshotStore, VectorIndex
from nexus.snapshots.layout import (
    PROGRESS,
    SUMMARY,
    Snapshot,
    SnapshotFile,
    listing_name,
    new_snapshot_id,
    to_json,
)
from nexus.snapshots.progress import Progress
from nexus.snapshots.writing import SnapshotWriter
from nexus.tracing import step

# What one fetch of Pinecone answers.
FETCHED = 100
# A document that changes while it is read is read again; one whose chunks are still not there then
# has lost them.
READ_ATTEMPTS = 5


class Backup:
    """Writes snapshots of one generation."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: VectorIndex,
        store: SnapshotStore,
        codec: SnapshotCodec,
        generation: Generation,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._store = store
        self._codec = codec
        self._generation = generation
        self._now = now

    def begin(self, snapshot_id: str = "") -> Progress:
        """The beginning of a snapshot, which is given a name unless it has one."""
        named = self._generation.generation_id
        return Progress(
            snapshot_id or new_snapshot_id(named, self._now()), named, timestamp(self._now())
        )

    def run(self, progress: Progress, has_time: Callable[[], bool]) -> Progress:
        """Goes on from `progress` until the snapshot is finished or `has_time` says no.

        At least one batch is copied in every call, so that a snapshot always comes to its end.
        """
        writer = SnapshotWriter(
            self._store,
            self._codec,
            progress.snapshot_id,
            self._generation.embedding_dimension,
            progress.chunk_files,
            progress.document_files,
        )
        told = 0
        for listed in self._catalogue.list_documents(None, None, progress.cursor):
            with step("copy"):
                progress = self._copy(listed, progress, writer, has_time)
            if len(writer.files) > told:
                told = len(writer.files)
                self._tell(progress)
            if progress.document or not has_time():  # a document that is not whole stopped it
                return self._pause(progress, writer)
        return self._finish(progress, writer)

    def _copy(
        self,
        listed: DocumentRecord,
        progress: Progress,
        writer: SnapshotWriter,
        has_time: Callable[[], bool],
    ) -> Progress:
        place = f"{listed.tenant}/{listed.document_id}"
        record = listed
        for _ in range(READ_ATTEMPTS):
            found = self._catalogue.get(listed.tenant, listed.document_id)
            if found is None:  # not in this generation any more
                return progress.past(place)
            record = found
            ids = self._chunk_ids(record)
            if ids is None:
                continue
            if (progress.document, progress.revision) != (place, record.live_revision):
                progress = progress.at(place, record.live_revision, writer.place)
            progress, missed = self._copy_chunks(record, ids, progress, writer, has_time)
            if missed:
                progress = replace(progress, document="")
                continue
            if progress.copied == len(ids):
                self._add(writer, record, ids, progress)
                progress = replace(progress, chunks=progress.chunks + len(ids))
                return progress.past(place, documents=1)
            return progress
        self._add(writer, _unread(record), (), progress)
        return progress.past(place, documents=1, unreadable=1)

    def _chunk_ids(self, record: DocumentRecord) -> tuple[str, ...] | None:
        """The live revision's chunks; None if another one is live since the record was read."""
        if not record.live_revision:
            return ()
        manifest = self._catalogue.manifest(record.tenant, record.document_id)
        if manifest is None or manifest.revision != record.live_revision:
            return None
        return manifest.chunk_ids

    def _copy_chunks(
        self,
        record: DocumentRecord,
        ids: Sequence[str],
        progress: Progress,
        writer: SnapshotWriter,
        has_time: Callable[[], bool],
    ) -> tuple[Progress, bool]:
        """How far it came, and whether chunks were missing because the document has changed."""
        space = self._generation.namespace(record.tenant)
        while progress.copied < len(ids):
            some = ids[progress.copied : progress.copied + FETCHED]
            found = self._index.fetch(space, some)
            if len(found) < len(some):
                return progress, True
            writer.add_chunks([StoredChunk(record.tenant, found[one]) for one in some])
            progress = replace(progress, copied=progress.copied + len(some))
            if not has_time():
                break
        return progress, False

    @staticmethod
    def _add(
        writer: SnapshotWriter, record: DocumentRecord, ids: tuple[str, ...], progress: Progress
    ) -> None:
        writer.add_document(StoredDocument(record, ids, progress.chunk_file, progress.chunk_row))

    def _pause(self, progress: Progress, writer: SnapshotWriter) -> Progress:
        writer.flush()
        progress = replace(
            progress,
            chunk_files=writer.chunk_files,
            document_files=writer.document_files,
            listings=progress.listings + 1,
        )
        content = json.dumps([asdict(one) for one in writer.files]).encode()
        self._store.put(progress.snapshot_id, listing_name(progress.listings), content)
        self._tell(progress)
        return progress

    def _finish(self, progress: Progress, writer: SnapshotWriter) -> Progress:
        writer.flush()
        snapshot = Snapshot(
            snapshot_id=progress.snapshot_id,
            generation=self._generation,
            started_at=progress.started_at,
            finished_at=timestamp(self._now()),
            documents=progress.documents,
            chunks=progress.chunks,
            unreadable=progress.unreadable,
            files=(*self._listed(progress), *writer.files),
        )
        self._store.put(progress.snapshot_id, SUMMARY, to_json(snapshot))
        progress = replace(progress, phase="done")
        self._tell(progress)
        return progress

    def _listed(self, progress: Progress) -> list[SnapshotFile]:
        """The files that earlier invocations have written."""
        read = TypeAdapter(list[SnapshotFile])
        return [
            file
            for number in range(1, progress.listings + 1)
            for file in read.validate_json(
                self._store.get(progress.snapshot_id, listing_name(number))
            )
        ]

    def _tell(self, progress: Progress) -> None:
        """Leaves word for who waits."""
        self._store.put(progress.snapshot_id, PROGRESS, json.dumps(asdict(progress)).encode())


def _unread(record: DocumentRecord) -> DocumentRecord:
    """A record without a live revision, which a restore leaves to be indexed again."""
    return replace(
        record,
        status="pending",
        live_revision=0,
        published=(),
        chunks=0,
        fingerprint="",
        warnings=(),
    )
