"""Checks a call's arguments by the part of JSON Schema that tools are described with.

Types, required and further properties, enumerations, items, and limits of numbers and lengths:
what else a schema says is left to the tool. No pattern is matched, as it would come from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEEPEST = 12
_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def fault_of(value: Any, schema: Mapping[str, Any], path: str = "", depth: int = 0) -> str:
    """What of a value does not fit the schema, in a sentence that names its place; "" if all does.

    The sentence holds no value: it goes to a model, and into logs.
    """
    name = path or "the arguments"
    if depth > _DEEPEST:
        return f"{name} nest too deep."
    if fault := _kind_fault(value, schema, name):
        return fault
    if isinstance(value, dict):
        return _object_fault(value, schema, path, depth)
    if isinstance(value, list):
        return _items_fault(value, schema, name, depth)
    return _limit_fault(value, schema, name)


def _kind_fault(value: Any, schema: Mapping[str, Any], name: str) -> str:
    kinds = schema.get("type")
    if kinds is None:
        return ""
    named = [kinds] if isinstance(kinds, str) else list(kinds)
    allowed = tuple(kind for one in named for kind in _KINDS.get(one, (object,)))
    fits = isinstance(value, allowed)
    if isinstance(value, bool):  # which Python counts among the integers
        fits = "boolean" in named
    return "" if fits else f"{name} must be of type {' or '.join(named)}."


def _items_fault(value: list[Any], schema: Mapping[str, Any], name: str, depth: int) -> str:
    if len(value) > schema.get("maxItems", len(value)):
        return f"{name} has at most {schema['maxItems']} items."
    items = schema.get("items") or {}
    faults = (fault_of(one, items, f"{name}[{n}]", depth + 1) for n, one in enumerate(value))
    return next(filter(None, faults), "")


def _object_fault(value: dict[str, Any], schema: Mapping[str, Any], path: str, depth: int) -> str:
    properties: Mapping[str, Any] = schema.get("properties") or {}
    for required in schema.get("required") or ():
        if required not in value:
            return f"{_under(path, required)} is missing."
    for key, one in value.items():
        if key in properties:
            if fault := fault_of(one, properties[key], _under(path, key), depth + 1):
                return fault
        elif schema.get("additionalProperties") is False:
            return f"{_under(path, key[:60])} is not known: {', '.join(properties)} are."
    return ""


def _limit_fault(value: Any, schema: Mapping[str, Any], name: str) -> str:
    if "enum" in schema and value not in schema["enum"]:
        return f"{name} must be one of {', '.join(map(str, schema['enum']))}."
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            return f"{name} has at most {schema['maxLength']} characters."
        if len(value) < schema.get("minLength", 0):
            return f"{name} has at least {schema['minLength']} characters."
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value > schema.get("maximum", value):
            return f"{name} must be at most {schema['maximum']}."
        if value < schema.get("minimum", value):
            return f"{name} must be at least {schema['minimum']}."
    return ""


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
