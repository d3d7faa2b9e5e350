"""Reads an SQS dead-letter queue without taking anything out of it that nobody asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.errors import UpstreamUnavailable
from nexus.ports import Letter

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

SERVICE = "queue"

BATCH_MESSAGES = 10
ATTEMPTS = 3


class SqsDeadLetters:
    """A DeadLetterQueue on a standard queue; `source_url` is the queue that fills it.

    `wait_s` is how long a call looks for letters: from 1 on SQS asks all of its servers, and finds
    what there is.
    """

    def __init__(self, client: SQSClient, url: str, source_url: str, wait_s: int = 1) -> None:
        self._client = client
        self._url = url
        self._source_url = source_url
        self._wait_s = wait_s
        self._tries: int | None = None

    def take(self, hold_s: int) -> list[Letter]:
        """Receives up to ten letters with a visibility time-out of `hold_s` seconds."""
        with translate(SERVICE):
            received = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH_MESSAGES,
                VisibilityTimeout=hold_s,
                WaitTimeSeconds=self._wait_s,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
        tries = self._tries_before()
        return [
            Letter(
                message_id=message["MessageId"],
                body=message["Body"],
                receipt=message["ReceiptHandle"],
                tries=tries,
                sent_at=_timestamp(message["Attributes"]["SentTimestamp"]),
            )
            for message in received.get("Messages", [])
        ]

    def give_back(self, letters: Sequence[Letter]) -> None:
        """Ends the letters' visibility time-out; what SQS does not take comes when it is over."""
        for batch in _batches(letters):
            with translate(SERVICE):
                self._client.change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {
                            "Id": str(number),
                            "ReceiptHandle": letter.receipt,
                            "VisibilityTimeout": 0,
                        }
                        for number, letter in enumerate(batch)
                    ],
                )

    def remove(self, letters: Sequence[Letter]) -> None:
        """Deletes the letters; raises UpstreamUnavailable if SQS keeps one."""
        for batch in _batches(letters):
            left = batch
            for _ in range(ATTEMPTS):
                with translate(SERVICE):
                    response = self._client.delete_message_batch(
                        QueueUrl=self._url,
                        Entries=[
                            {"Id": str(number), "ReceiptHandle": letter.receipt}
                            for number, letter in enumerate(left)
                        ],
                    )
                left = [left[int(entry["Id"])] for entry in response.get("Failed", [])]
                if not left:
                    break
            else:
                raise UpstreamUnavailable(
                    SERVICE, "The dead-letter queue did not let every letter go; try again."
                )

    def count(self) -> int:
        """Adds up what SQS counts as visible and as hidden."""
        with translate(SERVICE):
            found = self._client.get_queue_attributes(
                QueueUrl=self._url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )["Attributes"]
        return sum(map(int, found.values()))

    def _tries_before(self) -> int:
        # A letter's own count of receipts goes on here with every look at it, so it does not tell;
        # the source queue gives up after exactly as many as its policy says.
        if self._tries is None:
            with translate(SERVICE):
                found = self._client.get_queue_attributes(
                    QueueUrl=self._source_url, AttributeNames=["RedrivePolicy"]
                ).get("Attributes", {})
            policy = json.loads(found.get("RedrivePolicy", "{}"))
            self._tries = int(policy.get("maxReceiveCount", 0))
        return self._tries


def _batches(letters: Sequence[Letter]) -> list[list[Letter]]:
    return [
        list(letters[start : start + BATCH_MESSAGES])
        for start in range(0, len(letters), BATCH_MESSAGES)
    ]


def _timestamp(milliseconds: str) -> str:
    moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
