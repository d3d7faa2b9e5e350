"""`nexus keys create|set|rotate|list|attach|copy|revoke`: who may call the API."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from cli import key_budgets
from cli.connection import DEMO_CLIENT, DEMO_TENANT, connect, keep_demo_key
from cli.failure import Failure
from cli.key_budgets import Caps
from cli.local.layout import Layout
from cli.stage_names import LOCAL
from cli.terminal import Json, Stage, Tenant, console, counted, errors, print_json
from nexus.access.copying import copy as copy_keys
from nexus.access.key_times import (
    ROTATE_AFTER_DAYS,
    age_days,
    has_ended,
    keys_in_use,
    lasts,
    moment,
)
from nexus.models import ApiClient, Filters
from nexus.object_keys import spelled, tenant_prefix

app = typer.Typer(
    no_args_is_help=True, help="Make, rotate, list, attach, copy and revoke API keys."
)
Client = Annotated[
    str,
    typer.Argument(help="Name of the client, unique in its tenant: up to 64 characters, no '/'."),
]
LONGEST_DAYS = 3650  # ten years
Days = Annotated[
    int | None,
    typer.Option("--days", min=1, max=LONGEST_DAYS, help="Days that the key is valid."),
]
_KEPT_BY = (
    "[dim]Keep it now: it is not shown again. Nexus stores its SHA-256 alone; API Gateway stores "
    "the key, and whoever may read the account's API keys (apigateway:GET) can have it returned.[/]"
)


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
    groups: Annotated[
        str,
        typer.Option(
            "--groups",
            help="Groups, separated by commas, whose documents it sees beside those of no group; "
            "'*' is every group.",
        ),
    ] = "",
    days: Days = None,
    budget: Caps = None,
    as_json: Json = False,
) -> None:
    """Make a key; it is shown once."""
    connection = connect(stage)
    filters = Filters(
        departments=tuple(map(spelled, department or ())), tags=tuple(map(spelled, tag or ()))
    )
    key, entry = connection.access.keys.create(
        connection.tenant(tenant),
        client,
        role,
        filters,
        days,
        groups=groups_of(groups),
        budget=key_budgets.budget_of(budget),
    )
    if as_json:
        print_json({"key": key, **_public(entry, in_grace=False)})
        return
    console.print(key, soft_wrap=True)
    console.print(_KEPT_BY)


@app.command("set")
def set_budget(
    client: Client,
    stage: Stage = "local",
    tenant: Tenant = None,
    budget: Caps = None,
    no_budget: Annotated[bool, typer.Option("--no-budget", help="Let it spend freely.")] = False,
    as_json: Json = False,
) -> None:
    """Give a client another budget, all caps anew; it holds within a minute."""
    caps = key_budgets.budget_of(budget)
    if (caps is None) != no_budget:
        raise Failure("Say either --budget, once for each cap, or --no-budget.")
    connection = connect(stage)
    changed = connection.access.keys.change(
        connection.tenant(tenant), client, lambda who: replace(who, budget=caps)
    )
    if as_json:
        print_json(_public(changed[0], in_grace=False))
        return
    console.print(f"{client}: {key_budgets.told(caps)}, within a minute.", markup=False)


@app.command()
def rotate(
    client: Client,
    stage: Stage = "local",
    tenant: Tenant = None,
    grace: Annotated[
        int,
        typer.Option(
            "--grace",
            min=0,
            max=ROTATE_AFTER_DAYS,
            help="Days that the old key goes on working; 0 ends it within a minute.",
        ),
    ] = 7,
    days: Days = None,
    as_json: Json = False,
) -> None:
    """Give a client another key; the old one works on for a while, and then stops by itself."""
    connection = connect(stage)
    found = connection.tenant(tenant)
    key, entry, ends_at = connection.access.keys.rotate(found, client, grace, days)
    if stage == LOCAL and (found, client) == (DEMO_TENANT, DEMO_CLIENT):
        keep_demo_key(key, Layout())  # that `nexus ask` sends
    if as_json:
        print_json({"key": key, **_public(entry, in_grace=False), "old_until": moment(ends_at)})
        return
    console.print(key, soft_wrap=True)
    console.print(_KEPT_BY)
    console.print(
        f"The old key of {client} works until {moment(ends_at)}."
        if grace
        else f"The old key of {client} stops working within a minute.",
        markup=False,
    )


@app.command("list")
def list_keys(stage: Stage = "local", tenant: Tenant = None, as_json: Json = False) -> None:
    """List the clients that have a key."""
    connection = connect(stage)
    if tenant is not None:
        tenant_prefix(tenant)  # raises InvalidRequest for a name that cannot be a tenant's
    every = list(connection.operator.clients.list_clients())
    now = time.time()
    in_use = list(keys_in_use(every, now).values())
    entries = [entry for entry in every if tenant in (None, entry.principal.tenant)]
    # Of two that were made in one second, the one that works longer is the newer.
    entries.sort(key=lambda entry: (entry.created_at, lasts(entry)[0]))
    entries.sort(key=lambda entry: (entry.principal.tenant, entry.principal.client))
    if as_json:
        print_json([_public(entry, in_grace=_in_grace(entry, in_use, now)) for entry in entries])
        return
    table = Table("tenant", "client", "role", "plan", "age", "works until", "sees", "groups")
    for entry in entries:
        who = entry.principal
        sees = ", ".join((*who.filters.departments, *(f"#{tag}" for tag in who.filters.tags)))
        until = moment(who.expires_at) if who.expires_at else "no end"
        if has_ended(entry, now):
            until = f"ended {until}"
        elif _in_grace(entry, in_use, now):
            until = f"{until} (in grace)"
        table.add_row(
            who.tenant,
            who.client,
            who.role,
            who.plan,
            counted(age_days(entry, now), "day"),
            until,
            sees or "everything",
            ", ".join(who.groups) or "none",
        )
    console.print(table)
    old = sum(entry in in_use and age_days(entry, now) >= ROTATE_AFTER_DAYS for entry in entries)
    if old:
        errors.print(
            f"{counted(old, 'key')} in use for {ROTATE_AFTER_DAYS} days and more: "
            f"`nexus keys rotate NAME --stage {stage}` gives a client another."
        )
    if refused := connection.access.attaching.detached():
        errors.print(
            f"{counted(len(refused), 'key')} on no plan of this deployment, and refused: "
            f"`nexus keys attach --stage {stage}` puts keys on their plans."
        )


@app.command()
def attach(stage: Stage = "local") -> None:
    """Put the keys of before on the plans of a service stack that was made anew."""
    attached, lost = connect(stage).access.attaching.attach()
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
def copy(
    source: Annotated[
        str, typer.Option("--from", help="The stage whose clients get the same keys here.")
    ],
    stage: Stage = "local",
) -> None:
    """Let the keys of another region's stage work here too; after each change there, again."""
    there, here = connect(source), connect(stage)
    if there.session.region_name == here.session.region_name:
        raise Failure("Both stages are in one region, in which API Gateway takes a key only once.")
    changed, only_here = copy_keys(
        there.access.clients, there.access.gateway, here.access.clients, here.access.keys
    )
    for entry in changed:
        console.print(f"✓ {entry.principal.tenant} {entry.principal.client}", markup=False)
    console.print(f"{counted(len(changed), 'key')} copied.")
    for entry in only_here:
        who = entry.principal
        errors.print(
            f"{who.tenant} {who.client} has a key here that {source} does not have: "
            "revoke it, if it was revoked there.",
            markup=False,
        )


@app.command()
def revoke(
    client: Client,
    stage: Stage = "local",
    tenant: Tenant = None,
    old: Annotated[
        bool, typer.Option("--old", help="Only the key that a rotation left in its grace.")
    ] = False,
) -> None:
    """Revoke a client's keys; within a minute they are refused everywhere."""
    connection = connect(stage)
    found = connection.tenant(tenant)
    revoked = connection.access.keys.revoke(found, client, old_only=old)
    if not revoked:
        raise Failure(f"Client {client} has no old key.")
    if old:
        console.print(
            f"{counted(revoked, 'old key')} of {client} revoked; the key in use goes on.",
            markup=False,
        )
        return
    console.print(f"{counted(revoked, 'key')} of {client} revoked, within a minute.", markup=False)


def groups_of(text: str) -> tuple[str, ...]:
    """The groups of a text that separates them by commas, each in its one spelling."""
    return tuple(dict.fromkeys(filter(None, map(spelled, text.split(",")))))


def _in_grace(entry: ApiClient, in_use: list[ApiClient], now: float) -> bool:
    return entry not in in_use and not has_ended(entry, now)


def _public(entry: ApiClient, *, in_grace: bool) -> dict[str, Any]:
    who = entry.principal
    return {
        "tenant": who.tenant,
        "client": who.client,
        "role": who.role,
        "plan": who.plan,
        "groups": list(who.groups),
        "filters": asdict(who.filters),
        "budget": who.budget.named() if who.budget else None,
        "created_at": entry.created_at,
        "age_days": age_days(entry, time.time()),
        "expires_at": moment(who.expires_at) if who.expires_at else None,
        "in_grace": in_grace,
    }
