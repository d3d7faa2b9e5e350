"""`nexus documents`: what the catalogue knows of a tenant's documents."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from cli.connection import connect
from cli.terminal import Json, Stage, Tenant, console, print_json

Status = Literal["pending", "indexing", "indexed", "failed", "deleted"]


def documents(
    stage: Stage = "local",
    tenant: Tenant = None,
    status: Annotated[
        Status | None, typer.Option("--status", help="Only documents in this state.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List documents with their state."""
    connection = connect(stage)
    records = connection.operator.catalogue.list_documents(connection.tenant(tenant), status)
    shown = sorted(
        (record for record in records if status or record.status != "deleted"),
        key=lambda record: record.path,
    )
    if as_json:
        print_json(
            [
                {
                    "document_id": record.document_id,
                    "path": record.path,
                    "title": record.title,
                    "department": record.metadata.department,
                    "tags": list(record.metadata.tags),
                    "status": record.status,
                    "reason": record.reason,
                    "version": record.version,
                    "pages": record.pages,
                    "chunks": record.chunks,
                    "size": record.size,
                    "updated_at": record.updated_at,
                }
                for record in shown
            ]
        )
        return
    if not shown:
        console.print("There are no documents.")
        return
    table = Table("document", "state", "chunks", "department", "tags")
    table.columns[0].overflow = "fold"
    colours = {"indexed": "green", "failed": "red", "deleted": "dim"}
    for record in shown:
        colour = colours.get(record.status, "yellow")
        reason = f"\n[dim]{escape(record.reason)}[/]" if record.reason else ""
        table.add_row(
            f"{escape(record.path)}\n[dim]{escape(record.title)}[/]{reason}",
            f"[{colour}]{record.status}[/]",
            str(record.chunks or ""),
            escape(record.metadata.department or ""),
            escape(", ".join(record.metadata.tags)),
        )
    console.print(table)
