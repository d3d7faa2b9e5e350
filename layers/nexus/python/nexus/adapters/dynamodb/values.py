"""Turns plain values into DynamoDB's attribute values and back, as botocore itself does not.

boto3 has this in `boto3.dynamodb.types`, but importing boto3 costs a cold start more than this
module, and that one returns every number as a Decimal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

Value: TypeAlias = "bool | int | float | str | bytes | Listed | Mapping[str, Value] | None"
Listed: TypeAlias = "tuple[Value, ...] | list[Value]"


def to_attribute(value: Value) -> AttributeValue:  # noqa: PLR0911 - one return for each type
    """One attribute value. Raises ValueError for numbers DynamoDB cannot hold (NaN, infinity)."""
    if type(value) is str:  # most are
        return {"S": value}
    match value:
        case None:
            return {"NULL": True}
        case bool():  # before int, which it also is
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case float():
            if not math.isfinite(value):
                raise ValueError("DynamoDB holds finite numbers only.")
            return {"N": repr(value)}
        case str():
            return {"S": value}
        case bytes():
            return {"B": value}
        case tuple() | list():
            return {"L": [to_attribute(item) for item in value]}
    return {"M": to_item(value)}


def to_item(values: Mapping[str, Value]) -> dict[str, AttributeValue]:
    """An item, or the inside of a map."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_attribute(attribute: AttributeValue) -> Any:
    """The value; a list comes back as a tuple, a number as an int if it is whole."""
    (kind, value), *_ = cast("dict[str, Any]", attribute).items()
    match kind:
        case "NULL":
            return None
        case "N":
            return int(value) if value.lstrip("-").isdecimal() else float(value)
        case "L":
            return tuple(from_attribute(item) for item in value)
        case "M":
            return from_item(value)
        case "S" | "BOOL" | "B":
            return value
    raise ValueError(f"Nexus writes no attributes of type {kind}.")


def from_item(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """The plain values of an item."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}
