"""Snapshots in a bucket and rows in Parquet, and a generation taken from one index to another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from arro3.io import read_parquet

from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.dynamodb.embedding_ledger import DynamoEmbeddingLedger
from nexus.adapters.parquet.snapshots import ParquetSnapshots
from nexus.adapters.pinecone.index import PineconeIndex
from nexus.adapters.pinecone.provisioning import index_schema
from nexus.adapters.s3.snapshots import S3Snapshots
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.errors import NotFound, UpstreamRefused
from nexus.models import (
    Chunk,
    DocumentMetadata,
    DocumentRecord,
    Filters,
    Generation,
    IndexRecord,
    Locator,
    ReadingWarning,
    StoredChunk,
    StoredDocument,
)
from nexus.object_keys import object_key
from nexus.ports import SnapshotStore, VectorIndex
from nexus.settings import Settings
from nexus.snapshots import backup, restoring
from nexus.snapshots import writing as snapshot_writing
from nexus.snapshots.backup import Backup
from nexus.snapshots.layout import restored_generation
from nexus.snapshots.reading import SnapshotReader
from nexus.snapshots.restoring import Restorer
from tests import assembled
from tests.fakes import FakeDocuments, FakeEmbedder, FakeSnapshots
from tests.pinecone_server import API_KEY, PineconeServer

RECORD = DocumentRecord(
    tenant="acme",
    document_id="d1",
    path="fees/2026.pdf",
    uri="s3://documents/acme/fees/2026.pdf",
    title="Biaya — плата 学费",
    status="indexed",
    revision=9,
    live_revision=8,
    published=(8, 3),
    size=1 << 40,
    sequencer="0055AE",
    fingerprint="e|g|m",
    warnings=(ReadingWarning("a chart is not read", "slide 2", "Put it into a table."),),
    chunks=2,
    duration_ms=1.25,
    metadata=DocumentMetadata("Fees", "Ani", None, "2026-01-02", ("a", "b, c"), ("hr", "a, b")),
    hidden=frozenset({"f" * 32}),
    created_at="2026-01-01T00:00:00.000Z",
)


@pytest.fixture(params=["fake", "s3"])
def store(request: pytest.FixtureRequest) -> SnapshotStore:
    if request.param == "fake":
        return FakeSnapshots()
    client = request.getfixturevalue("s3_client")
    request.getfixturevalue("aws")
    return bucket_of(client)


def bucket_of(client: Any) -> S3Snapshots:
    client.create_bucket(
        Bucket="backups", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    return S3Snapshots(client, "backups")


def test_what_is_put_comes_back_and_the_last_stands(store: SnapshotStore) -> None:
    assert store.list_snapshots() == []
    store.put("20260101T000000Z-b", "one", b"first")
    store.put("20260101T000000Z-b", "one", b"second")
    store.put("20251231T235959Z-a", "two", b"")
    assert store.get("20260101T000000Z-b", "one") == b"second"
    assert store.get("20251231T235959Z-a", "two") == b""
    assert store.list_snapshots() == ["20251231T235959Z-a", "20260101T000000Z-b"]
    for snapshot_id, name in (("20260101T000000Z-b", "two"), ("none", "one")):
        with pytest.raises(NotFound):
            store.get(snapshot_id, name)


def test_snapshots_of_another_prefix_are_apart(aws: None, s3_client: Any) -> None:
    here = bucket_of(s3_client)
    there = S3Snapshots(s3_client, "backups", "copies/eu/")
    here.put("s", "one", b"1")
    there.put("s", "one", b"2")
    assert (here.get("s", "one"), there.get("s", "one")) == (b"1", b"2")
    assert there.list_snapshots() == ["s"]
    with pytest.raises(UpstreamRefused):
        S3Snapshots(s3_client, "no-such-bucket").list_snapshots()


def chunk(number: int, **changes: Any) -> StoredChunk:
    record = IndexRecord(
        chunk=Chunk(
            f"{number:032x}",
            f"Rp 5.000 — плата {number}\n",
            Locator(page=number + 1, heading=("A", "B"), slide=1, sheet="S", row=2),
            number,
            "[[0,1,null,0,[5],[12]]]",
        ),
        document_id="d1",
        title="Fees › A",
        uri=RECORD.uri,
        added_in=1 << 31,
        vector=(0.5, -0.25, 1e-9),
        metadata=RECORD.metadata,
    )
    return StoredChunk("acme", replace(record, **changes))


def test_rows_come_back_as_they_were_written() -> None:
    codec = ParquetSnapshots()
    bare = chunk(2, metadata=DocumentMetadata())
    bare = replace(bare, record=replace(bare.record, chunk=Chunk("x", "", Locator(), 0)))
    chunks = [chunk(0), chunk(1), bare]
    found = list(codec.read_chunks(codec.write_chunks(chunks)))
    assert [one.record.vector for one in found] == [pytest.approx((0.5, -0.25, 1e-9))] * 3
    assert [without_vector(one) for one in found] == [without_vector(one) for one in chunks]
    documents = [
        StoredDocument(RECORD, ("a" * 32, "b" * 32), 3, 17),
        StoredDocument(replace(RECORD, document_id="d2", reason="Damaged.", hidden=frozenset())),
    ]
    assert list(codec.read_documents(codec.write_documents(documents))) == documents
    many = [chunk(number) for number in range(3_000)]  # more than a reader's batch
    assert [one.record.chunk.ordinal for one in codec.read_chunks(codec.write_chunks(many))] == [
        *range(3_000)
    ]


def without_vector(stored: StoredChunk) -> StoredChunk:
    return replace(stored, record=replace(stored.record, vector=()))


def test_a_vector_is_a_fixed_size_list_of_floats_and_a_file_has_one_length(tmp_path: Path) -> None:
    codec = ParquetSnapshots()
    path = tmp_path / "chunks.parquet"
    path.write_bytes(codec.write_chunks([chunk(0)]))
    schema = read_parquet(path).schema
    assert str(schema.field("vector").type).startswith(
        "arro3.core.DataType<FixedSizeList(3 x Float32"
    )
    assert schema.names[:3] == ["tenant", "document_id", "chunk_id"]
    with pytest.raises(ValueError, match="one length"):
        codec.write_chunks([chunk(0), chunk(1, vector=(1.0,))])


CONFIG = Settings(
    embedding_dimension=64, chunk_chars=200, chunk_overlap=20, documents_bucket="documents"
)
_names = itertools.count()


@pytest.fixture(scope="module")
def pinecone_server() -> Iterator[PineconeServer]:
    server = PineconeServer(index_schema(64), lag_s=0.01, page_size=400)
    yield server
    server.close()


@pytest.mark.parametrize(("source", "target"), [("sqlite", "pinecone"), ("pinecone", "sqlite")])
def test_a_generation_moves_from_one_kind_of_index_to_the_other(
    make_table: Callable[..., str],
    dynamodb_client: Any,
    s3_client: Any,
    pinecone_server: PineconeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    target: str,
) -> None:
    monkeypatch.setattr(snapshot_writing, "NUMBERS_PER_FILE", 64 * 50)
    monkeypatch.setattr(backup, "FETCHED", 20)
    monkeypatch.setattr(restoring, "UPSERTED", 30)
    table, store, codec = (
        make_table("catalogue", "pk", "sk"),
        bucket_of(s3_client),
        ParquetSnapshots(),
    )

    def index(kind: str) -> VectorIndex:
        if kind == "sqlite":
            return SqliteIndex(tmp_path / f"{next(_names)}.sqlite")
        return PineconeIndex(pinecone_server.url, API_KEY, 64, verify=False)

    def catalogue(generation: Generation) -> DynamoCatalogue:
        return DynamoCatalogue(dynamodb_client, table, generation.generation_id)

    # A generation of its own, since the two directions share a Pinecone index.
    live = replace(CONFIG.generation, generation_id=f"{source}1")
    documents, embedder, first = FakeDocuments(), FakeEmbedder(64), index(source)
    indexer = assembled.indexer(
        documents, catalogue(live), first, embedder, CONFIG, generation=live
    )
    for name, count in (("fees", 80), ("leave", 3), ("library", 25)):
        text = "\n\n".join(f"Rule {number} of {name} is {number}." * 4 for number in range(count))
        text += "\n\nNo zebra in the library." if name == "library" else ""
        documents.put("acme", f"{name}.md", text.encode())
        indexer.reconcile(object_key("acme", f"{name}.md"))
    paid = len(embedder.texts)

    run = Backup(catalogue(live), first, store, codec, live)
    progress = run.begin()
    while progress.phase != "done":
        progress = run.run(progress, lambda: False)
    reader = SnapshotReader(store, codec, progress.snapshot_id)
    restored, second = restored_generation(reader.snapshot, "r1", ""), index(target)
    ledger = DynamoEmbeddingLedger(dynamodb_client, table, restored.generation_id)
    with ThreadPoolExecutor(2) as pool:
        restorer = Restorer(
            reader, catalogue(restored), second, ledger, restored, "documents", pool
        )
        list(restorer.fill())
        assert [step.problem for step in restorer.verify() if step.problem] == []

    assert len(embedder.texts) == paid
    question = embedder.embed(["What is rule 7 of library?"]).vectors[0]
    spaces = ((first, live.namespace("acme")), (second, restored.namespace("acme")))
    # Chunks that are as near come in either order: compared is how near they are.
    by_meaning = [
        [hit.score for hit in held.search_dense(space, question, 5, Filters())]
        for held, space in spaces
    ]
    # The two count words differently, but this one stands in one chunk only.
    by_words = [
        [hit.chunk_id for hit in held.search_text(space, "zebra", 5, Filters())]
        for held, space in spaces
    ]
    assert by_meaning[0] == pytest.approx(by_meaning[1], abs=1e-5)
    assert by_words[0] == by_words[1]
    assert (len(by_meaning[0]), len(by_words[0])) == (5, 1)
    records = {one.document_id: one for one in catalogue(live).list_documents(None)}
    for found in catalogue(restored).list_documents(None):
        mark = found.fingerprint.replace("-r1|", "|")
        assert replace(found, fingerprint=mark) == records.pop(found.document_id)
        manifest = catalogue(live).manifest("acme", found.document_id)
        assert catalogue(restored).manifest("acme", found.document_id) == manifest
    assert records == {}
