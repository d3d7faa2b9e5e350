"""AWS inside the test process, empty for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from moto import mock_aws

from tests.crawled import clock, crawl, server, site
from tests.model_server import running_model_server

__all__ = ["clock", "crawl", "server", "site"]

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient


def _client(service: str) -> Any:
    # Made once: loading a service's model costs more than most of the tests.
    return botocore.session.Session().create_client(
        service,
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


@pytest.fixture(scope="session")
def dynamodb_client() -> DynamoDBClient:
    client: DynamoDBClient = _client("dynamodb")
    return client


@pytest.fixture(scope="session")
def s3_client() -> S3Client:
    client: S3Client = _client("s3")
    return client


@pytest.fixture(scope="session")
def sqs_client() -> SQSClient:
    client: SQSClient = _client("sqs")
    return client


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def make_table(aws: None, dynamodb_client: DynamoDBClient) -> Callable[..., str]:
    """Creates an on-demand table with these string keys, and returns its name."""

    def make(name: str, *keys: str) -> str:
        dynamodb_client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}  # type: ignore[typeddict-item]
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
        return name

    return make


@pytest.fixture
def during() -> Callable[..., Any]:
    """`with during(client, "before-call", "Query", act):` runs `act` at each such call."""

    @contextmanager
    def hooked(client: Any, moment: str, operation: str, act: Callable[..., Any]) -> Iterator[None]:
        event = f"{moment}.{client.meta.service_model.service_id.hyphenize()}.{operation}"
        client.meta.events.register(event, act)
        try:
            yield
        finally:
            client.meta.events.unregister(event, act)

    return hooked


@pytest.fixture(scope="session")
def model_server() -> Iterator[str]:
    """The base URL of a real local model server."""
    with running_model_server() as base_url:
        yield base_url
