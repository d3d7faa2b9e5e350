"""Conversations in one DynamoDB table, a turn an item, that expire a while after the last turn.

pk `{tenant}#{client}#{conversation}`, each percent-encoded so that no name can pass for two; sk
`turn#{microseconds since 1970}#{message id}`. Every turn has its own `expires_at`, the table's TTL
attribute in seconds since 1970. Appending a turn also puts off the expiry of the turns before it,
but not more often than 24 times in the time to live: so they may go that little sooner than the
last one (an hour sooner when conversations live for a day). DynamoDB deletes expired items days
late; readers never see one.

`extended_at` says when that was last done: every readable turn expires a time to live after it, or
later. That stays true whoever writes or deletes turns meanwhile; so what `history` read of it is
good for the `append` behind it, until the expiry has to be put off.

What a turn cites is entered in the register (`citations`), and the conversation in its client's
list (`conversation_list`), in the same call as the turn is written. The register's entries live for
two times to live, until `cited_until`, so that putting off a turn's expiry seldom has to write them
anew; and at least as long as the question log, whose items that name a document are found by them
(`question_traces`).
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from threading import Lock
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.batches import delete_items, put_across, put_items
from nexus.adapters.dynamodb.citations import entry, entry_key, partition, turn_name
from nexus.adapters.dynamodb.conversation_list import ConversationList, pointer_key
from nexus.adapters.dynamodb.turn_items import read_turn, turn_values
from nexus.adapters.dynamodb.values import from_attribute, from_item, to_item
from nexus.models import Conversation, Turn
from nexus.ports import QuestionTraces

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

SERVICE = "conversations"
# Conversations of which a process remembers something: those it may be asked to continue.
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class _Known:
    """When a conversation's expiry was put off, and the sort key of its latest turn, or ""."""

    extended_at: float
    latest: str


@dataclass(frozen=True, slots=True)
class TurnItems:
    """What appending a turn writes: `entries` in the register and the list, and its own item.

    `stale` are keys of entries in the list that it takes out.
    """

    entries: list[dict[str, AttributeValue]]
    item: dict[str, AttributeValue]
    stale: list[dict[str, AttributeValue]]


class DynamoConversations(ClientInTime):
    """A ConversationStore in a table with the string keys `pk` and `sk` and TTL on `expires_at`."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        ttl_h: float,
        clock: Callable[[], float] = time.time,
        logged_s: float = 0.0,
        traces: QuestionTraces | None = None,
    ) -> None:
        self._client = client
        self._table = table
        self._ttl_s = ttl_h * 3600
        self._cited_s = max(2 * self._ttl_s, logged_s)
        self._traces = traces
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._list = ConversationList(client, table)
        self._lock = Lock()

    def ends_in_time(self, method: str) -> bool:
        """As `nexus.deadline.ends_in_time` asks; deleting takes threads that know no deadline."""
        return method == "history" and super().ends_in_time(method)

    def history(self, tenant: str, client: str, conversation_id: str, turns: int) -> list[Turn]:
        """The last `turns` turns, oldest first; empty if the conversation is not this client's."""
        if turns <= 0:
            return []
        pk = partition(tenant, client, conversation_id)
        with translate(SERVICE):
            now = self._clock()
            live = self._live(pk, turns)
            latest = next(live, None)
            self._remember(pk, _known(latest, now))
            newest_first = chain([latest] if latest else [], live)
            return [read_turn(item) for item in islice(newest_first, turns)][::-1]

    def append(self, tenant: str, client: str, conversation_id: str, turn: Turn) -> None:
        """Adds a turn and puts off the conversation's expiry; the same message id replaces."""
        with translate(SERVICE):
            items = self.items(tenant, client, conversation_id, turn)
            written = [(self._table, one) for one in (*items.entries, items.item)]
            gone = [(self._table, key) for key in items.stale]
            put_across(self._client, SERVICE, written, gone=gone)
        self.appended(items)

    def items(
        self, tenant: str, client: str, conversation_id: str, turn: Turn, *, begins: bool = False
    ) -> TurnItems:
        """What appending the turn writes.

        Puts off the conversation's expiry, for which it is read, unless the turn `begins` it.
        Raises botocore's errors.
        """
        pk = partition(tenant, client, conversation_id)
        now = self._clock()
        known = _Known(now, "") if begins else self._known.get(pk, _Known(0.0, ""))
        if now - known.extended_at > self._ttl_s / 24:
            known = _known(next(self._live(pk, 1), None), now)
        extended_at = known.extended_at
        if now - extended_at > self._ttl_s / 24:
            self._extend(tenant, pk, now)
            extended_at = now
        cited_until = int(now + self._cited_s)
        item = to_item(
            {
                "pk": pk,
                "sk": f"turn#{_microseconds(turn.created_at):017d}#{turn.message_id}",
                "expires_at": int(now + self._ttl_s),
                "extended_at": extended_at,
                "cited_until": cited_until,
                **turn_values(turn),
            }
        )
        # One that comes late, by a clock that is behind, does not move the conversation back.
        latest = max(known.latest, item["sk"]["S"])
        pointer = pointer_key(tenant, client, conversation_id, latest)
        pointer["expires_at"] = item["expires_at"]
        stale = []
        if known.latest:
            before = pointer_key(tenant, client, conversation_id, known.latest)
            stale = [before] if before["sk"] != pointer["sk"] else []
        return TurnItems([*_entries(tenant, item, cited_until), pointer], item, stale)

    def appended(self, turn: TurnItems) -> None:
        """Notes that a turn was written: the next one need not read its conversation."""
        pk, written = turn.item["pk"]["S"], _known(turn.item, 0.0)
        before = self._known.get(pk, written)
        self._remember(pk, _Known(written.extended_at, max(before.latest, written.latest)))

    def delete(self, tenant: str, client: str, conversation_id: str) -> bool:
        """Removes every turn, expired ones too; False if none was still readable."""
        now = self._clock()
        keys: list[dict[str, AttributeValue]] = []
        entered: list[dict[str, AttributeValue]] = []
        existed = False
        with translate(SERVICE):
            items = list(self._items(partition(tenant, client, conversation_id)))
            for item in items:
                keys.append({"pk": item["pk"], "sk": item["sk"]})
                existed = existed or _expiry(item) > now
                entered += _entry_keys(tenant, item)
                entered.append(pointer_key(tenant, client, conversation_id, item["sk"]["S"]))
            if self._traces is not None:
                turns = [from_item(item) for item in items]
                self._traces.forget(
                    tenant, [(turn["created_at"], turn["message_id"]) for turn in turns]
                )
            # The turns first: what is left when this breaks off can still be found.
            # Two turns of the same moment share a place in the list.
            distinct = {(key["pk"]["S"], key["sk"]["S"]): key for key in (*keys, *entered)}
            delete_items(self._client, SERVICE, self._table, list(distinct.values()))
        with self._lock:
            self._known.pop(partition(tenant, client, conversation_id), None)
        return existed

    def page(
        self, tenant: str, client: str, limit: int, after: str
    ) -> tuple[list[Conversation], str | None]:
        """At most `limit` of the client's conversations behind a place, as the port says."""
        with translate(SERVICE):
            return self._list.page(tenant, client, limit, after, self._clock())

    def find(self, tenant: str, client: str, conversation_id: str) -> Conversation | None:
        """What a list would show of the conversation; None if it is not this client's."""
        with translate(SERVICE):
            read = self._list.find(tenant, client, conversation_id, self._clock())
        return read.told if read else None

    def rename(self, tenant: str, client: str, conversation_id: str, title: str) -> bool:
        """Gives the conversation a title; False if it is not this client's."""
        with translate(SERVICE):
            return self._list.rename(tenant, client, conversation_id, title, self._clock())

    def ping(self) -> None:
        """Reads a key that is never written: half a read unit, and no right beyond GetItem."""
        with translate(SERVICE):
            self._client.get_item(TableName=self._table, Key=to_item({"pk": "ping", "sk": "ping"}))

    def _live(self, pk: str, page: int | None = None) -> Iterator[dict[str, AttributeValue]]:
        # Turns expire in their order: behind the first expired one there is no live one.
        now = self._clock()
        return takewhile(lambda item: _expiry(item) > now, self._items(pk, page))

    def _items(self, pk: str, page: int | None = None) -> Iterator[dict[str, AttributeValue]]:
        """The items of a conversation, newest first, read consistently, `page` at a time."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": to_item({":pk": pk}),
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        if page is not None:
            request["Limit"] = page
        while True:
            response = self._client.query(**request)
            yield from response["Items"]
            if "LastEvaluatedKey" not in response:
                return
            request["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def _remember(self, pk: str, known: _Known) -> None:
        with self._lock:
            self._known.pop(pk, None)
            self._known[pk] = known
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]

    def _extend(self, tenant: str, pk: str, now: float) -> None:
        expires_at = int(now + self._ttl_s)
        for item in self._live(pk):
            cited_until = _cited_until(item)
            if cited_until < expires_at:
                cited_until = int(now + self._cited_s)
                entered = _entries(tenant, item, cited_until)
                put_items(self._client, SERVICE, self._table, entered)
            # A turn that was deleted meanwhile must not come back as a stump.
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                self._client.update_item(
                    TableName=self._table,
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="SET expires_at = :expires_at, cited_until = :cited_until",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeValues=to_item(
                        {":expires_at": expires_at, ":cited_until": cited_until}
                    ),
                )


def _entries(
    tenant: str, turn: dict[str, AttributeValue], expires_at: int
) -> list[dict[str, AttributeValue]]:
    """The register's entries of a turn."""
    name = turn_name(turn["pk"]["S"], turn["sk"]["S"])
    return [entry(tenant, cited, name, expires_at) for cited in _cited(turn)]


def _entry_keys(tenant: str, turn: dict[str, AttributeValue]) -> list[dict[str, AttributeValue]]:
    name = turn_name(turn["pk"]["S"], turn["sk"]["S"])
    return [entry_key(tenant, cited, name) for cited in _cited(turn)]


def _cited(turn: dict[str, AttributeValue]) -> list[str]:
    return list(dict.fromkeys(from_attribute(turn["document_ids"])))


def _cited_until(turn: dict[str, AttributeValue]) -> int:
    # Turns that were written before there was a register have none.
    return int(turn["cited_until"]["N"]) if "cited_until" in turn else 0


def _microseconds(created_at: str) -> int:
    moment = datetime.datetime.fromisoformat(created_at)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return (moment - epoch) // datetime.timedelta(microseconds=1)


def _known(latest: dict[str, AttributeValue] | None, now: float) -> _Known:
    # Where there is no turn, none needs to live longer.
    return (
        _Known(float(latest["extended_at"]["N"]), latest["sk"]["S"]) if latest else _Known(now, "")
    )


def _expiry(item: dict[str, AttributeValue]) -> int:
    return int(item["expires_at"]["N"])
