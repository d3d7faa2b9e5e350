"""Counts, for each tenant, how often what readers see of its documents has changed.

pk `tenant#{tenant}`, sk `version` in the catalogue's table. Whoever keeps something made from a
tenant's documents reads the version first, then the documents, and keeps it under that version.

A change of a head is counted before it. That starts the time in which `read` gives no version, and
in that time the change happens or its call is given up (`SETTLING_S` is longer than all tries of
one call), even if the worker dies. That time also covers reads that are eventually consistent, of
heads and of the index, which for a moment may return the state before. A change that took more of
it than `QUICK_S` is counted again afterwards, which makes everything read from the state before
worthless, however long the change took.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nexus.adapters.dynamodb.values import from_item, to_item
from nexus.models import DocumentRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

# A DynamoDB call of a function ends within 9 seconds: two tries of 2 s to connect and 2 s to read.
SETTLING_S = 14.0
# A change that has happened so soon after its count needs no second one: what is left of the time
# is longer than any read stays behind.
QUICK_S = 6.0
# A count that is older is none for a change that only begins now: its call could outlast the time.
SOON_S = 4.0


class TenantVersions:
    """The versions in one table; every method raises botocore's own errors."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def read(self, pk: str) -> int | None:
        """The partition's version, read consistently; None until the last change has settled."""
        key = version_key(pk)
        response = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return version_of(response.get("Item"), self._clock())

    def advance(self, pk: str) -> float:
        """Counts a change, now; when that is, by the clock."""
        now = self._clock()
        self._client.update_item(
            TableName=self._table,
            Key=version_key(pk),
            UpdateExpression="SET #changed_at = :now ADD #version :one",
            ExpressionAttributeNames={"#version": "version", "#changed_at": "changed_at"},
            ExpressionAttributeValues=to_item({":one": 1, ":now": now}),
        )
        return now


def seen_of(record: DocumentRecord) -> tuple[object, ...]:
    """What a reader sees of a document, or is told of it as the source of an answer."""
    if not record.published:
        return ()
    return (record.published, record.hidden, record.title, record.uri, record.version)


def version_key(pk: str) -> dict[str, AttributeValue]:
    """The key of a partition's version."""
    return to_item({"pk": pk, "sk": "version"})


def version_of(item: dict[str, AttributeValue] | None, now: float) -> int | None:
    """The version that an item tells, if there is one; None until its change has settled."""
    if item is None:
        return 0
    stored = from_item(item)
    return None if now - stored["changed_at"] < SETTLING_S else int(stored["version"])
