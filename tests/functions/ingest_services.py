"""The ingestion function over real adapters: S3, DynamoDB and SQS by moto, models over a socket."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from nexus.models import DocumentRecord
from nexus.object_keys import document_id
from nexus.wiring.aws_clients import aws_clients
from nexus.wiring.operating import operator_services
from tests.in_process_aws import heard_by_moto
from tests.openai_server import OpenAIServer

BUCKET, CATALOGUE = "documents-bucket", "catalogue"


class Context:
    """What Lambda hands to a function."""

    function_name = "ingest"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:ingest"
    aws_request_id = "request-1"

    def __init__(self, remaining_ms: int = 60_000) -> None:
        self._remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        return self._remaining_ms


@contextmanager
def ingest_function(
    models: OpenAIServer, environment: pytest.MonkeyPatch, folder: Path
) -> Iterator[ModuleType]:
    """The handler's module, imported as Lambda does, in an account with a bucket and a table."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        environment.setenv(name, value)
    with mock_aws(), heard_by_moto():
        client: Any = botocore.session.Session().create_client
        client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        client("dynamodb").create_table(
            TableName=CATALOGUE,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        secret = client("secretsmanager").create_secret(Name="models", SecretString="sk-test")
        queue = client("sqs").create_queue(QueueName="ingest")["QueueUrl"]
        for name, value in {
            "DOCUMENTS_BUCKET": BUCKET,
            "CATALOGUE_TABLE": CATALOGUE,
            "INGEST_QUEUE_URL": queue,
            "MODELS_URL": models.base_url,
            "MODELS_SECRET": secret["ARN"],
            "EMBEDDING_RETRIES": "0",
            "EMBEDDING_MODEL": "embedder",
            "EMBEDDING_DIMENSION": "64",
            "VECTOR_INDEX": "sqlite",
            "SQLITE_PATH": str(folder / "index.sqlite"),
        }.items():
            environment.setenv(f"NEXUS_{name}", value)
        sys.modules.pop("functions.ingest.handler", None)
        yield importlib.import_module("functions.ingest.handler")


def put(path: str, content: bytes) -> dict[str, Any]:
    """Uploads a document, queues its event, and receives it as Lambda does."""
    key = f"documents/acme/{path}"
    aws_clients("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
    return message(key)


def message(key: str) -> dict[str, Any]:
    """The message that says so, as Lambda hands it over."""
    sqs = aws_clients("sqs")
    url = sqs.get_queue_url(QueueName="ingest")["QueueUrl"]
    body = {
        "Records": [
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {"object": {"key": key, "sequencer": "0055AED6DCD90281E5"}},
            }
        ]
    }
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    [received] = sqs.receive_message(QueueUrl=url)["Messages"]
    return {
        "messageId": received["MessageId"],
        "receiptHandle": received["ReceiptHandle"],
        "body": received["Body"],
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:ingest",
        "awsRegion": "eu-west-1",
    }


def record(ingest: ModuleType, path: str) -> DocumentRecord | None:
    """What the catalogue holds of a document."""
    catalogue = operator_services(ingest.services().settings, aws_clients).catalogue
    return catalogue.get("acme", document_id("acme", path))


def run(ingest: ModuleType, *messages: dict[str, Any]) -> list[str]:
    """Invokes the function; the messages that are to come again."""
    result = ingest.handler({"Records": list(messages)}, Context())
    return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]
