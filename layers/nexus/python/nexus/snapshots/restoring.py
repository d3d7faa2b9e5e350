"""Rebuilds an index generation from a snapshot, without embedding anything, and proves it.

A restored generation has namespaces and a catalogue of its own, which nobody reads or writes before
it is registered: so a restore that was interrupted is simply run again, and goes on from the first
document that the new catalogue does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import islice

from nexus.errors import InvalidRequest, SnapshotDamaged, Superseded
from nexus.generations.lifecycle import begun, existing
from nexus.generations.reindexing import Progress, Reindexer
from nexus.ingestion.chunking import text_key
from nexus.models import DocumentRecord, Generation, Generations, IndexRecord, StoredDocument
from nexus.ports import (
    Catalogue,
    DocumentStore,
    EmbeddingLedger,
    GenerationStore,
    VectorIndex,
)
from nexus.snapshots.layout import restored_record, restored_uri
from nexus.snapshots.reading import SnapshotReader

# Chunks upserted together.
UPSERTED = 500
# Of each file of documents, so many chunks are compared with what the index returns.
SAMPLED = 5
# 32-bit floats on their way through JSON.
TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of a restore or of its verification has done.

    `documents` includes `known` ones, which an earlier run had brought; `problem` is a sentence.
    """

    documents: int = 0
    chunks: int = 0
    known: int = 0
    problem: str = ""


class Restorer:
    """Fills one generation from a snapshot; `bucket` is the one that its documents lie in."""

    def __init__(
        self,
        reader: SnapshotReader,
        catalogue: Catalogue,
        index: VectorIndex,
        ledger: EmbeddingLedger,
        generation: Generation,
        bucket: str,
        executor: Executor,
    ) -> None:
        self._reader = reader
        self._catalogue = catalogue
        self._index = index
        self._ledger = ledger
        self._generation = generation
        self._bucket = bucket
        self._executor = executor

    def fill(self) -> Iterator[Step]:
        """Brings what the generation does not have yet: vectors first, then what names them.

        Raises SnapshotDamaged at the first file that is not as it was written.
        """
        for documents in self._reader.documents():
            known = set(self._executor.map(self._known, documents)) - {""}
            yield Step(documents=len(known), known=len(known))
            batch = _Batch()
            for document in documents:
                if _place(document) in known:
                    continue
                if batch.tenant not in ("", document.record.tenant):
                    yield self._bring(batch)
                    batch = _Batch()
                batch.tenant = document.record.tenant
                for record in self._reader.chunks(document):
                    uri = restored_uri(document.record, self._bucket)
                    batch.records.append(replace(record, uri=uri))
                    if len(batch.records) == UPSERTED:
                        yield self._bring(batch)
                        batch = _Batch(document.record.tenant)
                batch.documents.append(document)
            yield self._bring(batch)

    def verify(self) -> Iterator[Step]:
        """Compares the whole generation with the snapshot; a problem is a sentence in a step.

        Every document's record, manifest and number of chunks, and of some the chunks themselves.
        A document that has changed since it was restored is passed over.
        """
        seen = 0
        for documents in self._reader.documents():
            seen += len(documents)
            for problem in self._executor.map(self._problem, documents):
                yield Step(documents=1, problem=problem)
            sample = next((one for one in documents if one.chunk_ids), None)
            if sample:
                yield Step(problem=self._sampled(sample))
        if seen != self._reader.snapshot.documents:
            raise SnapshotDamaged("The snapshot does not hold as many documents as it says.")

    def _known(self, document: StoredDocument) -> str:
        record = document.record
        found = self._catalogue.get(record.tenant, record.document_id)
        return _place(document) if found else ""

    def _bring(self, batch: _Batch) -> Step:
        """Writes a batch's chunks, and then the documents that are whole with it."""
        if batch.records:
            space = self._generation.namespace(batch.tenant)
            self._index.upsert(space, batch.records)
            # So that an edit or a move in the restored generation costs no embedding either.
            model = self._generation.embedding_model
            self._ledger.note(
                batch.tenant,
                {text_key(one.chunk, model): one.chunk.chunk_id for one in batch.records},
            )
        list(self._executor.map(self._publish, batch.documents))
        return Step(documents=len(batch.documents), chunks=len(batch.records))

    def _publish(self, document: StoredDocument) -> None:
        self._catalogue.restore(self._wanted(document), document.chunk_ids)

    def _wanted(self, document: StoredDocument) -> DocumentRecord:
        return restored_record(document.record, self._generation, self._bucket)

    def _problem(self, document: StoredDocument) -> str:
        wanted, ids = self._wanted(document), document.chunk_ids
        found = self._catalogue.get(wanted.tenant, wanted.document_id)
        if found is None:
            return f"Document {wanted.document_id} of {wanted.tenant} is not in the catalogue."
        if found.revision != wanted.revision:
            return ""
        manifest = self._catalogue.manifest(wanted.tenant, wanted.document_id)
        if found != wanted or (manifest.chunk_ids if manifest else ()) != ids:
            return f"Document {wanted.document_id} of {wanted.tenant} differs in the catalogue."
        space = self._generation.namespace(wanted.tenant)
        if self._index.count(space, wanted.document_id) == len(ids):
            return ""
        self._index.wait_until_searchable(space, ids)
        held = self._index.count(space, wanted.document_id)
        if held == len(ids):
            return ""
        return (
            f"Document {wanted.document_id} of {wanted.tenant} has {held} chunks in the index "
            f"and {len(ids)} in the snapshot."
        )

    def _sampled(self, document: StoredDocument) -> str:
        wanted = {one.chunk.chunk_id: one for one in islice(self._reader.chunks(document), SAMPLED)}
        record = document.record
        found = self._index.fetch(self._generation.namespace(record.tenant), list(wanted))
        now = self._catalogue.get(record.tenant, record.document_id)
        if now is None or now.revision != record.revision:
            return ""
        if all(
            chunk_id in found and _equal(one, found[chunk_id]) for chunk_id, one in wanted.items()
        ):
            return ""
        return f"Chunks of document {record.document_id} of {record.tenant} differ in the index."


class _Batch:
    """Chunks of one tenant to be upserted together, and the documents that end among them."""

    def __init__(self, tenant: str = "") -> None:
        self.tenant = tenant
        self.records: list[IndexRecord] = []
        self.documents: list[StoredDocument] = []


def registered(
    store: GenerationStore, configured: Generation, generation: Generation
) -> Generations:
    """Makes a whole generation known, so that every change reaches it from now on.

    Raises InvalidRequest if another one is being built.
    """
    while True:
        now = existing(store, configured)
        if now.get(generation.generation_id):
            return now
        try:
            return store.write(begun(now, generation))
        except Superseded:
            continue


def check_free(now: Generations, generation: Generation) -> None:
    """Raises InvalidRequest if another generation is being built, or this name is taken."""
    found = now.get(generation.generation_id)
    if found is None:
        begun(now, generation)
    elif replace(found, created_at="") != replace(generation, created_at=""):
        raise InvalidRequest(
            f"Generation {generation.generation_id} is another one: choose a suffix with "
            "--generation-suffix.",
            "generation-suffix",
        )


def has_documents(documents: DocumentStore) -> bool:
    """Whether the bucket holds any document."""
    return next(documents.list_objects(None, ""), None) is not None


def behind(reindexer: Reindexer, catalogue: Catalogue) -> int:
    """How many documents are not in the generation yet as the bucket holds them now.

    Those that nobody is at are queued, again too: that does no harm.
    """
    compared = reindexer.run(Progress(), lambda: True)
    underway = sum(1 for _ in catalogue.list_documents(None, "indexing"))
    return compared.missing + compared.changed + compared.removed + underway


def _equal(one: IndexRecord, other: IndexRecord) -> bool:
    near = len(one.vector) == len(other.vector) and all(
        abs(left - right) <= TOLERANCE for left, right in zip(one.vector, other.vector, strict=True)
    )
    return near and _said(one) == _said(other)


def _said(record: IndexRecord) -> IndexRecord:
    return replace(record, vector=(), uri="")


def _place(document: StoredDocument) -> str:
    return f"{document.record.tenant}/{document.record.document_id}"
