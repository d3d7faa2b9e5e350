"""`nexus analytics` and `nexus gaps`: what a tenant was asked, and what got no good answer."""

from __future__ import annotations

import time
from datetime import date
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.connection import Connection, connect
from cli.failure import Failure
from cli.terminal import Json, Stage, Tenant, console, print_json
from nexus.insights.analytics import Period, Range
from nexus.insights.days import before, today
from nexus.insights.inventory import described

Days = Annotated[int, typer.Option("--days", min=1, max=400, help="The last so many days.")]
From = Annotated[str, typer.Option("--from", help="The first day (UTC), instead of --days.")]
To = Annotated[str, typer.Option("--to", help="The last day (UTC); today if not told.")]
MOST_ROWS = 10


def analytics(
    stage: Stage = "local",
    tenant: Tenant = None,
    days: Days = 30,
    first: From = "",
    last: To = "",
    as_json: Json = False,
) -> None:
    """Show what a tenant was asked, how the answers fared, and what they cost."""
    connection = connect(stage)
    asked = _range(days, first, last)
    period = connection.analytics.period(connection.tenant(tenant), asked)
    if as_json:
        print_json(_facts(period))
        return
    whole = period.whole
    table = Table(show_header=False, box=None)
    for name, value in _facts(period)["totals"].items():
        table.add_row(f"[dim]{name}[/]", "" if value is None else f"{value:,}")
    console.print(f"{asked.first} to {asked.last}")
    console.print(table)
    names = sorted(whole.clients.items(), key=lambda one: (-one[1].questions, one[0]))
    clients = Table("client", "questions", "refused", "$")
    for name, usage in names[:MOST_ROWS]:
        counts = (str(usage.questions), str(usage.refused), f"{usage.dollars:.4f}")
        clients.add_row(escape(name), *counts)
    console.print(clients)
    if not period.complete:
        console.print("[yellow]More was asked than is read at once: ask for fewer days.[/]")


def gaps(
    stage: Stage = "local",
    tenant: Tenant = None,
    days: Days = 30,
    first: From = "",
    last: To = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="So many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """Show the questions that got no good answer, by likeness, with the closest documents."""
    connection = connect(stage)
    rows = _gaps(connection, connection.tenant(tenant), _range(days, first, last), limit)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("Nothing was refused or rated down.")
        return
    table = Table("refused", "disliked", "asked, for example", "closest documents")
    for row in rows:
        table.add_row(
            str(row["refused"]),
            str(row["disliked"]),
            escape("\n".join(row["examples"])) or "[dim]words are not kept[/]",
            escape("\n".join(row["documents"])),
        )
    console.print(table)


def _gaps(connection: Connection, tenant: str, asked: Range, limit: int) -> list[dict[str, Any]]:
    reading = connection.analytics
    found = reading.clusters(tenant, asked, limit, gaps=True)
    ids = [key for one in found.clusters for key in one.asked.documents]
    named = described(reading.catalogue(), tenant, ids)
    return [
        {
            "refused": one.asked.refused,
            "disliked": one.asked.disliked,
            "examples": list(one.examples),
            "documents": [named[key].path for key in one.asked.documents if key in named],
        }
        for one in found.clusters
    ]


def _range(days: int, first: str, last: str) -> Range:
    now = time.time()
    try:
        end = date.fromisoformat(last or today(now))
        begin = date.fromisoformat(first or before(end.isoformat(), days - 1))
    except ValueError:
        raise Failure("A day is written as 2026-03-31.") from None
    return Range.of(begin, end, now)


def _facts(period: Period) -> dict[str, Any]:
    whole = period.whole
    rated = whole.up + whole.down
    told = {f"p{share}_ms": whole.latency.percentile(share / 100) for share in (50, 95, 99)}
    return {
        "totals": {
            "questions": whole.questions,
            "answered": whole.questions - whole.refused - whole.failed,
            "refused": whole.refused,
            "failed": whole.failed,
            "cached": whole.cached,
            "clients": len(whole.clients),
            "dollars": round(sum(one.nanodollars for one in whole.models.values()) / 1e9, 6),
            "satisfaction": round(whole.up / rated, 3) if rated else None,
            **{name: None if value is None else round(value, 1) for name, value in told.items()},
        },
        "days": {day: tally.questions for day, tally in period.by_day.items()},
        "complete": period.complete,
    }
