"""`nexus destroy` empties a vector bucket, by calls that botocore's model knows."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.stub import Stubber

from cli.aws.deployed_stack import DeployedStack, Resource
from cli.aws.emptying import empty_vector_bucket

ARN = "arn:aws:s3vectors:eu-west-1:123456789012:bucket/vectors"


@pytest.fixture
def client():
    session = botocore.session.Session()
    return session.create_client(
        "s3vectors", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


def summary(name: str) -> dict[str, object]:
    arn = f"{ARN}/index/{name}"
    named = {"vectorBucketName": "vectors", "indexName": name, "indexArn": arn}
    return {**named, "creationTime": 1}


def test_every_index_of_every_page_is_removed(client):
    with Stubber(client) as stub:
        first = {"indexes": [summary("one")], "nextToken": "more"}
        stub.add_response("list_indexes", first, {"vectorBucketArn": ARN})
        stub.add_response("delete_index", {}, {"indexArn": f"{ARN}/index/one"})
        asked = {"vectorBucketArn": ARN, "nextToken": "more"}
        stub.add_response("list_indexes", {"indexes": [summary("two")]}, asked)
        stub.add_response("delete_index", {}, {"indexArn": f"{ARN}/index/two"})
        assert empty_vector_bucket(client, ARN) == 2
        stub.assert_no_pending_responses()


def test_a_bucket_that_is_gone_is_empty(client):
    with Stubber(client) as stub:
        stub.add_client_error("list_indexes", "NotFoundException", http_status_code=404)
        assert empty_vector_bucket(client, ARN) == 0


def test_only_a_vector_bucket_that_goes_is_emptied():
    kind = "AWS::S3Vectors::VectorBucket"
    going, staying = Resource(kind, ARN, kept=False), Resource(kind, "another", kept=True)
    stack = DeployedStack("s", "i", protected=False, resources=(going, staying))
    assert stack.vector_buckets() == [ARN]
