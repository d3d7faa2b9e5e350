"""`nexus keys create|list|attach|revoke`: who may call the API."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from cli import keys
from cli.connection import connect
from cli.failure import Failure
from cli.terminal import Json, Stage, Tenant, console, counted, errors, print_json
from nexus.models import ApiClient, Filters
from nexus.object_keys import spelled

app = typer.Typer(no_args_is_help=True, help="Make, list, attach and revoke API keys.")
Client = Annotated[str, typer.Argument(help="Name of the client, unique in its tenant.")]


@app.command()
def create(
    client: Client,
    stage: Stage = "local",
    tenant: Tenant = None,
    role: Annotated[
        Literal["user", "admin"], typer.Option("--role", help="user asks; admin manages.")
    ] = "user",
    department: Annotated[
        list[str] | None,
        typer.Option("--department", help="Only documents of this department; repeatable."),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", help="Only documents with one of these tags; repeatable."),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="Days that the key is valid.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a key; it is shown once."""
    connection = connect(stage)
    filters = Filters(
        departments=tuple(map(spelled, department or ())), tags=tuple(map(spelled, tag or ()))
    )
    key, entry = keys.create(connection, connection.tenant(tenant), client, role, filters, days)
    if as_json:
        print_json({"key": key, **_public(entry)})
        return
    console.print(key, soft_wrap=True)
    console.print("[dim]Keep it now: it is not stored anywhere and cannot be shown again.[/]")


@app.command("list")
def list_keys(stage: Stage = "local", tenant: Tenant = None, as_json: Json = False) -> None:
    """List the clients that have a key."""
    connection = connect(stage)
    entries = [
        entry
        for entry in connection.operator.clients.list_clients()
        if tenant in (None, entry.principal.tenant)
    ]
    entries.sort(key=lambda entry: (entry.principal.tenant, entry.principal.client))
    if as_json:
        print_json([_public(entry) for entry in entries])
        return
    table = Table("tenant", "client", "role", "plan", "made", "expires", "sees")
    for entry in entries:
        who = entry.principal
        sees = ", ".join((*who.filters.departments, *(f"#{tag}" for tag in who.filters.tags)))
        table.add_row(
            who.tenant,
            who.client,
            who.role,
            who.plan,
            entry.created_at,
            _expiry(who.expires_at) or "never",
            sees or "everything",
        )
    console.print(table)
    if refused := keys.detached(connection):
        errors.print(
            f"{counted(len(refused), 'key')} on no plan of this deployment, and refused: "
            f"`nexus keys attach --stage {stage}` puts keys on their plans."
        )


@app.command()
def attach(stage: Stage = "local") -> None:
    """Put the keys of before on the plans of a service stack that was made anew."""
    attached, lost = keys.attach(connect(stage))
    for entry in attached:
        console.print(f"✓ {entry.principal.tenant} {entry.principal.client}")
    console.print(f"{counted(len(attached), 'key')} attached.")
    if lost:
        named = ", ".join(f"{entry.principal.tenant} {entry.principal.client}" for entry in lost)
        raise Failure(
            f"The gateway no longer has the keys of {named}: revoke each with `nexus keys revoke`, "
            "and make another with `nexus keys create`."
        )


@app.command()
def revoke(client: Client, stage: Stage = "local", tenant: Tenant = None) -> None:
    """Revoke a client's key; within a minute it is refused everywhere."""
    connection = connect(stage)
    found = connection.tenant(tenant)
    if not keys.revoke(connection, found, client):
        raise Failure(f"Tenant {found} has no client {client}: see `nexus keys list`.")
    console.print(f"The key of {client} is revoked: it stops working within a minute.")


def _public(entry: ApiClient) -> dict[str, Any]:
    who = entry.principal
    return {
        "tenant": who.tenant,
        "client": who.client,
        "role": who.role,
        "plan": who.plan,
        "filters": asdict(who.filters),
        "created_at": entry.created_at,
        "expires_at": _expiry(who.expires_at),
    }


def _expiry(expires_at: int | None) -> str | None:
    if expires_at is None:
        return None
    return datetime.fromtimestamp(expires_at, UTC).isoformat()[:19] + "Z"
