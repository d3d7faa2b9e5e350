"""Claims on repeated requests, as items of the cache's table that are written on conditions.

pk `request#{key}`; `expires_at` is the table's TTL attribute in seconds since 1970, and counts
whether DynamoDB has deleted the item or not; `claimed_by` is who may write the answer. An answer is
entered in the register as a cached one is (`cache`), and so erased with its documents.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.batches import put_items
from nexus.adapters.dynamodb.citations import ANSWER, entry
from nexus.adapters.dynamodb.values import Value, from_item, to_item
from nexus.errors import UpstreamUnavailable
from nexus.ports import LARGEST_CACHED, Claim

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICE = "cache"
# Tries at a key whose item goes between the refused write and the read behind it.
ATTEMPTS = 3


class DynamoRequestClaims(ClientInTime):
    """RequestClaims in the table of `DynamoCache`; `register` is the table of the register."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        register: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._table = table
        self._register = register
        self._clock = clock

    def claim(self, key: str, body: str, owner: str, seconds: int) -> Claim | None:
        """Takes the key by one conditional write; what stands there if it is another's."""
        with translate(SERVICE):
            for _ in range(ATTEMPTS):
                now = int(self._clock())
                # The owner's own claim counts as free: botocore may send a write twice.
                if self._put(
                    {
                        "pk": _pk(key),
                        "body": body,
                        "claimed_by": owner,
                        "expires_at": now + seconds,
                    },
                    "attribute_not_exists(pk) OR expires_at <= :now OR claimed_by = :owner",
                    {":now": now, ":owner": owner},
                ):
                    return None
                found = self._read(key)
                if found:
                    return _claim(found)
        raise UpstreamUnavailable(SERVICE, "The request's key changes too often; try again.")

    def standing(self, key: str) -> Claim | None:
        """What stands under the key, if its time is not over."""
        with translate(SERVICE):
            found = self._read(key)
        return _claim(found) if found and found["expires_at"] > self._clock() else None

    def finish(
        self,
        key: str,
        body: str,
        owner: str,
        answer: bytes,
        seconds: int,
        documents: Collection[tuple[str, str]],
    ) -> bool:
        """Keeps the answer if the key is still the owner's, after its entries in the register."""
        if len(answer) > LARGEST_CACHED:
            return False
        expires_at = int(self._clock()) + seconds
        item: dict[str, Value] = {
            "pk": _pk(key),
            "body": body,
            "claimed_by": owner,
            "value": zlib.compress(answer),
            "expires_at": expires_at,
        }
        named = [
            entry(tenant, document_id, ANSWER + _pk(key), expires_at)
            for tenant, document_id in dict.fromkeys(documents)
        ]
        with translate(SERVICE):
            put_items(self._client, SERVICE, self._register, named)
            return self._put(item, "claimed_by = :owner", {":owner": owner})

    def release(self, key: str, owner: str) -> None:
        """Deletes the claim if it is the owner's."""
        gone = self._client.exceptions.ConditionalCheckFailedException
        with translate(SERVICE), suppress(gone):
            self._client.delete_item(
                TableName=self._table,
                Key=to_item({"pk": _pk(key)}),
                ConditionExpression="claimed_by = :owner",
                ExpressionAttributeValues=to_item({":owner": owner}),
            )

    def _read(self, key: str) -> dict[str, Any] | None:
        found = self._client.get_item(
            TableName=self._table, Key=to_item({"pk": _pk(key)}), ConsistentRead=True
        ).get("Item")
        return from_item(found) if found else None

    def _put(self, item: dict[str, Value], condition: str, compared: dict[str, Value]) -> bool:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(item),
                ConditionExpression=condition,
                ExpressionAttributeValues=to_item(compared),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _claim(stored: dict[str, Any]) -> Claim:
    kept = stored.get("value")
    return Claim(stored["body"], None if kept is None else zlib.decompress(kept))


def _pk(key: str) -> str:
    return f"request#{key}"
