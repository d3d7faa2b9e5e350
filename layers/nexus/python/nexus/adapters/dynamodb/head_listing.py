"""Lists the heads of one generation, of a tenant or of all tenants, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nexus.adapters.dynamodb.heads import HEAD_PREFIX, head_key, partition
from nexus.adapters.dynamodb.values import Value, to_item
from nexus.models import DocumentStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue


def list_heads(
    client: DynamoDBClient,
    table: str,
    generation_id: str,
    tenant: str | None,
    status: DocumentStatus | None,
    start_after: str,
) -> Iterator[Mapping[str, AttributeValue]]:
    """Every head of the tenant, by id, or of all tenants (None), in the table's own order.

    `start_after` is the id of the last one seen, or `{tenant}/{id}` for all tenants. Raises
    botocore's own errors.
    """
    values: dict[str, Value] = {":head": HEAD_PREFIX}
    request: dict[str, Any] = {"TableName": table}
    filters = []
    read: Callable[..., Any] = client.scan
    if tenant is None:
        filters.append("begins_with(sk, :head) AND contains(pk, :generation)")
        values[":generation"] = f"#{generation_id}"
        owner, _, document_id = start_after.partition("/")
    else:
        read = client.query
        request["KeyConditionExpression"] = "pk = :pk AND begins_with(sk, :head)"
        values[":pk"] = partition(generation_id, tenant)
        request["ConsistentRead"] = True  # who lists may not see any more what was just changed
        owner, document_id = tenant, start_after
    if status is not None:
        filters.append("#status = :status")
        values[":status"] = status
        request["ExpressionAttributeNames"] = {"#status": "status"}
    if filters:
        request["FilterExpression"] = " AND ".join(filters)
    if start_after:
        request["ExclusiveStartKey"] = head_key(generation_id, owner, document_id)
    request["ExpressionAttributeValues"] = to_item(values)
    while True:
        page = read(**request)
        # A restored generation's name begins with that of the one it was.
        yield from (item for item in page["Items"] if item["pk"]["S"].endswith(f"#{generation_id}"))
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
