"""What a caller may read of its tenant's documents: those that readers see and its rights allow.

Whatever else there is does not exist for it: not in a list, a cursor, an error or a link. So a page
looks ahead until it knows whether another document follows that the caller may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexus.documents.curating import UNKNOWN, Curator, Download
from nexus.documents.finding import found_page
from nexus.documents.listing import Listing, Page
from nexus.documents.narrowing import seen_page, sees, shown
from nexus.errors import NotFound
from nexus.models import DocumentRecord, Locator, Principal


@dataclass(frozen=True, slots=True)
class Text:
    """Passages of a document, and the number of the next one; None after the last."""

    record: DocumentRecord
    passages: Sequence[tuple[str, Locator]]
    next_offset: int | None


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

    def text(self, document_id: str, offset: int = 0) -> Text:
        """What was read of the version that readers see, from a passage on. Raises NotFound."""
        record = self.get(document_id)
        return Text(record, *self._curator.texts.read(self._tenant, document_id, offset))


class SeenDocuments:
    """The documents of a principal's tenant as far as it may see them."""

    def __init__(self, curator: Curator, principal: Principal) -> None:
        self._curator = curator
        self._principal = principal

    def page(self, asked: Listing, limit: int, cursor: str = "") -> Page:
        """At most `limit` documents that fit, as `finding.found_page` gives them by a text.

        Raises InvalidRequest naming `cursor`.
        """
        if not asked.text:
            return self._listed(asked, limit, cursor)
        rights = self._principal.rights
        return found_page(
            lambda most, after: self._listed(asked, most, after),
            self._curator.texts.find(self._principal.tenant, asked, rights),
            lambda records: [shown(rights, one) for one in records if sees(rights, one)],
            asked,
            limit,
            cursor,
        )

    def _listed(self, asked: Listing, limit: int, cursor: str) -> Page:
        records = self._curator.catalogued(self._principal.tenant, cursor)
        return seen_page(records, self._principal.rights, asked, limit, cursor)

    def get(self, document_id: str) -> DocumentRecord:
        """The document as the catalogue knows it. Raises NotFound."""
        record = self._curator.known(self._principal.tenant, document_id)
        if record is None or not sees(self._principal.rights, record):
            raise NotFound(UNKNOWN)
        return shown(self._principal.rights, record)

    def content(self, document_id: str, version: str | None = None) -> Download:
        """Where the version that readers see is to be had for 15 minutes. Raises NotFound.

        No other version is: it may have had other groups, or not been looked at yet.
        """
        record = self.get(document_id)
        if version not in (None, record.version):
            raise NotFound("The document has no such version that this key may read.")
        return self._curator.content(self._principal.tenant, document_id, record.version)

    def text(self, document_id: str, offset: int = 0) -> Text:
        """What was read of the version that readers see, from a passage on. Raises NotFound."""
        record = self.get(document_id)
        return Text(record, *self._curator.texts.read(self._principal.tenant, document_id, offset))
