"""Cached values in one DynamoDB table, compressed, each until its time is over.

pk is the key; `expires_at` is the table's TTL attribute in seconds since 1970. DynamoDB deletes
expired items days late; readers never see one. Reads are eventually consistent, half the price: a
value that was just written may be missed once.

What a value holds of documents is told by the register (`citations`), whose entries are
written before it, or with it (`turns`): an index of this table would do as well, but is read
eventually only, and a sort key would replace the table, whose name the service's stack imports.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.batches import delete_items, put_items, read_items
from nexus.adapters.dynamodb.citations import ANSWER, entries, entry, entry_key
from nexus.adapters.dynamodb.values import from_item, to_item
from nexus.ports import LARGEST_CACHED, Kept

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

SERVICE = "cache"


class DynamoCache(ClientInTime):
    """A Cache in a table whose one key is the string `pk`, with TTL on `expires_at`.

    `register` is the table of the register, with the string keys `pk` and `sk`.
    """

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

    def get(self, key: str) -> bytes | None:
        """The value, or None if there is none, it has expired, or it cannot be unpacked."""
        with translate(SERVICE):
            response = self._client.get_item(TableName=self._table, Key=to_item({"pk": key}))
        item = response.get("Item")
        return None if item is None else self._value(item)

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The values that `get` would give, by key, in one call for a hundred keys."""
        with translate(SERVICE):
            asked = [to_item({"pk": key}) for key in keys]
            items = read_items(self._client, SERVICE, self._table, asked)
        values = {item["pk"]["S"]: self._value(item) for item in items}
        return {key: value for key, value in values.items() if value is not None}

    def put(
        self, key: str, value: bytes, ttl_s: int, documents: Collection[tuple[str, str]] = ()
    ) -> None:
        """Stores a value for `ttl_s` seconds; one that is larger than LARGEST_CACHED is not.

        `documents` are the tenant and id of each document whose text is in the value.
        """
        if len(value) > LARGEST_CACHED:
            return
        named, item = self.items(Kept(key, value, ttl_s, documents))
        with translate(SERVICE):
            put_items(self._client, SERVICE, self._register, named)
            self._client.put_item(TableName=self._table, Item=item)

    def items(
        self, kept: Kept
    ) -> tuple[list[dict[str, AttributeValue]], dict[str, AttributeValue]]:
        """A value's entries for the register, and its item for the table, from now on."""
        expires_at = int(self._clock()) + kept.ttl_s
        named = [
            entry(tenant, document_id, ANSWER + kept.key, expires_at)
            for tenant, document_id in dict.fromkeys(kept.documents)
        ]
        packed = zlib.compress(kept.value)
        return named, to_item({"pk": kept.key, "value": packed, "expires_at": expires_at})

    def discard(self, key: str) -> None:
        """Removes a value; its entries in the register expire."""
        with translate(SERVICE):
            self._client.delete_item(TableName=self._table, Key=to_item({"pk": key}))

    def forget(self, tenant: str, document_id: str) -> int:
        """Removes the values that hold text of the document; how many there were."""
        removed = 0
        with translate(SERVICE):
            for names in entries(self._client, self._register, tenant, document_id, ANSWER):
                stored = self._stored(names)
                delete_items(self._client, SERVICE, self._table, stored)
                keys = [entry_key(tenant, document_id, name) for name in names]
                delete_items(self._client, SERVICE, self._register, keys)
                removed += len(stored)
        return removed

    def count(self, tenant: str, document_id: str) -> int:
        """How many values hold text of the document, expired ones too, read consistently."""
        with translate(SERVICE):
            pages = entries(self._client, self._register, tenant, document_id, ANSWER)
            return sum(len(self._stored(names)) for names in pages)

    def ping(self) -> None:
        """Reads a key that is never written: half a read unit, and no right beyond GetItem."""
        with translate(SERVICE):
            self._client.get_item(TableName=self._table, Key=to_item({"pk": "ping"}))

    def _value(self, item: dict[str, AttributeValue]) -> bytes | None:
        """The value of an item; None if it has expired or cannot be unpacked."""
        stored = from_item(item)
        if stored["expires_at"] <= self._clock():
            return None
        try:
            return zlib.decompress(stored["value"])
        except zlib.error:
            return None

    def _stored(self, names: Sequence[str]) -> list[dict[str, AttributeValue]]:
        """The keys of the values that are there, of those which entries name."""
        keys = [to_item({"pk": name.removeprefix(ANSWER)}) for name in names]
        return read_items(self._client, SERVICE, self._table, keys, consistent=True, only="pk")
