"""What a snapshot of an index generation is made of: its names, its files, and what they hold.

A snapshot is the folder `{snapshot id}/` of a store: `documents-*.parquet` with the catalogue's
records and their manifests, `chunks-*.parquet` with the chunks and their vectors in the order of
the documents, and last `snapshot.json`, which names every file with its rows and its SHA-256.
Without that it is unfinished.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import asdict, dataclass, replace

from pydantic import TypeAdapter, ValidationError

from nexus.errors import InvalidRequest, SnapshotDamaged
from nexus.ingestion.revisions import of_generation
from nexus.models import DocumentRecord, Generation
from nexus.object_keys import object_key

FORMAT = 1
SUMMARY = "snapshot.json"
PROGRESS = "progress.json"

_SUFFIX = re.compile(r"[a-z0-9]{1,24}")


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """One file of a snapshot; `sha256` is of its content, in hex digits."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished snapshot.

    `unreadable` documents are in it without their chunks, because the index had lost some. Times
    are UTC ISO 8601 with Z. A document that changed between them is in it as it was when it was
    reached.
    """

    snapshot_id: str
    generation: Generation
    started_at: str
    finished_at: str
    documents: int
    chunks: int
    unreadable: int
    files: tuple[SnapshotFile, ...]
    format: int = FORMAT

    def named(self, kind: str) -> list[SnapshotFile]:
        """The files of a kind, "documents" or "chunks", in order."""
        found = (one for one in self.files if one.name.startswith(f"{kind}-"))
        return sorted(found, key=lambda one: one.name)


def chunks_name(number: int) -> str:
    """The name of a file of chunks, counted from 1."""
    return f"chunks-{number:05d}.parquet"


def documents_name(number: int) -> str:
    """The name of a file of documents, counted from 1."""
    return f"documents-{number:05d}.parquet"


def listing_name(number: int) -> str:
    """The name of the list of files that one invocation has written, counted from 1."""
    return f"files-{number:05d}.json"


def new_snapshot_id(generation_id: str, now: float) -> str:
    """An id that sorts by time."""
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{generation_id}"


def to_json(snapshot: Snapshot) -> bytes:
    """What stands in `snapshot.json`."""
    return json.dumps(asdict(snapshot), indent=1).encode()


def from_json(content: bytes) -> Snapshot:
    """Reads `snapshot.json`. Raises SnapshotDamaged for what is none, or of a later version."""
    try:
        snapshot = TypeAdapter(Snapshot).validate_json(content)
    except ValidationError as err:
        raise SnapshotDamaged("The snapshot's summary cannot be read.") from err
    if snapshot.format != FORMAT:
        raise SnapshotDamaged("The snapshot was written by a later version of Nexus: use that one.")
    return snapshot


def restored_generation(snapshot: Snapshot, suffix: str, pinecone_host: str) -> Generation:
    """The generation that a snapshot becomes: what it was, under another name.

    Without a suffix, the time of the snapshot is taken. Raises InvalidRequest for a wrong one.
    """
    original, suffix = snapshot.generation, suffix or _time_of(snapshot)
    if not _SUFFIX.fullmatch(suffix):
        raise InvalidRequest("A suffix is 1 to 24 of a-z and 0-9.", "generation-suffix")
    return replace(
        original,
        generation_id=f"{original.generation_id.partition('-')[0]}-{suffix}",
        pinecone_host=pinecone_host,
        created_at=snapshot.finished_at,
    )


def restored_record(record: DocumentRecord, generation: Generation, bucket: str) -> DocumentRecord:
    """A record as it is true in the generation that the snapshot becomes.

    Its index never held what was hidden or being removed. An attempt that was going on is not going
    on there: the document waits to be indexed again.
    """
    waits = record.status in ("pending", "indexing")
    is_gone = record.status == "deleted"
    return replace(
        record,
        uri=restored_uri(record, bucket),
        status="pending" if waits else record.status,
        fingerprint="" if waits else of_generation(record.fingerprint, generation.generation_id),
        etag="" if is_gone else record.etag,
        hidden=frozenset(),
        parts=0,
        parts_done=0,
        underway="",
    )


def restored_uri(record: DocumentRecord, bucket: str) -> str:
    """Where a record's document lies for the deployment that restores it."""
    return f"s3://{bucket}/{object_key(record.tenant, record.path)}"


def _time_of(snapshot: Snapshot) -> str:
    return "".join(filter(str.isalnum, snapshot.snapshot_id.partition("-")[0])).lower()
