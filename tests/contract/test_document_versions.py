"""All versions of an object, in memory and in S3: deleted for good, and never another's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pytest

from nexus.adapters.s3.documents import S3Documents
from nexus.adapters.s3.erasure import S3Versions
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.object_keys import object_key
from nexus.ports import DocumentStore, DocumentVersions
from tests.fakes import FakeDocuments

KEY = object_key("acme", "a.txt")
NEIGHBOURS = ("a.tx", "a.txt.bak", "a.txt/b", "A.txt")


class Bucket(Protocol):
    """The versions, the documents that readers see, and the uploader's side."""

    @property
    def versions(self) -> DocumentVersions: ...
    @property
    def documents(self) -> DocumentStore: ...
    def put(self, path: str, content: bytes) -> None: ...
    def drop(self, path: str) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.documents = FakeDocuments()
        self.versions = self.documents

    def put(self, path: str, content: bytes) -> None:
        self.documents.put("acme", path, content)

    def drop(self, path: str) -> None:
        self.documents.drop("acme", path)


class InS3:
    def __init__(self, client: Any) -> None:
        client.create_bucket(
            Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        self.client = client
        self.documents = S3Documents(client, "bucket")
        self.versions = S3Versions(client, "bucket")

    def put(self, path: str, content: bytes) -> None:
        self.client.put_object(Bucket="bucket", Key=object_key("acme", path), Body=content)

    def drop(self, path: str) -> None:
        self.client.delete_object(Bucket="bucket", Key=object_key("acme", path))


@pytest.fixture(params=["fake", "s3"])
def bucket(request: pytest.FixtureRequest) -> Bucket:
    if request.param == "fake":
        return InMemory()
    made: InS3 = request.getfixturevalue("in_s3")
    return made


@pytest.fixture
def in_s3(aws: None, s3_client: Any) -> InS3:
    return InS3(s3_client)


def test_every_version_of_exactly_the_key_is_deleted(bucket: Bucket):
    for path in ("a.txt", *NEIGHBOURS, "a.txt"):
        bucket.put(path, b"text")
    assert bucket.versions.count_versions(KEY) == 2

    assert bucket.versions.delete_versions(KEY) == 2

    assert bucket.versions.count_versions(KEY) == 0
    assert bucket.documents.head(KEY) is None
    for path in NEIGHBOURS:
        assert bucket.versions.count_versions(object_key("acme", path)) == 1
    assert bucket.versions.delete_versions(KEY) == 0


def test_what_was_deleted_before_keeps_no_version(bucket: Bucket):
    bucket.put("a.txt", b"text")
    bucket.drop("a.txt")
    assert bucket.versions.delete_versions(KEY) > 0
    assert bucket.versions.count_versions(KEY) == 0


def test_a_key_that_never_was_has_no_versions(bucket: Bucket):
    assert bucket.versions.count_versions(KEY) == 0
    assert bucket.versions.delete_versions(KEY) == 0
    assert bucket.versions.count_versions(KEY) == 0


def test_a_new_upload_is_a_document_again(bucket: Bucket):
    bucket.put("a.txt", b"old")
    bucket.versions.delete_versions(KEY)
    bucket.put("a.txt", b"new")
    state = bucket.documents.head(KEY)
    assert state is not None
    with bucket.documents.open(state) as source:
        assert source.read() == b"new"
    assert bucket.versions.count_versions(KEY) == 1


def test_versions_and_markers_are_found_on_all_pages(in_s3: InS3, during: Callable[..., Any]):
    for _ in range(5):
        in_s3.put("a.txt", b"text")
        in_s3.drop("a.txt")
    in_s3.put("a.txt.bak", b"text")

    def small(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**params, "MaxKeys": 3}

    with during(in_s3.client, "provide-client-params", "ListObjectVersions", small):
        assert in_s3.versions.count_versions(KEY) == 10
        assert in_s3.versions.delete_versions(KEY) == 10
    assert in_s3.versions.count_versions(KEY) == 0


def test_no_older_version_shows_while_the_newer_ones_go(in_s3: InS3, during: Callable[..., Any]):
    for number in range(3):
        in_s3.put("a.txt", b"%d" % number)
    seen: list[object] = []

    def look(**_: Any) -> None:
        seen.append(in_s3.documents.head(KEY))

    with (
        during(in_s3.client, "before-call", "DeleteObjects", look),
        during(in_s3.client, "after-call", "DeleteObjects", look),
    ):
        in_s3.versions.delete_versions(KEY)
    assert seen == [None] * 4


def test_what_is_uploaded_meanwhile_stays(in_s3: InS3, during: Callable[..., Any]):
    in_s3.put("a.txt", b"old")

    def upload(**_: Any) -> None:
        in_s3.put("a.txt", b"new")

    with during(in_s3.client, "after-call", "ListObjectVersions", upload):
        in_s3.versions.delete_versions(KEY)
    assert in_s3.versions.count_versions(KEY) == 1


@pytest.mark.parametrize(
    ("code", "error"), [("AccessDenied", UpstreamRefused), ("SlowDown", UpstreamUnavailable)]
)
def test_one_version_that_cannot_be_deleted_is_told(
    in_s3: InS3, during: Callable[..., Any], code: str, error: type[Exception]
):
    in_s3.put("a.txt", b"text")

    def fail(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Errors"] = [{"Key": KEY, "VersionId": "v", "Code": code, "Message": "No."}]

    with during(in_s3.client, "after-call", "DeleteObjects", fail), pytest.raises(error):
        in_s3.versions.delete_versions(KEY)


@pytest.mark.usefixtures("aws")
def test_a_missing_bucket_is_reported_as_ours(s3_client: Any):
    missing = S3Versions(s3_client, "missing")
    for call in (missing.delete_versions, missing.count_versions):
        with pytest.raises(UpstreamRefused) as caught:
            call(KEY)
        assert caught.value.service == "documents"
