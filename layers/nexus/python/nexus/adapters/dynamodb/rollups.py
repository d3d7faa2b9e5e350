"""What finished days came to, in the table of the question log.

A day's counts: pk `{tenant}#rolled`, sk the day; its clusters of questions, which hold embeddings
and expire with the log: pk `{tenant}#clusters`, sk the day.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.batches import put_items, read_items
from nexus.adapters.dynamodb.question_log import DAYS, SERVICE, STALE, names, query
from nexus.adapters.dynamodb.values import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

ROLLED, CLUSTERS = "rolled", "clusters"
_DAY_S = 86_400


class DynamoRollups:
    """Rollups in a table with the string keys `pk` and `sk` and TTL on `expires_at`."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        log_days: int,
        rollup_days: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._table = table
        self._log_s, self._rollup_s = log_days * _DAY_S, rollup_days * _DAY_S
        self._clock = clock

    def tenants(self, day: str) -> list[str]:
        """The tenants that were asked something on a day."""
        with translate(SERVICE):
            return [item["sk"]["S"] for item in query(self._client, self._table, f"{DAYS}#{day}")]

    def days_asked(self, tenant: str, days: Sequence[str]) -> set[str]:
        """Those of the days on which the tenant was asked something."""
        keys = [to_item({"pk": f"{DAYS}#{day}", "sk": tenant}) for day in days]
        with translate(SERVICE):
            found = read_items(self._client, SERVICE, self._table, keys)
        return {item["pk"]["S"].partition("#")[2] for item in found}

    def stale(self, tenant: str, first: str, last: str) -> set[str]:
        """Days whose questions changed since they were rolled up."""
        with translate(SERVICE):
            found = self._between(names(tenant, STALE), first, last)
            return {item["sk"]["S"] for item in found}

    def days_rolled(self, tenant: str, first: str, last: str) -> set[str]:
        """Which of these days are rolled up."""
        with translate(SERVICE):
            found = self._between(names(tenant, ROLLED), first, last, only="sk, expires_at")
            return {item["sk"]["S"] for item in found}

    def rolled(self, tenant: str, first: str, last: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each of these days that is rolled up, with what it came to."""
        with translate(SERVICE):
            for item in self._between(names(tenant, ROLLED), first, last):
                yield item["sk"]["S"], from_item(item)

    def clusters(
        self, tenant: str, first: str, last: str
    ) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each of these days whose clusters are kept, with these."""
        with translate(SERVICE):
            for item in self._between(names(tenant, CLUSTERS), first, last):
                yield item["sk"]["S"], list(from_item(item)["clusters"])

    def keep(
        self,
        tenant: str,
        day: str,
        tally: dict[str, Any],
        clusters: list[dict[str, Any]],
        began: float,
    ) -> None:
        """Keeps what a day came to; it stays stale if it changed after `began`."""
        now = self._clock()
        items = [
            to_item(
                {
                    "pk": names(tenant, ROLLED),
                    "sk": day,
                    **tally,
                    "expires_at": int(now + self._rollup_s),
                }
            ),
            to_item(
                {
                    "pk": names(tenant, CLUSTERS),
                    "sk": day,
                    "clusters": tuple(clusters),
                    "expires_at": int(now + self._log_s),
                }
            ),
        ]
        with translate(SERVICE):
            put_items(self._client, SERVICE, self._table, items)
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                self._client.delete_item(
                    TableName=self._table,
                    Key=to_item({"pk": names(tenant, STALE), "sk": day}),
                    ConditionExpression="changed_at < :began",
                    ExpressionAttributeValues=to_item({":began": began}),
                )

    def _between(
        self, pk: str, first: str, last: str, *, only: str = ""
    ) -> Iterator[dict[str, AttributeValue]]:
        found = query(
            self._client,
            self._table,
            pk,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            values={":first": first, ":last": last},
            **({"ProjectionExpression": only} if only else {}),
        )
        now = self._clock()
        return (item for item in found if int(item["expires_at"]["N"]) > now)
