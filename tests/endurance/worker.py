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
from nexus.wiring.aws_clients import aws_clients
from tests.endurance.draining import drain, note_peak


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
            drain(aws_clients("sqs"), services().settings.ingest_queue_url, handle)
            note_peak(pids)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


def handle(record: dict[str, Any]) -> bool:
    """Whether the function worked the message off."""
    return not handler({"Records": [record]}, Context())["batchItemFailures"]


if __name__ == "__main__":
    main()
