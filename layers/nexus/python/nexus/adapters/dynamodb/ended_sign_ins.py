"""The sign-ins that people ended, in the clients' table: pk is `sign-in#` and the digest.

`forget_at` (seconds since 1970) is the table's TTL, an attribute that no API key's entry has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.values import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICE = "clients"
PREFIX = "sign-in#"


class DynamoEndedSignIns:
    """EndedSignIns in a table whose one key is the string `pk`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def end(self, sign_in: str, forget_at: int) -> None:
        """Notes that a sign-in has ended."""
        with translate(SERVICE):
            self._client.put_item(
                TableName=self._table,
                Item=to_item({"pk": f"{PREFIX}{sign_in}", "forget_at": forget_at}),
            )

    def has_ended(self, sign_in: str) -> bool:
        """Whether a sign-in was ended; read consistently."""
        with translate(SERVICE):
            found = self._client.get_item(
                TableName=self._table,
                Key=to_item({"pk": f"{PREFIX}{sign_in}"}),
                ConsistentRead=True,
            )
        return "Item" in found
