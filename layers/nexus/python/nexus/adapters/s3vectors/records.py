"""Turns records into S3 Vectors' vectors and back, and filters into its operators.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nexus.adapters.s3vectors.tokens import tokens_of
from nexus.errors import UpstreamRefused
from nexus.models import Chunk, DocumentMetadata, Filters, Hit, IndexedChunk, IndexRecord, Locator
from nexus.text.query_words import storable
from nexus.text.search_terms import indexed_forms

# What is searched by words: title and text in our own stems, as one text.
WORDS = "words"
# One word that stands for the document, by which all its chunks are found, and no others.
DOCUMENT_WORD = "document_word"
# All that is shown, as JSON: what no filter asks for need not fit into what filters read.
SHOWN = "shown"

# The total per vector, and what of it may be filtered by; the latter counted as JSON.
MOST_BYTES = 40 * 1024
MOST_FILTERABLE_BYTES = 2 * 1024


def index_settings(dimension: int) -> dict[str, Any]:
    """What an index is made with, but for its name and bucket."""
    return {
        "dataType": "float32",
        "dimension": dimension,
        "distanceMetric": "cosine",
        "metadataConfiguration": {
            "nonFilterableMetadataKeys": [WORDS, DOCUMENT_WORD, SHOWN],
            "textSearchConfigurations": [{"metadataKey": WORDS}, {"metadataKey": DOCUMENT_WORD}],
        },
    }


def to_vector(namespace: str, record: IndexRecord, dimension: int) -> dict[str, Any]:
    """The record as S3 Vectors stores it; what is None or empty is left out.

    Raises UpstreamRefused if it cannot be stored: its vector's length or numbers, or its size.
    """
    check_vector(record.vector, dimension)
    chunk, about = record.chunk, record.metadata
    filterable = {
        "document_id": storable(record.document_id),
        "added_in": record.added_in,
        "department": None if about.department is None else storable(about.department),
        "tags": [storable(tag) for tag in about.tags],
        "groups": [storable(group) for group in about.groups],
        "day": day_number(about.date),
    }
    filterable = {name: value for name, value in filterable.items() if value not in (None, [])}
    title, text = indexed_forms(record.title, chunk.text)
    metadata = {
        **filterable,
        DOCUMENT_WORD: document_word(record.document_id),
        SHOWN: json.dumps(_shown(namespace, record), ensure_ascii=False, separators=(",", ":")),
    }
    if words := tokens_of(f"{title} {text}"):
        metadata[WORDS] = storable(words)
    for held, most, what in (
        (filterable, MOST_FILTERABLE_BYTES, "tags, groups and department"),
        (metadata, MOST_BYTES, "metadata or its chunks"),
    ):
        size = len(json.dumps(held, ensure_ascii=False).encode())
        if size > most:
            raise UpstreamRefused(
                "index",
                f"A chunk with its metadata is {size} bytes of at most {most} in S3 Vectors: "
                f"shorten the document's {what}.",
            )
    return {"key": chunk.chunk_id, "data": {"float32": list(record.vector)}, "metadata": metadata}


def to_hit(vector: Mapping[str, Any], score: float) -> Hit:
    """A hit from a query's answer."""
    shown, chunk = _read(vector)
    return Hit(
        chunk_id=chunk.chunk_id,
        document_id=shown["document_id"],
        title=shown["title"],
        uri=shown["uri"],
        text=chunk.text,
        locator=chunk.locator,
        ordinal=chunk.ordinal,
        added_in=shown["added_in"],
        score=score,
    )


def to_record(vector: Mapping[str, Any]) -> IndexRecord:
    """A record from a vector that was asked for with its data."""
    shown, chunk = _read(vector)
    about = shown["about"]
    return IndexRecord(
        chunk=chunk,
        document_id=shown["document_id"],
        title=shown["title"],
        uri=shown["uri"],
        added_in=shown["added_in"],
        vector=tuple(map(float, vector["data"]["float32"])),
        metadata=DocumentMetadata(
            title=about.get("title"),
            author=about.get("author"),
            department=about.get("department"),
            date=about.get("date"),
            tags=tuple(about.get("tags", ())),
            groups=tuple(about.get("groups", ())),
        ),
    )


def to_indexed_chunk(vector: Mapping[str, Any]) -> IndexedChunk:
    """What a scan tells of a vector."""
    shown = json.loads(vector["metadata"][SHOWN])
    return IndexedChunk(shown["space"], vector["key"], shown["document_id"], shown["added_in"])


def to_filter(filters: Filters) -> dict[str, Any] | None:
    """The filter in S3 Vectors' operators; None if nothing restricts."""
    every: list[dict[str, Any]] = []
    for key, wanted in (
        ("department", filters.departments),
        # Of a list of strings, one that is equal is enough.
        ("tags", filters.tags),
        ("document_id", filters.document_ids),
    ):
        if wanted:
            every.append({key: {"$in": [storable(one) for one in wanted]}})
    # Only numbers have an order. A document without a date has no `day`, which passes neither.
    if filters.date_from is not None:
        every.append({"day": {"$gte": _bound(filters.date_from)}})
    if filters.date_to is not None:
        every.append({"day": {"$lte": _bound(filters.date_to)}})
    if filters.groups is not None:
        everybody: dict[str, Any] = {"groups": {"$exists": False}}
        shared = [storable(group) for group in filters.groups]
        every.append({"$or": [everybody, {"groups": {"$in": shared}}]} if shared else everybody)
    if not every:
        return None
    return every[0] if len(every) == 1 else {"$and": every}


def up_to_stamp(document_id: str, through_stamp: int, keep: Collection[int]) -> dict[str, Any]:
    """The filter for a document's chunks with stamps up to this one, but for those to keep."""
    every: list[dict[str, Any]] = [
        {"document_id": {"$eq": storable(document_id)}},
        {"added_in": {"$lte": through_stamp}},
    ]
    if keep:
        every.append({"added_in": {"$nin": list(keep)}})
    return {"$and": every}


def document_word(document_id: str) -> str:
    """One word, of letters and digits, for a document's id."""
    return hashlib.sha256(document_id.encode("utf-8", "replace")).hexdigest()


def day_number(date: str | None) -> int | None:
    """YYYY-MM-DD as the number YYYYMMDD, which orders as dates do; None if it is not a date."""
    if date is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date):
        return None
    return int(date.replace("-", ""))


def check_vector(vector: Sequence[float], dimension: int) -> None:
    """Raises UpstreamRefused unless the vector has the index's length and a direction."""
    if len(vector) != dimension:
        raise UpstreamRefused(
            "index",
            f"The index holds vectors of {dimension} numbers and was given {len(vector)}: "
            "reindex for the new embedding model.",
        )
    if not 0 < math.hypot(*vector) < math.inf:
        raise UpstreamRefused("index", "The index holds no vector that is zero or not a number.")


def _shown(namespace: str, record: IndexRecord) -> dict[str, Any]:
    locator, about = record.chunk.locator, record.metadata
    place = {
        "page": locator.page,
        "heading": list(locator.heading),
        "slide": locator.slide,
        "sheet": locator.sheet,
        "row": locator.row,
    }
    said = {
        "title": about.title,
        "author": about.author,
        "department": about.department,
        "date": about.date,
        "tags": list(about.tags),
        "groups": list(about.groups),
    }
    whole = {
        "space": namespace,
        "document_id": record.document_id,
        "added_in": record.added_in,
        "title": record.title,
        "uri": record.uri,
        "text": record.chunk.text,
        "ordinal": record.chunk.ordinal,
        **({"table": record.chunk.table} if record.chunk.table else {}),
        "place": {name: value for name, value in place.items() if value not in (None, [])},
        "about": {name: value for name, value in said.items() if value not in (None, [])},
    }
    kept: dict[str, Any] = json.loads(storable(json.dumps(whole, ensure_ascii=False)))
    return kept


def _read(vector: Mapping[str, Any]) -> tuple[dict[str, Any], Chunk]:
    shown: dict[str, Any] = json.loads(vector["metadata"][SHOWN])
    place = shown["place"]
    locator = Locator(
        page=place.get("page"),
        heading=tuple(place.get("heading", ())),
        slide=place.get("slide"),
        sheet=place.get("sheet"),
        row=place.get("row"),
    )
    # What was indexed before has no layout of tables.
    table = shown.get("table", "")
    return shown, Chunk(vector["key"], shown["text"], locator, shown["ordinal"], table)


def _bound(date: str) -> int:
    day = day_number(date)
    if day is None:
        raise UpstreamRefused("index", "A date bound must be YYYY-MM-DD.")
    return day
