"""Tells a document's states apart: the order of events, what was indexed, whose a chunk is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime

from nexus.models import DocumentMetadata

_RUNS = 4_096
_CONTENT = 24  # hex digits of a chunk's content id that stand in its record's id


def stamp(revision: int, run: int = 0) -> int:
    """What tells the chunks of one run of one attempt from all others of a document.

    Stamps of later revisions are greater. A document has at most 1,048,575 revisions and an attempt
    at most 4,096 runs. Raises ValueError for more.
    """
    if not (0 < revision < 1 << 20 and 0 <= run < _RUNS):
        raise ValueError("There are too many revisions of the document, or runs of its parts.")
    return revision * _RUNS + run


def last_stamp(revision: int) -> int:
    """The greatest stamp of a revision."""
    return stamp(revision, _RUNS - 1)


def record_id(content_id: str, its_stamp: int) -> str:
    """The id in the index of a chunk that a run brought: 32 hex digits.

    The stamp is part of it, so that chunks of different runs never overwrite or delete each other.
    """
    return f"{content_id[:_CONTENT]}{its_stamp:08x}"


def content_of(chunk_id: str) -> str:
    """What two chunks of equal content have in common: of a content id or of a record's id."""
    return chunk_id[:_CONTENT]


def stamp_of(chunk_id: str) -> int:
    """The stamp of the run that brought the chunk with this record id."""
    return int(chunk_id[_CONTENT:], 16)


def timestamp(seconds: float) -> str:
    """UTC ISO 8601 with milliseconds and Z."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def age_s(timestamp: str, now: float) -> float:
    """Seconds since a UTC ISO 8601 time; infinite for an empty one."""
    if not timestamp:
        return float("inf")
    return now - datetime.fromisoformat(timestamp).timestamp()


def is_newer(sequencer: str, than: str) -> bool:
    """Whether an S3 sequencer comes after another of the same key.

    Sequencers are hex strings of varying length, to be padded on the right before comparing as
    strings (Amazon S3 User Guide, "Event message structure").
    """
    width = max(len(sequencer), len(than))
    return sequencer.ljust(width, "0") > than.ljust(width, "0")


_LATER = {"groups", "url"}


def fingerprint(etag: str, metadata: DocumentMetadata, generation: str) -> str:
    """Changes whenever a document has to be indexed again; begins as `fingerprint_prefix`."""
    # What documents can be told since others were indexed changes nothing for those without it.
    said = {name: value for name, value in asdict(metadata).items() if value or name not in _LATER}
    described = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return fingerprint_prefix(etag, generation) + described[:16]


def fingerprint_prefix(etag: str, generation: str) -> str:
    """The part of a fingerprint that a listing of the bucket suffices to compute."""
    return f"{etag}|{generation}|"


def of_generation(mark: str, generation: str) -> str:
    """The fingerprint of the same content and metadata in another generation; "" stays ""."""
    etag, _, described = mark.rpartition("|")
    return f"{fingerprint_prefix(etag.rpartition('|')[0], generation)}{described}" if mark else ""
