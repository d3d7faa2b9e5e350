"""`nexus invoke`: runs a deployed function with an event from a file."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.connection import connect, demo_key
from cli.failure import Failure
from cli.reconciling import PATIENT_AND_ONCE
from cli.terminal import Stage, print_json


class Function(StrEnum):
    """The functions of a stage."""

    AUTHORIZER = "authorizer"
    CHAT = "chat"
    DOCUMENTS = "documents"
    ACCESS = "access"
    INGEST = "ingest"
    REINDEX = "reindex"
    BACKUP = "backup"
    AUDIO = "audio"
    CONNECT = "connect"


def invoke(
    function: Annotated[Function, typer.Argument(help="Function to run.")],
    event: Annotated[
        Path, typer.Option("--event", exists=True, dir_okay=False, help="File with the event.")
    ],
    stage: Stage = "local",
    key: Annotated[
        str | None,
        typer.Option(
            "--key", envvar="NEXUS_API_KEY", help="Who calls, and what takes the place of $API_KEY."
        ),
    ] = None,
) -> None:
    """Run a function with an event and print what it returns."""
    key = key or demo_key() or ""
    text = event.read_text(encoding="utf-8").replace("$API_KEY", key)
    try:
        given = json.loads(text)
    except ValueError as err:
        raise Failure(f"{event} does not hold JSON: {err}") from err
    connection = connect(stage)
    if isinstance(given, dict) and isinstance(given.get("requestContext"), dict):
        # As the gateway does it, of which no part is asked here.
        given["requestContext"]["authorizer"] = connection.access.entering.authorized(key)
        text = json.dumps(given)
    name = getattr(connection.deployment, f"{function.value}_function")
    client = connection.client("lambda", PATIENT_AND_ONCE)
    response = client.invoke(FunctionName=name, Payload=text.encode())
    result = json.loads(response["Payload"].read() or b"null")
    if "FunctionError" in response:
        kind = result.get("errorType", "an error") if isinstance(result, dict) else "an error"
        raise Failure(f"The function {function.value} failed with {kind}: see its log.")
    print_json(result)
