"""Sends work to an SQS queue in as few calls as its limits allow."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.errors import UpstreamRefused, UpstreamUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

SERVICE = "queue"

BATCH_MESSAGES = 10
# SQS has taken 1 MiB a call, and a message, since August 2025; emulators and queues with an older
# maximum still take 256 KiB. Messages are a few hundred bytes, so the smaller one costs nothing; a
# longer message goes alone.
BATCH_BYTES = 262_144

ATTEMPTS = 5
FIRST_PAUSE_S = 0.1


class SqsQueue:
    """A WorkQueue on a standard queue: what is sent may arrive twice, and in any order."""

    def __init__(
        self, client: SQSClient, url: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._url = url
        self._sleep = sleep

    def send(self, bodies: Sequence[str], delay_s: int = 0) -> None:
        """Queues any number of messages, to be received after a delay of at most 900 seconds.

        When it raises, the messages before the failed one may have been queued.
        """
        for batch in batches(bodies):
            self._send(batch, delay_s)

    def delay(self, receipt: str, seconds: int) -> None:
        """Sets the message's visibility time-out; SQS takes at most 12 hours."""
        with translate(SERVICE):
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )

    def hold(self, receipts: Sequence[str], seconds: int) -> None:
        """Sets the visibility time-out of at most ten messages in one call."""
        if not receipts:
            return
        with translate(SERVICE):
            # Its `Failed` entries are messages that somebody deleted, or received since.
            self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
                    for number, receipt in enumerate(receipts)
                ],
            )

    def ping(self) -> None:
        """Asks for the queue's ARN."""
        with translate(SERVICE):
            self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])

    def _send(self, batch: list[str], delay_s: int) -> None:
        """Sends a batch, and again what of it the queue did not take for reasons of its own."""
        left = batch
        for attempt in range(ATTEMPTS):
            if attempt:
                pause = FIRST_PAUSE_S * 2 ** (attempt - 1)
                self._sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter
            with translate(SERVICE):
                response = self._client.send_message_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": str(number), "MessageBody": body, "DelaySeconds": delay_s}
                        for number, body in enumerate(left)
                    ],
                )
            failed = response.get("Failed", [])
            for entry in failed:
                if entry["SenderFault"]:
                    raise UpstreamRefused(
                        SERVICE,
                        f"The queue refused a message ({entry['Code']}); check the queue's policy "
                        "and its largest message size.",
                    )
            left = [left[int(entry["Id"])] for entry in failed]
            if not left:
                return
        raise UpstreamUnavailable(SERVICE, "The queue did not accept every message; try again.")


def batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    """The messages in order, in batches of at most 10 and 256 KiB; a longer one stands alone."""
    batch: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if batch and (len(batch) == BATCH_MESSAGES or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch
