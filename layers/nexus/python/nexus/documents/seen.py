"""What a caller may read of its tenant's documents: those that readers see and its rights allow.

Whatever else there is does not exist for it: not in a list, a cursor, an error or a link. So a page
looks ahead until it knows whether another document follows that the caller may see.
"""

from __future__ import annotations

from dataclasses import replace

from nexus.documents.curating import UNKNOWN, Curator, Download
from nexus.documents.listing import MOST_READ, Listing, Page, not_ours
from nexus.errors import NotFound
from nexus.models import DocumentRecord, Filters, Principal
from nexus.object_keys import compared
from nexus.retrieval.rights import permits

_ID_DIGITS = 24


class ManagedDocuments:
    """All documents of a tenant, what waits in the bucket too, for who manages them."""

    def __init__(self, curator: Curator, principal: Principal) -> None:
        self._curator = curator
        self._tenant = principal.tenant

    def page(self, asked: Listing, limit: int, cursor: str = "") -> Page:
        """Some of the documents, as `listing.page` gives them."""
        return self._curator.page(self._tenant, asked, limit, cursor)

    def get(self, document_id: str) -> DocumentRecord:
        """The document as it is. Raises NotFound."""
        return self._curator.look(self._tenant, document_id)

    def content(self, document_id: str, version: str | None = None) -> Download:
        """Where a version's content is to be had for 15 minutes. Raises NotFound."""
        return self._curator.content(self._tenant, document_id, version)


class SeenDocuments:
    """The documents of a principal's tenant as far as it may see them."""

    def __init__(self, curator: Curator, principal: Principal) -> None:
        self._curator = curator
        self._principal = principal

    def page(self, asked: Listing, limit: int, cursor: str = "") -> Page:
        """At most `limit` documents that fit, in the order of their ids.

        A page is short, or has a cursor but no document, only where thousands of documents lie
        between two that the caller may see. Raises InvalidRequest naming `cursor`.
        """
        if cursor.startswith("~"):  # of the list of who manages
            raise not_ours()
        rights = self._principal.rights
        found: list[DocumentRecord] = []
        last = after = cursor
        records = self._curator.catalogued(self._principal.tenant, cursor)
        for number, record in enumerate(records):
            if number == MOST_READ:
                return Page(tuple(found), _between(after, last))
            last = record.document_id
            if not _sees(rights, record) or not asked.includes(record):
                continue
            if len(found) == limit:
                return Page(tuple(found), after)
            found.append(self._shown(record))
            after = last
        return Page(tuple(found), None)

    def get(self, document_id: str) -> DocumentRecord:
        """The document as the catalogue knows it. Raises NotFound."""
        record = self._curator.known(self._principal.tenant, document_id)
        if record is None or not _sees(self._principal.rights, record):
            raise NotFound(UNKNOWN)
        return self._shown(record)

    def content(self, document_id: str, version: str | None = None) -> Download:
        """Where the version that readers see is to be had for 15 minutes. Raises NotFound.

        No other version is: it may have had other groups, or not been looked at yet.
        """
        record = self.get(document_id)
        if version not in (None, record.version):
            raise NotFound("The document has no such version that this key may read.")
        return self._curator.content(self._principal.tenant, document_id, record.version)

    def _shown(self, record: DocumentRecord) -> DocumentRecord:
        """The record without why work on it failed, and without groups of others."""
        groups = self._principal.rights.groups
        said = record.metadata
        if groups is not None:
            own = set(map(compared, groups))
            said = replace(said, groups=tuple(one for one in said.groups if compared(one) in own))
        return replace(record, reason=None, metadata=said)


def _sees(rights: Filters, record: DocumentRecord) -> bool:
    is_live = record.live_revision > 0 and record.status != "deleted" and not record.erasing
    return is_live and permits(rights, record)


def _between(after: str, last: str) -> str:
    """A cursor that is past `after` and not past `last`, and tells as little as can be of `last`.

    That is the id of a document out of sight; its first digits, mostly one, tell no path.
    """
    cuts = (last[:digits].ljust(_ID_DIGITS, "0") for digits in range(1, _ID_DIGITS))
    return next((cut for cut in cuts if cut > after), last)
