"""Finds the turns that cite a document, whoever's they are, and takes their answers out.

They are found by the register (`citations`) that appending a turn writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.batches import delete_items, read_items
from nexus.adapters.dynamodb.citations import TURN, entries, entry_key, turn_key
from nexus.adapters.dynamodb.turn_items import TOLD
from nexus.adapters.dynamodb.values import Value, from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICE = "conversations"
# Turns that are changed at the same time; botocore's clients of the functions hold 16 connections.
THREADS = 8


class DynamoCitedTurns:
    """A CitedTurns over the table of `DynamoConversations`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def redact(self, tenant: str, document_id: str) -> int:
        """Empties the answers, quotes too, of turns that cite the document; how many it changed.

        A page of turns is finished before the next is read, so that a call that was broken off has
        done a part, and the next one does the rest. The entry of a turn that is not there stays: it
        may be written before its turn, which nobody could find again without it.
        """
        changed = 0
        with translate(SERVICE), ThreadPoolExecutor(THREADS) as pool:
            for names in self._pages(tenant, document_id):
                emptied = list(pool.map(lambda name: self._empty(name, document_id), names))
                changed += sum(emptied)
                done = [name for name, now in zip(names, emptied, strict=True) if now]
                done += self._there([name for name in names if name not in set(done)])
                keys = [entry_key(tenant, document_id, name) for name in done]
                delete_items(self._client, SERVICE, self._table, keys)
        return changed

    def count_citing(self, tenant: str, document_id: str) -> int:
        """How many turns still hold an answer that cites the document, read consistently."""
        found = 0
        with translate(SERVICE):
            for names in self._pages(tenant, document_id):
                keys = [turn_key(name) for name in names]
                items = read_items(
                    self._client,
                    SERVICE,
                    self._table,
                    keys,
                    consistent=True,
                    only="deleted_document_ids",
                )
                deleted = (from_item(item).get("deleted_document_ids", ()) for item in items)
                found += sum(document_id not in ids for ids in deleted)
        return found

    def _there(self, names: Sequence[str]) -> list[str]:
        """Which of the turns are there, read consistently."""
        keys = {name: turn_key(name) for name in names}
        found = read_items(
            self._client, SERVICE, self._table, list(keys.values()), consistent=True, only="pk, sk"
        )
        there = {(item["pk"]["S"], item["sk"]["S"]) for item in found}
        return [name for name, key in keys.items() if (key["pk"]["S"], key["sk"]["S"]) in there]

    def _pages(self, tenant: str, document_id: str) -> Iterator[Sequence[str]]:
        return entries(self._client, self._table, tenant, document_id, TURN)

    def _empty(self, name: str, document_id: str) -> bool:
        """Whether the turn was there and held its answer until now."""
        values: dict[str, Value] = {
            ":nothing": "",
            ":none": (),
            ":id": document_id,
            ":ids": (document_id,),
        }
        try:
            self._client.update_item(
                TableName=self._table,
                Key=turn_key(name),
                UpdateExpression="SET answer = :nothing, deleted_document_ids = "
                f"list_append(if_not_exists(deleted_document_ids, :none), :ids) REMOVE {TOLD}",
                # A turn that was deleted meanwhile must not come back as a stump.
                ConditionExpression="attribute_exists(pk) "
                "AND NOT contains(deleted_document_ids, :id)",
                ExpressionAttributeValues=to_item(values),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
