"""What administrators do with the bucket, in memory and in S3: uploads, versions, copies."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session
import pytest
import requests
from botocore.config import Config

from nexus.adapters.s3.document_bucket import S3DocumentBucket
from nexus.errors import InvalidRequest, NotFound, Superseded, UpstreamRefused
from nexus.models import DocumentMetadata, ObjectState
from nexus.object_keys import encode_metadata, object_key
from nexus.ports import DocumentBucket, NewObject
from tests.fake_bucket import FakeDocumentBucket

KEY = "documents/acme/biaya é+1.txt"
PATH = "biaya é+1.txt"
NOTHING = DocumentMetadata()
SAID = DocumentMetadata("Biaya — 2025", "Ani, M.Sc.", "Finance", "2025-01-02", ("é", "a,b"))


class Bucket(Protocol):
    """A bucket, and the uploader's side of it."""

    @property
    def documents(self) -> DocumentBucket: ...
    def put(self, path: str, content: bytes, metadata: DocumentMetadata = ...) -> None: ...
    def drop(self, path: str) -> None: ...
    def read(self, state: ObjectState) -> bytes: ...


class InMemory:
    def __init__(self) -> None:
        self.documents = FakeDocumentBucket()

    def put(self, path: str, content: bytes, metadata: DocumentMetadata = NOTHING) -> None:
        self.documents.put("acme", path, content, content_type="text/plain", metadata=metadata)

    def drop(self, path: str) -> None:
        self.documents.drop("acme", path)

    def read(self, state: ObjectState) -> bytes:
        return self.documents._content[state.key, state.version]


class InS3:
    def __init__(self, client: Any) -> None:
        client.create_bucket(
            Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        self.client = client
        self.documents = S3DocumentBucket(client, "bucket")

    def put(self, path: str, content: bytes, metadata: DocumentMetadata = NOTHING) -> None:
        self.client.put_object(
            Bucket="bucket",
            Key=object_key("acme", path),
            Body=content,
            ContentType="text/plain",
            Metadata=encode_metadata(metadata),
        )

    def drop(self, path: str) -> None:
        self.client.delete_object(Bucket="bucket", Key=object_key("acme", path))

    def read(self, state: ObjectState) -> bytes:
        found = self.client.get_object(Bucket="bucket", Key=state.key, VersionId=state.version)
        return bytes(found["Body"].read())


@pytest.fixture(scope="module")
def signing_client() -> Any:
    return botocore.session.Session().create_client(
        "s3",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )


@pytest.fixture
def in_s3(aws: None, signing_client: Any) -> InS3:
    return InS3(signing_client)


@pytest.fixture(params=["fake", "s3"])
def bucket(request: pytest.FixtureRequest) -> Bucket:
    if request.param == "fake":
        return InMemory()
    bucket: InS3 = request.getfixturevalue("in_s3")
    return bucket


def head(bucket: Bucket, key: str = KEY) -> ObjectState:
    state = bucket.documents.head(key)
    assert state is not None
    return state


def test_versions_are_told_newest_first_with_deletions_and_of_this_key_only(bucket: Bucket) -> None:
    assert list(bucket.documents.versions(KEY)) == []
    bucket.put(PATH, b"first")
    old = head(bucket)
    bucket.put(PATH, b"second!")
    new = head(bucket)
    for neighbour in (PATH + ".bak", "biaya"):
        bucket.put(neighbour, b"other")
    versions = list(bucket.documents.versions(KEY))
    assert [v.version for v in versions] == [new.version, old.version]
    assert [(v.size, v.etag, v.is_latest, v.deleted) for v in versions] == [
        (7, new.etag, True, False),
        (5, old.etag, False, False),
    ]
    assert all(v.last_modified.endswith("Z") for v in versions)
    bucket.drop(PATH)
    marker, *others = bucket.documents.versions(KEY)
    assert (marker.is_latest, marker.deleted, marker.size) == (True, True, 0)
    assert {v.version for v in others} == {new.version, old.version}
    assert not any(v.is_latest for v in others)


@pytest.mark.parametrize("deleted", [False, True])
def test_a_restored_version_is_the_newest_with_its_own_metadata(
    bucket: Bucket, deleted: bool
) -> None:
    bucket.put(PATH, b"first", SAID)
    old = head(bucket)
    bucket.put(PATH, b"second!")
    if deleted:
        bucket.drop(PATH)
    bucket.documents.restore(KEY, old.version)
    now = head(bucket)
    assert bucket.read(now) == b"first"
    assert (now.metadata, now.content_type) == (SAID, "text/plain")
    assert now.version != old.version


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize(("before", "since"), [((), ("hr",)), (("hr",), ()), (("hr",), ("it",))])
def test_a_restored_version_is_seen_by_whom_the_newest_one_is(
    bucket: Bucket, before: tuple[str, ...], since: tuple[str, ...], deleted: bool
) -> None:
    bucket.put(PATH, b"first", replace(SAID, groups=before))
    old = head(bucket)
    bucket.put(PATH, b"second!", DocumentMetadata(groups=since))
    if deleted:
        bucket.drop(PATH)
    bucket.documents.restore(KEY, old.version)
    assert head(bucket).metadata == replace(SAID, groups=since)


def test_a_version_that_is_not_there_cannot_be_restored(bucket: Bucket) -> None:
    bucket.put(PATH, b"first")
    bucket.drop(PATH)
    marker, stored = bucket.documents.versions(KEY)
    for version in ("00000000-0000-0000-0000-000000000000", marker.version):
        with pytest.raises(NotFound):
            bucket.documents.restore(KEY, version)
    with pytest.raises(NotFound):
        bucket.documents.restore("documents/acme/other.txt", stored.version)


def test_metadata_is_replaced_and_content_is_not(bucket: Bucket) -> None:
    bucket.put(PATH, b"text", DocumentMetadata(title="Old", tags=("a",)))
    old = head(bucket)
    bucket.documents.describe(old, SAID)
    now = head(bucket)
    assert (now.metadata, now.content_type, now.etag) == (SAID, "text/plain", old.etag)
    assert bucket.read(now) == b"text"


def test_metadata_of_content_that_changed_or_went_is_left_alone(bucket: Bucket) -> None:
    bucket.put(PATH, b"text")
    seen = head(bucket)
    bucket.put(PATH, b"other", DocumentMetadata(title="Newer"))
    with pytest.raises(Superseded):
        bucket.documents.describe(seen, SAID)
    assert head(bucket).metadata == DocumentMetadata(title="Newer")
    bucket.drop(PATH)
    with pytest.raises(NotFound):
        bucket.documents.describe(seen, SAID)


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        (DocumentMetadata(date="2025-02-30"), "date"),
        (DocumentMetadata(title="é" * 700), "metadata"),
    ],
)
def test_metadata_that_s3_does_not_hold_is_refused(
    bucket: Bucket, metadata: DocumentMetadata, field: str
) -> None:
    bucket.put(PATH, b"text")
    for attempt in (
        lambda: bucket.documents.describe(head(bucket), metadata),
        lambda: bucket.documents.sign_upload(NewObject(KEY, 1, "text/plain", metadata), 60),
    ):
        with pytest.raises(InvalidRequest) as caught:
            attempt()
        assert caught.value.field == field


def test_an_upload_s_headers_are_all_told(bucket: Bucket) -> None:
    digest = base64.b64encode(hashlib.sha256(b"hello").digest()).decode()
    signed = bucket.documents.sign_upload(NewObject(KEY, 5, "text/plain", SAID, digest), 900)
    assert signed.headers == {
        "content-type": "text/plain",
        "content-length": "5",
        "x-amz-checksum-sha256": digest,
        **{f"x-amz-meta-{name}": value for name, value in encode_metadata(SAID).items()},
    }


def test_a_signed_upload_binds_its_headers_and_stores_what_they_say(in_s3: InS3) -> None:
    digest = base64.b64encode(hashlib.sha256(b"hello").digest()).decode()
    signed = in_s3.documents.sign_upload(NewObject(KEY, 5, "text/plain", SAID, digest), 900)
    asked = parse_qs(urlsplit(signed.url).query)
    assert set(asked["X-Amz-SignedHeaders"][0].split(";")) == {"host", *signed.headers}
    assert asked["X-Amz-Expires"] == ["900"]
    # A new bucket's other address redirects, which a browser's upload does not survive.
    assert urlsplit(signed.url).netloc == "bucket.s3.eu-west-1.amazonaws.com"
    assert requests.put(signed.url, data=b"hello", headers=signed.headers, timeout=5).ok
    state = head(in_s3)
    assert (state.metadata, state.content_type, state.size) == (SAID, "text/plain", 5)


def test_a_signed_download_is_saved_under_the_document_s_name(in_s3: InS3) -> None:
    in_s3.put(PATH, b"first")
    old = head(in_s3)
    in_s3.put(PATH, b"second")
    url = in_s3.documents.sign_download(KEY, old.version, 60)
    assert requests.get(url, timeout=5).content == b"first"
    asked = parse_qs(urlsplit(url).query)
    said = asked["response-content-disposition"][0]
    assert said.startswith("inline; filename=\"biaya _+1.txt\"; filename*=UTF-8''")
    assert unquote(said.rpartition("''")[2]) == PATH
    assert asked["X-Amz-Expires"] == ["60"]


def test_a_change_of_metadata_drops_nothing_else_of_the_object(in_s3: InS3) -> None:
    in_s3.client.put_object(
        Bucket="bucket",
        Key=KEY,
        Body=b"text",
        ContentType="text/csv",
        ContentEncoding="identity",
        ContentLanguage="id",
        CacheControl="no-cache",
        Metadata={"title": "Old", "department": "Old", "scanned-by": "ours"},
    )
    in_s3.documents.describe(head(in_s3), DocumentMetadata(title="New"))
    found = in_s3.client.head_object(Bucket="bucket", Key=KEY)
    assert found["Metadata"] == {"title": "New", "scanned-by": "ours"}
    assert (found["ContentType"], found["ContentLanguage"]) == ("text/csv", "id")
    assert (found["ContentEncoding"], found["CacheControl"]) == ("identity", "no-cache")


def test_s3_is_told_to_copy_only_the_content_that_was_seen(
    in_s3: InS3, during: Callable[..., Any]
) -> None:
    in_s3.put(PATH, b"text")
    seen = head(in_s3)
    conditions = []

    def note(params: dict[str, Any], **_: Any) -> None:
        conditions.append(params["headers"]["x-amz-copy-source-if-match"])

    with during(in_s3.client, "before-call", "CopyObject", note):
        in_s3.documents.describe(seen, SAID)
    assert conditions == [f'"{seen.etag}"']


def test_versions_are_read_page_by_page(in_s3: InS3, during: Callable[..., Any]) -> None:
    for number in range(5):
        in_s3.put(PATH, bytes([65 + number]))
    calls = []

    def small_pages(params: dict[str, Any], **_: Any) -> None:
        calls.append(params)
        params["query_string"]["max-keys"] = "2"

    with during(in_s3.client, "before-call", "ListObjectVersions", small_pages):
        versions = in_s3.documents.versions(KEY)
        assert not calls
        next(versions)
        assert len(calls) == 1
        assert len(list(versions)) == 4


@pytest.mark.usefixtures("aws")
def test_a_missing_bucket_is_reported_as_ours(signing_client: Any) -> None:
    missing = S3DocumentBucket(signing_client, "missing")
    for call in (
        lambda: list(missing.versions(KEY)),
        lambda: missing.restore(KEY, "v"),
    ):
        with pytest.raises(UpstreamRefused) as caught:
            call()
        assert caught.value.service == "documents"
