"""Counts the tries that DynamoDB throttled, those too that the SDK then made again with success."""

from __future__ import annotations

from typing import Any

from nexus.metrics import record

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_CODES = frozenset(
    ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
)


def count_throttle(code: str) -> None:
    """Counts a refused try as `dynamodb_throttles`, if its code says that it was throttled."""
    if code in _CODES:
        record("dynamodb_throttles")


def count_throttles(client: Any) -> None:
    """Has every throttled try of a botocore client counted."""
    client.meta.events.register("needs-retry.dynamodb", _count)


def _count(response: Any = None, **_: Any) -> None:
    if response is not None:  # else there was none: the connection broke
        count_throttle(response[1].get("Error", {}).get("Code", ""))
