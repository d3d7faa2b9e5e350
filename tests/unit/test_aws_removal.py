"""A versioned bucket is emptied whole, and what cannot be removed is said."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.aws.emptying import empty_bucket
from cli.failure import Failure


@mock_aws
def test_every_version_and_every_delete_marker_is_removed_with_progress() -> None:
    s3 = boto3.client("s3", "us-east-1", aws_access_key_id="t", aws_secret_access_key="t")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    for at in range(70):
        s3.put_object(Bucket="versioned", Key=f"k{at % 7}", Body=b"x")
    for at in range(7):
        s3.delete_object(Bucket="versioned", Key=f"k{at}")
    told: list[int] = []
    assert empty_bucket(s3, "versioned", told.append) == 77
    assert told == [77]
    s3.delete_bucket(Bucket="versioned")  # refused by S3 unless it is empty
    assert empty_bucket(s3, "versioned", told.append) == 0  # gone already


class _Bucket:
    """A bucket that keeps what it holds, or gets a new object at each look."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Versions": [{"Key": "k", "VersionId": "1"}]}]

    def delete_objects(self, **_: Any) -> dict[str, Any]:
        return {"Errors": self.errors}


def test_what_s3_refuses_to_remove_is_named() -> None:
    locked = _Bucket([{"Key": "k", "Code": "AccessDenied", "Message": "locked"}])
    with pytest.raises(Failure, match="S3 keeps k of bucket b: locked"):
        empty_bucket(locked, "b", lambda _: None)


def test_a_bucket_that_others_write_to_does_not_hold_it_for_ever() -> None:
    with pytest.raises(Failure, match="still written to"):
        empty_bucket(_Bucket([]), "b", lambda _: None)
