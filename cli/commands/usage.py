"""`nexus usage`: what was spent of budgets, by API key."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from cli import api
from cli.asking import Key
from cli.connection import connect, key_for
from cli.terminal import Json, Stage, console, print_json


def usage(stage: Stage = "local", key: Key = None, as_json: Json = False) -> None:
    """Show what was spent of budgets, and when they start anew."""
    found = api.call(
        connect(stage).deployment.api_url, "/v1/usage", key=key_for(stage, key), method="GET"
    )
    if as_json:
        print_json(found)
        return
    if not found["accounts"]:
        console.print(
            "This key has no budget, and nothing is counted for it: "
            "`nexus keys set NAME --budget dollars-month=20` gives a client one.",
            markup=False,
        )
        return
    table = Table("account", "cap", "spent", "of", "held", "starts anew")
    for one in found["accounts"]:
        name = escape(f"{one['name']} ({one['kind']})")
        for cap in one["caps"]:
            what = f"{cap['measure']} per {cap['window']}"
            counts = (f"{cap['spent']:g}", f"{cap['cap']:g}", f"{cap['held']:g}")
            table.add_row(name, what, *counts, cap["resets_at"])
        if not one["caps"]:
            month = (one["requests_month"], one["tokens_month"], one["dollars_month"])
            for measure, spent in zip(("requests", "tokens", "dollars"), month, strict=True):
                if spent is not None:
                    table.add_row(name, f"{measure} in {found['month']}", f"{spent:g}", "", "", "")
    console.print(table)
    console.print(f"[dim]Dollars at the prices of {found['prices_of']}.[/]")
