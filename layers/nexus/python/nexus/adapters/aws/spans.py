"""Tells each call of an AWS service as a step: DynamoDB's as a database's, and which table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nexus.span_names import DB_COLLECTION, DB_OPERATION, DB_SYSTEM
from nexus.tracing import Value, is_traced, step

_STEP = "nexus_step"


def called(service: str, operation: str, parameters: Mapping[str, Any]) -> step:
    """The step that a call is, such as "GetItem nexus-prod-catalogue" or "s3 GetObject".

    Of the parameters nothing is told but a table's name.
    """
    if service != "dynamodb":
        return step(f"{service} {operation}", "client")
    table = _table(parameters)
    attributes: dict[str, Value] = {DB_SYSTEM: "aws.dynamodb", DB_OPERATION: operation}
    if table:
        attributes[DB_COLLECTION] = table
    return step(f"{operation} {table}".strip(), "client", attributes)


def trace_calls(client: Any) -> None:
    """Has every call of a botocore client told, from its first try to its last."""
    events = client.meta.events
    service = client.meta.service_model.service_name

    def begin(model: Any, context: dict[str, Any], **_: Any) -> None:
        if is_traced():
            # The parameters are written into a body by now: which table they name is not told.
            begun = called(service, model.name, {})
            begun.begin()
            context[_STEP] = begun

    def end(context: dict[str, Any], exception: Exception | None = None, **_: Any) -> None:
        begun = context.pop(_STEP, None)
        if begun is not None:
            begun.end(type(exception) if exception else None)

    events.register(f"before-call.{service}", begin)
    events.register(f"after-call.{service}", end)
    events.register(f"after-call-error.{service}", end)


def _table(parameters: Mapping[str, Any]) -> str:
    """The table that is asked; "" where it is several."""
    named = parameters.get("TableName")
    several = list(parameters.get("RequestItems", ()))
    return str(named or (several[0] if len(several) == 1 else ""))
