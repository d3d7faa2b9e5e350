"""What a caller may see: by its filters, its groups and the request, and live versions only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from nexus.models import (
    DocumentMetadata,
    DocumentRecord,
    Filters,
    Hit,
    Passage,
    ReadDocument,
)
from nexus.object_keys import compared


def narrow(rights: Filters, asked: Filters) -> Filters | None:
    """The filters that satisfy both, in the spellings that an index may hold; None: nothing can.

    Groups are the rights' alone: no request says who is asking.
    """

    def both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...] | None:
        if not first or not second:
            return first or second
        known = set(map(compared, second))
        return tuple(item for item in first if compared(item) in known) or None

    departments = _spellings(both(rights.departments, asked.departments))
    document_ids = both(rights.document_ids, asked.document_ids)
    # A document with one tag of each list passes both; the intersection misses it, but it never
    # shows a document that the rights hide.
    tags = _spellings(both(rights.tags, asked.tags))
    if departments is None or document_ids is None or tags is None:
        return None
    return Filters(
        departments=departments,
        tags=tags,
        date_from=max(filter(None, (rights.date_from, asked.date_from)), default=None),
        date_to=min(filter(None, (rights.date_to, asked.date_to)), default=None),
        document_ids=document_ids,
        groups=None if rights.groups is None else tuple(sorted(_shared(rights.groups))),
    )


def permits(rights: Filters, record: DocumentRecord) -> bool:
    """Whether who has these rights may see the document, as the catalogue describes it."""
    return allows(rights, record.document_id, record.metadata)


def deciding(said: DocumentMetadata) -> DocumentMetadata:
    """What of all that is said of a document decides who may see it."""
    return replace(said, title=None, author=None, url=None)


def as_read(passages: Iterable[Passage]) -> tuple[ReadDocument, ...]:
    """The documents of passages as they were read, each version once; a tool's result is none."""
    read = (
        ReadDocument(one.document_id, one.version, one.said)
        for one in passages
        if one.said is not None and one.kind != "tool"
    )
    return tuple(dict.fromkeys(read))


def allows(rights: Filters, document_id: str, said: DocumentMetadata) -> bool:
    """Whether who has these rights may see a document of which this is said."""
    departments, tags = set(map(compared, rights.departments)), set(map(compared, rights.tags))
    return (
        (
            not departments
            or (said.department is not None and compared(said.department) in departments)
        )
        and (not tags or any(compared(tag) in tags for tag in said.tags))
        and (not rights.date_from or (said.date or "") >= rights.date_from)
        and (not rights.date_to or (said.date is not None and said.date <= rights.date_to))
        and (not rights.document_ids or document_id in rights.document_ids)
        and (
            rights.groups is None
            or not said.groups
            or not _shared(said.groups).isdisjoint(_shared(rights.groups))
        )
    )


def _shared(groups: Sequence[str]) -> set[str]:
    """Groups as they compare; what no spelling is left of is nobody's."""
    return {compared(group) for group in groups} - {""}


def _spellings(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    # Generations that were built before names were folded hold them as somebody spelled them.
    if names is None:
        return None
    return tuple(dict.fromkeys(form for name in names for form in (name, compared(name))))


def visible(
    hits: Sequence[Hit], records: Mapping[str, DocumentRecord], rights: Filters
) -> list[Hit]:
    """The hits of the live version of documents that who has these rights may see.

    The index has filtered already; the catalogue is who knows, as a change is written there first.
    """
    seen = {item for item, record in records.items() if permits(rights, record)}
    return [hit for hit in hits if hit.document_id in seen and records[hit.document_id].shows(hit)]
