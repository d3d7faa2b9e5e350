"""Takes documents and people's words out of the log, the ratings and the rollups.

The log's items that name a document are found by the register (`citations`) that appending a turn
writes, whose entries live as long as the log: a question has its turn's place in time. What is left
of a day that was rolled up is then stale, and its clusters go: the next night makes them again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.batches import delete_items, put_items, read_items
from nexus.adapters.dynamodb.citations import TURN, entries
from nexus.adapters.dynamodb.question_log import (
    LOG,
    RATED,
    SERVICE,
    names,
    place,
    place_of_turn,
    query,
    stale,
)
from nexus.adapters.dynamodb.rollups import CLUSTERS, ROLLED
from nexus.adapters.dynamodb.values import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

# Items that are changed at the same time.
THREADS = 8
# What a deleted conversation leaves nothing of, in its questions and in its ratings.
_WORDS = {
    LOG: ("text", "vector", "asked", "document_ids"),
    RATED: ("question", "answer", "comment", "document_ids"),
}


class DynamoQuestionTraces:
    """CitedQuestions and QuestionTraces over the table of `DynamoQuestionLog`.

    `register` is the table of the conversations.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        register: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._table = table
        self._register = register
        self._now = now

    def redact(self, tenant: str, document_id: str) -> int:
        """Takes the document's id, and texts that may quote it, out; how many items it changed."""
        changed = 0
        with translate(SERVICE), ThreadPoolExecutor(THREADS) as pool:
            for items in self._naming(tenant, document_id):
                changed += sum(pool.map(lambda item: self._without(item, document_id), items))
                self._unsettle(tenant, {item["pk"]["S"].rpartition("#")[2] for item in items})
            for item in self._rolled(tenant, document_id):
                changed += self._change(
                    {"pk": item["pk"], "sk": item["sk"]},
                    "REMOVE documents.#id",
                    aliases={"#id": document_id},
                )
        return changed

    def count_naming(self, tenant: str, document_id: str) -> int:
        """How many items still name the document, read consistently."""
        with translate(SERVICE):
            found = sum(len(items) for items in self._naming(tenant, document_id))
            return found + sum(1 for _ in self._rolled(tenant, document_id))

    def forget(self, tenant: str, turns: Sequence[tuple[str, str]]) -> None:
        """Takes all but numbers out of what is kept of turns, by `created_at` and message id."""
        changes = [
            (to_item(place(tenant, kind, *turn)), f"REMOVE {', '.join(_removed(kind))}")
            for turn in turns
            for kind in (LOG, RATED)
        ]
        with translate(SERVICE):
            self._unsettle(tenant, {created_at[:10] for created_at, _ in turns})
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(lambda change: self._change(*change, aliases=_ALIASES), changes))

    def _naming(
        self, tenant: str, document_id: str
    ) -> Iterator[Sequence[dict[str, AttributeValue]]]:
        """The questions and ratings that name the document, page by page, read consistently."""
        for turns in entries(self._client, self._register, tenant, document_id, TURN):
            places = (turn.partition("|")[2].removeprefix("turn#") for turn in turns)
            keys = [
                to_item(place_of_turn(tenant, kind, sk)) for sk in places for kind in (LOG, RATED)
            ]
            found = read_items(self._client, SERVICE, self._table, keys, consistent=True)
            naming = [item for item in found if document_id in _named(item)]
            if naming:
                yield naming

    def _without(self, item: dict[str, AttributeValue], document_id: str) -> bool:
        key = {"pk": item["pk"], "sk": item["sk"]}
        values = from_item(item)
        left = tuple(one for one in values["document_ids"] if one != document_id)
        expression = "SET document_ids = :left"
        if "rated_at" in values:
            # An answer may quote all its sources, and so may the comment on it.
            expression += " REMOVE #answer, #comment"
        return self._change(key, expression, {":left": left}, aliases=_ALIASES)

    def _rolled(self, tenant: str, document_id: str) -> Iterator[dict[str, AttributeValue]]:
        return query(
            self._client,
            self._table,
            names(tenant, ROLLED),
            ConsistentRead=True,
            FilterExpression="attribute_exists(documents.#id)",
            ExpressionAttributeNames={"#id": document_id},
            ProjectionExpression="pk, sk",
        )

    def _unsettle(self, tenant: str, of: set[str]) -> None:
        """Has the clusters of days made again, in which there may be a trace."""
        if not of:
            return
        marks = [stale(tenant, day, self._now()) for day in sorted(of)]
        put_items(self._client, SERVICE, self._table, marks)
        keys = [to_item({"pk": names(tenant, CLUSTERS), "sk": day}) for day in sorted(of)]
        delete_items(self._client, SERVICE, self._table, keys)

    def _change(
        self,
        key: dict[str, AttributeValue],
        expression: str,
        values: dict[str, Any] | None = None,
        *,
        aliases: dict[str, str] | None = None,
    ) -> bool:
        """Whether the item is there, and is changed now."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": expression,
            # What expired meanwhile must not come back as a stump.
            "ConditionExpression": "attribute_exists(pk)",
        }
        if values:
            request["ExpressionAttributeValues"] = to_item(values)
        used = {name: of for name, of in (aliases or {}).items() if name in expression}
        if used:
            request["ExpressionAttributeNames"] = used
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(**request)
            return True
        return False


def _removed(kind: str) -> list[str]:
    return [f"#{name}" for name in _WORDS[kind]]


# DynamoDB reserves words such as "comment"; with a mark before them none is.
_ALIASES = {f"#{name}": name for kind in _WORDS for name in _WORDS[kind]}


def _named(item: dict[str, AttributeValue]) -> tuple[str, ...]:
    return tuple(from_item(item).get("document_ids", ()))
