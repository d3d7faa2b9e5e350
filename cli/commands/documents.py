"""`nexus documents`: what is known of a tenant's documents; its other commands change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.commands import document_changes, document_content, document_erasure
from cli.connection import connect
from cli.documents import Named, described, find, state
from cli.failure import Failure
from cli.ingestion import warned
from cli.terminal import Json, Stage, Tenant, console, print_json
from nexus.documents.listing import Listing
from nexus.documents.text_search import TextLine
from nexus.models import DocumentRecord

Status = Annotated[
    Literal["pending", "indexing", "indexed", "failed", "deleted"] | None,
    typer.Option("--status", help="Only documents in this state."),
]

app = typer.Typer(help="List documents, or do with one what a subcommand says.")


@app.callback(invoke_without_command=True)
def documents(
    context: typer.Context,
    stage: Stage = "local",
    tenant: Tenant = None,
    status: Status = None,
    as_json: Json = False,
) -> None:
    """List documents with their state, or do with one what a subcommand says."""
    if context.invoked_subcommand is None:
        _list(stage, tenant, Listing(status), as_json=as_json)
        return
    for name in ("stage", "tenant", "status", "as_json"):
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            # A subcommand has options of its own, and would act on the default tenant.
            raise Failure(f"Put the options after `{context.invoked_subcommand}`.")


@app.command("list")
def list_documents(
    stage: Stage = "local",
    tenant: Tenant = None,
    status: Status = None,
    department: Annotated[str, typer.Option("--department", help="Only this department's.")] = "",
    tag: Annotated[str, typer.Option("--tag", help="Only documents with this tag.")] = "",
    text: Annotated[
        str,
        typer.Option("--text", help="Only documents whose title, path or text has this."),
    ] = "",
    as_json: Json = False,
) -> None:
    """List documents with their state."""
    _list(stage, tenant, Listing(status, department, tag, text), as_json=as_json)


@app.command()
def show(
    document: Named, stage: Stage = "local", tenant: Tenant = None, as_json: Json = False
) -> None:
    """Show all that is known of a document."""
    connection = connect(stage)
    record = find(connection, connection.tenant(tenant), document)
    facts = described(record)
    if as_json:
        print_json(facts)
        return
    facts["status"] = record.status if not record.reason else f"{record.status}: {record.reason}"
    facts["tags"] = ", ".join(record.metadata.tags)
    facts["groups"] = ", ".join(record.metadata.groups)
    facts["size"] = decimal(record.size)
    del facts["reason"], facts["warnings"]
    table = Table(show_header=False, box=None)
    for name, value in facts.items():
        if value not in (None, ""):
            table.add_row(f"[dim]{name}[/]", escape(str(value)))
    for line in warned(record):
        table.add_row("[yellow]not read[/]", line)
    console.print(table)


@app.command()
def versions(
    document: Named, stage: Stage = "local", tenant: Tenant = None, as_json: Json = False
) -> None:
    """List a document's versions, newest first."""
    connection = connect(stage)
    owner = connection.tenant(tenant)
    record = find(connection, owner, document)
    found = connection.curator.versions(owner, record.document_id)
    if as_json:
        print_json(
            [
                {
                    "version": one.stored.version,
                    "size": one.stored.size,
                    "etag": one.stored.etag,
                    "last_modified": one.stored.last_modified,
                    "is_latest": one.stored.is_latest,
                    "is_live": one.is_live,
                    "deleted": one.stored.deleted,
                }
                for one in found
            ]
        )
        return
    table = Table("version", "of", "size", "")
    for one in found:
        marks = [
            *(["newest"] if one.stored.is_latest else []),
            *(["[green]what readers see[/]"] if one.is_live else []),
            *(["[dim]deletion[/]"] if one.stored.deleted else []),
        ]
        size = "" if one.stored.deleted else decimal(one.stored.size)
        table.add_row(one.stored.version, one.stored.last_modified, size, ", ".join(marks))
    console.print(table)


for command in (document_changes.restore, document_changes.reindex, document_content.content):
    app.command()(command)
app.command("set")(document_changes.change)
app.command()(document_erasure.delete)


def _list(stage: str, tenant: str | None, asked: Listing, *, as_json: bool) -> None:
    connection = connect(stage)
    pages = list(connection.curator.pages(connection.tenant(tenant), asked))
    shown = [record for page in pages for record in page.records]
    lines = {item: told for page in pages for item, told in page.lines.items()}
    if not asked.text:
        shown.sort(key=lambda record: record.path)
    if as_json:
        print_json([_as_json(record, lines) for record in shown])
    elif not shown:
        console.print("There are no documents.")
    else:
        console.print(_table(shown, lines))


Lines = Mapping[str, tuple[TextLine, ...]]


def _as_json(record: DocumentRecord, lines: Lines) -> dict[str, Any]:
    told = lines.get(record.document_id)
    if told is None:
        return described(record)
    matches = [
        {
            "text": one.line.text,
            "positions": one.line.positions,
            "locator": asdict(one.locator),
        }
        for one in told
    ]
    return {**described(record), "matches": matches}


def _marked(found: TextLine) -> str:
    """A line with what was looked for in it, and where it stands."""
    text = Text(found.line.text)
    for begin, end in found.line.positions:
        text.stylize("bold", begin, end)
    place = found.locator.describe()
    return f"\n  {text.markup}{f' [dim]({escape(place)})[/]' if place else ''}"


def _table(records: list[DocumentRecord], lines: Lines) -> Table:
    table = Table("document", "state", "chunks", "department", "tags", "groups")
    table.columns[0].overflow = "fold"
    for record in records:
        status, _, reason = state(record).partition("  ")
        said = f"\n{reason}" if reason else ""
        table.add_row(
            f"{escape(record.path)}\n[dim]{escape(record.title)}[/]{said}"
            + "".join(map(_marked, lines.get(record.document_id, ()))),
            status,
            str(record.chunks or ""),
            escape(record.metadata.department or ""),
            escape(", ".join(record.metadata.tags)),
            escape(", ".join(record.metadata.groups)),
        )
    return table
