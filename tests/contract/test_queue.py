"""The work queue, in memory and on SQS: nothing that was accepted is lost, nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nexus.adapters.sqs.queue import ATTEMPTS, SqsQueue, batches
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from tests.fakes import FakeQueue


@pytest.fixture
def url(aws: None, sqs_client: Any) -> str:
    created: str = sqs_client.create_queue(QueueName="ingest")["QueueUrl"]
    return created


def received(client: Any, url: str) -> list[str]:
    bodies: list[str] = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in messages]
    return sorted(bodies)


def answer(left: list[bool], fault: bool) -> Callable[..., None]:
    """Makes the queue say of every second message that it failed, as long as `left` lasts."""

    def act(parsed: dict[str, Any], **_: Any) -> None:
        if left:
            left.pop()
            entries = parsed["Successful"][::2]
            parsed["Successful"] = parsed["Successful"][1::2]
            parsed["Failed"] = [
                {"Id": entry["Id"], "SenderFault": fault, "Code": "InternalError"}
                for entry in entries
            ]

    return act


@pytest.mark.parametrize("count", [0, 1, 10, 25])
def test_every_message_arrives(url: str, sqs_client: Any, count: int):
    bodies = [f'{{"number": {number:02}, "path": "é"}}' for number in range(count)]
    fake = FakeQueue()
    for queue in (fake, SqsQueue(sqs_client, url)):
        queue.send(bodies)
        queue.ping()
    assert received(sqs_client, url) == fake.bodies == bodies


def test_batches_respect_both_limits_and_keep_the_order():
    assert [len(batch) for batch in batches(["x"] * 21)] == [10, 10, 1]
    big = ["é" * 65_536, "b" * 131_072, "c", "d" * 300_000, "e"]
    assert list(batches(big)) == [big[:2], big[2:3], big[3:4], big[4:]]
    assert list(batches([])) == []


def test_only_what_failed_is_sent_again(url: str, sqs_client: Any, during: Callable[..., Any]):
    pauses: list[float] = []
    bodies = list("abcd")
    with during(sqs_client, "after-call", "SendMessageBatch", answer([True, True], fault=False)):
        SqsQueue(sqs_client, url, pauses.append).send(bodies)
    # moto had taken them all: a and c were sent twice, and of these a three times.
    assert received(sqs_client, url) == sorted([*bodies, "a", "c", "a"])
    assert len(pauses) == 2
    assert pauses[0] <= 0.1 < pauses[1] * 2


def test_a_queue_that_keeps_failing_raises(url: str, sqs_client: Any, during: Callable[..., Any]):
    pauses: list[float] = []
    with (
        during(sqs_client, "after-call", "SendMessageBatch", answer([True] * 99, fault=False)),
        pytest.raises(UpstreamUnavailable) as caught,
    ):
        SqsQueue(sqs_client, url, pauses.append).send(["a"])
    assert caught.value.service == "queue"
    assert len(pauses) == ATTEMPTS - 1


def test_a_message_that_the_queue_refuses_is_not_sent_again(
    url: str, sqs_client: Any, during: Callable[..., Any]
):
    pauses: list[float] = []
    with (
        during(sqs_client, "after-call", "SendMessageBatch", answer([True], fault=True)),
        pytest.raises(UpstreamRefused),
    ):
        SqsQueue(sqs_client, url, pauses.append).send(["a"])
    assert pauses == []


def test_a_delayed_message_is_hidden_and_an_undelayed_one_comes_again(url: str, sqs_client: Any):
    queue = SqsQueue(sqs_client, url)
    queue.send(["later", "now"])
    found = sqs_client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    for message in found:
        queue.delay(message["ReceiptHandle"], 600 if message["Body"] == "later" else 0)
    again = sqs_client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in again] == ["now"]


@pytest.mark.usefixtures("aws")
def test_a_missing_queue_is_reported_as_ours(sqs_client: Any):
    missing = SqsQueue(sqs_client, "https://sqs.eu-west-1.amazonaws.com/123456789012/missing")
    for call in (missing.ping, lambda: missing.send(["a"])):
        with pytest.raises(UpstreamRefused) as caught:
            call()
        assert caught.value.service == "queue"


def test_messages_are_hidden_together_for_as_long_as_is_said(url: str, sqs_client: Any):
    queue = SqsQueue(sqs_client, url)
    queue.send(["a", "b", "c"])
    found = sqs_client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    receipts = {message["Body"]: message["ReceiptHandle"] for message in found}
    queue.hold(list(receipts.values()), 45)
    assert received(sqs_client, url) == []
    queue.hold([receipts["a"], receipts["b"]], 0)
    assert received(sqs_client, url) == ["a", "b"]
    queue.hold([], 45)


def test_a_message_that_is_gone_is_passed_over(url: str, sqs_client: Any):
    queue = SqsQueue(sqs_client, url)
    queue.send(["a", "b"])
    found = sqs_client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    receipts = {message["Body"]: message["ReceiptHandle"] for message in found}
    sqs_client.delete_message(QueueUrl=url, ReceiptHandle=receipts["a"])
    queue.hold(list(receipts.values()), 0)
    assert received(sqs_client, url) == ["b"]
