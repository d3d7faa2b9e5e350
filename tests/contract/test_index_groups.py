"""What all indexes promise of groups: they close documents before the ranking, and can change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import DocumentMetadata, Filters, IndexRecord
from nexus.ports import VectorIndex
from tests.contract.test_vector_index import (
    axis,
    eventually,
    ids,
    index,
    namespace,
    record,
    server,
    write,
)
from tests.fakes import passes

__all__ = ["index", "namespace", "server"]

NAMES = ("hr", "board", "größe, klein", "h", "")
names = st.lists(st.sampled_from(NAMES[:-1]), max_size=3, unique=True).map(tuple)


def of(chunk_id: str, groups: Sequence[str], **more: str) -> IndexRecord:
    said = DocumentMetadata(department=more.get("department"), groups=tuple(groups))
    return record(chunk_id, "plain words", document_id=f"doc-{chunk_id}", metadata=said)


def found(index: VectorIndex, namespace: str, filters: Filters, top_k: int = 10) -> list[str]:
    """What both searches find, which has to be the same."""
    dense = sorted(ids(index.search_dense(namespace, axis(0), top_k, filters)))
    assert sorted(ids(index.search_text(namespace, "words", top_k, filters))) == dense
    return dense


def _near(index: VectorIndex, namespace: str, filters: Filters) -> list[str]:
    """What the dense search finds: a write may show between two searches, and not before both."""
    return sorted(ids(index.search_dense(namespace, axis(0), 10, filters)))


def test_a_document_with_groups_is_for_who_shares_one_and_others_are_for_all(
    index: VectorIndex, namespace: str
) -> None:
    write(index, namespace, of("a", ()), of("b", ("hr",)), of("c", ("hr", "board")))
    assert found(index, namespace, Filters()) == ["a", "b", "c"]
    assert found(index, namespace, Filters(groups=())) == ["a"]
    assert found(index, namespace, Filters(groups=("board",))) == ["a", "c"]
    assert found(index, namespace, Filters(groups=("sales", "hr"))) == ["a", "b", "c"]
    assert found(index, namespace, Filters(groups=("h", "boar"))) == ["a"]


def test_what_is_closed_takes_no_place_among_the_best(index: VectorIndex, namespace: str) -> None:
    nearer = [of(f"closed-{number}", ("board",)) for number in range(5)]
    write(index, namespace, *nearer, of("open", ()))
    assert found(index, namespace, Filters(groups=("hr",)), top_k=1) == ["open"]


def test_groups_hold_beside_all_other_filters(index: VectorIndex, namespace: str) -> None:
    write(
        index,
        namespace,
        of("a", ("hr",), department="finance"),
        of("b", ("board",), department="finance"),
        of("c", ("hr",), department="audit"),
    )
    asked = Filters(departments=("finance",), groups=("hr",))
    assert found(index, namespace, asked) == ["a"]


def test_groups_come_back_with_a_record(index: VectorIndex, namespace: str) -> None:
    write(index, namespace, of("a", ("größe, klein", "hr")))
    assert index.fetch(namespace, ["a"])["a"].metadata.groups == ("größe, klein", "hr")


def test_a_document_changes_its_groups_in_place_and_nothing_else(
    index: VectorIndex, namespace: str
) -> None:
    write(index, namespace, of("a", ()), of("b", ()))
    before = index.fetch(namespace, ["a"])["a"]
    index.regroup(namespace, "doc-a", ("hr", "board"))
    eventually(lambda: _near(index, namespace, Filters(groups=())) == ["b"])
    assert found(index, namespace, Filters(groups=("board",))) == ["a", "b"]
    after = index.fetch(namespace, ["a"])["a"]
    assert (after.chunk, after.vector, after.title) == (before.chunk, before.vector, before.title)
    index.regroup(namespace, "doc-a", ())
    eventually(lambda: _near(index, namespace, Filters(groups=())) == ["a", "b"])
    index.regroup(namespace, "unknown", ("hr",))
    index.regroup("nowhere.00000000", "doc-a", ("hr",))


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=st.lists(names, min_size=1, max_size=6), asked=names | st.none())
def test_an_index_lets_through_what_the_words_of_the_filter_say(
    index: VectorIndex, held: list[tuple[str, ...]], asked: tuple[str, ...] | None
) -> None:
    space = f"acme.{hash((tuple(held), asked)) & 0xFFFFFFFF:08x}"
    index.delete_namespace(space)
    eventually(lambda: index.count(space) == 0)
    records = [of(f"c{number}", groups) for number, groups in enumerate(held)]
    write(index, space, *records)
    filters = Filters(groups=asked)
    expected = [one.chunk.chunk_id for one in records if passes(one, filters)]
    assert found(index, space, filters) == expected


def test_a_search_of_groups_that_close_nothing_looks_at_no_chunk_for_itself(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    sqlite = SqliteIndex(tmp_path_factory.mktemp("groups") / "index.db")
    sqlite.upsert("acme.00000000", [of("a", ()), of("b", ("hr",))])
    plan = (
        "EXPLAIN QUERY PLAN SELECT 1 FROM chunks c WHERE c.namespace = ? AND "
        "(c.groups <> '' AND NOT (instr(c.groups, ?))) LIMIT 1"
    )
    with sqlite._database.reading() as connection:
        steps = connection.execute(plan, ("acme.00000000", "hr")).fetchall()
    assert "chunks_with_groups" in steps[0][3]
    sqlite.close()
