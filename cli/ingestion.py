"""Follows documents from the bucket into the index, for commands that wait until they can be asked.

What is expected comes from the bucket, what was done from the catalogue: a document is through when
the catalogue says that this very content was indexed, or can never be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.connection import Connection
from nexus.indexing import fingerprint_prefix
from nexus.models import DocumentRecord
from nexus.object_keys import document_id, tenant_prefix

POLL_S = 0.3


def in_bucket(connection: Connection, tenant: str) -> dict[str, str]:
    """The tenant's documents in the bucket: their paths, and the ETag of each."""
    prefix = tenant_prefix(tenant)
    pages = connection.client("s3").get_paginator("list_objects_v2")
    return {
        found["Key"].removeprefix(prefix): found["ETag"].strip('"')
        for page in pages.paginate(Bucket=connection.deployment.documents_bucket, Prefix=prefix)
        for found in page.get("Contents", [])
    }


def finished(
    connection: Connection, tenant: str, expected: Mapping[str, str]
) -> dict[str, DocumentRecord]:
    """Those of the expected documents (path → ETag) that are indexed, or failed for good."""
    ids = {document_id(tenant, path): path for path in expected}
    records = connection.operator.catalogue.get_many(tenant, list(ids))
    generation = connection.settings.generation
    return {
        ids[found]: record
        for found, record in records.items()
        if record.status in ("indexed", "failed")
        and record.fingerprint.startswith(fingerprint_prefix(expected[ids[found]], generation))
    }


def wait(
    connection: Connection,
    tenant: str,
    expected: Mapping[str, str],
    console: Console,
    deadline_s: float = 600.0,
    alive: Callable[[], bool] = lambda: True,
    known: Mapping[str, DocumentRecord] | None = None,
) -> dict[str, DocumentRecord]:
    """Shows each expected document as it is through; returns those that are.

    Those in `known` are through already and not shown. Ends when all are, after `deadline_s`
    seconds without any progress, or when `alive` says no.
    """
    done: dict[str, DocumentRecord] = dict(known or {})
    last_progress = time.monotonic()
    bar = Progress(
        TextColumn("  ingesting"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("documents", total=len(expected))
        while len(done) < len(expected) and alive():
            for path, record in finished(connection, tenant, expected).items():
                if path not in done:
                    done[path] = record
                    last_progress = time.monotonic()
                    bar.console.print(describe(record), soft_wrap=True)
            bar.update(task, completed=len(done))
            if time.monotonic() - last_progress > deadline_s:
                break
            time.sleep(POLL_S)
    return done


def describe(record: DocumentRecord) -> str:
    """One line that tells what became of a document."""
    path = escape(record.path)
    if record.status == "failed":
        return f"  [red]✗[/] {path}  [red]{escape(record.reason or '')}[/]"
    if record.status == "deleted":
        return f"  [dim]- {path}  removed[/]"
    if record.status != "indexed":
        return f"  [yellow]…[/] {path}  {record.status} {escape(record.reason or '')}".rstrip()
    pages = f"{record.pages} pages, " if record.pages > 1 else ""
    return (
        f"  [green]✓[/] {path}  [dim]{pages}{record.chunks} chunks, "
        f"{record.duration_ms / 1000:.1f} s[/]"
    )
