"""The ingestion function over real adapters: S3 and DynamoDB by moto, models over a socket."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from functions.ingest.holding import HELD_S
from nexus.object_keys import document_id
from nexus.wiring import parts
from nexus.wiring.operating import operator_services
from tests.openai_server import Fault, OpenAIServer, running_openai_server

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


@pytest.fixture
def models() -> Iterator[OpenAIServer]:
    with running_openai_server(dimension=64) as server:
        yield server


@pytest.fixture
def ingest(
    models: OpenAIServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> Iterator[ModuleType]:
    """The handler's module, imported as Lambda does, in an account with a bucket and a table."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        parts.aws_clients.cache_clear()
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
            "SQLITE_PATH": str(tmp_path / "index.sqlite"),
        }.items():
            monkeypatch.setenv(f"NEXUS_{name}", value)
        sys.modules.pop("functions.ingest.handler", None)
        yield importlib.import_module("functions.ingest.handler")
        parts.aws_clients.cache_clear()


def put(path: str, content: bytes) -> dict[str, Any]:
    """Uploads a document, queues its event, and receives it as Lambda does."""
    key = f"documents/acme/{path}"
    parts.aws_clients("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
    return message(key)


def message(key: str) -> dict[str, Any]:
    sqs = parts.aws_clients("sqs")
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


def status(ingest: ModuleType, path: str) -> str | None:
    catalogue = operator_services(ingest.services.settings, parts.aws_clients).catalogue
    record = catalogue.get("acme", document_id("acme", path))
    return record.status if record else None


def run(ingest: ModuleType, *messages: dict[str, Any]) -> list[str]:
    result = ingest.handler({"Records": list(messages)}, Context())
    return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]


def test_a_batch_indexes_the_good_and_fails_the_hopeless_without_a_retry(
    ingest: ModuleType,
) -> None:
    good, bad = put("a.md", b"# Hours\n\nOpen at nine."), put("b.pdf", b"%PDF-1.4 no more")
    assert run(ingest, good, bad) == []
    assert (status(ingest, "a.md"), status(ingest, "b.pdf")) == ("indexed", "failed")


def test_only_the_message_that_failed_for_a_passing_reason_comes_again(
    ingest: ModuleType, models: OpenAIServer
) -> None:
    first = put("a.md", b"# Hours\n\nOpen at nine.")
    assert run(ingest, first) == []
    models.fail(Fault(status=503))
    hard, easy = put("c.md", b"Closed at ten."), put("a.md", b"# Hours\n\nOpen at nine.")
    assert run(ingest, hard, easy) == [hard["messageId"]]
    assert status(ingest, "c.md") == "pending"
    assert run(ingest, hard) == []
    assert status(ingest, "c.md") == "indexed"


def test_without_time_a_batch_is_handed_back_unbegun(ingest: ModuleType) -> None:
    message = put("a.md", b"Open at nine.")
    result = ingest.handler({"Records": [message]}, Context(remaining_ms=1_000))
    assert result == {"batchItemFailures": [{"itemIdentifier": message["messageId"]}]}
    assert status(ingest, "a.md") is None


def test_a_message_that_is_no_s3_event_is_kept(ingest: ModuleType) -> None:
    odd = message("documents/acme/x") | {"body": "not json"}
    assert run(ingest, odd) == [odd["messageId"]]


def test_a_batch_is_held_shorter_than_by_the_queue_while_it_is_worked_on(
    ingest: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    hold = ingest.services.queue.hold

    def noted(receipts: list[str], seconds: int) -> None:
        held.append(seconds)
        hold(receipts, seconds)

    monkeypatch.setattr(ingest.services.queue, "hold", noted)
    assert run(ingest, put("a.md", b"Open at nine.")) == []
    assert held == [HELD_S]
