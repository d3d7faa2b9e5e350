"""Which index generations exist: one item of the catalogue's table, changed by condition.

pk and sk `generations`. One item, so that one read tells all of it and one write moves the pointer
for every reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.values import from_item, to_item
from nexus.errors import Superseded
from nexus.models import Generation, Generations

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

SERVICE = "catalogue"
KEY = to_item({"pk": "generations", "sk": "generations"})


class DynamoGenerations(ClientInTime):
    """A GenerationStore in a table with the string keys `pk` and `sk`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def read(self) -> Generations | None:
        """The generations, read consistently; None before anything was stored."""
        with translate(SERVICE):
            found = self._client.get_item(TableName=self._table, Key=KEY, ConsistentRead=True)
        return generations_of(found["Item"]) if "Item" in found else None

    def write(self, generations: Generations) -> Generations:
        """Replaces the generations if nobody did meanwhile. Raises Superseded."""
        stored = replace(generations, edition=generations.edition + 1)
        values = {**asdict(stored), "known": tuple(asdict(one) for one in stored.known)}
        with translate(SERVICE):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item={**KEY, **to_item(values)},
                    ConditionExpression="edition = :edition OR (attribute_not_exists(edition) AND "
                    ":edition = :none)",
                    ExpressionAttributeValues=to_item(
                        {":edition": generations.edition, ":none": 0}
                    ),
                )
            except self._client.exceptions.ConditionalCheckFailedException as err:
                raise Superseded("Somebody else changed the generations.") from err
        return stored


def generations_of(item: Mapping[str, AttributeValue]) -> Generations:
    """The generations that the item tells."""
    values = from_item(item)
    return Generations(
        live=values["live"],
        known=tuple(Generation(**one) for one in values["known"]),
        previous=values["previous"],
        building=values["building"],
        edition=values["edition"],
    )
