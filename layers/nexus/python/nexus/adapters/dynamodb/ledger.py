"""What callers and tenants spend, in one DynamoDB table: one item for each account and month.

pk is `budget#` and the tenant, sk the month and the account's name. A counter is an attribute whose
name tells its window, so that a new window needs no reset: what adds to it also makes it. A hold is
an attribute `hold:` and its id. `expires_at` is the table's TTL attribute, two months later. A
change is one UpdateItem under its conditions, which DynamoDB makes one after another for an item.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.values import Value, from_item, to_item
from nexus.models import Hold
from nexus.ports import Account, Change

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

SERVICE = "budgets"
PREFIX = "budget#"
_HOLD = "hold:"
_KEPT_S = 62 * 86_400


class DynamoLedger(ClientInTime):
    """A Ledger in a table with the string keys `pk` and `sk`, and TTL on `expires_at`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def change(self, tenant: str, name: str, month: str, change: Change) -> tuple[bool, Account]:
        """Makes a change by one UpdateItem; where it is refused, the account is read."""
        written = _Written()
        clauses = {"SET": [f"{written.name('expires_at')} = {written.value(_expires(month))}"]}
        for hold_id, hold in change.put.items():
            place = written.name(_HOLD + hold_id)
            clauses["SET"].append(f"{place} = {written.value(_written(hold))}")
            if hold_id not in change.expected:
                written.conditions.append(f"attribute_not_exists({place})")
        clauses["ADD"] = [
            f"{written.name(counter)} {written.value(value)}"
            for counter, value in change.add.items()
        ]
        gone = [*(_HOLD + hold_id for hold_id in change.drop), *change.forget]
        clauses["REMOVE"] = [written.name(one) for one in gone]
        for counter, most in change.below.items():
            place = written.name(counter)
            written.conditions.append(
                f"(attribute_not_exists({place}) OR {place} < {written.value(most)})"
                if most > 0
                else f"{place} < {written.value(most)}"
            )
        for hold_id, hold in change.expected.items():
            place = written.name(_HOLD + hold_id)
            written.conditions.append(f"{place} = {written.value(_written(hold))}")
        with translate(SERVICE):
            try:
                response = self._client.update_item(
                    TableName=self._table,
                    Key=_key(tenant, name, month),
                    UpdateExpression=" ".join(
                        f"{word} {', '.join(parts)}" for word, parts in clauses.items() if parts
                    ),
                    **written.arguments(),  # type: ignore[arg-type]
                    ReturnValues="ALL_NEW",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False, self.account(tenant, name, month)
        return True, _account_of(response["Attributes"])

    def account(self, tenant: str, name: str, month: str) -> Account:
        """One account, read consistently."""
        with translate(SERVICE):
            response = self._client.get_item(
                TableName=self._table, Key=_key(tenant, name, month), ConsistentRead=True
            )
        return _account_of(response.get("Item", {}))

    def accounts(self, tenant: str, month: str) -> dict[str, Account]:
        """All accounts of a tenant in a month, by name."""
        return dict(self._pages(tenant, month))

    def _pages(self, tenant: str, month: str) -> Iterator[tuple[str, Account]]:
        begun: dict[str, object] = {}
        while True:
            with translate(SERVICE):
                page = self._client.query(
                    TableName=self._table,
                    KeyConditionExpression="pk = :pk AND begins_with(sk, :month)",
                    ExpressionAttributeValues=to_item(
                        {":pk": PREFIX + tenant, ":month": f"{month}#"}
                    ),
                    **begun,  # type: ignore[arg-type]
                )
            for item in page["Items"]:
                yield item["sk"]["S"].partition("#")[2], _account_of(item)
            if "LastEvaluatedKey" not in page:
                return
            begun = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class _Written:
    """An update's placeholders and conditions."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, Value] = {}
        self.conditions: list[str] = []

    def name(self, attribute: str) -> str:
        return self._names.setdefault(attribute, f"#n{len(self._names)}")

    def value(self, value: Value) -> str:
        placeholder = f":v{len(self._values)}"
        self._values[placeholder] = value
        return placeholder

    def arguments(self) -> dict[str, object]:
        given: dict[str, object] = {
            "ExpressionAttributeNames": {short: long for long, short in self._names.items()},
            "ExpressionAttributeValues": to_item(self._values),
        }
        if self.conditions:
            given["ConditionExpression"] = " AND ".join(self.conditions)
        return given


def _key(tenant: str, name: str, month: str) -> dict[str, AttributeValue]:
    return to_item({"pk": PREFIX + tenant, "sk": f"{month}#{name}"})


def _written(hold: Hold) -> dict[str, Value]:
    return {"at": hold.at, "until": hold.until, "tokens": hold.tokens, "nano": hold.nanodollars}


def _account_of(item: Mapping[str, AttributeValue]) -> Account:
    values = from_item(item)
    holds = {
        name.removeprefix(_HOLD): Hold(one["at"], one["until"], one["tokens"], one["nano"])
        for name, one in values.items()
        if name.startswith(_HOLD)
    }
    counters = {
        name: value
        for name, value in values.items()
        if name.count(":") >= 2 and not name.startswith(_HOLD)
    }
    return Account(counters, holds)


def _expires(month: str) -> int:
    year, number = map(int, month.split("-"))
    return calendar.timegm((year, number, 1, 0, 0, 0)) + _KEPT_S
