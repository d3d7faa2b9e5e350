"""`nexus documents delete`: erases a document, and shows the receipt."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.connection import connect
from cli.documents import Named, find
from cli.failure import Failure
from cli.terminal import Json, Stage, Tenant, console, errors, print_json
from nexus.documents.erasing import Receipt


def delete(
    document: Named,
    stage: Stage = "local",
    tenant: Tenant = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a document for good: versions, chunks, cached answers, quotes in conversations."""
    connection = connect(stage)
    owner = connection.tenant(tenant)
    found = find(connection, owner, document)
    if not yes:
        question = f"Erase {found.path}, all its versions and what was made of them?"
        typer.confirm(question, abort=True, err=True)
    with errors.status("erasing"):
        connection.curator.admit(owner, found.document_id)
        receipt = connection.eraser().erase(owner, found.document_id)
    if as_json:
        print_json({**asdict(receipt), "complete": receipt.complete})
    else:
        _show(receipt)
    if not receipt.complete:
        raise Failure("Something is left: delete the document again.")


def _show(receipt: Receipt) -> None:
    table = Table("", "found", "removed", "remaining", "verified at")
    for item in receipt.items:
        colour = "red" if item.remaining else "green"
        table.add_row(
            item.what.replace("_", " "),
            str(item.found),
            str(item.removed),
            f"[{colour}]{item.remaining}[/]",
            item.verified_at,
        )
    console.print(f"{escape(receipt.path)}  [dim]{receipt.document_id}[/]", soft_wrap=True)
    console.print(table)
    console.print(f"[dim]{receipt.finished_at}, {receipt.duration_ms / 1000:.1f} s[/]")
