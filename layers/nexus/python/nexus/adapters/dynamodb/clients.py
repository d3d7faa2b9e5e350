"""The API keys' entries in one DynamoDB table, found by the SHA-256 of the key.

pk is the hash; there is no sort key. A key that expires also carries its time as `expires_at`
(seconds since 1970); the caller checks the time itself. The table has no TTL on it: the daily run
removes the entry with the gateway's key, for which it needs the entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import cancellation_codes, translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.values import Value, from_item, to_item
from nexus.errors import Superseded
from nexus.models import ApiClient, Budget, Filters, Principal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, UpdateTypeDef

SERVICE = "clients"


class DynamoClients(ClientInTime):
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
        with translate(SERVICE):
            self._client.put_item(TableName=self._table, Item=_item_of(client))

    def succeed(self, old: ApiClient, ends_at: int, new: ApiClient) -> None:
        """Stores a key's successor and ends the key, in one transaction. Raises Superseded."""
        was = old.principal.expires_at
        values: dict[str, Value] = {":ends": ends_at}
        if was is not None:
            values[":was"] = was
        as_read = "attribute_not_exists(expires_at)" if was is None else "expires_at = :was"
        ended: UpdateTypeDef = {
            "TableName": self._table,
            "Key": to_item({"pk": old.key_hash}),
            "UpdateExpression": "SET expires_at = :ends",
            "ConditionExpression": f"attribute_exists(pk) AND {as_read}",
            "ExpressionAttributeValues": to_item(values),
        }
        stored: PutTypeDef = {
            "TableName": self._table,
            "Item": _item_of(new),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        with translate(SERVICE):
            try:
                self._client.transact_write_items(
                    TransactItems=[{"Update": ended}, {"Put": stored}]
                )
            except self._client.exceptions.TransactionCanceledException as err:
                if "ConditionalCheckFailed" not in cancellation_codes(err):
                    raise
                raise Superseded(
                    "Somebody else rotated or revoked this key meanwhile: look at the client again."
                ) from err

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
                for item in page["Items"]:
                    # People's ended sign-ins are here, too (ended_sign_ins.py).
                    if "gateway_key_id" in item:
                        yield _client_of(item)

    def ping(self) -> None:
        """Reads a key that is never written: half a read unit, and no right beyond GetItem."""
        with translate(SERVICE):
            self._client.get_item(TableName=self._table, Key=to_item({"pk": "ping"}))


def _item_of(client: ApiClient) -> dict[str, AttributeValue]:
    values: dict[str, Value] = {
        "pk": client.key_hash,
        "gateway_key_id": client.gateway_key_id,
        "created_at": client.created_at,
        **asdict(client.principal),
    }
    values["budget"] = client.principal.budget.named() if client.principal.budget else {}
    if not values["budget"]:
        del values["budget"]
    if client.principal.expires_at is None:
        del values["expires_at"]  # a number or absent
    return to_item(values)


def _client_of(item: Mapping[str, AttributeValue]) -> ApiClient:
    values: dict[str, Any] = from_item(item)
    key_hash = values.pop("pk")
    gateway_key_id = values.pop("gateway_key_id")
    created_at = values.pop("created_at")
    filters = Filters(**values.pop("filters"))
    budget = Budget.of(values.pop("budget")) if "budget" in values else None
    principal = Principal(filters=filters, budget=budget, **values)
    return ApiClient(key_hash, gateway_key_id, principal, created_at)
