"""Writes rows of a snapshot as Parquet, which any Parquet reader reads, with arro3 (arrow-rs).

A vector is a fixed-size list of 32-bit floats. What has a structure of its own (a locator, a whole
record) is a column of JSON beside the columns that people filter by.
"""

from __future__ import annotations

import io
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from arro3.core import Array, DataType, Field, RecordBatch, fixed_size_list_array, list_array
from arro3.io import read_parquet, write_parquet
from pydantic import TypeAdapter, ValidationError

from nexus.errors import SnapshotDamaged
from nexus.models import (
    Chunk,
    DocumentMetadata,
    DocumentRecord,
    IndexRecord,
    Locator,
    StoredChunk,
    StoredDocument,
)

# Vectors hardly shrink, so little is spent on trying.
COMPRESSION = "zstd(1)"

_TEXT = DataType.utf8()
_NUMBER = DataType.int64()


class ParquetSnapshots:
    """A SnapshotCodec; a file is made and read in memory."""

    def write_chunks(self, chunks: Sequence[StoredChunk]) -> bytes:
        """One row a chunk; raises ValueError if the vectors are not of one length."""
        records = [one.record for one in chunks]
        dimension = len(records[0].vector)
        numbers = array("f")
        for record in records:
            if len(record.vector) != dimension:
                raise ValueError("A file holds vectors of one length only.")
            numbers.extend(record.vector)
        said = [record.metadata for record in records]
        places = [json.dumps(asdict(one.chunk.locator), ensure_ascii=False) for one in records]
        columns = {
            "tenant": _texts(one.tenant for one in chunks),
            "document_id": _texts(one.document_id for one in records),
            "chunk_id": _texts(one.chunk.chunk_id for one in records),
            "ordinal": _numbers(one.chunk.ordinal for one in records),
            "text": _texts(one.chunk.text for one in records),
            "title": _texts(one.title for one in records),
            "uri": _texts(one.uri for one in records),
            "locator": _texts(places),
            "added_in": _numbers(one.added_in for one in records),
            "table": _texts(one.chunk.table for one in records),
            "document_title": _texts(one.title for one in said),
            "author": _texts(one.author for one in said),
            "department": _texts(one.department for one in said),
            "date": _texts(one.date for one in said),
            "tags": _lists(one.tags for one in said),
            "groups": _lists(one.groups for one in said),
            "vector": fixed_size_list_array(
                Array.from_buffer(numbers),
                dimension,
                type=DataType.list(_element(DataType.float32()), dimension),
            ),
        }
        return _written(columns, {"vector": False})

    def read_chunks(self, content: bytes) -> Iterator[StoredChunk]:
        """The rows as chunks; raises SnapshotDamaged for another kind of file."""
        for row in _rows(content):
            yield StoredChunk(
                row["tenant"],
                IndexRecord(
                    chunk=Chunk(
                        row["chunk_id"],
                        row["text"],
                        _locator(row["locator"]),
                        row["ordinal"],
                        row.get("table", ""),  # files of before have none
                    ),
                    document_id=row["document_id"],
                    title=row["title"],
                    uri=row["uri"],
                    added_in=row["added_in"],
                    vector=tuple(row["vector"]),
                    metadata=DocumentMetadata(
                        title=row["document_title"],
                        author=row["author"],
                        department=row["department"],
                        date=row["date"],
                        tags=tuple(row["tags"]),
                        # Files of before have none.
                        groups=tuple(row.get("groups", ())),
                    ),
                ),
            )

    def write_documents(self, documents: Sequence[StoredDocument]) -> bytes:
        """One row a document."""
        records = [one.record for one in documents]
        columns = {
            "tenant": _texts(one.tenant for one in records),
            "document_id": _texts(one.document_id for one in records),
            "path": _texts(one.path for one in records),
            "status": _texts(one.status for one in records),
            "version": _texts(one.version for one in records),
            "record": _texts(_json(one) for one in records),
            "chunk_ids": _lists(one.chunk_ids for one in documents),
            "chunk_file": _numbers(one.chunk_file for one in documents),
            "chunk_row": _numbers(one.chunk_row for one in documents),
        }
        return _written(columns, {})

    def read_documents(self, content: bytes) -> Iterator[StoredDocument]:
        """The rows as documents; raises SnapshotDamaged for another kind of file."""
        read = TypeAdapter(DocumentRecord)
        for row in _rows(content):
            try:
                record = read.validate_json(row["record"])
            except ValidationError as err:
                raise SnapshotDamaged("A record of the snapshot cannot be read.") from err
            yield StoredDocument(
                record, tuple(row["chunk_ids"]), row["chunk_file"], row["chunk_row"]
            )


def _json(record: DocumentRecord) -> str:
    return json.dumps({**asdict(record), "hidden": sorted(record.hidden)}, ensure_ascii=False)


def _locator(text: str) -> Locator:
    place = json.loads(text)
    return Locator(**{**place, "heading": tuple(place["heading"])})


def _texts(values: Iterable[str | None]) -> Array:
    return Array(list(values), type=_TEXT)


def _numbers(values: Iterable[int]) -> Array:
    return Array(list(values), type=_NUMBER)


def _lists(values: Iterable[Sequence[str]]) -> Array:
    ends, flat = [0], list[str]()
    for one in values:
        flat.extend(one)
        ends.append(len(flat))
    offsets = Array(ends, type=DataType.int32())
    return list_array(offsets, _texts(flat), type=DataType.list(_element(_TEXT)))


def _element(kind: DataType) -> Field:
    return Field("element", kind, nullable=True)


def _written(columns: Mapping[str, Array], dictionaries: dict[Any, bool]) -> bytes:
    file = io.BytesIO()
    write_parquet(
        RecordBatch.from_pydict(dict(columns)),
        file,
        compression=COMPRESSION,
        column_dictionary_enabled=dictionaries,
    )
    return file.getvalue()


def _rows(content: bytes) -> Iterator[dict[str, Any]]:
    for batch in read_parquet(io.BytesIO(content)):
        names = batch.schema.names
        columns = [batch.column(name).to_pylist() for name in names]
        for values in zip(*columns, strict=True):
            yield dict(zip(names, values, strict=True))
