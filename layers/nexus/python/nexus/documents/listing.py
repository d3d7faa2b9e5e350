"""Finds a tenant's documents in the catalogue, and what is new in the bucket, page by page."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from nexus.documents.arrivals import THREADS, arrivals, as_it_is
from nexus.documents.text_search import TextLine
from nexus.errors import InvalidRequest
from nexus.models import DocumentRecord, DocumentStatus
from nexus.object_keys import compared
from nexus.ports import Catalogue, DocumentStore

# Records that one page reads at most, however few of them are asked for: about a second's work.
MOST_READ = 5_000
# Objects of the bucket that are looked up together; DynamoDB answers 100 in one call.
LEAST_TOGETHER, MOST_TOGETHER = 25, 100

_ID = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Listing:
    """Which documents are asked for; an empty field does not restrict.

    `text` stands in the title or the path, in any case; what documents say is searched beside this
    (`documents.finding`). Deleted documents are left out unless their status is asked for.
    """

    status: DocumentStatus | None = None
    department: str = ""
    tag: str = ""
    text: str = ""

    def includes(self, record: DocumentRecord) -> bool:
        """Whether the record is one of those."""
        said = record.metadata
        return (
            (record.status == self.status if self.status else record.status != "deleted")
            and compared(self.department) in ("", compared(said.department or ""))
            and (not self.tag or compared(self.tag) in map(compared, said.tags))
            and self.names(record)
        )

    def names(self, record: DocumentRecord) -> bool:
        """Whether the text stands in the record's title or path."""
        wanted = self.text.casefold()
        return wanted in record.title.casefold() or wanted in record.path.casefold()


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the documents, and where the next ones begin; None after the last.

    `lines` are those of a document, by its id, that hold the text which was asked for.
    """

    records: tuple[DocumentRecord, ...]
    cursor: str | None
    lines: Mapping[str, tuple[TextLine, ...]] = field(default_factory=dict)


def page(
    catalogue: Catalogue,
    documents: DocumentStore,
    tenant: str,
    asked: Listing,
    limit: int,
    cursor: str = "",
) -> Page:
    """At most `limit` of the tenant's documents, in an order of the catalogue's own.

    What waits with new content is pending, too, in its place; asked for that status, it comes last,
    as does always what the bucket took and nobody has begun on. A page can be short, even empty,
    and still not be the last.
    Raises InvalidRequest naming `cursor` if it is not one that a page gave.
    """
    last, path = _read(cursor)
    found: list[DocumentRecord] = []
    if path is None:
        # The catalogue is not asked for the status: it would read on in vain where nothing has it.
        for number, record in enumerate(catalogue.list_documents(tenant, None, last)):
            if len(found) == limit or number == MOST_READ:
                return Page(as_they_are(documents, found, asked), last)
            last = record.document_id
            if asked.includes(record):
                found.append(record)
        found = list(as_they_are(documents, found, asked))
    if asked.status not in (None, "pending"):
        return Page(tuple(found), None)
    path = path or ""
    changed, waiting = asked.status == "pending", 0
    together = min(max(limit, LEAST_TOGETHER), MOST_TOGETHER)
    arrived = arrivals(documents, catalogue, tenant, path, together, changed=changed)
    for number, arrival in enumerate(arrived):
        # Each that waits costs a call: no more of them than a page holds.
        if waiting == limit or len(found) == limit or number == MOST_READ:
            return Page(tuple(found), _written(path))
        path = arrival.path
        waiting += arrival.record is not None
        if arrival.record is not None and asked.includes(arrival.record):
            found.append(arrival.record)
    return Page(tuple(found), None)


def as_they_are(
    documents: DocumentStore, records: Sequence[DocumentRecord], asked: Listing
) -> tuple[DocumentRecord, ...]:
    """The records that are still asked for when the bucket has told which wait anew.

    A deleted one that was uploaded again is found in the bucket.
    """
    if asked.status in ("pending", "deleted") or not records:
        return tuple(records)
    with ThreadPoolExecutor(THREADS) as pool:
        told = pool.map(lambda record: as_it_is(documents, record), records)
        return tuple(record for record in told if asked.includes(record))


def _written(path: str) -> str:
    return "~" + base64.urlsafe_b64encode(path.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, str | None]:
    """The last id that the catalogue gave; or the last path, once the bucket is gone through."""
    if not cursor.startswith("~"):
        if cursor and not _ID.fullmatch(cursor):
            raise not_ours()
        return cursor, None
    try:
        padding = "=" * (-len(cursor[1:]) % 4)
        return "", base64.b64decode(cursor[1:] + padding, altchars=b"-_", validate=True).decode()
    except ValueError as err:
        raise not_ours() from err


def not_ours() -> InvalidRequest:
    """Says that a cursor is not one that a page of this list gave."""
    return InvalidRequest("The cursor is not one that a page of this list gave.", "cursor")
