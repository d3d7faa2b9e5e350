"""Makes tools of operations in an OpenAPI file (version 3, JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from nexus.agents.configuration import READING, OpenApiTools
from nexus.agents.http_tool import HttpCall, HttpTools, names_in
from nexus.agents.parameter_styles import Parameter, parameter_of
from nexus.agents.tools import Tool
from nexus.errors import ConfigurationError
from nexus.ports.tool_chats import ToolForm

_METHODS = ("get", "head", "post", "put", "patch", "delete")
# References that lead to references, and schemas in schemas: deeper ones are left open.
_DEEPEST = 8
_KEPT = ("type", "description", "enum", "required", "minimum", "maximum", "minLength", "maxLength",
         "maxItems", "additionalProperties")  # fmt: skip
BODY = "body"


def openapi_tools(name: str, source: OpenApiTools, folder: Path, http: HttpTools) -> list[Tool]:
    """The tools of the operations that the configuration lists.

    Raises ConfigurationError for a file that is no OpenAPI document, an operation that it does not
    have, and one that cannot be called.
    """
    document = _read(folder / source.openapi)
    found = {
        str(operation.get("operationId", "")): (path, method, shared, operation)
        for path, method, shared, operation in _operations(document)
    }
    server = str(source.server or _server(document, source.openapi))
    tools = []
    for wanted in source.operations:
        if wanted not in found:
            known = ", ".join(sorted(filter(None, found)))
            raise ConfigurationError(
                f"tools.{name}: {source.openapi} has no operation {wanted}; it has {known}."
            )
        tools.append(_tool(name, source, document, server, wanted, found[wanted], http))
    return tools


def _tool(
    name: str,
    source: OpenApiTools,
    document: Mapping[str, Any],
    server: str,
    operation_id: str,
    found: tuple[str, str, list[Any], Mapping[str, Any]],
    http: HttpTools,
) -> Tool:
    path, method, shared, operation = found
    properties: dict[str, Any] = {}
    required: list[str] = []
    written: dict[str, list[Parameter]] = {"path": [], "query": []}
    for one in _parameters([*shared, *operation.get("parameters", ())], document):
        where, called = str(one.get("in", "")), str(one.get("name", ""))
        if where not in written:
            if one.get("required"):
                raise ConfigurationError(
                    f"tools.{name}: {operation_id} needs {called} in {where}, which no tool sends."
                )
            continue
        schema = _schema_of_parameter(one, document)
        if called in properties:
            raise ConfigurationError(
                f"tools.{name}: {operation_id} has {called} in its path and in its query: "
                "give one of them another name."
            )
        try:
            written[where].append(parameter_of(one, where, schema))
        except ValueError as err:
            raise ConfigurationError(f"tools.{name}: {called} of {operation_id} {err}.") from err
        about = {"description": str(one["description"])[:500]} if one.get("description") else {}
        properties[called] = {**schema, **about}
        required += [called] if one.get("required") or where == "path" else []
    if missing := set(names_in(path)) - {one.name for one in written["path"]}:
        raise ConfigurationError(
            f"tools.{name}: {operation_id} does not describe {min(missing)} of its path."
        )
    whole = _resolved(operation.get("requestBody", {}), document)
    content = whole.get("content", {}).get("application/json")
    if content:
        if BODY in properties:
            raise ConfigurationError(
                f"tools.{name}: {operation_id} has a parameter named {BODY} beside its body."
            )
        properties[BODY] = _schema(content.get("schema", {}), document)
        required += [BODY] if whole.get("required") else []
    elif whole.get("required"):
        raise ConfigurationError(f"tools.{name}: {operation_id} takes a body that is no JSON.")
    described = operation.get("description") or operation.get("summary") or operation_id
    title = str(operation.get("summary") or operation_id)[:100]
    form = ToolForm(
        f"{name}_{operation_id}"[:64],
        str(described)[:1_000],
        {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        },
    )
    call = HttpCall(
        method.upper(),
        server.rstrip("/") + path,
        tuple(written["query"]),
        tuple(written["path"]),
        BODY if content else "",
        auth=source.auth,
        timeout_s=source.timeout_s,
        retries=source.retries,
        max_bytes=source.max_bytes,
    )
    changes = call.method not in READING and operation_id not in source.reads
    return http.tool(form, title, call, changes=changes, confirm=source.confirm)


def _parameters(given: list[Any], document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Parameters without references; an operation's own stands for one that its path shares."""
    found = {}
    for one in given:
        read = _resolved(one, document)
        found[read.get("in"), read.get("name")] = read
    return list(found.values())


def _schema_of_parameter(one: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter's schema; one that may be null is left out instead, which an address can say."""
    content = one.get("content")
    holder: Any = one
    if isinstance(content, dict) and content:
        holder = next(iter(content.values()))
    given = holder.get("schema", {}) if isinstance(holder, dict) else {}
    schema = _resolved(given, document)
    for choice in ("anyOf", "oneOf"):
        ways = [_resolved(way, document) for way in schema.get(choice) or ()]
        real = [way for way in ways if way.get("type") != "null"]
        if len(real) == 1:
            schema = {**real[0], **{key: schema[key] for key in schema if key in _KEPT}}
    kept = _schema(schema, document)
    if isinstance(kinds := kept.get("type"), list) and len(kinds) > 1 and not content:
        kept["type"] = [kind for kind in kinds if kind != "null"]
    return kept


def _read(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as err:
        raise ConfigurationError(f"{path.name} must be an OpenAPI document as JSON.") from err
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise ConfigurationError(f"{path.name} must be an OpenAPI document of version 3.")
    return document


def _operations(
    document: Mapping[str, Any],
) -> Iterator[tuple[str, str, list[Any], Mapping[str, Any]]]:
    for path, item in (document.get("paths") or {}).items():
        for method in _METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield path, method, list(item.get("parameters", ())), item[method]


def _server(document: Mapping[str, Any], file: str) -> str:
    servers = document.get("servers") or [{}]
    url = urljoin("", str(servers[0].get("url", "")))
    if not url.startswith(("https://", "http://")):
        raise ConfigurationError(f"{file} names no server's whole address: set `server`.")
    return url


def _resolved(given: Any, document: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
    """What a reference within the document leads to; {} for one that leads nowhere, or round."""
    if not isinstance(given, dict):
        return {}
    reference = given.get("$ref")
    if reference is None:
        return given
    found: Any = document
    for part in str(reference).removeprefix("#/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, dict) else None
    return _resolved(found, document, depth + 1) if depth < _DEEPEST else {}


def _schema(given: Any, document: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """A schema without references, and without what no check of ours reads."""
    schema = _resolved(given, document)
    if depth > _DEEPEST:
        return {}
    kept = {key: schema[key] for key in _KEPT if key in schema}
    if not isinstance(kept.get("additionalProperties", False), bool):
        del kept["additionalProperties"]
    if isinstance(schema.get("properties"), dict):
        kept["properties"] = {
            key: _schema(one, document, depth + 1) for key, one in schema["properties"].items()
        }
    if "items" in schema:
        kept["items"] = _schema(schema["items"], document, depth + 1)
    return kept
