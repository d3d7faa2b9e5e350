"""Shows a reader the documents that it may see: which there are, and what one of them says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nexus.errors import InvalidRequest, NotFound
from nexus.models import DocumentRecord, IndexRecord, Locator, Principal
from nexus.ports import Catalogue, VectorIndex
from nexus.retrieval.rights import permits
from nexus.text.titles import shown_place

# Records that one page looks at, however few of them may be seen.
MOST_READ = 5_000
# What of a document is given at once: passages, and characters.
MOST_PASSAGES, MOST_CHARS = 100, 60_000
_ID = re.compile(r"[0-9a-f]{24}")
UNKNOWN = "There is no such document: list_documents tells which there are."


def shelf(
    catalogue: Catalogue, principal: Principal, text: str, limit: int, cursor: str
) -> tuple[list[DocumentRecord], str | None]:
    """At most `limit` documents that the principal may see, and where the next ones begin.

    `text` stands in the title or the path, in any case. Raises InvalidRequest for a cursor that no
    page gave.
    """
    if cursor and not _ID.fullmatch(cursor):
        raise InvalidRequest("The cursor is not one that a page of this list gave.", "cursor")
    wanted, found, last = text.casefold(), list[DocumentRecord](), cursor
    for number, record in enumerate(catalogue.list_documents(principal.tenant, None, cursor)):
        if len(found) == limit or number == MOST_READ:
            return found, last
        last = record.document_id
        if _is_seen(principal, record) and (
            wanted in record.title.casefold() or wanted in record.path.casefold()
        ):
            found.append(record)
    return found, None


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
    if record is None or not _is_seen(principal, record):
        raise NotFound(UNKNOWN)
    manifest = catalogue.manifest(principal.tenant, document_id)
    every = manifest.chunk_ids if manifest else ()
    ids = every[offset : offset + MOST_PASSAGES]
    stored = index.fetch(namespace, ids)
    given: list[tuple[str, Locator]] = []
    for chunk_id in ids:
        held: IndexRecord | None = stored.get(chunk_id)
        text = held.chunk.text if held else ""
        if given and sum(len(one) for one, _ in given) + len(text) > MOST_CHARS:
            break
        given.append((text, shown_place(held.chunk.locator) if held else Locator()))
    following = offset + len(given)
    return record, given, following if following < len(every) else None


def _is_seen(principal: Principal, record: DocumentRecord) -> bool:
    return bool(record.live_revision) and permits(principal.rights, record)
