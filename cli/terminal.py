"""What all commands share: the console, and the options that name a stage."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

Stage = Annotated[
    str, typer.Option("--stage", help="Deployment to work with: local, dev, staging or prod.")
]
# Without a default: what changes an account is never done to a stage that nobody named.
StageToName = Annotated[
    str | None, typer.Option("--stage", help="Stage of cdk.json: dev, staging or prod.")
]
Tenant = Annotated[
    str | None,
    typer.Option("--tenant", help="Tenant to work for; on the local stage, the demo tenant."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def print_json(value: Any) -> None:
    """Prints a value as JSON that another program can read."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def counted(number: int, thing: str) -> str:
    """A number and what it counts: "1 document", "2 documents"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
