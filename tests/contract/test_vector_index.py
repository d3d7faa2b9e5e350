"""Every promise of `VectorIndex`, asked of all adapters through one suite."""

from __future__ import annotations

import importlib
import itertools
import math
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pinecone.client.indexes
import pinecone.exceptions
import pinecone.grpc
import pinecone.index  # the exception classes of all the SDK's parts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pinecone.errors.exceptions import PineconeError, RateLimitError

from nexus.adapters.pinecone.connection import API_VERSION
from nexus.adapters.pinecone.errors import MEANINGS, translate
from nexus.adapters.pinecone.index import PineconeIndex
from nexus.adapters.pinecone.provisioning import create_index, index_schema
from nexus.adapters.sqlite.database import SqliteDatabase
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.errors import UpstreamError, UpstreamRefused, UpstreamUnavailable
from nexus.models import Chunk, DocumentMetadata, Filters, IndexedChunk, IndexRecord, Locator
from nexus.ports import ScannedPage, VectorIndex
from tests.pinecone_server import API_KEY, PineconeServer
from tests.s3vectors_client import s3_vectors_index
from tests.s3vectors_server import S3VectorsServer

DIMENSION = 8
ALL = Filters()
_numbers = itertools.count()


def record(
    chunk_id: str,
    text: str = "plain words",
    *,
    vector: Sequence[float] = (1, 0, 0, 0, 0, 0, 0, 0),
    document_id: str = "doc",
    title: str = "Untitled",
    metadata: DocumentMetadata | None = None,
) -> IndexRecord:
    return IndexRecord(
        chunk=Chunk(chunk_id, text, Locator(page=3), 0),
        document_id=document_id,
        title=title,
        uri=f"s3://bucket/{document_id}",
        added_in=1,
        vector=tuple(map(float, vector)),
        metadata=metadata or DocumentMetadata(),
    )


def axis(position: int, tilt: float = 0.0) -> tuple[float, ...]:
    """A unit vector along one axis, tilted towards the next."""
    vector = [0.0] * DIMENSION
    vector[position] = math.cos(tilt)
    vector[(position + 1) % DIMENSION] += math.sin(tilt)
    return tuple(vector)


def eventually(check: Callable[[], bool]) -> None:
    """Waits for writes to show, as Pinecone's are asynchronous; fails after 5 s."""
    deadline = time.monotonic() + 5
    while not check():
        assert time.monotonic() < deadline, "the write never showed"
        time.sleep(0.002)


def write(index: VectorIndex, namespace: str, *records: IndexRecord) -> None:
    before = index.count(namespace)
    known = index.fetch(namespace, [item.chunk.chunk_id for item in records])
    index.upsert(namespace, records)
    eventually(lambda: index.count(namespace) == before + len(records) - len(known))


def ids(hits: Sequence[object]) -> list[str]:
    return [hit.chunk_id for hit in hits]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def server() -> Iterator[PineconeServer]:
    server = PineconeServer(index_schema(DIMENSION), lag_s=0.01, page_size=400)
    yield server
    server.close()


def connect(server: PineconeServer, **options: object) -> PineconeIndex:
    return PineconeIndex(server.url, API_KEY, DIMENSION, verify=False, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=["sqlite", "pinecone", "s3vectors"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VectorIndex]:
    if request.param == "sqlite":
        sqlite = SqliteIndex(tmp_path_factory.mktemp("index") / "not" / "there" / "index.db")
        yield sqlite
        sqlite.close()
    elif request.param == "s3vectors":
        with pytest.MonkeyPatch.context() as patch:
            vectors = S3VectorsServer()
            yield s3_vectors_index(vectors, patch, DIMENSION)
            vectors.close()
    else:
        pinecone_index = connect(request.getfixturevalue("server"))
        yield pinecone_index
        pinecone_index.close()


@pytest.fixture
def namespace() -> str:
    return f"acme.{next(_numbers):08x}"


def test_a_namespace_nobody_wrote_to_is_empty(index: VectorIndex, namespace: str) -> None:
    index.ping()
    assert index.count(namespace) == 0
    assert index.count(namespace, "doc") == 0
    assert index.search_dense(namespace, axis(0), 5, ALL) == []
    assert index.search_text(namespace, "words", 5, ALL) == []
    assert index.fetch(namespace, ["a"]) == {}
    index.delete_chunks(namespace, ["a"])
    index.delete_document(namespace, "doc", 1)
    index.upsert(namespace, [])
    assert index.count(namespace) == 0


def test_a_record_comes_back_as_it_was_written(index: VectorIndex, namespace: str) -> None:
    vector = tuple(0.1 * (i + 1) for i in range(DIMENSION))
    written = IndexRecord(
        chunk=Chunk(
            "a" * 64,
            "Biaya kuliah Rp 5.000.000 — Плата за обучение 学费",
            Locator(page=12, heading=("Fees", "Payment › late"), slide=2, sheet="S1", row=14),
            ordinal=7,
            table="[[0,1,null,0,[5,3],[12,9]]]",
        ),
        document_id="doc-1",
        title="Buku Panduan",
        uri="s3://bucket/documents/acme/panduan.pdf",
        added_in=4,
        vector=vector,
        metadata=DocumentMetadata("Own title", "Ana", "Finance", "2026-01-31", ("fees", "2026")),
    )
    bare = record("b" * 64, document_id="doc-2")
    bare = replace(bare, chunk=replace(bare.chunk, locator=Locator()))
    write(index, namespace, written, bare)
    fetched = index.fetch(namespace, ["a" * 64, "b" * 64, "unknown"])
    assert fetched.keys() == {"a" * 64, "b" * 64}
    assert fetched["a" * 64].vector == pytest.approx(vector, rel=1e-6)
    assert replace(fetched["a" * 64], vector=vector) == written
    assert fetched["b" * 64] == bare
    hit = index.search_dense(namespace, vector, 1, ALL)[0]
    assert (hit.chunk_id, hit.document_id, hit.title, hit.uri, hit.text) == (
        "a" * 64,
        "doc-1",
        "Buku Panduan",
        "s3://bucket/documents/acme/panduan.pdf",
        written.chunk.text,
    )
    assert (hit.locator, hit.ordinal, hit.added_in) == (written.chunk.locator, 7, 4)
    assert hit.score == pytest.approx(1.0, abs=1e-5)


def test_dense_search_orders_by_cosine_whatever_the_length(
    index: VectorIndex, namespace: str
) -> None:
    long = tuple(50 * number for number in axis(0, 0.4))
    write(
        index,
        namespace,
        record("far", vector=axis(0, 1.2)),
        record("near", vector=axis(0, 0.1)),
        record("middle", vector=long),
        record("opposite", vector=tuple(-number for number in axis(0))),
    )
    hits = index.search_dense(namespace, tuple(3 * number for number in axis(0)), 10, ALL)
    assert ids(hits) == ["near", "middle", "far", "opposite"]
    expected = [math.cos(0.1), math.cos(0.4), math.cos(1.2), -1.0]
    assert [hit.score for hit in hits] == pytest.approx(expected, abs=1e-5)
    assert ids(index.search_dense(namespace, axis(0), 2, ALL)) == ["near", "middle"]
    assert index.search_dense(namespace, axis(0), 0, ALL) == []


def test_a_known_chunk_id_is_replaced_everywhere(index: VectorIndex, namespace: str) -> None:
    write(index, namespace, record("a", "the old tariff", vector=axis(0)), record("b"))
    index.upsert(namespace, [record("a", "overtaken"), record("a", "new price", vector=axis(3))])
    eventually(lambda: ids(index.search_text(namespace, "price", 5, ALL)) == ["a"])
    assert index.count(namespace) == 2
    assert index.search_text(namespace, "tariff overtaken", 5, ALL) == []
    assert ids(index.search_dense(namespace, axis(3), 1, ALL)) == ["a"]
    assert ids(index.search_dense(namespace, axis(0), 1, ALL)) == ["b"]


def test_text_search_stems_counts_words_and_reads_titles(
    index: VectorIndex, namespace: str
) -> None:
    write(
        index,
        namespace,
        record("both", "Paying the library fees on time"),
        record("one", "The library opens at nine"),
        record("none", "Campus map and parking"),
        record("titled", "Nothing of it here", title="Scholarship guide"),
    )
    hits = index.search_text(namespace, "pay fee libraries", 10, ALL)
    assert ids(hits) == ["both", "one"]
    assert hits[0].score > hits[1].score > 0
    titled = index.search_text(namespace, "SCHOLARSHIPS", 10, ALL)
    assert ids(titled) == ["titled"]
    assert titled[0].score > 0
    assert ids(index.search_text(namespace, "pay fee libraries", 1, ALL)) == ["both"]
    assert index.search_text(namespace, "zebra", 10, ALL) == []
    assert index.search_text(namespace, "library", 0, ALL) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("berapa biaya pendaftaran?", "indonesian"),
        ("сколько стоит обучение", "russian"),
        ("रसोई कहाँ है", "hindi"),
        ("resume cafe", "accents"),
    ],
)
def test_text_search_finds_words_of_any_script(
    index: VectorIndex, namespace: str, query: str, expected: str
) -> None:
    write(
        index,
        namespace,
        record("indonesian", "Biaya pendaftaran dibayar satu kali"),
        record("russian", "Обучение стоит дорого"),
        record("hindi", "रसोई दूसरी मंज़िल पर"),
        record("accents", "Bring a résumé to the café"),
    )
    assert ids(index.search_text(namespace, query, 5, ALL))[:1] == [expected]


@pytest.mark.parametrize(
    "query",
    ["", "   ", "!!!", "😀", "\ud800", "\x00", '"', "''", "*", "^", "( ) : - +", "\u034f"],
)
def test_a_query_without_words_finds_nothing(
    index: VectorIndex, namespace: str, query: str
) -> None:
    write(index, namespace, record("a"))
    assert index.search_text(namespace, query, 5, ALL) == []


@pytest.mark.parametrize(
    "query",
    [
        '"plain',
        "plain AND",
        "NEAR(plain, 5)",
        "title:plain*",
        "plain\x00",
        "plain -words ^2",
        "plain " * 900,
        "plain; DROP TABLE chunks",
        "{plain} : OR NOT",
        "plain \ud800 😀",
    ],
)
def test_syntax_in_a_query_is_only_words(index: VectorIndex, namespace: str, query: str) -> None:
    write(index, namespace, record("a"))
    assert ids(index.search_text(namespace, query, 5, ALL)) == ["a"]


@pytest.fixture(scope="module")
def library(index: VectorIndex) -> tuple[str, list[IndexRecord]]:
    """Sixty chunks of all combinations of metadata, the same text and nearly the same vector."""
    namespace = f"acme.library{next(_numbers)}"
    combinations = itertools.product(
        (None, "Finance", "IT"),
        ((), ("fees",), ("fees", "2026"), ("2026", "x y")),
        (None, "2025-12-31", "2026-01-01", "2026-06-15", "2026-06-16"),
    )
    records = [
        record(
            f"c{number:02d}",
            vector=axis(0, number / 100),
            document_id=f"d{number % 4}",
            metadata=DocumentMetadata(department=department, tags=tags, date=date),
        )
        for number, (department, tags, date) in enumerate(combinations)
    ]
    write(index, namespace, *records)
    return namespace, records


def passes(item: IndexRecord, filters: Filters) -> bool:
    """The meaning of Filters, said once more in plain Python."""
    about = item.metadata
    bounds = (filters.date_from, filters.date_to) != (None, None)
    return (
        (not filters.departments or about.department in filters.departments)
        and (not filters.tags or bool({*filters.tags} & {*about.tags}))
        and (not filters.document_ids or item.document_id in filters.document_ids)
        and (not bounds or about.date is not None)
        and (not filters.date_from or (about.date or "") >= filters.date_from)
        and (not filters.date_to or (about.date or "9") <= filters.date_to)
    )


DATES = st.none() | st.sampled_from(["2025-12-31", "2026-01-01", "2026-06-15", "2027-01-01"])
FILTERS = st.builds(
    Filters,
    departments=st.lists(st.sampled_from(["Finance", "IT", "finance", "\ud800"])).map(tuple),
    tags=st.lists(st.sampled_from(["fees", "2026", "x y", "x", "fee", "", "%"])).map(tuple),
    date_from=DATES,
    date_to=DATES,
    document_ids=st.lists(st.sampled_from(["d0", "d1", "d3", "no"])).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(filters=FILTERS)
def test_filters_mean_what_the_model_says_and_come_before_the_ranking(
    index: VectorIndex, library: tuple[str, list[IndexRecord]], filters: Filters
) -> None:
    namespace, records = library
    expected = [item.chunk.chunk_id for item in records if passes(item, filters)]
    assert ids(index.search_dense(namespace, axis(0), 100, filters)) == expected
    assert sorted(ids(index.search_text(namespace, "plain", 100, filters))) == expected
    # Were the filter applied to the best three of all, these would be fewer.
    assert ids(index.search_dense(namespace, axis(0), 3, filters)) == expected[:3]
    assert len(index.search_text(namespace, "plain", 3, filters)) == len(expected[:3])


@settings(max_examples=80, deadline=None)
@given(query=st.text(st.characters(), max_size=40))
def test_no_text_makes_a_search_fail(
    index: VectorIndex, library: tuple[str, list[IndexRecord]], query: str
) -> None:
    assert len(index.search_text(library[0], query, 3, ALL)) <= 3
    assert len(index.search_text(library[0], f"{query} plain", 3, ALL)) == 3


def test_namespaces_do_not_see_each_other(index: VectorIndex, namespace: str) -> None:
    other = f"{namespace}-other"
    write(index, namespace, record("a", "mine"), record("shared", "mine"))
    write(index, other, record("b", "theirs"), record("shared", "theirs"))
    assert sorted(ids(index.search_dense(namespace, axis(0), 9, ALL))) == ["a", "shared"]
    assert index.search_text(namespace, "theirs", 9, ALL) == []
    assert index.fetch(namespace, ["b"]) == {}
    index.delete_chunks(namespace, ["b", "shared"])
    index.delete_document(namespace, "doc", 1)
    eventually(lambda: index.count(namespace) == 0)
    assert index.count(other) == 2
    assert sorted(ids(index.search_text(other, "theirs", 9, ALL))) == ["b", "shared"]


def test_deletes_take_chunks_out_of_every_read(index: VectorIndex, namespace: str) -> None:
    kept = [record(f"k{number}", document_id="kept") for number in range(3)]
    gone = [record(f"g{number}", document_id="gone") for number in range(3)]
    write(index, namespace, *kept, *gone)
    assert index.count(namespace, "gone") == 3
    index.delete_chunks(namespace, ["k0", "unknown"])
    index.delete_document(namespace, "gone", 1)
    eventually(lambda: index.count(namespace) == 2)
    assert index.count(namespace, "gone") == 0
    assert index.count(namespace, "kept") == 2
    assert ids(index.search_dense(namespace, axis(0), 9, ALL)) == ["k1", "k2"]
    assert ids(index.search_text(namespace, "plain", 9, ALL)) == ["k1", "k2"]
    assert index.fetch(namespace, ["k0", "g1", "k2"]).keys() == {"k2"}


def test_a_document_is_deleted_only_through_the_given_revision(
    index: VectorIndex, namespace: str
) -> None:
    revisions = [replace(record(f"r{revision}"), added_in=revision) for revision in (1, 2, 3, 10)]
    write(index, namespace, *revisions, record("other", document_id="other"))
    index.delete_document(namespace, "doc", 2)
    eventually(lambda: index.count(namespace) == 3)
    assert sorted(ids(index.search_dense(namespace, axis(0), 9, ALL))) == ["other", "r10", "r3"]
    assert sorted(ids(index.search_text(namespace, "plain", 9, ALL))) == ["other", "r10", "r3"]


def test_revisions_to_keep_are_spared(index: VectorIndex, namespace: str) -> None:
    revisions = [replace(record(f"r{revision}"), added_in=revision) for revision in (1, 2, 3, 10)]
    write(index, namespace, *revisions)
    index.delete_document(namespace, "doc", 3, keep=(2, 99))
    eventually(lambda: index.count(namespace) == 2)
    assert sorted(ids(index.search_dense(namespace, axis(0), 9, ALL))) == ["r10", "r2"]


def test_a_scan_goes_through_every_namespace_of_a_generation_page_by_page(
    index: VectorIndex,
) -> None:
    generation = f"{next(_numbers):08x}"
    spaces = {f"{tenant}.{generation}": f"{tenant}-chunk" for tenant in ("acme", "rival", "third")}
    for space, name in spaces.items():
        write(
            index,
            space,
            *(replace(record(f"{name}-{number}"), added_in=number) for number in range(5)),
        )
    write(index, f"acme.{next(_numbers):08x}", record("of another generation"))
    found: list[IndexedChunk] = []
    cursor, pages = "", 0
    while pages == 0 or cursor:
        page = index.scan(generation, cursor, 2)
        found += page.chunks
        cursor, pages = page.cursor, pages + 1
        assert pages < 50
    assert pages > 6
    assert sorted((one.namespace, one.chunk_id, one.added_in) for one in found) == sorted(
        (space, f"{name}-{number}", number) for space, name in spaces.items() for number in range(5)
    )
    assert {one.document_id for one in found} == {record("any").document_id}
    assert index.scan("unknown", "", 2) == ScannedPage((), "")


def test_a_deleted_namespace_is_empty_and_can_be_written_again(
    index: VectorIndex, namespace: str
) -> None:
    other = f"rival.{namespace.partition('.')[2]}"
    write(index, namespace, record("a"), record("b"))
    write(index, other, record("a"))
    index.delete_namespace(namespace)
    eventually(lambda: index.count(namespace) == 0)
    assert index.search_text(namespace, "words", 5, ALL) == []
    index.delete_namespace(namespace)
    index.delete_namespace("nobody.wrote")
    assert index.count(other) == 1
    write(index, namespace, record("c"))
    assert index.count(namespace) == 1


def test_what_is_waited_for_is_found_at_once(index: VectorIndex, namespace: str) -> None:
    written = [record(f"w{number:03d}") for number in range(250)]
    index.upsert(namespace, written)
    index.wait_until_searchable(namespace, [item.chunk.chunk_id for item in written])
    assert len(index.search_dense(namespace, axis(0), 300, ALL)) == 250
    index.wait_until_searchable(namespace, [])


def test_one_call_takes_any_number_of_records_and_ids(index: VectorIndex, namespace: str) -> None:
    many = [
        record(f"{number:04d}", document_id=f"d{number % 2}", vector=axis(number % DIMENSION))
        for number in range(2300)
    ]
    write(index, namespace, *many)
    names = [item.chunk.chunk_id for item in many]
    assert index.count(namespace, "d1") == 1150
    assert len(index.fetch(namespace, names)) == 2300
    assert len(index.search_dense(namespace, axis(0), 2000, ALL)) == 2000
    index.delete_chunks(namespace, names[:-1])
    eventually(lambda: index.count(namespace) == 1)
    assert index.fetch(namespace, names).keys() == {names[-1]}


def test_a_vector_of_another_length_is_refused(index: VectorIndex, namespace: str) -> None:
    write(index, namespace, record("a"))
    with pytest.raises(UpstreamRefused, match="vectors of 8 numbers"):
        index.upsert(namespace, [record("b", vector=(1, 0))])
    with pytest.raises(UpstreamRefused, match="vectors of 8 numbers"):
        index.search_dense(namespace, (1, 0), 5, ALL)
    assert index.count(namespace) == 1


def test_one_index_serves_many_threads(index: VectorIndex, namespace: str) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(5):
                index.upsert(namespace, [record(f"t{number}-{step}", f"word{number}")])
                index.search_dense(namespace, axis(0), 3, ALL)
                index.search_text(namespace, f"word{number}", 3, ALL)
        except BaseException as err:  # noqa: BLE001
            failures.append(err)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    eventually(lambda: index.count(namespace) == 20)


# --- SQLite: one file, many processes -----------------------------------------------------------

WRITER = """
import sys
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import Chunk, DocumentMetadata, IndexRecord, Locator
path, name = sys.argv[1:]
sys.stdin.readline()
index = SqliteIndex(path)
for step in range(40):
    index.upsert("acme.1", [
        IndexRecord(Chunk(f"{name}-{step}-{part}", "plain words", Locator(), part), name, "T", "u",
                    1, (1.0, float(step)), DocumentMetadata())
        for part in range(4)
    ])
    index.delete_chunks("acme.1", [f"{name}-{step}-0"])
"""


def test_processes_create_write_and_read_one_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for name in ("one", "two")
    ]
    for writer in writers:  # all open the absent file at the same moment
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    reader = SqliteIndex(path)
    seen: list[int] = []
    while any(writer.poll() is None for writer in writers):
        dense = reader.search_dense("acme.1", (1.0, 0.0), 1000, ALL)
        text = reader.search_text("acme.1", "plain", 1000, ALL)
        seen.append(len(dense))
        assert len(text) >= len(dense) - 2
    errors = [writer.communicate()[1] for writer in writers]
    assert errors == ["", ""]
    # The cached matrix is the last one this process loaded; the other processes made it stale.
    assert len(set(seen)) > 2
    assert len(reader.search_dense("acme.1", (1.0, 0.0), 1000, ALL)) == 240
    assert reader.count("acme.1") == 240
    reader.close()


def test_another_process_write_shows_in_the_next_dense_search(tmp_path: Path) -> None:
    here, there = SqliteIndex(tmp_path / "i.db"), SqliteIndex(tmp_path / "i.db")
    here.upsert("n", [record("a", vector=axis(0))])
    assert ids(here.search_dense("n", axis(1), 1, ALL)) == ["a"]
    there.upsert("n", [record("b", vector=axis(1))])
    assert ids(here.search_dense("n", axis(1), 1, ALL)) == ["b"]
    there.upsert("n", [record("b", vector=axis(2)), record("c", vector=axis(1, 0.1))])
    assert ids(here.search_dense("n", axis(1), 1, ALL)) == ["c"]
    there.delete_chunks("n", ["c"])
    assert ids(here.search_dense("n", axis(2), 1, ALL)) == ["b"]
    there.delete_document("n", "doc", 1)
    assert here.search_dense("n", axis(2), 1, ALL) == []
    here.close()
    there.close()


def test_a_file_that_another_process_is_still_creating_is_waited_for(tmp_path: Path) -> None:
    creator = sqlite3.connect(
        tmp_path / "i.db", isolation_level=None, check_same_thread=False, timeout=0
    )
    creator.execute("BEGIN IMMEDIATE")
    creator.execute("CREATE TABLE unfinished (a)")
    release = threading.Timer(0.1, creator.execute, ["COMMIT"])
    release.start()
    index = SqliteIndex(tmp_path / "i.db")
    index.upsert("n", [record("a")])
    assert index.count("n") == 1
    release.join()
    creator.close()
    index.close()


def test_a_writer_holds_the_lock_before_it_reads(tmp_path: Path) -> None:
    # Were it taken at the first change, a delete could find its rows, lose the race to another
    # writer and fail at once, whatever the busy timeout.
    database = SqliteDatabase(tmp_path / "i.db")
    with database.reading():
        pass
    other = sqlite3.connect(tmp_path / "i.db", isolation_level=None, timeout=0)
    with database.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    database.close()


def test_a_failed_upsert_writes_nothing(tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path / "i.db")
    with pytest.raises(UpstreamRefused):
        index.upsert("n", [record("a"), record("b", vector=(1, 0))])
    assert index.count("n") == 0
    index.close()


def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "garbage.db").write_bytes(b"not a database" * 100)
    (tmp_path / "file").touch()
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    unusable = ("garbage.db", "file/i.db", "newer.db", ".")
    for path in (tmp_path / name for name in unusable):
        with pytest.raises(UpstreamRefused) as refused:
            SqliteIndex(path).ping()
        assert refused.value.service == "index"


def test_a_lock_held_too_long_is_a_passing_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nexus.adapters.sqlite.database.BUSY_TIMEOUT_S", 0.05)
    index = SqliteIndex(tmp_path / "i.db")
    index.upsert("n", [record("a")])
    holder = sqlite3.connect(tmp_path / "i.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(UpstreamUnavailable) as busy:
        index.upsert("n", [record("b")])
    assert (busy.value.service, busy.value.retry_after_s) == ("index", 1.0)
    assert index.count("n") == 1  # readers never wait for a writer
    holder.execute("ROLLBACK")
    holder.close()
    index.upsert("n", [record("b")])
    assert index.count("n") == 2
    index.close()


# --- Pinecone: limits, failures, provisioning ---------------------------------------------------


@pytest.fixture
def faulty(server: PineconeServer) -> Iterator[PineconeServer]:
    server.clear()
    yield server
    server.clear()


def test_passing_failures_are_retried(faulty: PineconeServer, namespace: str) -> None:
    index = connect(faulty, longest_wait_s=0.01)
    faulty.fail_next(1, 503, path="/upsert")
    faulty.fail_next(1, 429, path="/upsert", headers={"Retry-After": "0.01"})
    index.upsert(namespace, [record("a")])
    eventually(lambda: index.count(namespace) == 1)
    assert sum(path.endswith("/upsert") for path in faulty.requests) == 3
    index.close()


@pytest.mark.parametrize(
    ("status", "headers", "error", "wait"),
    [
        (429, {"Retry-After": "7"}, UpstreamUnavailable, 7.0),
        (503, {"Retry-After": "3"}, UpstreamUnavailable, 3.0),
        (500, {}, UpstreamUnavailable, None),
        (408, {}, UpstreamUnavailable, None),
        (400, {}, UpstreamRefused, None),
        (401, {}, UpstreamRefused, None),
        (403, {}, UpstreamRefused, None),
        (404, {}, UpstreamRefused, None),
    ],
)
def test_a_failure_that_stays_says_whether_it_passes(
    faulty: PineconeServer,
    namespace: str,
    status: int,
    headers: dict[str, str],
    error: type[UpstreamError],
    wait: float | None,
) -> None:
    index = connect(faulty, retries=0)
    calls: list[Callable[[], object]] = [
        index.ping,
        lambda: index.count(namespace, "doc"),
        lambda: index.search_dense(namespace, axis(0), 1, ALL),
        lambda: index.search_text(namespace, "secretword", 1, ALL),
        lambda: index.fetch(namespace, ["a"]),
        lambda: index.delete_chunks(namespace, ["a"]),
        lambda: index.delete_document(namespace, "doc", 1),
        lambda: index.upsert(namespace, [record("a", "secretword")]),
    ]
    for call in calls:
        faulty.fail_next(1, status, headers=headers)
        with pytest.raises(error) as failure:
            call()
        assert failure.value.service == "index"
        assert failure.value.retry_after_s == wait
        assert "secretword" not in str(failure.value)
        assert API_KEY not in str(failure.value)
        assert isinstance(failure.value.__cause__, PineconeError)
    index.close()


@pytest.mark.parametrize(
    ("message", "passes"),
    [
        ("You've reached your read unit limit for the current month (limit: 1000000).", False),
        ("Monthly usage limit reached. Upgrade your plan to continue.", False),
        ("You've reached the query read units per second limit of 2000 for index prod.", True),
    ],
)
def test_a_monthly_limit_is_a_429_that_does_not_pass(message: str, passes: bool) -> None:
    body = {"error": {"code": "RESOURCE_EXHAUSTED", "message": message}}
    error = RateLimitError(message, 429, body, headers={"retry-after": "7"})
    told = translate(error)
    assert isinstance(told, UpstreamUnavailable) is passes
    assert told.retry_after_s == (7.0 if passes else None)
    assert passes or "upgrade its plan" in str(told)


def test_a_request_that_fails_fails_the_upsert_and_trying_again_completes_it(
    faulty: PineconeServer, namespace: str
) -> None:
    index = connect(faulty, retries=0)
    faulty.rejected_ids.add("1050")
    many = [record(f"{number:04d}") for number in range(1100)]
    with pytest.raises(UpstreamRefused):
        index.upsert(namespace, many)
    eventually(lambda: 0 < index.count(namespace) < 1100)
    faulty.rejected_ids.clear()
    index.upsert(namespace, many)
    eventually(lambda: index.count(namespace) == 1100)
    index.close()


def test_requests_stay_within_the_limit_on_size() -> None:
    server = PineconeServer(index_schema(1536))
    index = PineconeIndex(server.url, API_KEY, 1536, verify=False, retries=0)
    vector = [-0.0012345678901234567] * 1536
    index.upsert("n", [record(f"{n}", "w " * 500, vector=vector) for n in range(200)])
    assert index.count("n") == 200
    # The server refuses more than 2 MB; less than half of that would be too many requests.
    assert 4 <= sum(path.endswith("/upsert") for path in server.requests) <= 8
    assert len(index.fetch("n", [f"{n}" for n in range(200)])) == 200
    index.close()
    server.close()


def test_a_chunk_over_the_limit_is_refused_before_it_is_sent(
    faulty: PineconeServer, namespace: str
) -> None:
    index = connect(faulty)
    with pytest.raises(UpstreamRefused, match="at most 40960"):
        index.upsert(namespace, [record("a", "é" * 25_000)])
    assert faulty.requests == []
    index.close()


def test_a_host_that_does_not_answer_or_a_missing_key_is_ours_to_name() -> None:
    gone = PineconeServer(index_schema(DIMENSION))
    gone.close()
    index = connect(gone, retries=0)
    with pytest.raises(UpstreamUnavailable):
        index.ping()
    index.close()
    with pytest.raises(UpstreamRefused):
        PineconeIndex("", "", DIMENSION)


def test_a_scan_asks_for_statistics_once_a_namespace_and_not_once_a_page(
    faulty: PineconeServer,
) -> None:
    index = connect(faulty)
    write(index, "acme.feed0001", *(record(f"{number}") for number in range(9)))
    faulty.requests.clear()
    cursor, pages = "", 0
    while pages == 0 or cursor:
        cursor, pages = index.scan("feed0001", cursor, 2).cursor, pages + 1
    assert pages > 4
    assert faulty.requests.count("/describe_index_stats") == 2
    index.close()


def test_the_version_of_pinecone_s_api_is_the_one_that_its_sdk_writes() -> None:
    assert importlib.import_module("pinecone._internal.constants").DATA_PLANE_API_VERSION == (
        API_VERSION
    )


def test_an_index_is_created_once_and_fits_its_records(faulty: PineconeServer) -> None:
    host = create_index(API_KEY, "nexus-dev", DIMENSION, protected=True, api_url=faulty.url)
    assert host == faulty.url
    made = faulty.indexes["nexus-dev"]
    assert made["deletion_protection"] == "enabled"
    assert made["schema"] == index_schema(DIMENSION)
    assert create_index(API_KEY, "nexus-dev", DIMENSION, api_url=faulty.url) == host
    with pytest.raises(UpstreamRefused, match="dimension 9"):
        create_index(API_KEY, "nexus-dev", 9, api_url=faulty.url)
    with pytest.raises(UpstreamRefused):
        create_index("wrong-key", "nexus-dev", DIMENSION, api_url=faulty.url)


def test_every_exception_of_the_sdk_has_a_meaning() -> None:
    def family(kind: type[PineconeError]) -> set[type[PineconeError]]:
        return {kind}.union(*(family(child) for child in kind.__subclasses__()))

    assert family(PineconeError) - MEANINGS.keys() == set()
    exported = vars(pinecone.exceptions).values()
    kinds = {kind for kind in exported if isinstance(kind, type) and issubclass(kind, Exception)}
    assert {kind for kind in kinds if not issubclass(kind, PineconeError)} == set()
