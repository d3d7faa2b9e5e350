"""Deletes every version of an object from a versioned bucket, so that none can be restored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from nexus.adapters.aws.errors import translate

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

SERVICE = "documents"
BATCH = 1000  # S3's limit on one call


class S3Versions:
    """A DocumentVersions in a bucket.

    The role needs ListBucketVersions, DeleteObject and DeleteObjectVersion.
    """

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def delete_versions(self, key: str) -> int:
        """Deletes the versions and delete markers of exactly this key; how many there were.

        One that is uploaded meanwhile stays.
        """
        with translate(SERVICE):
            found = list(self._listed(key))
            versions = [version for version, is_marker in found if not is_marker]
            markers = [version for version, is_marker in found if is_marker]
            if versions:
                # Readers of the bucket must not see an older version while the newer ones go: a
                # marker hides them all, and goes last.
                marker = self._client.delete_object(Bucket=self._bucket, Key=key)
                markers.append(marker.get("VersionId", "null"))
            self._delete(key, versions)
            self._delete(key, markers)
            return len(found)

    def count_versions(self, key: str) -> int:
        """How many versions and delete markers of exactly this key there are."""
        with translate(SERVICE):
            return sum(1 for _ in self._listed(key))

    def _listed(self, key: str) -> Iterator[tuple[str, bool]]:
        """The ids of the key's versions and whether each is a delete marker."""
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=key
        )
        for page in pages:
            found = [
                *((item["Key"], item["VersionId"], False) for item in page.get("Versions", [])),
                *((item["Key"], item["VersionId"], True) for item in page.get("DeleteMarkers", [])),
            ]
            for name, version, is_marker in found:
                if name == key:
                    yield version, is_marker
            # In key order the key itself comes before all that it is a prefix of.
            if any(name != key for name, _, _ in found):
                return

    def _delete(self, key: str, versions: Sequence[str]) -> None:
        for start in range(0, len(versions), BATCH):
            response = self._client.delete_objects(
                Bucket=self._bucket,
                Delete={
                    "Objects": [
                        {"Key": key, "VersionId": version}
                        for version in versions[start : start + BATCH]
                    ],
                    "Quiet": True,
                },
            )
            for failed in response.get("Errors", []):
                # A batch succeeds even where a deletion in it failed.
                raise ClientError({"Error": {"Code": failed.get("Code", "")}}, "DeleteObjects")
