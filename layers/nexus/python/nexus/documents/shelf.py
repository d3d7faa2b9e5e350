"""Shows a reader the documents that it may see: which there are, and what one of them says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nexus.documents.listing import Listing
from nexus.documents.narrowing import seen_page, sees
from nexus.documents.reading import passages_of
from nexus.errors import NotFound
from nexus.models import DocumentRecord, Locator, Principal
from nexus.ports import Catalogue, VectorIndex

_ID = re.compile(r"[0-9a-f]{24}")
UNKNOWN = "There is no such document: list_documents tells which there are."


def shelf(
    catalogue: Catalogue, principal: Principal, text: str, limit: int, cursor: str
) -> tuple[Sequence[DocumentRecord], str | None]:
    """At most `limit` documents that the principal may see, and where the next ones begin.

    `text` stands in the title or the path, in any case. Raises InvalidRequest for a cursor that no
    page gave.
    """
    records = catalogue.list_documents(principal.tenant, None, cursor)
    page = seen_page(records, principal.rights, Listing(text=text), limit, cursor)
    return page.records, page.cursor


def text_of(
    catalogue: Catalogue,
    index: VectorIndex,
    namespace: str,
    principal: Principal,
    document_id: str,
    offset: int,
) -> tuple[DocumentRecord, Sequence[tuple[str, Locator]], int | None]:
    """A document's passages from one on, and the number of the next one; None after the last.

    Raises NotFound for a document that the principal does not see.
    """
    record = catalogue.get(principal.tenant, document_id) if _ID.fullmatch(document_id) else None
    if record is None or not sees(principal.rights, record):
        raise NotFound(UNKNOWN)
    given, following = passages_of(
        catalogue, index, namespace, principal.tenant, document_id, offset
    )
    return record, given, following
