"""Keeps when documents were erased, which outlasts their records, generations and new uploads.

pk `erased#{tenant}`, sk `erasure#{id}`, in the catalogue's table. Nothing of a document is in it
but its id, which is a digest of its path.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from nexus.adapters.dynamodb.values import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

ERASED, ERASURE = "erased#", "erasure#"


def erasure_key(tenant: str, document_id: str) -> dict[str, AttributeValue]:
    """The key of a document's erasure."""
    return to_item({"pk": ERASED + tenant, "sk": ERASURE + document_id})


def note(client: DynamoDBClient, table: str, tenant: str, document_id: str, at: str) -> None:
    """Writes when a document was erased, unless a later time is known. Raises botocore's errors."""
    with suppress(client.exceptions.ConditionalCheckFailedException):
        client.update_item(
            TableName=table,
            Key=erasure_key(tenant, document_id),
            UpdateExpression="SET erased_at = :at",
            ConditionExpression="attribute_not_exists(erased_at) OR erased_at < :at",
            ExpressionAttributeValues=to_item({":at": at}),
        )


def told_apart(
    items: Iterable[dict[str, AttributeValue]],
) -> tuple[list[dict[str, AttributeValue]], dict[str, str]]:
    """Of items of the table, the others, and when documents were erased, by document id."""
    others: list[dict[str, AttributeValue]] = []
    erased: dict[str, str] = {}
    for item in items:
        if item["pk"]["S"].startswith(ERASED):
            erased[item["sk"]["S"].removeprefix(ERASURE)] = item["erased_at"]["S"]
        else:
            others.append(item)
    return others, erased
