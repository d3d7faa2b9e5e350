"""Counts the tries that DynamoDB throttled, those too that the SDK then made again with success."""

from __future__ import annotations

from typing import Any

from nexus.metrics import record

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_CODES = frozenset(
    ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
)


def count_throttles(client: Any) -> None:
    """Has every throttled try of a botocore client counted as `dynamodb_throttles`."""
    client.meta.events.register("needs-retry.dynamodb", _count)


def _count(response: Any = None, **_: Any) -> None:
    if response is None:  # there was none: the connection broke
        return
    _, parsed = response
    if parsed.get("Error", {}).get("Code") in _CODES:
        record("dynamodb_throttles")
