"""Tells a document's states apart: the order of events, what was indexed, whose a chunk is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from nexus.models import DocumentMetadata

_CONTENT = 24  # hex digits of a chunk's content id that stand in its record's id


def record_id(content_id: str, revision: int) -> str:
    """The id in the index of a chunk that a revision brought: 32 hex digits.

    The revision is part of it, so that chunks of different attempts never overwrite or delete each
    other.
    """
    return f"{content_id[:_CONTENT]}{revision:08x}"


def content_of(chunk_id: str) -> str:
    """What two chunks of equal content have in common: of a content id or of a record's id."""
    return chunk_id[:_CONTENT]


def revision_of(chunk_id: str) -> int:
    """The revision that brought the chunk with this record id."""
    return int(chunk_id[_CONTENT:], 16)


def is_newer(sequencer: str, than: str) -> bool:
    """Whether an S3 sequencer comes after another of the same key.

    Sequencers are hex strings of varying length, to be padded on the right before comparing as
    strings (Amazon S3 User Guide, "Event message structure").
    """
    width = max(len(sequencer), len(than))
    return sequencer.ljust(width, "0") > than.ljust(width, "0")


def fingerprint(etag: str, metadata: DocumentMetadata, generation: str) -> str:
    """Changes whenever a document has to be indexed again; begins as `fingerprint_prefix`."""
    described = hashlib.sha256(json.dumps(asdict(metadata), sort_keys=True).encode()).hexdigest()
    return fingerprint_prefix(etag, generation) + described[:16]


def fingerprint_prefix(etag: str, generation: str) -> str:
    """The part of a fingerprint that a listing of the bucket suffices to compute."""
    return f"{etag}|{generation}|"
