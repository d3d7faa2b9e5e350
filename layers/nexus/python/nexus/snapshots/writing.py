"""Gathers a snapshot's rows into files of bounded size and puts them into the store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from nexus.models import StoredChunk, StoredDocument
from nexus.ports import SnapshotCodec, SnapshotStore
from nexus.snapshots.layout import SnapshotFile, chunks_name, documents_name

# Python holds a number of a vector in 32 bytes: 96 MB at once, and 12 MB in the file.
NUMBERS_PER_FILE = 3_000_000
DOCUMENTS_PER_FILE = 1_000
# Ids of chunks in one file of documents: a document can have a million.
IDS_PER_FILE = 200_000


class SnapshotWriter:
    """Writes the files that follow those which are there; `files` are the ones written here."""

    def __init__(
        self,
        store: SnapshotStore,
        codec: SnapshotCodec,
        snapshot_id: str,
        dimension: int,
        chunk_files: int,
        document_files: int,
    ) -> None:
        self._store = store
        self._codec = codec
        self._snapshot_id = snapshot_id
        self._rows = max(1, NUMBERS_PER_FILE // dimension)
        self._chunks: list[StoredChunk] = []
        self._documents: list[StoredDocument] = []
        self._ids = 0
        self.chunk_files = chunk_files
        self.document_files = document_files
        self.files: list[SnapshotFile] = []

    @property
    def place(self) -> tuple[int, int]:
        """The file and the row in it where the next chunk will stand."""
        return self.chunk_files + 1, len(self._chunks)

    def add_chunks(self, chunks: Sequence[StoredChunk]) -> None:
        """Adds rows; full files are written."""
        for chunk in chunks:
            self._chunks.append(chunk)
            if len(self._chunks) == self._rows:
                self._flush_chunks()

    def add_document(self, document: StoredDocument) -> None:
        """Adds a row; a full file is written."""
        self._documents.append(document)
        self._ids += len(document.chunk_ids)
        if len(self._documents) == DOCUMENTS_PER_FILE or self._ids >= IDS_PER_FILE:
            self._flush_documents()

    def flush(self) -> None:
        """Writes what is left, in files that are not full."""
        self._flush_chunks()
        self._flush_documents()

    def _flush_chunks(self) -> None:
        if self._chunks:
            self.chunk_files += 1
            content = self._codec.write_chunks(self._chunks)
            self._put(chunks_name(self.chunk_files), content, len(self._chunks))
            self._chunks = []

    def _flush_documents(self) -> None:
        if self._documents:
            self.document_files += 1
            content = self._codec.write_documents(self._documents)
            self._put(documents_name(self.document_files), content, len(self._documents))
            self._documents, self._ids = [], 0

    def _put(self, name: str, content: bytes, rows: int) -> None:
        self._store.put(self._snapshot_id, name, content)
        digest = hashlib.sha256(content).hexdigest()
        self.files.append(SnapshotFile(name, rows, len(content), digest))
