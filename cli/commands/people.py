"""`nexus people list|add|set|remove`: who signs in at a stage's own pool."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from cli.commands.keys import groups_of
from cli.connection import Connection, connect
from cli.failure import Failure
from cli.stage_names import LOCAL
from cli.terminal import Json, Stage, Tenant, console, print_json
from nexus.models import Person
from nexus.sign_in.claims import client_of

app = typer.Typer(no_args_is_help=True, help="List, add, change and remove the people who sign in.")
Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]
Groups = Annotated[
    str | None,
    typer.Option("--groups", help="The person's groups, all of them, separated by commas."),
]


@app.command("list")
def list_people(stage: Stage = "local", tenant: Tenant = None, as_json: Json = False) -> None:
    """List a tenant's people with their groups."""
    connection = connect(stage)
    _check(connection)
    found = connection.access.people.list_people(connection.tenant(tenant))
    if as_json:
        print_json([_public(one) for one in found])
        return
    table = Table("e-mail", "groups", "may sign in", "since")
    for one in found:
        may = "no" if not one.enabled else "invited" if one.waiting else "yes"
        table.add_row(one.email, ", ".join(one.groups) or "none", may, one.created_at)
    console.print(table)


@app.command()
def add(
    email: Email,
    stage: Stage = "local",
    tenant: Tenant = None,
    groups: Groups = None,
    as_json: Json = False,
) -> None:
    """Add somebody, who is sent an invitation; no mail leaves this machine's own stage."""
    connection = connect(stage)
    found = connection.tenant(tenant)
    _check(connection)
    people = connection.access.people
    person = people.add(found, email, _chosen(connection, groups) or ())
    password = people.lend_password(found, person.email) if stage == LOCAL else None
    _tell(person, password, as_json=as_json)


@app.command("set")
def change(
    email: Email,
    stage: Stage = "local",
    tenant: Tenant = None,
    groups: Groups = None,
    enabled: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Whether the person may sign in.")
    ] = None,
    new_password: Annotated[
        bool,
        typer.Option("--new-password", help="Give a temporary password, which is shown once."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Give somebody other groups, or another password, or stop it from signing in."""
    if groups is None and enabled is None and not new_password:
        raise Failure("Say what to change: --groups, --enable, --disable or --new-password.")
    connection = connect(stage)
    found = connection.tenant(tenant)
    _check(connection)
    people = connection.access.people
    person = people.change(found, email, _chosen(connection, groups), enabled)
    password = people.lend_password(found, email) if new_password else None
    _tell(person, password, as_json=as_json)


@app.command()
def remove(email: Email, stage: Stage = "local", tenant: Tenant = None) -> None:
    """Remove somebody, who cannot sign in any more."""
    connection = connect(stage)
    found = connection.tenant(tenant)
    _check(connection)
    person = connection.access.people.remove(found, email)
    console.print(f"{person.email} removed.", markup=False)


def _check(connection: Connection) -> None:
    connection.access.people.check_managed()


def _chosen(connection: Connection, groups: str | None) -> tuple[str, ...] | None:
    if groups is None:
        return None
    return connection.access.groups.chosen_for_person(groups_of(groups))


def _tell(person: Person, password: str | None, *, as_json: bool) -> None:
    if as_json:
        lent = {"temporary_password": password} if password else {}
        print_json({**_public(person), **lent})
        return
    state = "" if person.enabled else ", may not sign in"
    console.print(f"{person.email}: {', '.join(person.groups) or 'no groups'}{state}", markup=False)
    if password:
        console.print(f"temporary password {password}", markup=False, soft_wrap=True)


def _public(person: Person) -> dict[str, Any]:
    return {
        "email": person.email,
        "client": client_of(person.subject),
        "groups": list(person.groups),
        "enabled": person.enabled,
        "created_at": person.created_at,
        "invited": person.waiting,
    }
