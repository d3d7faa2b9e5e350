"""The sources of a stage, in the catalogue's table: one item for each.

pk `sources`, sk `{tenant}/{name}`, so that the function that brings documents can be given these
items and no other. `spec` and `report` are JSON. While a run has a source, `run` is its token and
`until` when another may take it nevertheless.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.values import Value, from_item, to_item
from nexus.errors import InProgress, InvalidRequest, NotFound
from nexus.models.sources import SourceSpec, SourceStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

SERVICE = "catalogue"
PARTITION = "sources"


class DynamoSources:
    """A SourceRegistry in a table with the string keys `pk` and `sk`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, spec: SourceSpec, now: float) -> None:
        """Stores a source. Raises InvalidRequest if the tenant has one of that name."""
        item = to_item({"spec": json.dumps(asdict(spec)), "created_at": now})
        with translate(SERVICE):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item={**_key(spec.tenant, spec.name), **item},
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._client.exceptions.ConditionalCheckFailedException as err:
                raise InvalidRequest(
                    f"There is a source {spec.name} already: remove it first, or name this one "
                    "otherwise.",
                    "name",
                ) from err

    def find(self, tenant: str, name: str) -> SourceStatus | None:
        """A tenant's source, or None."""
        with translate(SERVICE):
            found = self._client.get_item(
                TableName=self._table, Key=_key(tenant, name), ConsistentRead=True
            )
        return _status(found["Item"]) if "Item" in found else None

    def sources(self, tenant: str | None = None) -> list[SourceStatus]:
        """All sources, or a tenant's, by tenant and name."""
        values = {":pk": PARTITION}
        condition = "pk = :pk"
        if tenant is not None:
            condition += " AND begins_with(sk, :tenant)"
            values[":tenant"] = f"{tenant}/"
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_item(values),
            "ConsistentRead": True,
        }
        found: list[SourceStatus] = []
        while True:
            with translate(SERVICE):
                page = self._client.query(**request)
            found += [_status(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return found
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def remove(self, tenant: str, name: str) -> None:
        """Forgets a source; an unknown one is ignored."""
        with translate(SERVICE):
            self._client.delete_item(TableName=self._table, Key=_key(tenant, name))

    def begin(self, tenant: str, name: str, now: float, until: float) -> str:
        """Takes a source for one run; the run's token. Raises InProgress or NotFound."""
        token = uuid.uuid4().hex
        with translate(SERVICE):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(tenant, name),
                    UpdateExpression="SET #run = :token, #until = :until",
                    ConditionExpression="attribute_exists(pk) AND "
                    "(attribute_not_exists(#until) OR #until < :now)",
                    ExpressionAttributeNames={"#run": "run", "#until": "until"},
                    ExpressionAttributeValues=to_item(
                        {":token": token, ":until": until, ":now": now}
                    ),
                )
                return token
            except self._client.exceptions.ConditionalCheckFailedException:
                pass
        if self.find(tenant, name) is None:
            raise NotFound(f"There is no source {name}: see `nexus connect list`.")
        raise InProgress(f"Another run of {name} is at work: try again when it has ended.", 60)

    def end(self, status: SourceStatus, token: str) -> None:
        """Notes how the run went, and gives the source free if the token still has it."""
        told: dict[str, Value] = {
            ":ran_at": status.ran_at,
            ":report": json.dumps(dict(status.report)),
            ":error": status.error,
            ":failures": status.failures,
            ":token": token,
        }
        names = {f"#{one}": one for one in ("ran_at", "report", "error", "failures", "run")}
        with translate(SERVICE):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(status.spec.tenant, status.spec.name),
                    UpdateExpression="SET #ran_at = :ran_at, #report = :report, #error = :error, "
                    "#failures = :failures REMOVE #run, #until",
                    ConditionExpression="#run = :token",
                    ExpressionAttributeNames={**names, "#until": "until"},
                    ExpressionAttributeValues=to_item(told),
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return  # removed meanwhile, or taken by another run after this one's time


def _key(tenant: str, name: str) -> dict[str, AttributeValue]:
    return to_item({"pk": PARTITION, "sk": f"{tenant}/{name}"})


def _status(item: Mapping[str, AttributeValue]) -> SourceStatus:
    values = from_item(item)
    told = json.loads(values["spec"])
    told["groups"] = tuple(told["groups"])
    told["group_map"] = {group: tuple(mapped) for group, mapped in told["group_map"].items()}
    return SourceStatus(
        spec=SourceSpec(**told),
        created_at=float(values["created_at"]),
        ran_at=float(values.get("ran_at", 0)),
        report=json.loads(values.get("report", "{}")),
        error=values.get("error", ""),
        failures=int(values.get("failures", 0)),
    )
