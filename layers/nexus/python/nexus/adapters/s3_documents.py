"""The documents in an S3 bucket, by the names that `nexus.object_keys` gives them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from nexus.adapters.botocore_errors import error_code, translate
from nexus.errors import NotFound, UpstreamUnavailable
from nexus.models import DocumentMetadata, ObjectState
from nexus.object_keys import DOCUMENTS_PREFIX, decode_metadata, parse_key, tenant_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

SERVICE = "documents"

# HEAD has no body to say more than 404. A delete marker answers 405 when it is named by version.
_ABSENT = {"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"}
_CHANGED = {"412", "PreconditionFailed"}


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
                if error_code(err) in _ABSENT:
                    return None
                raise
        return ObjectState(
            tenant=tenant,
            path=path,
            key=key,
            size=found["ContentLength"],
            etag=found["ETag"].strip('"'),
            version=found.get("VersionId", ""),
            content_type=found.get("ContentType", ""),
            metadata=decode_metadata(found.get("Metadata", {})),
            last_modified=_timestamp(found["LastModified"]),
        )

    def read(self, state: ObjectState) -> bytes:
        """The content of exactly that version, or, without one, of exactly that ETag.

        Raises NotFound if it is gone, and UpstreamUnavailable if it came short.
        """
        with translate(SERVICE):
            try:
                if state.version:
                    found = self._client.get_object(
                        Bucket=self._bucket, Key=state.key, VersionId=state.version
                    )
                else:
                    found = self._client.get_object(
                        Bucket=self._bucket, Key=state.key, IfMatch=f'"{state.etag}"'
                    )
            except ClientError as err:
                if error_code(err) in _ABSENT | _CHANGED:
                    raise NotFound("The document's version is no longer in the bucket.") from err
                raise
            with found["Body"] as body:
                content: bytes = body.read()
        if len(content) != state.size:
            raise UpstreamUnavailable(SERVICE, "S3 sent a part of the document only; try again.")
        return content

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
                        last_modified=_timestamp(found["LastModified"]),
                    )

    def ping(self) -> None:
        """Asks whether the bucket is there and may be listed."""
        with translate(SERVICE):
            self._client.head_bucket(Bucket=self._bucket)


def _timestamp(moment: datetime.datetime) -> str:
    # To the second: HEAD says no more, so that both kinds of answer agree.
    utc = moment.astimezone(datetime.UTC)
    return utc.isoformat(timespec="seconds").replace("+00:00", "Z")
