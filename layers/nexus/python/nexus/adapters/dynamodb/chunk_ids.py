"""Keeps lists of chunk ids of any length beside a document's head in the catalogue's table.

An id is 32 hex digits and takes 16 bytes. A list is cut into parts of 16,384 ids (256 KiB, under
DynamoDB's 400 KB an item), at `{kind}#{document id}#{stamp}#{part}`. A stamp is new for every
write, and a list is found only by the stamp in the head: so a list that is being written is seen
by nobody, and what the head names is never changed, only replaced and then deleted.
"""

from __future__ import annotations

import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexus.adapters.dynamodb.batches import delete_items
from nexus.adapters.dynamodb.values import from_attribute, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICE = "catalogue"
PART_IDS = 16_384
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a list stands: what the head says of it. No parts means an empty list."""

    stamp: str = ""
    parts: int = 0


def pack(ids: Sequence[str]) -> bytes:
    """The ids as bytes. Raises ValueError for one that is not 32 lower-case hex digits."""
    packed = binascii.unhexlify("".join(ids))
    if unpack(packed) != list(ids):
        raise ValueError("A chunk id is 32 lower-case hex digits.")
    return packed


def unpack(packed: bytes) -> list[str]:
    """The ids that were packed, in order."""
    digits = packed.hex()
    return [digits[i : i + 2 * _ID_BYTES] for i in range(0, len(digits), 2 * _ID_BYTES)]


class ChunkIdLists:
    """The lists in one table; every method raises botocore's own errors."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def write(
        self, pk: str, kind: str, document_id: str, revision: int, ids: Sequence[str]
    ) -> Stored:
        """Writes a list that nobody sees until a head names it."""
        stamp = f"{revision:010d}-{secrets.token_hex(4)}"
        starts = range(0, len(ids), PART_IDS)
        for part, start in enumerate(starts):
            item = to_item(
                {
                    "pk": pk,
                    "sk": _sort_key(kind, document_id, stamp, part),
                    "ids": pack(ids[start : start + PART_IDS]),
                }
            )
            self._client.put_item(TableName=self._table, Item=item)
        return Stored(stamp, len(starts))

    def read(self, pk: str, kind: str, document_id: str, stored: Stored) -> list[str] | None:
        """The list, read consistently; None if it is being deleted because the head moved on."""
        if not stored.parts:
            return []
        prefix = f"{kind}#{document_id}#{stored.stamp}#"
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item({":pk": pk, ":prefix": prefix}),
        )
        parts = [from_attribute(item["ids"]) for page in pages for item in page["Items"]]
        if len(parts) != stored.parts:
            return None
        return [chunk_id for part in parts for chunk_id in unpack(part)]

    def delete(self, pk: str, kind: str, document_id: str, stored: Stored) -> None:
        """Deletes one list."""
        keys = [
            to_item({"pk": pk, "sk": _sort_key(kind, document_id, stored.stamp, part)})
            for part in range(stored.parts)
        ]
        delete_items(self._client, SERVICE, self._table, keys)

    def delete_all(self, pk: str, kind: str, document_id: str, through_revision: int) -> None:
        """Deletes the lists of all revisions up to one, those of broken-off attempts too."""
        delete_between(
            self._client,
            self._table,
            pk,
            f"{kind}#{document_id}#",
            f"{kind}#{document_id}#{through_revision + 1:010d}",
        )


def delete_between(client: DynamoDBClient, table: str, pk: str, first: str, last: str) -> None:
    """Deletes a partition's items from one sort key to another; raises botocore's own errors."""
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues=to_item({":pk": pk, ":first": first, ":last": last}),
        ProjectionExpression="pk, sk",
        ConsistentRead=True,
    )
    keys = [dict(item) for page in pages for item in page["Items"]]
    delete_items(client, SERVICE, table, keys)


def _sort_key(kind: str, document_id: str, stamp: str, part: int) -> str:
    return f"{kind}#{document_id}#{stamp}#{part:05d}"
