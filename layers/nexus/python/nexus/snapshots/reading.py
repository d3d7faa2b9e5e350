"""Reads a finished snapshot, and nothing of it that is not as it was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice

from nexus.errors import NotFound, SnapshotDamaged
from nexus.models import IndexRecord, StoredDocument
from nexus.ports import SnapshotCodec, SnapshotStore
from nexus.snapshots.layout import SUMMARY, Snapshot, SnapshotFile, chunks_name, from_json


class SnapshotReader:
    """Reads a finished snapshot; every file is compared with its SHA-256 before it is used."""

    def __init__(self, store: SnapshotStore, codec: SnapshotCodec, snapshot_id: str) -> None:
        """Raises NotFound if there is no such snapshot, SnapshotDamaged if it is unfinished."""
        self._store = store
        self._codec = codec
        try:
            self.snapshot: Snapshot = from_json(store.get(snapshot_id, SUMMARY))
        except NotFound as err:
            if snapshot_id in store.list_snapshots():
                raise SnapshotDamaged(
                    f"The snapshot {snapshot_id} is unfinished: take another."
                ) from err
            raise NotFound(
                f"There is no snapshot {snapshot_id}: `nexus backups` lists them."
            ) from err
        self._files = {one.name: one for one in self.snapshot.files}
        self._opened = ("", 0)
        self._records: Iterator[IndexRecord] = iter(())

    def documents(self) -> Iterator[list[StoredDocument]]:
        """The documents of one file after the other."""
        for file in self.snapshot.named("documents"):
            documents = list(self._codec.read_documents(self._content(file.name)))
            if len(documents) != file.rows:
                raise _damaged(file)
            yield documents

    def chunks(self, document: StoredDocument) -> Iterator[IndexRecord]:
        """A document's chunks, in the manifest's order.

        Asked for in the documents' own order, every file is read once.
        """
        number, row = document.chunk_file, document.chunk_row
        for chunk_id in document.chunk_ids:
            record = self._row(chunks_name(number), row)
            if record is None:
                number, row = number + 1, 0
                record = self._row(chunks_name(number), row)
            if record is None or record.chunk.chunk_id != chunk_id:
                raise SnapshotDamaged(
                    f"The chunks of document {document.record.document_id} are not in the snapshot."
                )
            yield record
            row += 1

    def _row(self, name: str, row: int) -> IndexRecord | None:
        """One row of a file; None behind its end."""
        opened, at = self._opened
        if name != opened or row < at:
            rows = self._codec.read_chunks(self._content(name))
            self._records, at = (one.record for one in rows), 0
        record = next(islice(self._records, row - at, None), None)
        self._opened = (name, row + 1)
        return record

    def _content(self, name: str) -> bytes:
        file = self._files.get(name)
        if file is None:
            raise SnapshotDamaged(f"The snapshot names no file {name}.")
        try:
            content = self._store.get(self.snapshot.snapshot_id, name)
        except NotFound as err:
            raise _damaged(file) from err
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise _damaged(file)
        return content


def _damaged(file: SnapshotFile) -> SnapshotDamaged:
    return SnapshotDamaged(f"The snapshot's file {file.name} is not as it was written.")
