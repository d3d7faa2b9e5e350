"""Writes a call's arguments into its path and query, as OpenAPI's `style` and `explode` say.

OpenAPI 3.1.1, "Style Values" and "Style Examples": https://spec.openapis.org/oas/v3.1.1
No library of the layer does it; httpx2 knows of `form` alone. Values are escaped one by one, so
that none can hold what stands between them. What a style has no form for is refused while the file
is read, as far as its schema tells, and otherwise before anything is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from nexus.errors import InvalidRequest

_STYLES: Mapping[str, tuple[str, ...]] = {
    "path": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
}
_BETWEEN = {"simple": ",", "form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_NESTED = ("array", "object")
_DOTS = re.compile(r"\.+")


@dataclass(frozen=True, slots=True)
class Parameter:
    """How one argument is written; with `as_json` it is one text of JSON.

    The default is a query's of before OpenAPI: a list is one value, with commas.
    """

    name: str
    style: str = "form"
    explode: bool = False
    as_json: bool = False


def parameter_of(given: Mapping[str, Any], where: str, schema: Mapping[str, Any]) -> Parameter:
    """How a parameter in the "path" or "query" of an OpenAPI file is written.

    `schema` is its schema, without references.
    Raises ValueError with the end of a sentence about it, for what cannot be written.
    """
    name = str(given.get("name", ""))
    content = given.get("content")
    if isinstance(content, Mapping) and content:
        if list(content) != ["application/json"]:
            raise ValueError(f"has a value of {', '.join(content)}: only application/json is sent")
        return Parameter(name, as_json=True)
    styles = _STYLES[where]
    style = str(given.get("style", styles[0]))
    if style not in styles:
        raise ValueError(f"has the style {style}: in a {where} only {', '.join(styles)} are sent")
    explode = given.get("explode")
    found = Parameter(name, style, style == "form" if explode is None else explode is True)
    check(found, schema)
    return found


def check(parameter: Parameter, schema: Mapping[str, Any]) -> None:
    """Raises ValueError, as `parameter_of` does, for a schema whose values cannot be written."""
    kinds = kinds_of(schema)
    if kinds == {"null"}:
        raise ValueError("is always null, which no address can say: leave it out of the file")
    allowed = {
        "deepObject": {"object"},
        "spaceDelimited": {*_NESTED},
        "pipeDelimited": {*_NESTED},
    }.get(parameter.style)
    if allowed and kinds - {"null"} - allowed:
        raise ValueError(
            f"has the style {parameter.style}, which writes {' and '.join(sorted(allowed))} alone"
        )
    properties = schema.get("properties")
    parts = [schema.get("items"), *(properties.values() if isinstance(properties, Mapping) else ())]
    for part in parts:
        inner = kinds_of(part) if isinstance(part, Mapping) else set()
        if inner & {*_NESTED}:
            raise ValueError("holds lists or objects in one another, which no address can say")
        if inner == {"null"}:
            raise ValueError("holds nothing but null, which no address can say")


def kinds_of(schema: Mapping[str, Any]) -> set[str]:
    """The types that a schema names; none where it leaves that open."""
    named = schema.get("type")
    return {named} if isinstance(named, str) else {str(one) for one in named or ()}


def path_segment(parameter: Parameter, value: Any) -> str:
    """A value as a part of a path. Raises InvalidRequest for one that cannot be written."""
    segment = _joined(parameter, value)
    if not segment:
        raise InvalidRequest(
            f"{parameter.name} must not be empty: it is a part of the address.", parameter.name
        )
    # A part of a path that is dots alone would lead to another path; once escaped it would still.
    return segment.replace(".", "%252E") if _DOTS.fullmatch(segment) else segment


def query_of(parameters: tuple[Parameter, ...], arguments: Mapping[str, Any]) -> str:
    """The query of the arguments that are there, escaped; a null and an empty list are not there.

    Raises InvalidRequest for what cannot be written.
    """
    written: list[tuple[str, str]] = []
    own = {one.name for one in parameters}
    for one in parameters:
        value = arguments.get(one.name)
        if value is None or (value in ([], {}) and not one.as_json):
            continue
        if one.style == "deepObject" and not isinstance(value, dict):
            raise InvalidRequest(f"{one.name} must be an object.", one.name)
        if one.as_json or not isinstance(value, list | dict):
            written.append((_escaped(one.name), _joined(one, value)))
        elif isinstance(value, dict) and one.style == "deepObject":
            pairs = _pairs(one, value)
            written += [(_escaped(f"{one.name}[{key}]"), part) for key, part in pairs]
        elif not one.explode:
            written.append((_escaped(one.name), _joined(one, value)))
        elif isinstance(value, list):
            written += [(_escaped(one.name), _simple(one, item)) for item in value]
        else:
            if taken := own.intersection(value) - {one.name}:
                raise InvalidRequest(
                    f"{one.name}.{min(taken)} is another parameter's name.", one.name
                )
            written += [(_escaped(key), part) for key, part in _pairs(one, value)]
    return "&".join(f"{name}={value}" for name, value in written)


def _joined(parameter: Parameter, value: Any) -> str:
    """A value, or what stands behind `name=`, escaped."""
    if parameter.as_json:
        return _escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    between = _BETWEEN.get(parameter.style, ",")
    if isinstance(value, dict):
        ties = "=" if parameter.explode else between
        pairs = _pairs(parameter, value)
        parts = [f"{_kept(parameter, key, ties)}{_tie(ties)}{part}" for key, part in pairs]
        return _tie(between).join(parts)
    if isinstance(value, list):
        return _tie(between).join(_simple(parameter, item) for item in value)
    return _simple(parameter, value)


def _pairs(parameter: Parameter, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An object's names and escaped values, of which a null is not there."""
    return [(key, _simple(parameter, one)) for key, one in value.items() if one is not None]


def _simple(parameter: Parameter, value: Any) -> str:
    if value is None:
        raise InvalidRequest(f"{parameter.name} must not hold null.", parameter.name)
    if isinstance(value, list | dict):
        raise InvalidRequest(
            f"{parameter.name} must hold no list or object within another.", parameter.name
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    return _kept(parameter, str(value), _BETWEEN.get(parameter.style, ","))


def _kept(parameter: Parameter, text: str, between: str) -> str:
    """A text, escaped; what is told apart by a space or a stroke may hold none of them itself."""
    if between in (" ", "|") and between in text:
        named = "spaces" if between == " " else "vertical strokes"
        raise InvalidRequest(f"{parameter.name} must hold no {named}.", parameter.name)
    return _escaped(text)


def _tie(between: str) -> str:
    """What stands between two values: a comma and an equals sign as they are."""
    return between if between in (",", "=") else _escaped(between)


def _escaped(text: str) -> str:
    return quote(text, safe="")
