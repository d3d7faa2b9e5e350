"""Actions that wait to be confirmed, as items of the cache's table that are taken on conditions.

pk `action#{id}`; `expires_at` is the table's TTL attribute in seconds since 1970, and counts
whether DynamoDB has deleted the item or not. Whoever takes one deletes it in the same write, and
so is the only one who gets it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.citations import partition
from nexus.adapters.dynamodb.values import Value, from_item, to_item
from nexus.models import PendingAction

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICE = "cache"
_FIELDS = ("action_id", "agent", "tool", "title", "arguments", "expires_at")


class DynamoConfirmations(ClientInTime):
    """Implements `Confirmations` in the table of `DynamoCache`."""

    def __init__(
        self, client: DynamoDBClient, table: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def keep(self, tenant: str, client: str, conversation_id: str, action: PendingAction) -> None:
        """Keeps an action until it expires."""
        whose = partition(tenant, client, conversation_id)
        values: dict[str, Value] = {"pk": _pk(action.action_id), "whose": whose, **asdict(action)}
        with translate(SERVICE):
            self._client.put_item(TableName=self._table, Item=to_item(values))

    def take(
        self, tenant: str, client: str, conversation_id: str, action_id: str
    ) -> PendingAction | None:
        """The action, deleted by the same call; None where it is another's, late, or taken."""
        compared: dict[str, Value] = {
            ":whose": partition(tenant, client, conversation_id),
            ":now": int(self._clock()),
        }
        with translate(SERVICE):
            try:
                taken = self._client.delete_item(
                    TableName=self._table,
                    Key=to_item({"pk": _pk(action_id)}),
                    ConditionExpression="whose = :whose AND expires_at > :now",
                    ExpressionAttributeValues=to_item(compared),
                    ReturnValues="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return None
        held = from_item(taken["Attributes"])
        return PendingAction(**{name: held[name] for name in _FIELDS})


def _pk(action_id: str) -> str:
    return f"action#{action_id}"
