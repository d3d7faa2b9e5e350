"""Reads, writes and deletes many DynamoDB items at once, until none is left unprocessed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator, Sequence
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
    _write(client, service, [(table, {"DeleteRequest": {"Key": key}}) for key in keys], sleep)


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
    put_across(client, service, [(table, item) for item in items], sleep)


def put_across(
    client: DynamoDBClient,
    service: str,
    items: Sequence[tuple[str, dict[str, AttributeValue]]],
    sleep: Callable[[float], None] = time.sleep,
    *,
    let_go: Collection[str] = (),
    gone: Sequence[tuple[str, dict[str, AttributeValue]]] = (),
) -> None:
    """Writes items, each into the table that it stands beside, in their order if they are many.

    Behind them it deletes what has the keys `gone`. What DynamoDB leaves unprocessed for a table of
    `let_go` is not written. Raises as `put_items`.
    """
    puts: list[tuple[str, WriteRequest]] = [
        (table, {"PutRequest": {"Item": item}}) for table, item in items
    ]
    deletes: list[tuple[str, WriteRequest]] = [
        (table, {"DeleteRequest": {"Key": key}}) for table, key in gone
    ]
    _write(client, service, [*puts, *deletes], sleep, let_go)


def _write(
    client: DynamoDBClient,
    service: str,
    requests: Sequence[tuple[str, WriteRequest]],
    sleep: Callable[[float], None],
    let_go: Collection[str] = (),
) -> None:
    for start in range(0, len(requests), WRITE_BATCH):
        left: dict[str, list[WriteRequest]] = {}
        for table, request in requests[start : start + WRITE_BATCH]:
            left.setdefault(table, []).append(request)
        for _ in _attempts(service, sleep):
            response = client.batch_write_item(RequestItems={**left})
            left = {
                table: [_again(one) for one in rest]
                for table, rest in response.get("UnprocessedItems", {}).items()
                if rest and table not in let_go
            }
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
