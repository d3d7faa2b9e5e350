"""What is known of every document, and what was embedded already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from nexus.models import DocumentMetadata, DocumentRecord, DocumentStatus, ReadingWarning


@dataclass(frozen=True, slots=True)
class Manifest:
    """The chunks of a document's live revision, in reading order."""

    revision: int
    chunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartResult:
    """What became of one part of a document; `number` counts from 0.

    `warnings` name what of it was not read, 50 at most.
    """

    number: int
    chunk_ids: tuple[str, ...]
    chunks_embedded: int = 0
    tokens_embedded: int = 0
    warnings: tuple[ReadingWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class FinishedPart:
    """Whether a run's result was kept, and how many parts of the attempt are finished by now."""

    kept: bool
    done: int


@dataclass(frozen=True, slots=True)
class Staged:
    """A manifest that is written and not named yet, and when its publication was announced."""

    stamp: str = ""
    parts: int = 0
    announced_at: float = 0.0


class Catalogue(Protocol):
    """What one index generation knows of every document: status, live revision and its chunks.

    A worker calls `begin`, works, then `publish` or `fail`; the last to begin is the only one whose
    publish succeeds, so stale work can never replace newer.
    """

    def get(self, tenant: str, document_id: str) -> DocumentRecord | None:
        """The document's record, read consistently, or None."""
        ...

    def get_many(
        self, tenant: str, document_ids: Sequence[str], *, consistently: bool = False
    ) -> dict[str, DocumentRecord]:
        """The records that exist, by document id.

        Unless they are read `consistently`, what was written a moment ago may be missing.
        """
        ...

    def get_many_with_erasures(
        self, tenant: str, document_ids: Sequence[str]
    ) -> tuple[dict[str, DocumentRecord], dict[str, str]]:
        """The records that exist, read consistently, and when documents were last erased.

        Both by document id, in as many calls as for the records of twice as many documents.
        """
        ...

    def note_erasure(self, tenant: str, document_id: str, at: str) -> None:
        """Keeps for good that a document was erased at a time, UTC ISO 8601 with milliseconds.

        Every generation tells it, whatever becomes of the document. An earlier time than that which
        is known changes nothing.
        """
        ...

    def begin(self, record: DocumentRecord) -> DocumentRecord:
        """Starts an attempt: stores status `indexing` and a revision one higher, atomically.

        A document that readers see keeps everything else as stored, so that its sources are
        described truly until the next publish; one without a live revision takes path, uri, title,
        version, etag, size and metadata from `record`. The attempt's parts are counted anew.
        Returns the record as stored.
        """
        ...

    def plan(self, record: DocumentRecord) -> None:
        """Notes `parts` and `underway` of an attempt whose parts are all queued.

        Raises Superseded if another attempt began since, or this one has ended.
        """
        ...

    def explain(self, record: DocumentRecord, reason: str) -> None:
        """Says why an attempt takes longer; it goes on. Raises Superseded as `plan` does."""
        ...

    def start_part(self, record: DocumentRecord) -> int:
        """A number, from 1, for a run on one part of the attempt, that no other run has.

        Raises Superseded if another attempt began since, or this one has ended.
        """
        ...

    def finish_part(self, record: DocumentRecord, result: PartResult) -> FinishedPart:
        """Keeps a part's result, unless another run has finished the same part before.

        Raises Superseded if another attempt began since, or this one has ended.
        """
        ...

    def finished_parts(self, record: DocumentRecord) -> list[PartResult]:
        """The results of the attempt's finished parts, in their order, read consistently."""
        ...

    def stage(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> Staged:
        """Writes what `publish` is going to name, while something else is still going on.

        No reader sees it. What is never published goes with its document.
        """
        ...

    def announce(self, tenant: str) -> float:
        """Says that what readers see is about to change, as `publish` else does; when it was."""
        ...

    def publish(
        self, record: DocumentRecord, manifest: Manifest, staged: Staged | None = None
    ) -> None:
        """Makes `record.revision` the live one, with `manifest`, at once for every reader.

        `staged` is what `stage` made of the same manifest, and `announce` told of. Raises
        Superseded if another attempt began since.
        """
        ...

    def settle(self, record: DocumentRecord) -> None:
        """Stores a state that changes no manifest: failed, deleted, or hidden chunks cleared.

        Raises Superseded if another attempt began since, or if the attempt has been published and
        this says that it is not.
        """
        ...

    def describe(self, tenant: str, document_id: str, metadata: DocumentMetadata) -> bool:
        """Stores what is said of a document, before that is indexed; False if there is none.

        It counts as a change of what readers see, and takes the fingerprint away if it is new. An
        attempt that has begun before may have seen what was said before: its `publish` or `settle`
        then leaves this, and no fingerprint, so that the document is indexed again.
        """
        ...

    def manifest(self, tenant: str, document_id: str) -> Manifest | None:
        """The live revision's chunks, read consistently; None if there is no live revision."""
        ...

    def remove(self, record: DocumentRecord) -> None:
        """Deletes the manifest and marks the record deleted. Raises Superseded as publish does."""
        ...

    def drop(self, tenant: str) -> None:
        """Removes everything that is known of a tenant; only where nobody works any more."""
        ...

    def restore(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> bool:
        """Stores a record of a snapshot as it is, with its manifest, where there is none yet.

        Its revisions and times are kept; hidden chunks and an attempt's parts are not. False if the
        catalogue knows the document already, which then stays as it is.
        """
        ...

    def version(self, tenant: str) -> int | None:
        """A number that grows with every change of what readers see, read consistently.

        None while the last change is so recent that readers may still see the state before it. What
        is made from documents that were read after the version stays true as long as it is the
        same; a version that was read later, or None, says nothing about them.
        """
        ...

    def list_documents(
        self, tenant: str | None, status: DocumentStatus | None = None, start_after: str = ""
    ) -> Iterator[DocumentRecord]:
        """Every record of the tenant (of all tenants: None), one page in memory at a time.

        `start_after` is the id of the last record seen, or `{tenant}/{id}` for all tenants; these
        come in an order of the catalogue's own. Those of one tenant are read consistently.
        """
        ...

    def ping(self) -> None:
        """Returns when the catalogue answers; raises otherwise."""
        ...


class EmbeddingLedger(Protocol):
    """Where in one generation's index the vector of a tenant's text stands, if it ever stood."""

    def find(self, tenant: str, text_keys: Sequence[str]) -> dict[str, str]:
        """The ids of records that hold a text's vector, by text key; they may be gone by now."""
        ...

    def note(self, tenant: str, record_ids: Mapping[str, str]) -> None:
        """Keeps record ids by text key, for months; later ones replace earlier ones."""
        ...
