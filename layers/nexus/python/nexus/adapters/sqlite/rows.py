"""Turns records into rows of the SQLite index and back, and filters into SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from nexus.models import Chunk, DocumentMetadata, Filters, Hit, IndexRecord, Locator
from nexus.text.query_words import storable

CHUNK_COLUMNS = (
    "id, namespace, chunk_id, document_id, department, date, tags, "
    "ordinal, added_in, uri, locator, about, groups"
)

# Stand around every stored tag and group, so that one is found in the row without another table.
_OPEN, _CLOSE = "\x1e", "\x1f"
_NO_EDGES = str.maketrans({_OPEN: " ", _CLOSE: " "})


def chunk_row(record: IndexRecord) -> tuple[Any, ...]:
    """The values of `CHUNK_COLUMNS` after the namespace."""
    metadata, locator = record.metadata, record.chunk.locator
    return (
        storable(record.chunk.chunk_id),
        storable(record.document_id),
        None if metadata.department is None else storable(metadata.department),
        None if metadata.date is None else storable(metadata.date),
        edged(metadata.tags),
        record.chunk.ordinal,
        record.added_in,
        storable(record.uri),
        _place(locator),
        _about(metadata),
        edged(metadata.groups),
    )


def filter_clause(filters: Filters) -> tuple[str, list[str]]:
    """SQL to append to a WHERE on `chunks c`, and its values; empty if nothing restricts."""
    clause, values = "", []
    if filters.departments:
        clause += " AND c.department IN (SELECT value FROM json_each(?))"
        values.append(id_list(filters.departments))
    if filters.document_ids:
        clause += " AND c.document_id IN (SELECT value FROM json_each(?))"
        values.append(id_list(filters.document_ids))
    if filters.tags:
        clause += f" AND ({_any('tags', filters.tags)})"
        values.extend(map(_edged, filters.tags))
    # A missing date is NULL, which passes no comparison.
    if filters.date_from is not None:
        clause += " AND c.date >= ?"
        values.append(storable(filters.date_from))
    if filters.date_to is not None:
        clause += " AND c.date <= ?"
        values.append(storable(filters.date_to))
    if filters.groups is not None:
        closed, groups = closed_clause(filters.groups)
        clause += f" AND NOT {closed}"
        values.extend(groups)
    return clause, values


def closed_clause(groups: Sequence[str]) -> tuple[str, list[str]]:
    """SQL that is true for `chunks c` that have groups and none of these, and its values."""
    if not groups:
        return "(c.groups <> '')", []
    return f"(c.groups <> '' AND NOT ({_any('groups', groups)}))", list(map(_edged, groups))


def edged(names: Sequence[str]) -> str:
    """Tags or groups as one text, in which each is found whole."""
    return "".join(map(_edged, names))


def id_list(values: Sequence[str | int]) -> str:
    """Any number of strings or numbers as one SQL parameter, for `json_each`."""
    return json.dumps([storable(value) if isinstance(value, str) else value for value in values])


def read_hit(row: Sequence[Any], score: float) -> Hit:
    """A hit from a row of the columns that searches show."""
    _, chunk_id, document_id, title, uri, text, locator, ordinal, added_in, *_ = row
    return Hit(
        chunk_id=chunk_id,
        document_id=document_id,
        title=title,
        uri=uri,
        text=text,
        locator=_read_locator(locator),
        ordinal=ordinal,
        added_in=added_in,
        score=score,
    )


def read_record(row: Sequence[Any]) -> IndexRecord:
    """A record from a row of what is shown and said, its vector, and its layout or None."""
    _, chunk_id, document_id, title, uri, text, locator, ordinal, added_in, *rest = row
    department, date, tags, about, groups, vector, table = rest
    own_title, author = json.loads(about)
    return IndexRecord(
        chunk=Chunk(chunk_id, text, _read_locator(locator), ordinal, table or ""),
        document_id=document_id,
        title=title,
        uri=uri,
        added_in=added_in,
        vector=tuple(np.frombuffer(vector, dtype=np.float32).tolist()),
        metadata=DocumentMetadata(
            title=own_title,
            author=author,
            department=department,
            date=date,
            tags=_names(tags),
            groups=_names(groups),
        ),
    )


# The chunks of a document have one description, and those of a page one place.
@lru_cache(maxsize=16)
def _about(metadata: DocumentMetadata) -> str:
    return json.dumps([metadata.title, metadata.author])


@lru_cache(maxsize=16)
def _place(locator: Locator) -> str:
    return json.dumps(
        [locator.page, list(locator.heading), locator.slide, locator.sheet, locator.row]
    )


def _any(column: str, names: Sequence[str]) -> str:
    return " OR ".join([f"instr(c.{column}, ?)"] * len(names))


def _names(stored: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(_OPEN) for name in stored.split(_CLOSE)[:-1])


def _edged(tag: str) -> str:
    return f"{_OPEN}{storable(tag).translate(_NO_EDGES)}{_CLOSE}"


def _read_locator(stored: str) -> Locator:
    page, heading, slide, sheet, row = json.loads(stored)
    return Locator(page=page, heading=tuple(heading), slide=slide, sheet=sheet, row=row)
