"""`nexus documents restore|reindex|set`: changes a document, and follows it into the index."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.connection import connect
from cli.documents import Named, Wait, find, given_lists, until_afresh, until_as_in_bucket
from cli.failure import Failure
from cli.terminal import Stage, Tenant, console

EMPTY = 'An empty text ("") removes it.'


def restore(
    document: Named,
    version: Annotated[str, typer.Argument(help="As `nexus documents versions` tells it.")],
    stage: Stage = "local",
    tenant: Tenant = None,
    wait: Wait = True,
) -> None:
    """Copy a version over the current one; a deleted document comes back."""
    connection = connect(stage)
    owner = connection.tenant(tenant)
    found = find(connection, owner, document)
    before = connection.curator.restore(owner, found.document_id, version)
    console.print(f"Restored {before.path} as it was in version {version}.", markup=False)
    if wait:
        until_as_in_bucket(connection, before)


def reindex(
    document: Named, stage: Stage = "local", tenant: Tenant = None, wait: Wait = True
) -> None:
    """Ingest a document again, whether it has changed or not."""
    connection = connect(stage)
    owner = connection.tenant(tenant)
    found = find(connection, owner, document)
    before = connection.curator.reindex(owner, found.document_id)
    console.print(f"Queued {before.path}.", markup=False)
    if wait:
        until_afresh(connection, before)


def change(
    document: Named,
    stage: Stage = "local",
    tenant: Tenant = None,
    title: Annotated[str | None, typer.Option("--title", help=EMPTY)] = None,
    author: Annotated[str | None, typer.Option("--author", help=EMPTY)] = None,
    department: Annotated[str | None, typer.Option("--department", help=EMPTY)] = None,
    date: Annotated[str | None, typer.Option("--date", help=f"YYYY-MM-DD. {EMPTY}")] = None,
    tags: Annotated[
        str | None, typer.Option("--tags", help=f"Separated by commas. {EMPTY}")
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help=f"Its address on the web. {EMPTY}")
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            "--groups", help='Who may see it, separated by commas. An empty text ("") is everybody.'
        ),
    ] = None,
    wait: Wait = True,
) -> None:
    """Change what is said of a document; nothing is embedded again."""
    given = {
        "title": title,
        "author": author,
        "department": department,
        "date": date,
        "url": url,
    }
    changes: dict[str, Any] = {
        name: value.strip() or None for name, value in given.items() if value is not None
    }
    changes |= given_lists(tags, groups)
    if not changes:
        raise Failure("Say what to change, for example with --title.")
    connection = connect(stage)
    owner = connection.tenant(tenant)
    found = find(connection, owner, document)
    before = connection.curator.describe(owner, found.document_id, changes)
    console.print(f"Changed {before.path}.", markup=False)
    if wait:
        until_as_in_bucket(connection, before)
