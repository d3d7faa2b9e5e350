"""The dead-letter queue, in memory and on SQS: looking takes nothing out, removing does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from nexus.adapters.sqs.dead_letters import ATTEMPTS, SqsDeadLetters
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.ports import DeadLetterQueue
from tests.fakes import FakeDeadLetters

BODIES = [f"letter {number:02}" for number in range(23)]


class OnSqs:
    """An ingest queue that gives up after two tries, and its dead letters, on moto."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.url = client.create_queue(QueueName="dead")["QueueUrl"]
        arn = client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        policy = {"maxReceiveCount": 2, "deadLetterTargetArn": arn["Attributes"]["QueueArn"]}
        self.source = client.create_queue(
            QueueName="ingest",
            Attributes={"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "0"},
        )["QueueUrl"]
        self.letters = SqsDeadLetters(client, self.url, self.source, wait_s=0)

    def arrive(self, body: str) -> None:
        """Sends a message and fails at it until the queue gives it up."""
        self.client.send_message(QueueUrl=self.source, MessageBody=body)
        while self.client.receive_message(QueueUrl=self.source).get("Messages"):
            pass


@pytest.fixture
def on_sqs(aws: None, sqs_client: Any) -> OnSqs:
    return OnSqs(sqs_client)


@pytest.fixture(params=["memory", "sqs"])
def letters(request: pytest.FixtureRequest, on_sqs: OnSqs) -> DeadLetterQueue:
    fake = FakeDeadLetters()
    for body in BODIES:
        fake.arrive(body)
        on_sqs.client.send_message(QueueUrl=on_sqs.url, MessageBody=body)
    return fake if request.param == "memory" else on_sqs.letters


def bodies(queue: DeadLetterQueue) -> list[str]:
    """Takes all letters, and gives them back."""
    taken = []
    while batch := queue.take(60):
        assert len(batch) <= 10
        taken += batch
    queue.give_back(taken)
    return sorted(letter.body for letter in taken)


def test_what_is_taken_is_hidden_and_what_is_given_back_comes_again(
    letters: DeadLetterQueue,
) -> None:
    assert bodies(letters) == bodies(letters) == BODIES
    first = letters.take(60)
    assert len(bodies(letters)) == len(BODIES) - len(first)
    assert letters.count() == len(BODIES)


def test_what_is_removed_is_gone_and_nothing_else_is(letters: DeadLetterQueue) -> None:
    taken = [*letters.take(60), *letters.take(60)]
    removed = taken[::2]
    letters.remove(removed)
    letters.give_back([letter for letter in taken if letter not in removed])
    gone = {letter.body for letter in removed}
    assert bodies(letters) == [body for body in BODIES if body not in gone]
    assert letters.count() == len(BODIES) - len(removed)


def test_a_letter_says_how_often_it_was_tried_and_when_it_was_first_sent(on_sqs: OnSqs) -> None:
    on_sqs.arrive("given up")
    for _look in range(3):
        [letter] = on_sqs.letters.take(60)
        assert (letter.body, letter.tries) == ("given up", 2)
        assert letter.sent_at.startswith("20")
        assert letter.sent_at.endswith("Z")
        on_sqs.letters.give_back([letter])


def test_a_letter_that_sqs_keeps_is_an_error_and_not_forgotten(
    on_sqs: OnSqs, during: Callable[..., Any]
) -> None:
    on_sqs.client.send_message(QueueUrl=on_sqs.url, MessageBody="kept")
    taken = on_sqs.letters.take(60)
    calls: list[str] = []

    def fail(parsed: dict[str, Any], **_: Any) -> None:
        calls.append("delete")
        parsed["Failed"] = [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]

    with (
        during(on_sqs.client, "after-call", "DeleteMessageBatch", fail),
        pytest.raises(UpstreamUnavailable),
    ):
        on_sqs.letters.remove(taken)
    assert len(calls) == ATTEMPTS


@pytest.mark.usefixtures("aws")
def test_a_missing_queue_is_reported_as_ours(sqs_client: Any) -> None:
    missing = "https://sqs.eu-west-1.amazonaws.com/123456789012/missing"
    with pytest.raises(UpstreamRefused) as caught:
        SqsDeadLetters(sqs_client, missing, missing, wait_s=0).take(1)
    assert caught.value.service == "queue"
