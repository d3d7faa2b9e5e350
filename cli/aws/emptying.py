"""Empties a bucket of every version and delete marker, and a vector bucket of its indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from cli.failure import Failure

_PASSES = 20


def empty_bucket(s3: Any, bucket: str, progress: Callable[[int], None]) -> int:
    """Removes all that a bucket holds, and returns how many versions and markers that were.

    `progress` is told how many so far. Raises Failure if S3 keeps one, or others go on writing.
    """
    removed = 0
    for _ in range(_PASSES):
        found = False
        for page in _pages(s3, bucket):
            entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if not entries:
                continue
            found = True
            named = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in entries]
            # A page holds 1,000 of both at most, which is what one call may remove.
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": named, "Quiet": True})
            if errors := answer.get("Errors"):
                said = errors[0].get("Message") or errors[0].get("Code")
                raise Failure(f"S3 keeps {errors[0].get('Key')} of bucket {bucket}: {said}.")
            removed += len(named)
            progress(removed)
        # Looked at again, for what was written meanwhile.
        if not found:
            return removed
    raise Failure(f"Bucket {bucket} is still written to: stop what writes, and run it again.")


def empty_vector_bucket(s3vectors: Any, arn: str) -> int:
    """Removes all indexes of a vector bucket, with their vectors, and returns how many there were.

    One that is gone already holds none.
    """
    removed = 0
    try:
        for page in s3vectors.get_paginator("list_indexes").paginate(vectorBucketArn=arn):
            for index in page["indexes"]:
                s3vectors.delete_index(indexArn=index["indexArn"])
                removed += 1
    except s3vectors.exceptions.NotFoundException:
        pass
    return removed


def _pages(s3: Any, bucket: str) -> Iterator[dict[str, Any]]:
    try:
        yield from s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    except ClientError as err:
        # Removed by hand, or by an earlier try: there is nothing to empty.
        if err.response.get("Error", {}).get("Code") != "NoSuchBucket":
            raise
