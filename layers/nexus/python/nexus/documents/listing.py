"""Finds a tenant's documents in the catalogue, page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nexus.errors import InvalidRequest
from nexus.models import DocumentRecord, DocumentStatus
from nexus.object_keys import compared
from nexus.ports import Catalogue

# Records that one page reads at most, however few of them are asked for: about a second's work.
MOST_READ = 5_000

_ID = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Listing:
    """Which documents are asked for; an empty field does not restrict.

    `text` stands in the title or the path, in any case. Deleted documents are left out unless
    their status is asked for.
    """

    status: DocumentStatus | None = None
    department: str = ""
    tag: str = ""
    text: str = ""

    def includes(self, record: DocumentRecord) -> bool:
        """Whether the record is one of those."""
        wanted = self.text.casefold()
        said = record.metadata
        return (
            (record.status == self.status if self.status else record.status != "deleted")
            and compared(self.department) in ("", compared(said.department or ""))
            and (not self.tag or compared(self.tag) in map(compared, said.tags))
            and (wanted in record.title.casefold() or wanted in record.path.casefold())
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the documents, and where the next ones begin; None after the last."""

    records: tuple[DocumentRecord, ...]
    cursor: str | None


def page(catalogue: Catalogue, tenant: str, asked: Listing, limit: int, cursor: str = "") -> Page:
    """At most `limit` of the tenant's documents, in an order of the catalogue's own.

    A page can be short, even empty, and still not be the last. Raises InvalidRequest naming
    `cursor` if it is not one that a page gave.
    """
    if cursor and not _ID.fullmatch(cursor):
        raise InvalidRequest("The cursor is not one that a page of this list gave.", "cursor")
    last = cursor
    found: list[DocumentRecord] = []
    # The catalogue is not asked for the status: it would read on in vain where nothing has it.
    for number, record in enumerate(catalogue.list_documents(tenant, None, last)):
        if len(found) == limit or number == MOST_READ:
            return Page(tuple(found), last)
        last = record.document_id
        if asked.includes(record):
            found.append(record)
    return Page(tuple(found), None)
