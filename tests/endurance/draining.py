"""Receives the messages of the ingestion queue until none is left, as Lambda does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

# A message whose worker was killed comes again after this long.
VISIBILITY_S = 1
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def drain(sqs: Any, queue: str, handle: Callable[[dict[str, Any]], bool]) -> None:
    """Handles and deletes messages until there is none, not even an invisible one.

    `handle` gets the message as the function does, and says whether it was worked off.
    """
    while True:
        received = sqs.receive_message(
            QueueUrl=queue,
            VisibilityTimeout=VISIBILITY_S,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        ).get("Messages", [])
        for message in received:
            if handle(_record(message)):
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        if not received and not _left(sqs, queue):
            return


def note_peak(pids: Path) -> None:
    """Writes this process's peak of resident memory, in kB, beside the file of its process id.

    Not as `getrusage` has it, which counts what the process was forked from, too.
    """
    status = Path("/proc/self/status").read_text()
    pids.with_suffix(".peak").write_text(status.partition("VmHWM:")[2].split()[0])


def _left(sqs: Any, queue: str) -> int:
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=list(_COUNTS))["Attributes"]
    return sum(int(found[name]) for name in _COUNTS)


def _record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {"ApproximateReceiveCount": "1"}),
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:ingest",
        "awsRegion": "eu-west-1",
    }
