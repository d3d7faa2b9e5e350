"""Keeps in memory, for one evaluation, what a deployment keeps in S3, DynamoDB and secrets."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from cli.evaluation.corpus import TENANT, Corpus, CorpusDocument
from nexus.errors import ConfigurationError, NotFound, Superseded
from nexus.models import DocumentMetadata, DocumentRecord, DocumentStatus, ObjectState, Turn
from nexus.ports import FinishedPart, Manifest, PartResult, Staged


class CorpusStore:
    """A DocumentStore that holds a corpus and does not change."""

    def __init__(self, corpus: Corpus) -> None:
        self._documents = {document.key: document for document in corpus.documents}

    def head(self, key: str) -> ObjectState | None:
        document = self._documents.get(key)
        return _state(document, document.read()) if document else None

    def read(self, key: str, up_to: int) -> tuple[ObjectState, bytes | None] | None:
        document = self._documents.get(key)
        if document is None:
            return None
        content = document.read()
        return _state(document, content), content if len(content) <= up_to else None

    def open(self, state: ObjectState) -> BinaryIO:
        document = self._documents.get(state.key)
        if document is None:
            raise NotFound("The corpus holds no such document.")
        return io.BytesIO(document.read())

    def list_objects(self, tenant: str | None, start_after: str) -> Iterator[ObjectState]:
        for key in sorted(self._documents, key=str.encode):
            if tenant in (None, TENANT) and key.encode() > start_after.encode():
                document = self._documents[key]
                listed = _state(document, document.read())
                yield replace(listed, version="", content_type="", metadata=DocumentMetadata())

    def ping(self) -> None:
        return


class MemoryCatalogue:
    """A Catalogue in dictionaries, of documents that are indexed once and never change."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], DocumentRecord] = {}
        self._manifests: dict[tuple[str, str], Manifest] = {}
        self._erased: dict[tuple[str, str], str] = {}
        self._parts: dict[tuple[str, str], dict[int, PartResult]] = {}
        self._lock = threading.Lock()

    def get(self, tenant: str, document_id: str) -> DocumentRecord | None:
        return self._records.get((tenant, document_id))

    def get_many(
        self, tenant: str, document_ids: Sequence[str], *, consistently: bool = False
    ) -> dict[str, DocumentRecord]:
        del consistently
        found = {item: self._records.get((tenant, item)) for item in document_ids}
        return {item: record for item, record in found.items() if record is not None}

    def get_many_with_erasures(
        self, tenant: str, document_ids: Sequence[str]
    ) -> tuple[dict[str, DocumentRecord], dict[str, str]]:
        erased = {item: self._erased.get((tenant, item), "") for item in document_ids}
        known = {item: at for item, at in erased.items() if at}
        return self.get_many(tenant, document_ids), known

    def note_erasure(self, tenant: str, document_id: str, at: str) -> None:
        key = (tenant, document_id)
        self._erased[key] = max(self._erased.get(key, ""), at)

    def begin(self, record: DocumentRecord) -> DocumentRecord:
        with self._lock:
            key = (record.tenant, record.document_id)
            stored = self._records.get(key)
            basis = stored if stored and stored.live_revision else record
            revision = stored.revision if stored else 0
            begun = replace(basis, status="indexing", revision=revision + 1)
            self._records[key] = begun
            return begun

    def plan(self, record: DocumentRecord) -> None:
        del record

    def explain(self, record: DocumentRecord, reason: str) -> None:
        del record, reason

    def start_part(self, record: DocumentRecord) -> int:
        with self._lock:
            return 1 + len(self._parts.get(self._current(record), {}))

    def finish_part(self, record: DocumentRecord, result: PartResult) -> FinishedPart:
        with self._lock:
            finished = self._parts.setdefault(self._current(record), {})
            finished[result.number] = result
            return FinishedPart(kept=True, done=len(finished))

    def finished_parts(self, record: DocumentRecord) -> list[PartResult]:
        finished = self._parts[record.tenant, record.document_id]
        return [result for _, result in sorted(finished.items())]

    def stage(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> Staged:
        del record, chunk_ids  # what is published brings them again
        return Staged()

    def announce(self, tenant: str) -> float:
        del tenant
        return 0.0

    def publish(
        self, record: DocumentRecord, manifest: Manifest, staged: Staged | None = None
    ) -> None:
        del staged
        with self._lock:
            key = self._current(record)
            self._records[key] = replace(record, status="indexed", live_revision=record.revision)
            self._manifests[key] = replace(manifest, revision=record.revision)

    def settle(self, record: DocumentRecord) -> None:
        with self._lock:
            key = self._current(record)
            live = self._records[key].live_revision
            self._records[key] = replace(record, live_revision=live)

    def describe(self, tenant: str, document_id: str, metadata: DocumentMetadata) -> bool:
        with self._lock:
            found = self._records.get((tenant, document_id))
            if found is not None:
                self._records[tenant, document_id] = replace(found, metadata=metadata)
            return found is not None

    def manifest(self, tenant: str, document_id: str) -> Manifest | None:
        return self._manifests.get((tenant, document_id))

    def remove(self, record: DocumentRecord) -> None:
        with self._lock:
            key = self._current(record)
            self._records[key] = replace(
                record, status="deleted", live_revision=0, published=(), chunks=0
            )
            self._manifests.pop(key, None)

    def drop(self, tenant: str) -> None:
        del tenant

    def restore(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> bool:
        with self._lock:
            key = (record.tenant, record.document_id)
            if key in self._records:
                return False
            self._records[key] = record
            self._manifests[key] = Manifest(record.live_revision, tuple(chunk_ids))
            return True

    def version(self, tenant: str) -> int | None:
        del tenant
        return None  # so that nothing is cached

    def list_documents(
        self, tenant: str | None, status: DocumentStatus | None = None, start_after: str = ""
    ) -> Iterator[DocumentRecord]:
        for owner, item in sorted(self._records):
            place = item if tenant is not None else f"{owner}/{item}"
            record = self._records[owner, item]
            if tenant in (None, owner) and place > start_after and status in (None, record.status):
                yield record

    def ping(self) -> None:
        return

    def _current(self, record: DocumentRecord) -> tuple[str, str]:
        key = (record.tenant, record.document_id)
        stored = self._records.get(key)
        if stored is None or stored.revision != record.revision:
            raise Superseded("Another attempt on the document began since.")
        return key


class MemoryLedger:
    """An EmbeddingLedger in a dictionary."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def find(self, tenant: str, text_keys: Sequence[str]) -> dict[str, str]:
        del tenant
        return {key: self._ids[key] for key in text_keys if key in self._ids}

    def note(self, tenant: str, record_ids: Mapping[str, str]) -> None:
        del tenant
        self._ids.update(record_ids)


class MemoryQueue:
    """A WorkQueue whose messages wait in `bodies` for whoever sent them."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, bodies: Sequence[str], delay_s: int = 0) -> None:
        del delay_s
        self.bodies.extend(bodies)

    def delay(self, receipt: str, seconds: int) -> None:
        del receipt, seconds

    def hold(self, receipts: Sequence[str], seconds: int) -> None:
        del receipts, seconds

    def ping(self) -> None:
        return


class MemoryConversations:
    """A ConversationStore in a dictionary, of turns that never expire."""

    def __init__(self) -> None:
        self._turns: dict[tuple[str, str, str], list[Turn]] = {}

    def history(self, tenant: str, client: str, conversation_id: str, turns: int) -> list[Turn]:
        found = self._turns.get((tenant, client, conversation_id), [])
        return found[-turns:] if turns > 0 else []

    def append(self, tenant: str, client: str, conversation_id: str, turn: Turn) -> None:
        self._turns.setdefault((tenant, client, conversation_id), []).append(turn)

    def delete(self, tenant: str, client: str, conversation_id: str) -> bool:
        return self._turns.pop((tenant, client, conversation_id), None) is not None

    def ping(self) -> None:
        return


class GivenSecrets:
    """Secrets that the command was given, by the name under which the settings ask for them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def get(self, secret_id: str) -> str:
        if not self._values.get(secret_id):
            raise ConfigurationError(f"The evaluation was given no {secret_id}.")
        return self._values[secret_id]


def _state(document: CorpusDocument, content: bytes) -> ObjectState:
    digest = hashlib.sha256(content).hexdigest()
    return ObjectState(
        tenant=TENANT,
        path=document.path,
        key=document.key,
        size=len(content),
        etag=digest,
        version=digest[:16],
        content_type=document.content_type,
        metadata=document.metadata,
        last_modified="1970-01-01T00:00:00Z",
    )
