"""Works off the ingestion queue with the function's own handler, again whenever it is killed.

    python -m tests.endurance.worker PIDFILE

The work is done by a fork of this process, which has the handler loaded as a warm Lambda function
has; its process id is in PIDFILE. It ends when the queue is empty, and this process with it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from functions.ingest.handler import handler, services
from nexus.wiring import aws_clients

# A message whose worker was killed comes again after this long.
VISIBILITY_S = 1


class Context:
    """What Lambda hands to a function that has all the time in the world."""

    function_name = "ingest"
    memory_limit_in_mb = 2048
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:ingest"
    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def main() -> None:
    """Forks a worker until one comes to its end."""
    pids = Path(sys.argv[1])
    while True:
        child = os.fork()
        if child == 0:
            pids.write_text(str(os.getpid()))
            drain()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


def drain() -> None:
    """Receives, handles and deletes messages until none is left, not even an invisible one."""
    sqs, queue = aws_clients("sqs"), services.settings.ingest_queue_url
    while True:
        received = sqs.receive_message(
            QueueUrl=queue,
            VisibilityTimeout=VISIBILITY_S,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        for message in received.get("Messages", []):
            result = handler({"Records": [_record(message)]}, Context())
            if not result["batchItemFailures"]:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        if not received.get("Messages") and not _left(sqs, queue):
            return


def _left(sqs: Any, queue: str) -> int:
    names = (
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    )
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=list(names))["Attributes"]
    return sum(int(found[name]) for name in names)


def _record(message: dict[str, Any]) -> dict[str, Any]:
    """The message as Lambda hands it to the function."""
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


if __name__ == "__main__":
    main()
