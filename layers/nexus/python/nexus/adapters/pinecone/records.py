"""Turns records into Pinecone documents and back, and filters into Pinecone's operators."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from nexus.errors import UpstreamRefused
from nexus.models import Chunk, DocumentMetadata, Filters, Hit, IndexedChunk, IndexRecord, Locator
from nexus.text.query_words import storable
from nexus.text.search_terms import indexed_forms

# The fields that the index's schema declares: those that are searched.
VECTOR_FIELD = "vector"
TEXT_FIELD = "text"
TITLE_FIELD = "title"

# What readers see, where that is not what is searched (nexus.text.search_terms). The language of a
# full-text field is set when its index is made, and one index holds documents in many: so the field
# holds our own stems, in indexes made before, too, and what is English goes in as it is.
SHOWN_TEXT, SHOWN_TITLE = "shown_text", "shown_title"

GROUPS = "groups"
# How lines are rows of tables, which only a fetch tells.
TABLE = "table"

# All others are metadata, which Pinecone indexes for filtering when it first sees them.
HIT_FIELDS = (
    TEXT_FIELD,
    TITLE_FIELD,
    SHOWN_TEXT,
    SHOWN_TITLE,
    "document_id",
    "uri",
    "ordinal",
    "added_in",
    "page",
    "heading",
    "slide",
    "sheet",
    "row",
)

# Pinecone's limit on a document without its vector. A chunk is about 1,000 characters.
MOST_BYTES = 40 * 1024


def to_document(record: IndexRecord, dimension: int) -> dict[str, Any]:
    """The record as Pinecone stores it; what is None or empty is left out, as Pinecone asks.

    Raises UpstreamRefused if the record cannot be stored: its vector's length, or its size.
    """
    check_dimension(record.vector, dimension)
    chunk, metadata, locator = record.chunk, record.metadata, record.chunk.locator
    title, text = indexed_forms(record.title, chunk.text)
    fields: dict[str, Any] = {
        TEXT_FIELD: text,
        TITLE_FIELD: title,
        SHOWN_TEXT: chunk.text if chunk.text != text else None,
        SHOWN_TITLE: record.title if record.title != title else None,
        "document_id": record.document_id,
        "uri": record.uri,
        "ordinal": chunk.ordinal,
        "added_in": record.added_in,
        "page": locator.page,
        "heading": list(locator.heading),
        "slide": locator.slide,
        "sheet": locator.sheet,
        "row": locator.row,
        TABLE: chunk.table or None,
        "department": metadata.department,
        "tags": list(metadata.tags),
        GROUPS: list(metadata.groups),
        "date": metadata.date,
        "day": day_number(metadata.date),
        "author": metadata.author,
        "own_title": metadata.title,
    }
    document = {name: _storable(value) for name, value in fields.items() if value not in (None, [])}
    size = document_bytes(document)
    if size > MOST_BYTES:
        raise UpstreamRefused(
            "index",
            f"A chunk with its metadata is {size} bytes; Pinecone stores at most {MOST_BYTES}: "
            "shorten the document's metadata or its chunks.",
        )
    return {"_id": chunk.chunk_id, VECTOR_FIELD: list(record.vector), **document}


def document_bytes(document: Mapping[str, Any]) -> int:
    """The bytes that a document takes without its vector."""
    return sum(_size(value) + len(name) for name, value in document.items() if name != VECTOR_FIELD)


def to_hit(document: Mapping[str, Any]) -> Hit:
    """A hit from a search's match."""
    get = document.get
    # By place: a question finds a hundred, and names cost each a quarter of its time.
    return Hit(
        document["_id"],
        document["document_id"],
        get(SHOWN_TITLE, get(TITLE_FIELD, "")),
        get("uri", ""),
        get(SHOWN_TEXT, get(TEXT_FIELD, "")),
        _locator(document),
        int(document["ordinal"]),
        int(document["added_in"]),
        float(document["_score"]),
    )


def to_record(document: Mapping[str, Any]) -> IndexRecord:
    """A record from a fetched document."""
    return IndexRecord(
        chunk=_chunk(document),
        document_id=document["document_id"],
        title=document.get(SHOWN_TITLE, document.get(TITLE_FIELD, "")),
        uri=document.get("uri", ""),
        added_in=int(document["added_in"]),
        vector=tuple(document[VECTOR_FIELD]),
        metadata=DocumentMetadata(
            title=document.get("own_title"),
            author=document.get("author"),
            department=document.get("department"),
            date=document.get("date"),
            tags=tuple(document.get("tags", ())),
            groups=tuple(document.get(GROUPS, ())),
        ),
    )


def to_indexed_chunk(namespace: str, chunk_id: str, document: Mapping[str, Any]) -> IndexedChunk:
    """What a scan tells of a fetched document."""
    return IndexedChunk(namespace, chunk_id, document["document_id"], int(document["added_in"]))


def to_filter(filters: Filters) -> dict[str, Any] | None:
    """The filter in Pinecone's operators; None if nothing restricts."""
    every: list[dict[str, Any]] = []
    if filters.departments:
        every.append({"department": {"$in": _storable(filters.departments)}})
    if filters.tags:
        # On a list of strings, $in asks for at least one in common.
        every.append({"tags": {"$in": _storable(filters.tags)}})
    if filters.document_ids:
        every.append({"document_id": {"$in": _storable(filters.document_ids)}})
    if filters.groups is not None:
        # What has no groups lacks the field, as what was written before there were any does.
        open_to_all: dict[str, Any] = {GROUPS: {"$exists": False}}
        shared = {GROUPS: {"$in": _storable(filters.groups)}}
        every.append({"$or": [shared, open_to_all]} if filters.groups else open_to_all)
    # Pinecone compares numbers only. A document without a date has no `day`, which passes neither.
    if filters.date_from is not None:
        every.append({"day": {"$gte": _bound(filters.date_from)}})
    if filters.date_to is not None:
        every.append({"day": {"$lte": _bound(filters.date_to)}})
    if not every:
        return None
    return every[0] if len(every) == 1 else {"$and": every}


def to_groups(groups: Sequence[str]) -> dict[str, Any]:
    """What a request that changes documents says of their groups."""
    return {"set_fields": {GROUPS: _storable(groups)}} if groups else {"remove_fields": [GROUPS]}


def of_document(document_id: str) -> dict[str, Any]:
    """The filter for one document's chunks."""
    return {"document_id": {"$eq": storable(document_id)}}


def up_to_stamp(document_id: str, through_stamp: int, keep: Collection[int]) -> dict[str, Any]:
    """The filter for a document's chunks with stamps up to this one, but for those to keep."""
    conditions = [of_document(document_id), {"added_in": {"$lte": through_stamp}}]
    if keep:
        conditions.append({"added_in": {"$nin": list(keep)}})
    return {"$and": conditions}


def day_number(date: str | None) -> int | None:
    """YYYY-MM-DD as the number YYYYMMDD, which orders as dates do; None if it is not a date."""
    if date is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date):
        return None
    return int(date.replace("-", ""))


def check_dimension(vector: Sequence[float], dimension: int) -> None:
    """Raises UpstreamRefused unless the vector has the index's length."""
    if len(vector) != dimension:
        raise UpstreamRefused(
            "index",
            f"The index holds vectors of {dimension} numbers and was given {len(vector)}: "
            "create an index for the new embedding model.",
        )


def _bound(date: str) -> int:
    day = day_number(date)
    if day is None:
        raise UpstreamRefused("index", "A date bound must be YYYY-MM-DD.")
    return day


def _chunk(document: Mapping[str, Any]) -> Chunk:
    return Chunk(
        chunk_id=document["_id"],
        text=document.get(SHOWN_TEXT, document.get(TEXT_FIELD, "")),
        locator=_locator(document),
        ordinal=int(document["ordinal"]),
        table=document.get(TABLE, ""),
    )


def _locator(document: Mapping[str, Any]) -> Locator:
    get = document.get
    page, slide, row = get("page"), get("slide"), get("row")
    # Pinecone keeps numbers as floats.
    return _place(
        None if page is None else int(page),
        tuple(get("heading", ())),
        None if slide is None else int(slide),
        get("sheet"),
        None if row is None else int(row),
    )


@lru_cache(maxsize=4096)
def _place(
    page: int | None,
    heading: tuple[str, ...],
    slide: int | None,
    sheet: str | None,
    row: int | None,
) -> Locator:
    """A place, made once: a question finds a hundred chunks, many of which others found."""
    return Locator(page=page, heading=heading, slide=slide, sheet=sheet, row=row)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    return sum(map(_size, value)) if isinstance(value, list) else 8
