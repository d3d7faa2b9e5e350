"""Snapshots as folders under a prefix of an S3 bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from nexus.adapters.aws.errors import error_code, translate
from nexus.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

SERVICE = "backups"
PREFIX = "backups/"
_ABSENT = ("404", "NoSuchKey", "NotFound")


class S3Snapshots:
    """A SnapshotStore; `prefix` is "" or ends with a slash.

    Without the right to list, S3 says that it denies access to a file that does not exist.
    """

    def __init__(self, client: S3Client, bucket: str, prefix: str = PREFIX) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def put(self, snapshot_id: str, name: str, content: bytes) -> None:
        """Writes a file; the SDK sends a checksum with it, by which S3 sees that it is whole."""
        with translate(SERVICE):
            self._client.put_object(
                Bucket=self._bucket, Key=self._key(snapshot_id, name), Body=content
            )

    def get(self, snapshot_id: str, name: str) -> bytes:
        """A file's content. Raises NotFound."""
        with translate(SERVICE):
            try:
                found = self._client.get_object(
                    Bucket=self._bucket, Key=self._key(snapshot_id, name)
                )
                return found["Body"].read()
            except ClientError as err:
                if error_code(err) in _ABSENT:
                    raise NotFound(f"The snapshot {snapshot_id} has no file {name}.") from err
                raise

    def list_snapshots(self) -> list[str]:
        """The folders' names, which sort by time."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"
        )
        with translate(SERVICE):
            return sorted(
                found["Prefix"].removeprefix(self._prefix).rstrip("/")
                for page in pages
                for found in page.get("CommonPrefixes", [])
            )

    def _key(self, snapshot_id: str, name: str) -> str:
        return f"{self._prefix}{snapshot_id}/{name}"
