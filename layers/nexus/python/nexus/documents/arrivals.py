"""Finds what the bucket has taken and ingestion has not begun on yet: it is `pending` at once.

The catalogue learns of an upload when a worker takes up its event, which can be a while where many
wait or a worker was killed. Until then the bucket is who knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

from nexus.ingestion.describing import describe
from nexus.models import DocumentRecord, ObjectState
from nexus.object_keys import document_id as id_of
from nexus.object_keys import object_key
from nexus.ports import Catalogue, DocumentStore

# Objects that are looked through for one id, whose path nobody can tell: about two seconds' work.
MOST_LOOKED = 20_000
# Objects that are asked for at the same time.
THREADS = 16
# What an attempt leaves when it is over; in any other state the catalogue tells that work is due.
_ENDED = ("indexed", "failed", "deleted")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An object that was looked at; `record` is None if the catalogue tells its state already."""

    path: str
    record: DocumentRecord | None


def awaiting(record: DocumentRecord, state: ObjectState | None) -> bool:
    """Whether the bucket holds something else than what the record's last attempt ended with."""
    if state is None or record.status not in _ENDED or record.erasing:
        return False
    same = record.fingerprint.startswith(f"{state.etag}|")
    # What a listing tells has no version; a failed attempt notes none.
    return not same or bool(
        state.version and record.status == "indexed" and record.version != state.version
    )


def as_it_is(documents: DocumentStore, record: DocumentRecord) -> DocumentRecord:
    """The record, as pending if an upload waits for it that the catalogue does not know of."""
    if record.status not in _ENDED or record.erasing:
        return record
    state = documents.head(object_key(record.tenant, record.path))
    if state is None or not awaiting(record, state):
        return record
    if record.status == "deleted":
        return _pending(state)
    return replace(record, status="pending", reason=None)


def arrived(documents: DocumentStore, tenant: str, document_id: str) -> DocumentRecord | None:
    """The pending document of this id, if it is among the first 20,000 of the tenant's objects."""
    for found in islice(documents.list_objects(tenant, ""), MOST_LOOKED):
        if id_of(tenant, found.path) == document_id:
            state = documents.head(found.key)
            return _pending(state) if state else None
    return None


def arrivals(
    documents: DocumentStore,
    catalogue: Catalogue,
    tenant: str,
    after: str,
    together: int,
    *,
    changed: bool,
) -> Iterator[Arrival]:
    """The tenant's objects after a path, in the order of their keys, with those that are pending.

    These are the ones that the catalogue does not know, or knows as deleted; with `changed`, also
    those whose content is not what it knows. So many are looked at `together`.
    """
    start = object_key(tenant, after) if after else ""
    objects = documents.list_objects(tenant, start)
    with ThreadPoolExecutor(THREADS) as pool:
        while some := list(islice(objects, together)):
            ids = [id_of(tenant, state.path) for state in some]
            known = catalogue.get_many(tenant, ids)
            records = [known.get(document_id) for document_id in ids]
            new = [
                state.key
                for record, state in zip(records, some, strict=True)
                if _is_new(record, state)
            ]
            # A listing tells no metadata.
            whole = dict(zip(new, pool.map(documents.head, new), strict=True))
            for record, state in zip(records, some, strict=True):
                found = whole.get(state.key)
                told = _pending(found) if found else None
                if record and changed and state.key not in whole and awaiting(record, state):
                    told = replace(record, status="pending", reason=None)
                yield Arrival(state.path, told)


def _is_new(record: DocumentRecord | None, state: ObjectState) -> bool:
    return record is None or (record.status == "deleted" and awaiting(record, state))


def _pending(state: ObjectState) -> DocumentRecord:
    """The record of an object that no attempt has begun on."""
    return replace(
        describe(state, ""),
        uri="",
        status="pending",
        version="",
        created_at=state.last_modified,
        updated_at=state.last_modified,
    )
