"""Cached values in one DynamoDB table, compressed, each until its time is over.

pk is the key; `expires_at` is the table's TTL attribute in seconds since 1970. DynamoDB deletes
expired items days late; readers never see one. Reads are eventually consistent, half the price: a
value that was just written may be missed once.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from nexus.adapters.botocore_errors import translate
from nexus.adapters.dynamodb_values import from_item, to_item
from nexus.ports import LARGEST_CACHED

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICE = "cache"


class DynamoCache:
    """A Cache in a table whose one key is the string `pk`, with TTL on `expires_at`."""

    def __init__(
        self, client: DynamoDBClient, table: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def get(self, key: str) -> bytes | None:
        """The value, or None if there is none, it has expired, or it cannot be unpacked."""
        with translate(SERVICE):
            response = self._client.get_item(TableName=self._table, Key=to_item({"pk": key}))
        item = response.get("Item")
        if item is None:
            return None
        stored = from_item(item)
        if stored["expires_at"] <= self._clock():
            return None
        try:
            return zlib.decompress(stored["value"])
        except zlib.error:
            return None

    def put(self, key: str, value: bytes, ttl_s: int) -> None:
        """Stores a value for `ttl_s` seconds; one that is larger than LARGEST_CACHED is not."""
        if len(value) > LARGEST_CACHED:
            return
        item = to_item(
            {
                "pk": key,
                "value": zlib.compress(value),
                "expires_at": int(self._clock()) + ttl_s,
            }
        )
        with translate(SERVICE):
            self._client.put_item(TableName=self._table, Item=item)

    def ping(self) -> None:
        """Reads a key that is never written: half a read unit, and no right beyond GetItem."""
        with translate(SERVICE):
            self._client.get_item(TableName=self._table, Key=to_item({"pk": "ping"}))
