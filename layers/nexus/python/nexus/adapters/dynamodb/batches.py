"""Reads, writes and deletes many DynamoDB items at once, until none is left unprocessed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from nexus.deadline import current
from nexus.errors import UpstreamUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef as KeysAndAttributes
    from mypy_boto3_dynamodb.type_defs import WriteRequestOutputTypeDef as WriteRequestOutput
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef as WriteRequest

READ_BATCH = 100  # DynamoDB's limits on one call
WRITE_BATCH = 25

ATTEMPTS = 8
FIRST_PAUSE_S = 0.05


def read_items(
    client: DynamoDBClient,
    service: str,
    table: str,
    keys: Sequence[dict[str, AttributeValue]],
    sleep: Callable[[float], None] = time.sleep,
    *,
    consistent: bool = False,
    only: str = "",
) -> list[dict[str, AttributeValue]]:
    """The items that exist, in any order, read eventually consistently; keys must be distinct.

    `consistent` reads at twice the price; `only` names the attributes that are wanted. Raises
    botocore's errors, and UpstreamUnavailable naming `service` if some stay unprocessed.
    """
    found: list[dict[str, AttributeValue]] = []
    how: KeysAndAttributes = {"Keys": [], "ConsistentRead": consistent}
    if only:
        how["ProjectionExpression"] = only
    for start in range(0, len(keys), READ_BATCH):
        left = list(keys[start : start + READ_BATCH])
        for _ in _attempts(service, sleep):
            response = client.batch_get_item(RequestItems={table: {**how, "Keys": left}})
            found += response["Responses"].get(table, [])
            rest = response.get("UnprocessedKeys", {}).get(table)
            if not rest:
                break
            left = [dict(key) for key in rest["Keys"]]
    return found


def delete_items(
    client: DynamoDBClient,
    service: str,
    table: str,
    keys: Sequence[dict[str, AttributeValue]],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Deletes items, whether they exist or not; keys must be distinct. Raises as `read_items`."""
    _write(client, service, table, [{"DeleteRequest": {"Key": key}} for key in keys], sleep)


def put_items(
    client: DynamoDBClient,
    service: str,
    table: str,
    items: Sequence[dict[str, AttributeValue]],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Writes items, replacing those of the same keys, which must be distinct.

    Raises as `read_items`; some may then be written.
    """
    _write(client, service, table, [{"PutRequest": {"Item": item}} for item in items], sleep)


def _write(
    client: DynamoDBClient,
    service: str,
    table: str,
    requests: Sequence[WriteRequest],
    sleep: Callable[[float], None],
) -> None:
    for start in range(0, len(requests), WRITE_BATCH):
        left: list[WriteRequest] = list(requests[start : start + WRITE_BATCH])
        for _ in _attempts(service, sleep):
            response = client.batch_write_item(RequestItems={table: left})
            left = [_again(one) for one in response.get("UnprocessedItems", {}).get(table, [])]
            if not left:
                break


def _again(unprocessed: WriteRequestOutput) -> WriteRequest:
    if "PutRequest" in unprocessed:
        return {"PutRequest": {"Item": dict(unprocessed["PutRequest"]["Item"])}}
    return {"DeleteRequest": {"Key": dict(unprocessed["DeleteRequest"]["Key"])}}


def _attempts(service: str, sleep: Callable[[float], None]) -> Iterator[None]:
    """Yields for each attempt, after a pause that doubles; raises when they or the time end."""
    yield
    for attempt in range(ATTEMPTS - 1):
        pause_s = FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - jitter
        if not current().fits(pause_s):
            break
        sleep(pause_s)
        yield
    raise UpstreamUnavailable(
        service, f"DynamoDB is throttling the {service} table; try again in a moment."
    )
