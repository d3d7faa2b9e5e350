"""What a key's client may spend, as the terminal's options say it and are told it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.failure import Failure
from nexus.models import Budget

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
