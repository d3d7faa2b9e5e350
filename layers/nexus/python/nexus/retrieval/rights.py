"""What a caller may see: its own filters and the request's together, and live versions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nexus.models import DocumentRecord, Filters, Hit


def narrow(rights: Filters, asked: Filters) -> Filters | None:
    """The filters that satisfy both; None when nothing can."""

    def both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...] | None:
        if not first or not second:
            return first or second
        return tuple(item for item in first if item in second) or None

    departments = both(rights.departments, asked.departments)
    document_ids = both(rights.document_ids, asked.document_ids)
    # A document with one tag of each list passes both; the intersection misses it, but it never
    # shows a document that the rights hide.
    tags = both(rights.tags, asked.tags)
    if departments is None or document_ids is None or tags is None:
        return None
    return Filters(
        departments=departments,
        tags=tags,
        date_from=max(filter(None, (rights.date_from, asked.date_from)), default=None),
        date_to=min(filter(None, (rights.date_to, asked.date_to)), default=None),
        document_ids=document_ids,
    )


def visible(hits: Sequence[Hit], records: Mapping[str, DocumentRecord]) -> list[Hit]:
    """The hits that belong to the live version of their document."""
    return [
        hit for hit in hits if hit.document_id in records and records[hit.document_id].shows(hit)
    ]
