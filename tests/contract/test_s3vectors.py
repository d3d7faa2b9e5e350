"""What S3 Vectors' limits, failures and ways of finding ask of its adapter, beside the suite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from nexus.adapters.s3vectors.index import S3VectorsIndex
from nexus.adapters.s3vectors.places import index_name, prefix_of
from nexus.errors import UpstreamError, UpstreamRefused, UpstreamUnavailable
from nexus.models import Chunk, DocumentMetadata, Filters, IndexRecord, Locator
from tests.s3vectors_client import s3_vectors_index
from tests.s3vectors_server import S3VectorsServer

ALL = Filters()
EAST = (1.0, 0.0)


@pytest.fixture
def server() -> Iterator[S3VectorsServer]:
    server = S3VectorsServer()
    yield server
    server.close()


@pytest.fixture
def index(server: S3VectorsServer, monkeypatch: pytest.MonkeyPatch) -> S3VectorsIndex:
    return s3_vectors_index(server, monkeypatch, 2)


def record(chunk_id: str, text: str = "plain words", **about: object) -> IndexRecord:
    return IndexRecord(
        chunk=Chunk(chunk_id, text, Locator(), 0),
        document_id=str(about.pop("document_id", "doc")),
        title="Untitled",
        uri="s3://bucket/doc",
        added_in=1,
        vector=EAST,
        metadata=DocumentMetadata(**about),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("groups", "seen"),
    [
        (None, ["everybody", "staff", "two"]),
        ((), ["everybody"]),
        (("board",), ["everybody", "two"]),
        (("staff", "nobody's"), ["everybody", "staff", "two"]),
    ],
)
def test_groups_are_filtered_before_the_ranking(
    index: S3VectorsIndex, groups: tuple[str, ...] | None, seen: list[str]
) -> None:
    index.upsert(
        "acme.1",
        [
            record("everybody"),
            record("staff", groups=("staff",)),
            record("two", groups=("staff", "board")),
        ],
    )
    asked = Filters(groups=groups)
    assert sorted(hit.chunk_id for hit in index.search_dense("acme.1", EAST, 9, asked)) == seen
    assert sorted(hit.chunk_id for hit in index.search_text("acme.1", "plain", 9, asked)) == seen


def test_english_and_scripts_without_blanks_are_compared_as_in_the_other_indexes(
    index: S3VectorsIndex,
) -> None:
    index.upsert(
        "acme.1", [record("zh", "学费和奖学金"), record("en", "The universities' policies")]
    )
    assert [hit.chunk_id for hit in index.search_text("acme.1", "奖学金", 9, ALL)] == ["zh"]
    assert [hit.chunk_id for hit in index.search_text("acme.1", "policy", 9, ALL)] == ["en"]
    # A pair of letters is one word: of 学金 and 费和 the passage holds both, of 金学 none.
    assert index.search_text("acme.1", "金学", 9, ALL) == []


def test_passing_failures_are_tried_again(index: S3VectorsIndex, server: S3VectorsServer) -> None:
    index.upsert("acme.1", [record("a")])
    server.fail_next(1, "TooManyRequestsException", 429)
    server.fail_next(1, "ServiceUnavailableException", 503)
    assert index.count("acme.1") == 1


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("TooManyRequestsException", 429, UpstreamUnavailable),
        ("InternalServerException", 500, UpstreamUnavailable),
        ("RequestTimeoutException", 408, UpstreamUnavailable),
        ("AccessDeniedException", 403, UpstreamRefused),
        ("ValidationException", 400, UpstreamRefused),
        ("ServiceQuotaExceededException", 402, UpstreamRefused),
    ],
)
def test_a_failure_that_stays_says_whether_it_passes(
    index: S3VectorsIndex,
    server: S3VectorsServer,
    name: str,
    status: int,
    error: type[UpstreamError],
) -> None:
    calls = [
        index.ping,
        lambda: index.count("acme.1"),
        lambda: index.search_dense("acme.1", EAST, 1, ALL),
        lambda: index.search_text("acme.1", "secretword", 1, ALL),
        lambda: index.fetch("acme.1", ["a"]),
        lambda: index.scan("1", "", 5),
        lambda: index.delete_chunks("acme.1", ["a"]),
        lambda: index.delete_document("acme.1", "doc", 1),
        lambda: index.delete_namespace("acme.1"),
        lambda: index.upsert("acme.1", [record("a", "secretword")]),
    ]
    for call in calls:
        server.fail_next(3, name, status)
        with pytest.raises(error) as failure:
            call()
        server._faults.clear()
        assert failure.value.service == "index"
        assert "secretword" not in str(failure.value)


def test_a_bucket_that_is_not_there_is_named_by_a_ping_and_a_write(
    server: S3VectorsServer, index: S3VectorsIndex
) -> None:
    server.bucket = "another"
    with pytest.raises(UpstreamRefused, match="check that the resource named in the settings"):
        index.ping()
    with pytest.raises(UpstreamRefused):
        index.upsert("acme.1", [record("a")])


def test_more_than_a_filter_or_a_vector_holds_is_refused_before_it_is_sent(
    index: S3VectorsIndex, server: S3VectorsServer
) -> None:
    with pytest.raises(UpstreamRefused, match="at most 2048"):
        index.upsert("acme.1", [record("a", tags=tuple(f"tag number {n}" for n in range(200)))])
    with pytest.raises(UpstreamRefused, match="at most 40960"):
        index.upsert("acme.1", [record("a", "é" * 25_000)])
    with pytest.raises(UpstreamRefused, match="zero"):
        index.upsert("acme.1", [replace(record("a"), vector=(0.0, 0.0))])
    assert server.requests == []


def test_a_request_stays_within_twenty_mebibytes(
    server: S3VectorsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = s3_vectors_index(server, monkeypatch, 1024)
    vector = (-1.2345678901234567e-05,) * 1024
    many = [replace(record(f"{n}", "学费" * 500), vector=vector) for n in range(700)]
    index.upsert("acme.1", many)  # the server refuses what is larger
    assert 2 <= server.requests.count("PutVectors") <= 8
    assert index.count("acme.1") == 700


def test_a_document_of_many_chunks_is_counted_and_deleted_whole(
    index: S3VectorsIndex, server: S3VectorsServer
) -> None:
    index.upsert("acme.1", [record(f"{n}", document_id="long") for n in range(350)])
    index.upsert("acme.1", [record("other", document_id="other")])
    assert index.count("acme.1", "long") == 350
    index.delete_document("acme.1", "long", 1)
    assert (index.count("acme.1", "long"), index.count("acme.1")) == (0, 1)
    assert server.requests.count("DeleteVectors") == 4


def test_names_of_indexes_are_ones_that_the_service_takes_and_differ() -> None:
    tenants = ["acme", "a", "-", "a-", "h", "x" * 64, "x" * 63, "9"]
    names = [index_name(f"{tenant}.0a1b2c3d") for tenant in tenants]
    assert len(set(names)) == len(tenants)
    for name in names:
        assert 3 <= len(name) <= 63
        assert name.startswith(prefix_of("0a1b2c3d"))
        assert name[0].isalnum()
        assert name[-1].isalnum()
    assert index_name("acme.0a1b2c3d") == "0a1b2c3d.acme"


def test_no_bucket_is_ours_to_name() -> None:
    with pytest.raises(UpstreamRefused, match="NEXUS_VECTOR_BUCKET"):
        S3VectorsIndex(object(), "", 2)
