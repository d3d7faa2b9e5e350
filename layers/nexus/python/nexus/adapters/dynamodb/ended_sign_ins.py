"""The sign-ins that have ended, in the clients' table: pk is `sign-in#` and the digest.

Where all of a person's have, it is `sign-in#person#` and the person's digest, and `before` says
until when. `forget_at` (seconds since 1970) is the table's TTL, an attribute that no API key's
entry has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.values import Value, from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICE = "clients"
PREFIX = "sign-in#"
PERSON = "person#"


class DynamoEndedSignIns(ClientInTime):
    """EndedSignIns in a table whose one key is the string `pk`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def end(self, sign_in: str, forget_at: int) -> None:
        """Notes that a sign-in has ended."""
        self._put({"pk": f"{PREFIX}{sign_in}", "forget_at": forget_at})

    def has_ended(self, sign_in: str) -> bool:
        """Whether a sign-in was ended; read consistently."""
        return bool(self._get(f"{PREFIX}{sign_in}"))

    def end_all(self, person: str, before: int, forget_at: int) -> None:
        """Notes until when a person's tokens have ended; the latest time counts."""
        self._put({"pk": f"{PREFIX}{PERSON}{person}", "before": before, "forget_at": forget_at})

    def ended_before(self, person: str) -> int:
        """Until when a person's tokens have ended; read consistently."""
        return int(self._get(f"{PREFIX}{PERSON}{person}").get("before", 0))

    def _put(self, item: dict[str, Value]) -> None:
        with translate(SERVICE):
            self._client.put_item(TableName=self._table, Item=to_item(item))

    def _get(self, pk: str) -> dict[str, Any]:
        with translate(SERVICE):
            found = self._client.get_item(
                TableName=self._table, Key=to_item({"pk": pk}), ConsistentRead=True
            )
        return from_item(found["Item"]) if "Item" in found else {}
