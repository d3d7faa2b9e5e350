"""What the commands of `nexus documents` share: which document is meant, and following a change."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli.connection import Connection
from cli.failure import Failure
from cli.ingestion import POLL_S, describe, fingerprints
from cli.terminal import console
from nexus.documents.progress import progress_of
from nexus.errors import NotFound
from nexus.models import EVERY_GROUP, DocumentRecord
from nexus.object_keys import document_id

# A change that nothing was heard of for so long is left to itself.
PATIENCE_S = 600.0

Named = Annotated[str, typer.Argument(metavar="ID|PATH", help="The document's id or its path.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is ingested.")]


def find(connection: Connection, tenant: str, named: str) -> DocumentRecord:
    """The document with this id or at this path. Raises Failure if there is none."""
    names = [document_id(tenant, unicodedata.normalize("NFC", named)), document_id(tenant, named)]
    if re.fullmatch("[0-9a-f]{24}", named):
        names.insert(0, named)
    for name in names:
        try:
            return connection.curator.look(tenant, name)
        except NotFound:
            continue
    raise Failure(f"There is no document {named}: see `nexus documents`.")


def described(record: DocumentRecord) -> dict[str, Any]:
    """A document as JSON for another program."""
    said = asdict(record.metadata)
    made = progress_of(record, time.time())
    return {
        "document_id": record.document_id,
        "path": record.path,
        "title": record.title,
        "author": said["author"],
        "department": said["department"],
        "date": said["date"],
        "tags": list(said["tags"]),
        "url": said["url"],
        "groups": list(said["groups"]),
        "status": record.status,
        "reason": record.reason,
        "warnings": [asdict(one) for one in record.warnings],
        "version": record.version,
        "pages": record.pages,
        "chunks": record.chunks,
        "tokens_embedded": record.tokens_embedded,
        "size": record.size,
        "percent": made.percent,
        "seconds_left": made.seconds_left,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def given_lists(tags: str | None, groups: str | None) -> dict[str, Any]:
    """The fields of DocumentMetadata that `--tags` and `--groups` give, as far as they are given.

    Raises Failure for the group *, which is who shares every group, and no document's.
    """
    given = {"tags": tags, "groups": groups}
    lists = {
        name: tuple(part.strip() for part in text.split(",") if part.strip())
        for name, text in given.items()
        if text is not None
    }
    if EVERY_GROUP in lists.get("groups", ()):
        raise Failure(
            "No document has the group *: leave its groups empty to show it to everybody."
        )
    return lists


def until_as_in_bucket(connection: Connection, before: DocumentRecord) -> None:
    """Follows a document until what the bucket holds now is ingested."""
    expected = fingerprints(connection, before.tenant, [before.path]).get(before.path)
    if expected is None:
        raise Failure(f"{before.path} is no longer in the bucket: somebody deleted it meanwhile.")
    _follow(connection, before, lambda now: now.fingerprint == expected)


def until_afresh(connection: Connection, before: DocumentRecord) -> None:
    """Follows a document until an attempt that began after `before` is through."""
    _follow(connection, before, lambda now: now.revision > before.revision)


def _follow(
    connection: Connection, before: DocumentRecord, is_that: Callable[[DocumentRecord], bool]
) -> None:
    """Shows how far the ingestion is, and what became of it; exits with 1 if it failed.

    Raises Failure if nothing changes for ten minutes.
    """
    bar = Progress(
        TextColumn("  ingesting"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        console=console,
        transient=True,
    )
    last, heard = before, time.monotonic()
    with bar:
        task = bar.add_task(before.path, total=100, left="")
        while not (last.status in ("indexed", "failed") and is_that(last)):
            time.sleep(POLL_S)
            found = connection.curator.get(before.tenant, before.document_id)
            if found != last:
                last, heard = found, time.monotonic()
            if time.monotonic() - heard > PATIENCE_S:
                raise Failure(f"{before.path} is not ingested yet: see `nexus documents show`.")
            made = progress_of(last, time.time())
            left = "" if made.seconds_left is None else f"{made.seconds_left:.0f} s left"
            bar.update(task, completed=made.percent if last.status == "indexing" else 0, left=left)
    console.print(describe(last), soft_wrap=True)
    if last.status == "failed":
        raise typer.Exit(1)


def state(record: DocumentRecord) -> str:
    """A document's status in its colour, and why it is so."""
    colours = {"indexed": "green", "failed": "red", "deleted": "dim"}
    colour = colours.get(record.status, "yellow")
    reason = f"  [dim]{escape(record.reason)}[/]" if record.reason else ""
    return f"[{colour}]{record.status}[/]{reason}"
