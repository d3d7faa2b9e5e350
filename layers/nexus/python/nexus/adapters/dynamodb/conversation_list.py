"""The list of a client's conversations: a pointer for each, in the order of their last turns.

A pointer stands in the table of the conversations. pk `{tenant}#{client}##list`, four names, where
a conversation has three and the register two; sk `{microseconds of a turn}#{conversation}`. A turn
writes its own and takes out that of the turn before it, in the one call that it makes anyway.
Nothing of a pointer is ever changed, so that no two turns can spoil each other's; what it tells is
read from the turns themselves. Two turns at once leave two of them: one counts only if the
conversation's latest turn has none of its own, so a turn that a release without pointers has
written loses no conversation its place. A pointer that is left over expires as a turn does, and one
whose turn was never written counts for nothing. A process that is killed between the two halves of
its write leaves a conversation out of the list until its next turn.

A title that somebody has given is an attribute of the first turn: no turn writes over it, it lives
as long as the conversation, and is deleted with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from nexus.adapters.dynamodb.citations import partition
from nexus.adapters.dynamodb.values import from_item, to_item
from nexus.documents.headlines import headline
from nexus.models import Conversation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

# Turns of a conversation that are counted, and pointers that one page looks at, at most.
MOST_COUNTED = 1_000
MOST_POINTERS = 500
THREADS = 8
# Before the first turn of any time, and behind the last.
_LAST = "9" * 17 + "~"


@dataclass(frozen=True, slots=True)
class _Read:
    """What the turns of a conversation tell, and the keys of the first and the last of them."""

    told: Conversation
    first: str
    last: str


def pointer_key(
    tenant: str, client: str, conversation_id: str, turn_sk: str
) -> dict[str, AttributeValue]:
    """The key of the pointer that a turn with this sort key has, or had."""
    pk = partition(tenant, client, "", "list")
    return to_item({"pk": pk, "sk": f"{_moment(turn_sk)}#{conversation_id}"})


class ConversationList:
    """Reads the list of a table, and titles its conversations; raises botocore's errors."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def page(
        self, tenant: str, client: str, limit: int, after: str, now: float
    ) -> tuple[list[Conversation], str | None]:
        """At most `limit` conversations behind a place, and where the next ones begin."""
        found: dict[str, Conversation] = {}
        pointers = self._pointers(tenant, client, after or _LAST, now)
        looked_at = 0
        with ThreadPoolExecutor(THREADS) as pool:
            while looked_at < MOST_POINTERS:
                places = list(islice(pointers, min(limit - len(found), MOST_POINTERS)))
                if not places:
                    return list(found.values()), None
                looked_at += len(places)
                after = places[-1]
                for told in pool.map(lambda at: self._shown(tenant, client, at, now), places):
                    if told is not None:
                        found.setdefault(told.conversation_id, told)
                if len(found) >= limit:
                    break
            return list(found.values()), after if next(pointers, None) else None

    def find(self, tenant: str, client: str, conversation_id: str, now: float) -> _Read | None:
        """What the turns of a conversation tell; None if there is none that can be read."""
        pk = partition(tenant, client, conversation_id)
        live = list(islice(self._turns(pk, now), MOST_COUNTED + 1))
        if not live:
            return None
        first, last = live[0], live[-1]
        if len(live) > MOST_COUNTED:
            last = next(self._turns(pk, now, newest_first=True), last)
        expires_at = datetime.fromtimestamp(last["expires_at"], UTC).isoformat()
        told = Conversation(
            conversation_id=conversation_id,
            title=first.get("title") or headline(first["question"]),
            created_at=first["created_at"],
            updated_at=last["created_at"],
            expires_at=expires_at.replace("+00:00", "Z"),
            turns=min(len(live), MOST_COUNTED),
            place=f"{_moment(last['sk'])}~{conversation_id}",
        )
        return _Read(told, first["sk"], last["sk"])

    def rename(
        self, tenant: str, client: str, conversation_id: str, title: str, now: float
    ) -> bool:
        """Whether there was such a conversation, which now has this title."""
        pk = partition(tenant, client, conversation_id)
        first = next(self._turns(pk, now), None)
        if first is None:
            return False
        # A turn that was deleted meanwhile must not come back as a stump.
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": pk, "sk": first["sk"]}),
                UpdateExpression="SET title = :title",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=to_item({":title": title}),
            )
            return True
        return False

    def _shown(self, tenant: str, client: str, place: str, now: float) -> Conversation | None:
        """The conversation that stands at a place; None if it stands at another, or is gone."""
        moment, _, conversation_id = place.partition("~")
        read = self.find(tenant, client, conversation_id, now)
        if read is None or (
            _moment(read.last) != moment
            and self._is_there(pointer_key(tenant, client, conversation_id, read.last), now)
        ):
            return None
        told = read.told
        return Conversation(
            told.conversation_id,
            told.title,
            told.created_at,
            told.updated_at,
            told.expires_at,
            told.turns,
            place,
        )

    def _is_there(self, key: dict[str, AttributeValue], now: float) -> bool:
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get(
            "Item"
        )
        return item is not None and float(item["expires_at"]["N"]) > now

    def _pointers(self, tenant: str, client: str, before: str, now: float) -> Iterator[str]:
        """The places before one, latest turns first, read consistently."""
        pk = partition(tenant, client, "", "list")
        request = {
            "KeyConditionExpression": "pk = :pk AND sk < :before",
            "ExpressionAttributeValues": to_item(
                {":pk": pk, ":before": before.replace("~", "#", 1)}
            ),
            "ScanIndexForward": False,
            "Limit": 100,
        }
        for item in self._items(request):
            if float(item["expires_at"]["N"]) > now:
                yield item["sk"]["S"].replace("#", "~", 1)

    def _turns(
        self, pk: str, now: float, *, newest_first: bool = False
    ) -> Iterator[dict[str, Any]]:
        """What a list needs of a conversation's live turns, oldest first."""
        request = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :turn)",
            "FilterExpression": "expires_at > :now",
            "ProjectionExpression": "sk, question, created_at, expires_at, title",
            "ExpressionAttributeValues": to_item({":pk": pk, ":turn": "turn#", ":now": now}),
            "ScanIndexForward": not newest_first,
        }
        yield from map(from_item, self._items(request))

    def _items(self, request: dict[str, Any]) -> Iterator[dict[str, AttributeValue]]:
        asked: dict[str, Any] = {"TableName": self._table, "ConsistentRead": True, **request}
        while True:
            response = self._client.query(**asked)
            yield from response["Items"]
            if "LastEvaluatedKey" not in response:
                return
            asked["ExclusiveStartKey"] = response["LastEvaluatedKey"]


def _moment(turn_sk: str) -> str:
    return turn_sk.split("#", 2)[1]
