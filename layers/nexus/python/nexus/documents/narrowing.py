"""Narrows records of the catalogue to those that a reader may see, and to what it may be told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from nexus.documents.listing import MOST_READ, Listing, Page, not_ours
from nexus.models import DocumentRecord, Filters
from nexus.object_keys import compared
from nexus.retrieval.rights import permits

_ID_DIGITS = 24
_CURSOR = re.compile(rf"[0-9a-f]{{{_ID_DIGITS}}}")


def seen_page(
    records: Iterable[DocumentRecord], rights: Filters, asked: Listing, limit: int, cursor: str
) -> Page:
    """At most `limit` of the records that fit and may be seen; they are those after the cursor.

    A page is short, or has a cursor but no document, only where thousands of documents lie between
    two that may be seen. Raises InvalidRequest naming `cursor`.
    """
    if cursor and not _CURSOR.fullmatch(cursor):  # of the list of who manages, or nobody's
        raise not_ours()
    found: list[DocumentRecord] = []
    last = after = cursor
    for number, record in enumerate(records):
        if number == MOST_READ:
            return Page(tuple(found), _between(after, last))
        last = record.document_id
        if not sees(rights, record) or not asked.includes(record):
            continue
        if len(found) == limit:
            return Page(tuple(found), after)
        found.append(shown(rights, record))
        after = last
    return Page(tuple(found), None)


def sees(rights: Filters, record: DocumentRecord) -> bool:
    """Whether who has these rights sees the document: that is live, and they permit it."""
    is_live = record.live_revision > 0 and record.status != "deleted" and not record.erasing
    return is_live and permits(rights, record)


def shown(rights: Filters, record: DocumentRecord) -> DocumentRecord:
    """The record without why work on it failed, and without groups of others."""
    said = record.metadata
    if rights.groups is not None:
        own = set(map(compared, rights.groups))
        said = replace(said, groups=tuple(one for one in said.groups if compared(one) in own))
    return replace(record, reason=None, metadata=said)


def _between(after: str, last: str) -> str:
    """A cursor that is past `after` and not past `last`, and tells as little as can be of `last`.

    That is the id of a document out of sight; its first digits, mostly one, tell no path.
    """
    cuts = (last[:digits].ljust(_ID_DIGITS, "0") for digits in range(1, _ID_DIGITS))
    return next((cut for cut in cuts if cut > after), last)
