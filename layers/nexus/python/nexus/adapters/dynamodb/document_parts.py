"""The results of the parts of a large document's attempt, one item a part.

sk `part#{document id}#{revision}#{number}` in the tenant's partition of the catalogue's table. A
part is small enough for its chunks' ids to fit one item (16 bytes each, 400 KB an item).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.adapters.dynamodb.chunk_ids import delete_between, pack, unpack
from nexus.adapters.dynamodb.values import Value, from_item, to_item
from nexus.adapters.dynamodb.warnings import from_stored, to_stored
from nexus.ports import PartResult

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DocumentParts:
    """The parts in one table; every method raises botocore's own errors."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def write(self, pk: str, document_id: str, revision: int, result: PartResult) -> bool:
        """Keeps a part's result; False if another one is kept already."""
        values: dict[str, Value] = {
            "pk": pk,
            "sk": f"{_prefix(document_id, revision)}{result.number:06d}",
            "number": result.number,
            "ids": pack(result.chunk_ids),
            "chunks_embedded": result.chunks_embedded,
            "tokens_embedded": result.tokens_embedded,
            "warnings": to_stored(result.warnings),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(values),
                # A lost response makes botocore send it again: the same result is no other.
                ConditionExpression="attribute_not_exists(pk) OR ids = :ids",
                ExpressionAttributeValues=to_item({":ids": values["ids"]}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def count(self, pk: str, document_id: str, revision: int) -> int:
        """How many parts are kept, read consistently."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            Select="COUNT",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item(
                {":pk": pk, ":prefix": _prefix(document_id, revision)}
            ),
        )
        return sum(page["Count"] for page in pages)

    def read(self, pk: str, document_id: str, revision: int) -> list[PartResult]:
        """The kept parts in their order, read consistently."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item(
                {":pk": pk, ":prefix": _prefix(document_id, revision)}
            ),
        )
        items = (from_item(item) for page in pages for item in page["Items"])
        return [
            PartResult(
                number=item["number"],
                chunk_ids=tuple(unpack(item["ids"])),
                chunks_embedded=item["chunks_embedded"],
                tokens_embedded=item["tokens_embedded"],
                warnings=from_stored(item.get("warnings")),
            )
            for item in items
        ]

    def delete_all(self, pk: str, document_id: str, through_revision: int) -> None:
        """Deletes the parts of all attempts up to one."""
        last = f"part#{document_id}#{through_revision + 1:010d}"
        delete_between(self._client, self._table, pk, f"part#{document_id}#", last)


def _prefix(document_id: str, revision: int) -> str:
    return f"part#{document_id}#{revision:010d}#"
