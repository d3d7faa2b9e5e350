"""What a key's client may spend: read from the terminal's options, and entered anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from cli import keys
from cli.connection import Connection
from cli.failure import Failure
from nexus.models import ApiClient, Budget

Caps = Annotated[
    list[str] | None,
    typer.Option(
        "--budget",
        help="What it may spend, such as dollars-month=20, tokens-day=100000 or requests-minute=30 "
        "(requests per minute, hour, day or month; tokens and dollars per day or month); "
        "repeatable.",
    ),
]


def budget_of(caps: list[str] | None) -> Budget | None:
    """The budget of texts such as "dollars-month=20"; None of none. Raises Failure."""
    values: dict[str, object] = {}
    for cap in caps or ():
        name, _, amount = cap.partition("=")
        try:
            values[name.strip().replace("-", "_")] = float(amount)
        except ValueError:
            raise Failure(f"--budget {cap}: say a cap and a number, as dollars-month=20.") from None
    try:
        return Budget.of(values) if values else None
    except ValueError as err:
        raise Failure(f"--budget: {err}") from err


def told(budget: Budget | None) -> str:
    """A budget as the options say it; "no budget" for none."""
    named = budget.named() if budget else {}
    return ", ".join(f"{cap.replace('_', '-')}={most:g}" for cap, most in named.items()) or (
        "no budget"
    )


def enter(
    connection: Connection, tenant: str, client: str, budget: Budget | None
) -> list[ApiClient]:
    """Gives a client another budget, or none; what its keys spend is held to it within a minute.

    Raises Failure for a client without a key.
    """
    entries = keys.of_client(connection, tenant, client)
    if not entries:
        raise keys.nobody(tenant, client)
    changed = [replace(one, principal=replace(one.principal, budget=budget)) for one in entries]
    for entry in changed:
        connection.operator.clients.put(entry)
    return changed
