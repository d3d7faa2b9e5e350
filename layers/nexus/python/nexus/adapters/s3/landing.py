"""The part of the documents' bucket that one source fills, and its inventory beside it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from nexus.adapters.aws.errors import error_code, translate
from nexus.adapters.s3.ranges import ABSENT, SERVICE
from nexus.connectors import inventories
from nexus.errors import UpstreamUnavailable
from nexus.models.sources import Fetched, Inventory
from nexus.object_keys import object_key, tenant_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# Beside the documents, where no event tells ingestion of it.
INVENTORIES = "sources/"
# S3 deletes as many objects with one request.
_AT_ONCE = 1000


class S3Landing:
    """A Landing in a bucket; `prefix` ends with a slash."""

    def __init__(self, client: S3Client, bucket: str, tenant: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._tenant = tenant
        self._prefix = prefix

    def held(self) -> dict[str, float]:
        """Every path that holds a document now, and when that was written."""
        start = f"{tenant_prefix(self._tenant)}{self._prefix}"
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=start
        )
        with translate(SERVICE):
            return {
                one["Key"].removeprefix(start): one["LastModified"].timestamp()
                for page in pages
                for one in page.get("Contents", [])
                if one["Key"] != start
            }

    def put(self, path: str, fetched: Fetched, metadata: Mapping[str, str]) -> None:
        """Writes a document with its user metadata."""
        with translate(SERVICE):
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(path),
                Body=fetched.content,
                ContentType=fetched.content_type or "application/octet-stream",
                Metadata=dict(metadata),
            )

    def copy(self, source: str, target: str, metadata: Mapping[str, str]) -> bool:
        """Copies a document, or only gives it other metadata; False if there is none."""
        with translate(SERVICE):
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=self._key(source))
                self._client.copy_object(
                    Bucket=self._bucket,
                    Key=self._key(target),
                    CopySource={"Bucket": self._bucket, "Key": self._key(source)},
                    ContentType=found.get("ContentType", ""),
                    Metadata=dict(metadata),
                    MetadataDirective="REPLACE",
                )
            except ClientError as err:
                if error_code(err) in ABSENT:
                    return False
                raise
        return True

    def delete(self, paths: Set[str]) -> None:
        """Removes documents; those that do not exist are ignored."""
        keys = [self._key(path) for path in sorted(paths)]
        for start in range(0, len(keys), _AT_ONCE):
            with translate(SERVICE):
                told = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={
                        "Objects": [{"Key": key} for key in keys[start : start + _AT_ONCE]],
                        "Quiet": True,
                    },
                )
            if told.get("Errors"):
                raise UpstreamUnavailable(SERVICE, "S3 could not remove some documents just now.")

    def _key(self, path: str) -> str:
        return object_key(self._tenant, f"{self._prefix}{path}")


class S3Inventories:
    """An InventoryStore: one object, of which S3 shows the old or the new one, never a part."""

    def __init__(self, client: S3Client, bucket: str, tenant: str, name: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = f"{INVENTORIES}{tenant}/{name}.json.gz"
        self._kept = b""

    def read(self) -> Inventory:
        """The inventory and when S3 wrote it; an empty one before the first run."""
        with translate(SERVICE):
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=self._key)
                self._kept = found["Body"].read()
            except ClientError as err:
                if error_code(err) in ABSENT:
                    return Inventory()
                raise
        written_at = found["LastModified"].replace(microsecond=0).timestamp()
        return replace(inventories.read(self._kept), written_at=written_at)

    def write(self, inventory: Inventory) -> None:
        """Replaces the inventory, unless it is what is there."""
        content = inventories.written(inventory)
        if content == self._kept:
            return
        with translate(SERVICE):
            self._client.put_object(Bucket=self._bucket, Key=self._key, Body=content)
        self._kept = content

    def remove(self) -> None:
        """Forgets the inventory."""
        with translate(SERVICE):
            self._client.delete_object(Bucket=self._bucket, Key=self._key)
