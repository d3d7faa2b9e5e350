"""Has a stage compare its bucket with its catalogue and index, and queue what differs."""

from __future__ import annotations

import json
from typing import Any

from botocore.config import Config

from cli.connection import Connection
from cli.failure import Failure

# A function may run for 15 minutes, and nobody means to run it twice.
PATIENT_AND_ONCE = Config(
    read_timeout=910, tcp_keepalive=True, retries={"total_max_attempts": 1, "mode": "standard"}
)


def reconcile(connection: Connection, *, verify: bool) -> dict[str, Any]:
    """Runs the reindexing function for all tenants; returns what it counted.

    With `verify` it compares the vectors, too. Raises Failure if the function fails.
    """
    response = connection.client("lambda", PATIENT_AND_ONCE).invoke(
        FunctionName=connection.deployment.reindex_function,
        Payload=json.dumps({"verify": verify}).encode(),
    )
    result = json.loads(response["Payload"].read() or b"null")
    if "FunctionError" in response or not isinstance(result, dict):
        raise Failure("The function reindex failed: see its log.")
    return result
