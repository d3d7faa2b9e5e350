"""The documents, in memory and in S3: names, versions, metadata and listing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import pytest

from nexus.adapters.s3.documents import S3Documents
from nexus.errors import NotFound, UpstreamRefused, UpstreamUnavailable
from nexus.models import DocumentMetadata, ObjectState
from nexus.object_keys import encode_metadata, object_key
from nexus.ports import DocumentStore
from tests.fakes import FakeDocuments

MIB = 1024 * 1024
NOTHING = DocumentMetadata()
SAID = DocumentMetadata("Biaya — 2025", "Ani, M.Sc.", "Finance", "2025-01-02", ("é", "a,b"))


class Bucket(Protocol):
    """A store, and the uploader's side of it."""

    @property
    def documents(self) -> DocumentStore: ...
    def put(self, tenant: str, path: str, content: bytes, metadata: DocumentMetadata) -> None: ...
    def drop(self, tenant: str, path: str) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.documents = FakeDocuments()

    def put(self, tenant: str, path: str, content: bytes, metadata: DocumentMetadata) -> None:
        self.documents.put(tenant, path, content, content_type="text/plain", metadata=metadata)

    def drop(self, tenant: str, path: str) -> None:
        self.documents.drop(tenant, path)


class InS3:
    def __init__(self, client: Any) -> None:
        client.create_bucket(
            Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        self.client = client
        self.documents = S3Documents(client, "bucket")

    def put(self, tenant: str, path: str, content: bytes, metadata: DocumentMetadata) -> None:
        self.client.put_object(
            Bucket="bucket",
            Key=object_key(tenant, path),
            Body=content,
            ContentType="text/plain",
            Metadata=encode_metadata(metadata),
        )

    def drop(self, tenant: str, path: str) -> None:
        self.client.delete_object(Bucket="bucket", Key=object_key(tenant, path))


@pytest.fixture(params=["fake", "s3"])
def bucket(request: pytest.FixtureRequest) -> Bucket:
    if request.param == "fake":
        return InMemory()
    bucket: InS3 = request.getfixturevalue("in_s3")
    return bucket


@pytest.fixture
def in_s3(aws: None, s3_client: Any) -> InS3:
    return InS3(s3_client)


def head(bucket: Bucket, key: str) -> ObjectState:
    state = bucket.documents.head(key)
    assert state is not None
    return state


def test_an_object_is_described_as_its_uploader_said(bucket: Bucket):
    key = "documents/acme/ke uangan/biaya+é.txt"
    assert bucket.documents.head(key) is None
    bucket.put("acme", "ke uangan/biaya+é.txt", b"hello", SAID)

    state = head(bucket, key)

    assert (state.tenant, state.path, state.key) == ("acme", "ke uangan/biaya+é.txt", key)
    assert (state.size, state.content_type) == (5, "text/plain")
    assert state.etag == "5d41402abc4b2a76b9719d911017c592"
    assert state.version
    assert state.metadata == SAID
    assert len(state.last_modified) == len("2025-06-15T15:06:40Z")
    assert state.last_modified.endswith("Z")


@pytest.mark.parametrize("key", ["documents/acme/", "documents/x", "other/acme/a", "documents//a"])
def test_a_key_that_names_no_document_is_not_found(bucket: Bucket, key: str):
    with pytest.raises(NotFound):
        bucket.documents.head(key)


def test_exactly_the_version_that_was_seen_is_read(bucket: Bucket):
    bucket.put("acme", "a.txt", b"old", NOTHING)
    old = head(bucket, "documents/acme/a.txt")
    bucket.put("acme", "a.txt", b"newer", NOTHING)
    new = head(bucket, "documents/acme/a.txt")
    bucket.drop("acme", "a.txt")

    assert bucket.documents.head("documents/acme/a.txt") is None
    assert bucket.documents.open(old).read() == b"old"
    assert bucket.documents.open(new).read() == b"newer"
    assert old.version != new.version


def test_an_object_is_looked_at_and_read_in_one_call_if_it_is_small(bucket: Bucket):
    key = "documents/acme/a.txt"
    assert bucket.documents.read(key, 99) is None
    bucket.put("acme", "a.txt", b"hello", SAID)
    state = head(bucket, key)
    assert bucket.documents.read(key, 5) == (state, b"hello")
    assert bucket.documents.read(key, 4) == (state, None)
    bucket.put("acme", "a.txt", b"", NOTHING)
    assert bucket.documents.read(key, 4) == (head(bucket, key), b"")
    bucket.drop("acme", "a.txt")
    assert bucket.documents.read(key, 99) is None
    with pytest.raises(NotFound):
        bucket.documents.read("documents/x", 99)


def test_a_stream_is_read_from_anywhere(bucket: Bucket):
    content = bytes(range(256)) * 40_000  # 10 MB
    bucket.put("acme", "a.bin", content, NOTHING)
    with bucket.documents.open(head(bucket, "documents/acme/a.bin")) as stream:
        for start, length in [(9_000_000, 70_000), (0, 10), (1_048_570, 12), (10_239_990, 99)]:
            assert stream.seek(start) == stream.tell() == start
            assert stream.read(length) == content[start : start + length]
        assert stream.seek(0, 2) == len(content)
        assert stream.read(1) == b""
        stream.seek(0)
        assert stream.read() == content


def test_an_empty_object_is_read(bucket: Bucket):
    bucket.put("acme", "a.txt", b"", NOTHING)
    assert bucket.documents.open(head(bucket, "documents/acme/a.txt")).read() == b""


def test_a_listed_object_is_read_only_as_it_was_listed(bucket: Bucket):
    bucket.put("acme", "a.txt", b"old", NOTHING)
    (listed,) = bucket.documents.list_objects("acme", "")
    assert bucket.documents.open(listed).read() == b"old"
    bucket.put("acme", "a.txt", b"new", NOTHING)
    with pytest.raises(NotFound):
        bucket.documents.open(listed).read()
    bucket.drop("acme", "a.txt")
    with pytest.raises(NotFound):
        bucket.documents.open(listed).read()


def test_listing_is_in_key_order_by_tenant_and_can_be_resumed(bucket: Bucket):
    for tenant, path in [("b", "x"), ("a", "é"), ("a", "z/1"), ("a", "B"), ("a-2", "y")]:
        bucket.put(tenant, path, b"text", SAID)
    bucket.put("a", "gone", b"text", NOTHING)
    bucket.drop("a", "gone")

    def listed(tenant: str | None, start_after: str = "") -> list[str]:
        return [state.key for state in bucket.documents.list_objects(tenant, start_after)]

    everything = [
        "documents/a-2/y",
        "documents/a/B",
        "documents/a/z/1",
        "documents/a/é",
        "documents/b/x",
    ]
    assert listed(None) == everything
    assert listed("a") == everything[1:4]
    assert listed("nobody") == []
    assert listed("a", "documents/a/B") == everything[2:4]
    for number, key in enumerate(everything):
        assert listed(None, key) == everything[number + 1 :]

    state = next(bucket.documents.list_objects("b", ""))
    assert state == replace(
        head(bucket, "documents/b/x"), version="", content_type="", metadata=NOTHING
    )


def test_the_bucket_answers_a_ping(bucket: Bucket):
    bucket.documents.ping()


def test_listing_pages_lazily_and_leaves_out_what_is_no_document(
    in_s3: InS3, during: Callable[..., Any]
):
    for number in range(5):
        in_s3.put("acme", f"{number}.txt", b"text", NOTHING)
    for key in ("documents/acme/folder/", "documents/readme", "elsewhere/acme/1"):
        in_s3.client.put_object(Bucket="bucket", Key=key, Body=b"")
    calls = []

    def small_pages(params: dict[str, Any], **_: Any) -> None:
        calls.append(params)
        params["query_string"]["max-keys"] = "2"

    with during(in_s3.client, "before-call", "ListObjectsV2", small_pages):
        objects = in_s3.documents.list_objects(None, "documents/acme/0.txt")
        assert not calls
        assert [next(objects).path, next(objects).path] == ["1.txt", "2.txt"]
        assert len(calls) == 1
        assert [state.path for state in objects] == ["3.txt", "4.txt"]


def test_a_version_that_was_purged_is_not_found(in_s3: InS3):
    in_s3.put("acme", "a.txt", b"text", NOTHING)
    state = head(in_s3, "documents/acme/a.txt")
    in_s3.client.delete_object(Bucket="bucket", Key=state.key, VersionId=state.version)
    with pytest.raises(NotFound):
        in_s3.documents.open(state).read()


class Requests:
    """The ranges that were asked of S3, in order; "" for a whole object."""

    def __init__(self) -> None:
        self.ranges: list[str] = []

    def __call__(self, params: dict[str, Any], **_: Any) -> None:
        self.ranges.append(params["headers"].get("Range", ""))


def test_a_large_object_is_fetched_only_where_it_is_read(in_s3: InS3, during: Callable[..., Any]):
    in_s3.put("acme", "a.bin", b"x" * (50 * MIB), NOTHING)
    state = head(in_s3, "documents/acme/a.bin")
    asked = Requests()
    with during(in_s3.client, "before-call", "GetObject", asked):
        stream = in_s3.documents.open(state)
        assert not asked.ranges
        # What opening a PDF reads: its head, its end, and its structure somewhere before.
        stream.read(1024)
        for place in (50 * MIB - 1024, 49 * MIB + 5, 50 * MIB - 2048, 100):
            stream.seek(place)
            stream.read(512)
        assert asked.ranges == [
            f"bytes=0-{MIB - 1}", f"bytes={49 * MIB}-{50 * MIB - 1}",
        ]  # fmt: skip


def test_a_reader_that_goes_straight_on_gets_more_at_each_request(
    in_s3: InS3, during: Callable[..., Any]
):
    in_s3.put("acme", "a.bin", b"x" * (50 * MIB), NOTHING)
    state = head(in_s3, "documents/acme/a.bin")
    asked = Requests()
    with during(in_s3.client, "before-call", "GetObject", asked):
        stream = in_s3.documents.open(state)
        assert sum(len(block) for block in iter(lambda: stream.read(100_000), b"")) == 50 * MIB
        assert len(asked.ranges) <= 10


def test_a_small_object_is_fetched_at_once(in_s3: InS3, during: Callable[..., Any]):
    in_s3.put("acme", "a.bin", b"x" * (3 * MIB), NOTHING)
    state = head(in_s3, "documents/acme/a.bin")
    asked = Requests()
    with during(in_s3.client, "before-call", "GetObject", asked):
        stream = in_s3.documents.open(state)
        for place in (2 * MIB, 0, MIB):
            stream.seek(place)
            stream.read(10)
        assert asked.ranges == [""]


def test_a_version_that_is_purged_midway_is_not_found(in_s3: InS3):
    in_s3.put("acme", "a.bin", b"x" * (9 * MIB), NOTHING)
    state = head(in_s3, "documents/acme/a.bin")
    stream = in_s3.documents.open(state)
    assert stream.read(9) == b"x" * 9
    in_s3.client.delete_object(Bucket="bucket", Key=state.key, VersionId=state.version)
    stream.seek(8 * MIB)
    with pytest.raises(NotFound):
        stream.read(9)


def test_content_of_another_length_is_not_taken_for_the_document(in_s3: InS3):
    in_s3.put("acme", "a.txt", b"text", NOTHING)
    state = head(in_s3, "documents/acme/a.txt")
    with pytest.raises(UpstreamUnavailable):
        in_s3.documents.open(replace(state, size=5)).read()


@pytest.mark.usefixtures("aws")
def test_a_missing_bucket_is_reported_as_ours(s3_client: Any):
    missing = S3Documents(s3_client, "missing")
    state = ObjectState("a", "b", "documents/a/b", 1, "e", "v", "", NOTHING, "")
    for call in (
        missing.ping,
        lambda: missing.open(state).read(),
        lambda: list(missing.list_objects(None, "")),
    ):
        with pytest.raises(UpstreamRefused) as caught:
            call()
        assert caught.value.service == "documents"
