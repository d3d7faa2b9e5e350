"""Says what the catalogue notes of an object that the bucket holds, before it has been read."""

from __future__ import annotations

from dataclasses import replace

from nexus.ingestion.revisions import fingerprint
from nexus.models import DocumentMetadata, DocumentRecord, ObjectState
from nexus.object_keys import compared, document_id


def describe(state: ObjectState, bucket: str) -> DocumentRecord:
    """The record of a document that no attempt has begun on yet."""
    return DocumentRecord(
        tenant=state.tenant,
        document_id=document_id(state.tenant, state.path),
        path=state.path,
        uri=f"s3://{bucket}/{state.key}",
        title=state.metadata.title or state.path.rsplit("/", 1)[-1],
        status="indexing",
        version=state.version,
        etag=state.etag,
        size=state.size,
        metadata=state.metadata,
    )


def filterable(metadata: DocumentMetadata) -> DocumentMetadata:
    """The metadata as an index holds it: names in the form in which they compare."""
    return replace(
        metadata,
        department=compared(metadata.department) if metadata.department else None,
        tags=tuple(dict.fromkeys(compared(tag) for tag in metadata.tags)),
        # What no spelling is left of is nobody's group; without any, it would be everybody's.
        groups=tuple(dict.fromkeys(compared(group) or group for group in metadata.groups)),
    )


def attempt_of(
    stored: DocumentRecord, state: ObjectState, sequencer: str, bucket: str, generation: str
) -> DocumentRecord:
    """The stored record, described as it will be once this content is published.

    `sequencer` is that of the event that told of the content, or "" if none did.
    """
    described = describe(state, bucket)
    return replace(
        stored,
        sequencer=sequencer or stored.sequencer,
        fingerprint=fingerprint_of(state, generation),
        uri=described.uri,
        title=described.title,
        version=described.version,
        etag=described.etag,
        size=described.size,
        metadata=described.metadata,
        erasing=False,
    )


def fingerprint_of(state: ObjectState, generation: str) -> str:
    """What tells this content and metadata, indexed in this generation, from any other."""
    return fingerprint(state.etag, state.metadata, generation)


def underway_mark(state: ObjectState, generation: str) -> str:
    """What an attempt in parts notes of the very version that its parts are of."""
    return f"{fingerprint_of(state, generation)}|{state.version}"


def is_clean(record: DocumentRecord) -> bool:
    """Whether the index holds nothing that the record does not name; a removal is whole."""
    return not record.hidden and not (record.status == "deleted" and record.etag != "")
