"""A dense search answers from what the file holds now, whoever wrote it, without loading it again.

Two indexes on one file stand for two processes: they share nothing but the file.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexus.adapters.sqlite import matrices, schema
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.adapters.sqlite.matrix import Matrix, Places, Vector, cosines, unit
from nexus.deadline import within
from nexus.errors import UpstreamUnavailable
from nexus.models import Filters, Hit, IndexRecord
from tests.contract.test_vector_index import ALL, DIMENSION, axis, ids, record

_numbers = count()
DOCUMENTS = ("d0", "d1", "d2")
SPACES = ("acme.1", "acme.2")


def drawn(seed: int) -> tuple[float, ...]:
    """A vector of this seed; of two seeds in five the same one, so that cosines tie."""
    chance = np.random.default_rng(seed % 5 and seed)
    return tuple(chance.standard_normal(DIMENSION).astype(np.float32).tolist())


CHUNKS = st.tuples(st.sampled_from(DOCUMENTS), st.integers(0, 12), st.integers(0, 99))
WRITES = st.one_of(
    st.tuples(st.just("upsert"), st.lists(CHUNKS, min_size=1, max_size=12)),
    st.tuples(st.just("delete_chunks"), st.lists(CHUNKS, max_size=6)),
    st.tuples(st.just("delete_document"), st.sampled_from(DOCUMENTS)),
    st.tuples(st.just("delete_namespace"), st.none()),
    st.tuples(st.just("search"), st.sampled_from([ALL, Filters(document_ids=("d1",))])),
)
STEPS = st.lists(
    st.tuples(st.sampled_from((0, 1)), st.sampled_from(SPACES), WRITES), min_size=4, max_size=25
)


def step(index: SqliteIndex, space: str, name: str, what: object) -> None:
    match name, what:
        case "upsert", list(chunks):
            index.upsert(
                space,
                [
                    record(f"{document}-{place}", vector=drawn(seed), document_id=document)
                    for document, place, seed in chunks
                ],
            )
        case "delete_chunks", list(chunks):
            index.delete_chunks(space, [f"{document}-{place}" for document, place, _ in chunks])
        case "delete_document", str(document):
            index.delete_document(space, document, 1)
        case "delete_namespace", _:
            index.delete_namespace(space)
        case "search", Filters() as filters:
            index.search_dense(space, axis(0), 3, filters)


def by_brute_force(
    index: SqliteIndex, space: str, vector: Sequence[float], top_k: int, filters: Filters
) -> list[tuple[str, float]]:
    """What a search should find, by every vector that the file holds."""
    names = [f"{document}-{place}" for document in DOCUMENTS for place in range(13)]
    held = index.fetch(space, names)
    wanted = [
        (name, item)
        for name, item in held.items()
        if not filters.document_ids or item.document_id in filters.document_ids
    ]
    blobs = [np.asarray(item.vector, dtype=np.float32).tobytes() for _, item in wanted]
    scores = cosines(unit(vector), blobs)
    found = [(name, score) for (name, _), score in zip(wanted, scores, strict=True)]
    return sorted(found, key=lambda pair: -pair[1])[:top_k]


def told(hits: Sequence[Hit]) -> list[tuple[str, float]]:
    return [(hit.chunk_id, hit.score) for hit in hits]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, kept=st.sampled_from((3, schema.REMOVALS_KEPT)))
def test_after_any_writes_a_search_is_that_of_an_index_just_opened(
    tmp_path: Path, steps: list[tuple[int, str, tuple[str, object]]], kept: int
) -> None:
    path = tmp_path / f"{next(_numbers)}.db"
    forget_removals_but(path, kept)
    both = (SqliteIndex(path), SqliteIndex(path))
    for space in SPACES:
        both[0].upsert(space, [one for document in DOCUMENTS for one in some(6, document)])
        both[0].search_dense(space, axis(0), 3, ALL)
        both[1].search_dense(space, axis(0), 3, ALL)
    for number, space, (name, what) in steps:
        step(both[number], space, name, what)
    fresh = SqliteIndex(path)
    for space in SPACES:
        for filters in (ALL, Filters(document_ids=("d1",))):
            for top_k in (1, 4, 50):
                expected = fresh.search_dense(space, drawn(1), top_k, filters)
                brute = by_brute_force(fresh, space, drawn(1), top_k, filters)
                # The same scores; which of two equal ones is first, the file's order decides.
                assert [hit.score for hit in expected] == [score for _, score in brute]
                assert {pair for pair in told(expected) if pair[1] > brute[-1][1]} == {
                    pair for pair in brute if pair[1] > brute[-1][1]
                }
                for index in both:
                    assert told(index.search_dense(space, drawn(1), top_k, filters)) == told(
                        expected
                    )
        # Nor is anything else in memory that searches would have to step over.
        assert {rows_in_memory(index, space) for index in (*both, fresh)} == {fresh.count(space)}
    for index in (*both, fresh):
        index.close()


def rows_in_memory(index: SqliteIndex, space: str) -> int:
    matrix = index._matrices._of(space).matrix
    return 0 if matrix is None else len(matrix)


def forget_removals_but(path: Path, kept: int) -> None:
    """Makes the file with a log so short that a reader misses some of it."""
    SqliteIndex(path).ping()
    with sqlite3.connect(path) as connection:
        [trigger] = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        connection.execute("DROP TRIGGER chunk_removed")
        connection.execute(trigger[0].replace(str(schema.REMOVALS_KEPT), str(kept)))
    connection.close()


class Watched(Matrix):
    """A matrix that notes how many rows were added to it, and multiplied."""

    added = 0
    multiplied = 0

    def add(self, ids: Sequence[int], vectors: Sequence[bytes]) -> None:
        Watched.added += len(ids)
        super().add(ids, vectors)

    def _scores(self, vector: Vector, places: Places | None) -> Vector:
        Watched.multiplied += len(self) if places is None else len(places)
        return super()._scores(vector, places)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    monkeypatch.setattr(matrices, "Matrix", Watched)
    Watched.added = Watched.multiplied = 0
    return Watched


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[SqliteIndex, SqliteIndex]]:
    reader, writer = SqliteIndex(tmp_path / "i.db"), SqliteIndex(tmp_path / "i.db")
    yield reader, writer
    reader.close()
    writer.close()


def some(number: int, document: str) -> list[IndexRecord]:
    return [
        record(f"{document}-{place}", vector=drawn(place + 1), document_id=document)
        for place in range(number)
    ]


def test_a_search_after_a_write_reads_only_what_was_written(
    pair: tuple[SqliteIndex, SqliteIndex], watched: type[Watched]
) -> None:
    reader, writer = pair
    writer.upsert("acme.1", some(300, "first"))
    reader.search_dense("acme.1", axis(0), 3, ALL)
    assert watched.added == 300
    writes: list[tuple[Callable[[], None], int]] = [
        (lambda: writer.upsert("acme.1", some(4, "second")), 4),
        (lambda: writer.upsert("acme.1", some(4, "second")), 4),
        (lambda: writer.delete_document("acme.1", "second", 1), 0),
        (lambda: writer.upsert("acme.2", some(9, "elsewhere")), 0),
        (lambda: writer.delete_namespace("acme.2"), 0),
    ]
    for write, read in writes:
        watched.added = 0
        write()
        reader.search_dense("acme.1", axis(0), 3, ALL)
        assert watched.added == read


def test_a_filter_on_one_document_multiplies_only_its_rows(
    pair: tuple[SqliteIndex, SqliteIndex], watched: type[Watched]
) -> None:
    reader, _ = pair
    reader.upsert("acme.1", [*some(300, "first"), *some(7, "second"), *some(300, "third")])
    hits = reader.search_dense("acme.1", axis(0), 3, Filters(document_ids=("second",)))
    assert {hit.document_id for hit in hits} == {"second"}
    assert watched.multiplied == 7


def test_a_namespace_made_again_is_not_taken_for_the_one_before(
    pair: tuple[SqliteIndex, SqliteIndex],
) -> None:
    reader, writer = pair
    writer.upsert("acme.1", [record("old", vector=axis(0))])
    assert ids(reader.search_dense("acme.1", axis(0), 3, ALL)) == ["old"]
    writer.delete_namespace("acme.1")
    writer.upsert("acme.1", [record("new", vector=axis(1))])
    assert ids(reader.search_dense("acme.1", axis(0), 3, ALL)) == ["new"]
    writer.delete_namespace("acme.1")
    writer.upsert("acme.1", [replace(record("shorter"), vector=(1.0, 0.0))])
    assert ids(reader.search_dense("acme.1", (1.0, 0.0), 3, ALL)) == ["shorter"]


def test_a_deleted_generation_is_not_kept_in_memory(
    pair: tuple[SqliteIndex, SqliteIndex],
) -> None:
    reader, writer = pair
    for space in SPACES:
        writer.upsert(space, some(3, "d"))
        reader.search_dense(space, axis(0), 3, ALL)
    writer.delete_namespace("acme.1")
    reader.search_dense("acme.2", axis(0), 3, ALL)
    assert list(reader._matrices._kept) == ["acme.2"]


def test_a_refresh_that_fails_is_made_good_by_the_next_search(
    pair: tuple[SqliteIndex, SqliteIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = pair
    writer.upsert("acme.1", some(300, "first"))
    reader.search_dense("acme.1", axis(0), 3, ALL)
    writer.upsert("acme.1", some(290, "first"))

    added = Matrix.add

    def add_and_fail(matrix: Matrix, numbers: Sequence[int], vectors: Sequence[bytes]) -> None:
        added(matrix, numbers, vectors)
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(Matrix, "add", add_and_fail)
        with pytest.raises(MemoryError):
            reader.search_dense("acme.1", axis(0), 3, ALL)
    fresh = SqliteIndex(reader._database._path)
    expected = fresh.search_dense("acme.1", axis(0), 4, ALL)
    assert told(reader.search_dense("acme.1", axis(0), 4, ALL)) == told(expected)
    assert rows_in_memory(reader, "acme.1") == 300
    fresh.close()


def test_a_matrix_that_another_thread_holds_is_not_waited_for_past_the_deadline(
    pair: tuple[SqliteIndex, SqliteIndex],
) -> None:
    reader, _ = pair
    reader.upsert("acme.1", some(3, "d"))
    kept = reader._matrices._of("acme.1")
    begun = time.monotonic()
    with kept.lock, within(0.05), pytest.raises(UpstreamUnavailable):
        reader.search_dense("acme.1", axis(0), 3, ALL)
    assert time.monotonic() - begun < 2
    assert len(reader.search_dense("acme.1", axis(0), 3, ALL)) == 3
