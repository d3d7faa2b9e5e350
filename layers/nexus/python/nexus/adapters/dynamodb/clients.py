"""The API keys' entries in one DynamoDB table, found by the SHA-256 of the key.

pk is the hash; there is no sort key. A key that expires also carries its time as `expires_at`
(seconds since 1970), so that a TTL on it may tidy up; the caller checks the time itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.values import Value, from_item, to_item
from nexus.models import ApiClient, Filters, Principal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

SERVICE = "clients"


class DynamoClients:
    """A ClientStore in a table whose one key is the string `pk`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, key_hash: str) -> ApiClient | None:
        """The entry for a key's hash, or None; read consistently, so a revoked key is gone."""
        with translate(SERVICE):
            response = self._client.get_item(
                TableName=self._table, Key=to_item({"pk": key_hash}), ConsistentRead=True
            )
        item = response.get("Item")
        return _client_of(item) if item else None

    def put(self, client: ApiClient) -> None:
        """Stores an entry, replacing one with the same hash."""
        values: dict[str, Value] = {
            "pk": client.key_hash,
            "gateway_key_id": client.gateway_key_id,
            "created_at": client.created_at,
            **asdict(client.principal),
        }
        if client.principal.expires_at is None:
            del values["expires_at"]  # a TTL attribute is a number or absent
        with translate(SERVICE):
            self._client.put_item(TableName=self._table, Item=to_item(values))

    def remove(self, key_hash: str) -> None:
        """Removes an entry; an unknown one is ignored."""
        with translate(SERVICE):
            self._client.delete_item(TableName=self._table, Key=to_item({"pk": key_hash}))

    def list_clients(self) -> Iterator[ApiClient]:
        """Every entry, in no order, a page in memory at a time."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, ConsistentRead=True
        )
        with translate(SERVICE):
            for page in pages:
                yield from map(_client_of, page["Items"])

    def ping(self) -> None:
        """Reads a key that is never written: half a read unit, and no right beyond GetItem."""
        with translate(SERVICE):
            self._client.get_item(TableName=self._table, Key=to_item({"pk": "ping"}))


def _client_of(item: Mapping[str, AttributeValue]) -> ApiClient:
    values: dict[str, Any] = from_item(item)
    key_hash = values.pop("pk")
    gateway_key_id = values.pop("gateway_key_id")
    created_at = values.pop("created_at")
    filters = Filters(**values.pop("filters"))
    return ApiClient(key_hash, gateway_key_id, Principal(filters=filters, **values), created_at)
