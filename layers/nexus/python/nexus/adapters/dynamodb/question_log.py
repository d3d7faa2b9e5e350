"""The question log and the ratings in one DynamoDB table, by tenant and day.

A question: pk `{tenant}#log#{day}`; a rating: pk `{tenant}#rated#{day}`, its turn's day; in both
sk `{microseconds since 1970}#{message id}`, as the turn's own. `expires_at` is the table's TTL. The
first question that a process logs for a tenant on a day also writes `days#{day}`, sk the tenant:
that is how a night knows whom to roll up. A rating of a day that is over writes
`{tenant}#stale`, sk the day.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.batches import put_items, read_items
from nexus.adapters.dynamodb.values import from_item, to_item
from nexus.insights.days import days
from nexus.models import Feedback, LoggedQuestion, RatedSource, Rating, Spent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

SERVICE = "insights"
LOG, RATED, STALE, DAYS = "log", "rated", "stale", "days"
_DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUESTION = tuple(field.name for field in fields(LoggedQuestion))
_FEEDBACK = {field.name for field in fields(Feedback)}
# A mark of a day is to outlive the nights that may be missed.
STALE_S = 30 * _DAY_S
# Tenants whose first question of a day a process remembers.
_REMEMBERED = 1_000


class DynamoQuestionLog(ClientInTime):
    """A QuestionLog in a table with the string keys `pk` and `sk` and TTL on `expires_at`."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        kept_days: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.table = table
        self._client = client
        self._kept_s = kept_days * _DAY_S
        self._clock = clock
        self._announced: set[tuple[str, str]] = set()

    @property
    def kept_s(self) -> int:
        """How long what is logged is kept, in seconds."""
        return self._kept_s

    def items(self, tenant: str, question: LoggedQuestion) -> list[dict[str, AttributeValue]]:
        """What logging a question writes: its own item, and the day's first also the tenant's."""
        day = question.created_at[:10]
        values = {name: getattr(question, name) for name in _QUESTION}
        said = {name: value for name, value in values.items() if value not in ("", b"")}
        spent = [list(asdict(one).values()) for one in question.spent]
        item = self._item(
            place(tenant, LOG, question.created_at, question.message_id), {**said, "spent": spent}
        )
        if (tenant, day) in self._announced:
            return [item]
        return [item, self._item({"pk": f"{DAYS}#{day}", "sk": tenant}, {})]

    def written(self, tenant: str, question: LoggedQuestion) -> None:
        """Notes that `items` were written: the tenant need not be announced again that day."""
        if len(self._announced) >= _REMEMBERED:
            self._announced.clear()
        self._announced.add((tenant, question.created_at[:10]))

    def add(self, tenant: str, question: LoggedQuestion) -> None:
        """Keeps one question that no turn is written with."""
        with translate(SERVICE):
            put_items(self._client, SERVICE, self.table, self.items(tenant, question))
        self.written(tenant, question)

    def rate(self, tenant: str, feedback: Feedback) -> None:
        """Keeps what is thought of an answer, in place of what was thought before."""
        said = {name: value for name, value in asdict(feedback).items() if value not in ("", None)}
        said["sources"] = [list(asdict(one).values()) for one in feedback.sources]
        key = place(tenant, RATED, feedback.created_at, feedback.message_id)
        items = [self._item(key, said)]
        day = feedback.created_at[:10]
        if day < feedback.rated_at[:10]:
            items.append(stale(tenant, day, self._clock()))
        with translate(SERVICE):
            put_items(self._client, SERVICE, self.table, items)

    def question(self, tenant: str, created_at: str, message_id: str) -> LoggedQuestion | None:
        """One question of the log; None if it is not there (any more)."""
        key = to_item(place(tenant, LOG, created_at, message_id))
        with translate(SERVICE):
            found = self._client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return logged(found["Item"]) if self._is_live(found.get("Item")) else None

    def questions(self, tenant: str, day: str) -> Iterator[LoggedQuestion]:
        """The day's questions, oldest first, page by page."""
        for item in self._of(names(tenant, LOG, day)):
            yield logged(item)

    def failures(self, tenant: str, day: str) -> Iterator[LoggedQuestion]:
        """The day's questions that failed, newest first."""
        failed = {"FilterExpression": "attribute_exists(failed)", "ScanIndexForward": False}
        for item in self._of(names(tenant, LOG, day), **failed):
            yield logged(item)

    def ratings(self, tenant: str, first: str, last: str) -> Iterator[Feedback]:
        """What was thought of the answers of these days, oldest answer first."""
        for day in days(first, last):
            for item in self._of(names(tenant, RATED, day)):
                yield rated(item)

    def texts(self, tenant: str, places: Sequence[tuple[str, str]]) -> dict[str, str]:
        """The words of questions, given by `created_at` and id, by id; those that are kept."""
        items = self._at(tenant, LOG, places)
        return {item["message_id"]: item["text"] for item in items if item.get("text")}

    def rated(self, tenant: str, places: Sequence[tuple[str, str]]) -> dict[str, Rating]:
        """What was thought of answers, given by `created_at` and id, by id; of those rated."""
        return {item["message_id"]: item["rating"] for item in self._at(tenant, RATED, places)}

    def _at(
        self, tenant: str, kind: str, places: Sequence[tuple[str, str]]
    ) -> Iterator[dict[str, Any]]:
        keys = [to_item(place(tenant, kind, *one)) for one in dict.fromkeys(places)]
        with translate(SERVICE):
            found = read_items(self._client, SERVICE, self.table, keys)
        return (from_item(item) for item in found if self._is_live(item))

    def _of(self, pk: str, **more: Any) -> Iterator[dict[str, AttributeValue]]:
        with translate(SERVICE):
            for item in query(self._client, self.table, pk, **more):
                if self._is_live(item):
                    yield item

    def _is_live(self, item: dict[str, Any] | None) -> bool:
        # DynamoDB deletes expired items days late.
        return item is not None and int(item["expires_at"]["N"]) > self._clock()

    def _item(self, key: dict[str, str], said: dict[str, Any]) -> dict[str, AttributeValue]:
        return to_item({**key, **said, "expires_at": int(self._clock() + self._kept_s)})


def names(*parts: str) -> str:
    """Names as one partition key: the tenant's percent-encoded, as nothing else needs it."""
    tenant, *rest = parts
    return "#".join((quote(tenant, safe=""), *rest))


def place(tenant: str, kind: str, created_at: str, message_id: str) -> dict[str, str]:
    """The key of a turn's question (`LOG`) or rating (`RATED`)."""
    microseconds = (datetime.fromisoformat(created_at) - _EPOCH) // timedelta(microseconds=1)
    return place_of_turn(tenant, kind, f"{microseconds:017d}#{message_id}")


def place_of_turn(tenant: str, kind: str, sk: str) -> dict[str, str]:
    """The same, given the sort key that the turn's question and rating have in common."""
    moment = _EPOCH + timedelta(microseconds=int(sk.partition("#")[0]))
    return {"pk": names(tenant, kind, moment.date().isoformat()), "sk": sk}


def stale(tenant: str, day: str, now: float) -> dict[str, AttributeValue]:
    """The item that says that a day, if it is rolled up, is to be rolled up again."""
    key = {"pk": names(tenant, STALE), "sk": day}
    return to_item({**key, "changed_at": now, "expires_at": int(now + STALE_S)})


def query(
    client: DynamoDBClient, table: str, pk: str, **more: Any
) -> Iterator[dict[str, AttributeValue]]:
    """The items of a partition, page by page, in the order of their sort keys."""
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        **more,
        "ExpressionAttributeValues": to_item({":pk": pk, **more.get("values", {})}),
    }
    request.pop("values", None)
    while True:
        response = client.query(**request)
        yield from response["Items"]
        if "LastEvaluatedKey" not in response:
            return
        request["ExclusiveStartKey"] = response["LastEvaluatedKey"]


def logged(item: dict[str, AttributeValue]) -> LoggedQuestion:
    """A question of the log, from its item."""
    values = {name: value for name, value in from_item(item).items() if name in _QUESTION}
    values["spent"] = tuple(Spent(*one) for one in values.get("spent", ()))
    values["vector"] = bytes(values.get("vector", b""))
    return LoggedQuestion(**values)


def rated(item: dict[str, AttributeValue]) -> Feedback:
    """A rating, from its item."""
    values = {name: value for name, value in from_item(item).items() if name in _FEEDBACK}
    values["sources"] = tuple(RatedSource(*one) for one in values.get("sources", ()))
    return Feedback(**values)
