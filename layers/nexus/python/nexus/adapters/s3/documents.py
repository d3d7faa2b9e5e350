"""The documents in an S3 bucket, by the names that `nexus.object_keys` gives them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from botocore.exceptions import ClientError

from nexus.adapters.aws.errors import error_code, translate
from nexus.adapters.s3.ranges import ABSENT, CUT_SHORT, SERVICE, ObjectRanges
from nexus.errors import NotFound, UpstreamUnavailable
from nexus.models import DocumentMetadata, ObjectState
from nexus.object_keys import DOCUMENTS_PREFIX, decode_metadata, parse_key, tenant_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef, HeadObjectOutputTypeDef

# The ranges keep what they fetched; the buffer above them only saves calls for small reads.
_BUFFER = 16 * 1024


class S3Documents:
    """A DocumentStore in a bucket.

    The role needs ListBucket beside GetObject and GetObjectVersion: without it S3 answers 403 for
    an object that does not exist.
    """

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def head(self, key: str) -> ObjectState | None:
        """What the bucket holds at the key now, or None. Raises NotFound for a foreign key."""
        tenant, path = parse_key(key)
        with translate(SERVICE):
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as err:
                if error_code(err) in ABSENT:
                    return None
                raise
        return _state(tenant, path, key, found)

    def read(self, key: str, up_to: int) -> tuple[ObjectState, bytes | None] | None:
        """What the bucket holds at the key now, with its content if that is no longer, or None.

        Raises NotFound for a foreign key, and UpstreamUnavailable if the content came short.
        """
        tenant, path = parse_key(key)
        with translate(SERVICE):
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as err:
                if error_code(err) in ABSENT:
                    return None
                raise
            state = _state(tenant, path, key, found)
            with found["Body"] as body:
                content: bytes | None = body.read() if state.size <= up_to else None
        if content is not None and len(content) != state.size:
            raise UpstreamUnavailable(SERVICE, CUT_SHORT)
        return state, content

    def open(self, state: ObjectState) -> BinaryIO:
        """A stream over exactly that version, or, without one, over exactly that ETag.

        Nothing is asked of S3 before the first read. A read raises NotFound if the version is gone,
        and UpstreamUnavailable if it came short.
        """
        ranges = ObjectRanges(self._client, self._bucket, state)
        return cast(BinaryIO, io.BufferedReader(ranges, _BUFFER))

    def list_objects(self, tenant: str | None, start_after: str) -> Iterator[ObjectState]:
        """All documents after the key `start_after`, in key order, one page in memory at a time.

        Objects that are no documents (folder markers, other names) are left out.
        """
        prefix = DOCUMENTS_PREFIX if tenant is None else tenant_prefix(tenant)
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, StartAfter=start_after
        )
        with translate(SERVICE):
            for page in pages:
                for found in page.get("Contents", []):
                    try:
                        owner, path = parse_key(found["Key"])
                    except NotFound:
                        continue
                    yield ObjectState(
                        tenant=owner,
                        path=path,
                        key=found["Key"],
                        size=found["Size"],
                        etag=found["ETag"].strip('"'),
                        version="",
                        content_type="",
                        metadata=DocumentMetadata(),
                        last_modified=timestamp(found["LastModified"]),
                    )

    def ping(self) -> None:
        """Asks whether the bucket is there and may be listed."""
        with translate(SERVICE):
            self._client.head_bucket(Bucket=self._bucket)


def _state(
    tenant: str, path: str, key: str, found: HeadObjectOutputTypeDef | GetObjectOutputTypeDef
) -> ObjectState:
    return ObjectState(
        tenant=tenant,
        path=path,
        key=key,
        size=found["ContentLength"],
        etag=found["ETag"].strip('"'),
        version=found.get("VersionId", ""),
        content_type=found.get("ContentType", ""),
        metadata=decode_metadata(found.get("Metadata", {})),
        last_modified=timestamp(found["LastModified"]),
    )


def timestamp(moment: datetime.datetime) -> str:
    """UTC in ISO 8601 with Z."""
    # To the second: HEAD says no more, so that both kinds of answer agree.
    utc = moment.astimezone(datetime.UTC)
    return utc.isoformat(timespec="seconds").replace("+00:00", "Z")
