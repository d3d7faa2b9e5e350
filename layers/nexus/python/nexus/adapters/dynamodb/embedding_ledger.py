"""Where the vector of a text stands, in the catalogue's table: one small item a text.

pk `tenant#{tenant}#{generation}`, sk `text#{text key}`. An item holds no text, only its hash and a
record's id, and expires after half a year by the table's TTL attribute `expires_at`; what is
forgotten is embedded anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.batches import put_items, read_items
from nexus.adapters.dynamodb.heads import partition
from nexus.adapters.dynamodb.values import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICE = "catalogue"
KEPT_S = 180 * 24 * 3600
_PREFIX = "text#"


class DynamoEmbeddingLedger:
    """An EmbeddingLedger of one generation in a table with the string keys `pk` and `sk`."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        generation_id: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._table = table
        self._generation = generation_id
        self._clock = clock

    def find(self, tenant: str, text_keys: Sequence[str]) -> dict[str, str]:
        """The record ids that are known, by text key, read eventually consistently."""
        pk = partition(self._generation, tenant)
        keys = [to_item({"pk": pk, "sk": _PREFIX + key}) for key in dict.fromkeys(text_keys)]
        with translate(SERVICE):
            items = map(from_item, read_items(self._client, SERVICE, self._table, keys))
            return {item["sk"].removeprefix(_PREFIX): item["record"] for item in items}

    def note(self, tenant: str, record_ids: Mapping[str, str]) -> None:
        """Keeps record ids by text key."""
        pk = partition(self._generation, tenant)
        expires_at = int(self._clock()) + KEPT_S
        items = [
            to_item({"pk": pk, "sk": _PREFIX + key, "record": record_id, "expires_at": expires_at})
            for key, record_id in record_ids.items()
        ]
        with translate(SERVICE):
            put_items(self._client, SERVICE, self._table, items)
