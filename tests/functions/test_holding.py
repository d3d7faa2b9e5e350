"""A worker's messages stay hidden while it lives, and come again soon after it was killed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from functions.ingest.holding import BEAT_S, HELD_S, Holding
from nexus.errors import UpstreamUnavailable
from tests.aws_server import REGION, AwsServer, running_aws_server
from tests.fakes import FakeQueue

BUCKET, KEY = "documents-bucket", "documents/acme/rules.md"
# What the queue itself hides a message for: the six timeouts of a function of two minutes.
VISIBILITY_S = 720

# A worker as Lambda runs one: it receives a message and calls the real handler, whose messages it
# holds for a shorter time than in earnest.
WORKER = """
import functools, json, os, sys
import botocore.session
from functions.ingest import holding
holding.Holding.__init__ = functools.partialmethod(
    holding.Holding.__init__, held_s=3, beat_s=0.5)
from functions.ingest import handler

class Context:
    function_name, memory_limit_in_mb, aws_request_id = "ingest", 512, "request-1"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:ingest"
    def get_remaining_time_in_millis(self):
        return 100_000

url = os.environ["NEXUS_INGEST_QUEUE_URL"]
sqs = botocore.session.Session().create_client("sqs")
[message] = sqs.receive_message(QueueUrl=url)["Messages"]
handler.handler({"Records": [{
    "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"],
    "body": message["Body"], "attributes": {"ApproximateReceiveCount": "1"},
    "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "eu-west-1",
    "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:ingest"}]}, Context())
"""


class NotingQueue(FakeQueue):
    """A queue that tells when so many signs of life have come."""

    def __init__(self, wanted: int) -> None:
        super().__init__()
        self._wanted = wanted
        self.enough = threading.Event()

    def hold(self, receipts: Sequence[str], seconds: int) -> None:
        try:
            super().hold(receipts, seconds)
        finally:
            self._wanted -= 1
            if self._wanted <= 0:
                self.enough.set()


def test_two_signs_of_life_may_be_lost_and_a_killed_worker_is_replaced_within_a_minute() -> None:
    assert 2 * BEAT_S < HELD_S < 60


def test_messages_are_held_at_once_and_again_until_the_end() -> None:
    queue = NotingQueue(3)
    with Holding(queue, ["a", "b"], 45, 0.01):
        assert queue.held[0] == (("a", "b"), 45)
        assert queue.enough.wait(20)
    held = len(queue.held)
    assert not any(thread.name == "holding" for thread in threading.enumerate())
    assert set(queue.held) == {(("a", "b"), 45)}
    assert len(queue.held) == held


def test_the_thread_ends_with_a_batch_that_raises() -> None:
    with pytest.raises(RuntimeError), Holding(FakeQueue(), ["a"]):
        raise RuntimeError
    assert not any(thread.name == "holding" for thread in threading.enumerate())


def test_a_message_that_was_let_go_is_not_hidden_anew() -> None:
    queue = NotingQueue(3)
    with Holding(queue, ["a", "b"], 45, 0.01) as holding:
        holding.let_go("a", 15)
        before = len(queue.held)
        assert queue.enough.wait(20)
    assert queue.delays == {"a": 15}
    assert {receipts for receipts, _ in queue.held[before:]} <= {("b",)}


def test_a_queue_that_fails_costs_the_batch_nothing() -> None:
    queue = NotingQueue(3)
    queue.failure = UpstreamUnavailable("queue", "Busy.")
    with Holding(queue, ["a"], 45, 0.01) as holding:
        assert queue.enough.wait(20)
        holding.let_go("a", 15)
        queue.failure = None
    assert queue.delays == {}


@pytest.fixture
def aws() -> Iterator[AwsServer]:
    with running_aws_server() as server:
        yield server


def client(service: str) -> Any:
    return botocore.session.Session().create_client(
        service, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
    )


def environment(aws: AwsServer, models: socket.socket, folder: Path) -> dict[str, str]:
    """An account with one document, whose event is queued; what a worker's process is told."""
    s3, sqs = client("s3"), client("sqs")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"Books are lent for 14 days.")
    client("dynamodb").create_table(
        TableName="catalogue",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    secret = client("secretsmanager").create_secret(Name="models", SecretString="sk-test")
    url = sqs.create_queue(QueueName="ingest", Attributes={"VisibilityTimeout": str(VISIBILITY_S)})[
        "QueueUrl"
    ]
    about = {"eventSource": "aws:s3", "s3": {"object": {"key": KEY, "sequencer": "0055AED6"}}}
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"Records": [about]}))
    own = {
        "DOCUMENTS_BUCKET": BUCKET,
        "CATALOGUE_TABLE": "catalogue",
        "INGEST_QUEUE_URL": url,
        "MODELS_URL": f"http://127.0.0.1:{models.getsockname()[1]}/v1",
        "MODELS_SECRET": secret["ARN"],
        "EMBEDDING_MODEL": "embedder",
        "EMBEDDING_DIMENSION": "64",
        "EMBEDDING_TIMEOUT_S": "100",
        "VECTOR_INDEX": "sqlite",
        "SQLITE_PATH": str(folder / "index.sqlite"),
    }
    return {**aws.environ, **{f"NEXUS_{name}": value for name, value in own.items()}}


def received(url: str, seconds: float) -> float | None:
    """After how long the queue gave a message out; None if it did not in so many seconds."""
    sqs, started = client("sqs"), time.monotonic()
    while time.monotonic() - started < seconds:
        if "Messages" in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1):
            return time.monotonic() - started
    return None


def test_a_killed_worker_s_message_comes_again_soon_and_a_living_one_s_does_not(
    aws: AwsServer, tmp_path: Path
) -> None:
    # It takes a call and never answers: the worker is at its document until it is killed.
    with socket.create_server(("127.0.0.1", 0)) as models:
        models.settimeout(60)
        told = environment(aws, models, tmp_path)
        with subprocess.Popen([sys.executable, "-c", WORKER], env=told) as worker:
            try:
                taken, _ = models.accept()
                with taken:
                    url = told["NEXUS_INGEST_QUEUE_URL"]
                    # Longer than a message is held: only signs of life keep it hidden.
                    assert received(url, 5) is None
                    worker.kill()
                    worker.wait()
                    waited_s = received(url, 30)
            finally:
                worker.kill()
    assert waited_s is not None
    assert waited_s < 10 < VISIBILITY_S
