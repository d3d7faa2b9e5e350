"""Follows documents from the bucket into the index, for commands that wait until they can be asked.

What is expected comes from the bucket, what was done from the catalogue: a document is through when
the catalogue says that this very content with this very metadata was indexed, or can never be.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from botocore.config import Config
from botocore.exceptions import ClientError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.connection import Connection
from cli.terminal import counted
from nexus.ingestion.folder_groups import governed
from nexus.ingestion.messages import reconcile_message
from nexus.ingestion.revisions import fingerprint
from nexus.models import DocumentRecord
from nexus.object_keys import decode_metadata, document_id, object_key, tenant_prefix

POLL_S = 0.3
# Documents asked about at each turn, those first that were not for longest: asking for all of many
# takes from the workers what they need.
ASKED = 200
PARALLEL = 16


def in_bucket(connection: Connection, tenant: str) -> list[str]:
    """The paths of the tenant's documents in the bucket."""
    prefix = tenant_prefix(tenant)
    pages = connection.client("s3").get_paginator("list_objects_v2")
    return [
        found["Key"].removeprefix(prefix)
        for page in pages.paginate(Bucket=connection.deployment.documents_bucket, Prefix=prefix)
        for found in page.get("Contents", [])
    ]


def fingerprints(connection: Connection, tenant: str, paths: Iterable[str]) -> dict[str, str]:
    """What the catalogue says of these documents once they are through, by path.

    One request each, 16 at a time, for a listing tells no metadata. Documents that are not in the
    bucket are left out.
    """
    s3 = connection.client("s3", Config(max_pool_connections=PARALLEL))
    bucket, generation = connection.deployment.documents_bucket, connection.live.generation_id
    folders = connection.settings.folder_groups

    def of(path: str) -> tuple[str, str] | None:
        try:
            found = s3.head_object(Bucket=bucket, Key=object_key(tenant, path))
        except ClientError as err:
            if err.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return None
            raise
        metadata = governed(decode_metadata(found.get("Metadata", {})), path, folders)
        return path, fingerprint(found["ETag"].strip('"'), metadata, generation)

    with ThreadPoolExecutor(PARALLEL) as pool:
        return dict(filter(None, pool.map(of, paths)))


def ask_again(connection: Connection, tenant: str, paths: Iterable[str]) -> None:
    """Queues documents whose own events may have been lost."""
    sqs = connection.client("sqs", Config(max_pool_connections=PARALLEL))
    queue = connection.deployment.ingest_queue_url

    def send(path: str) -> None:
        sqs.send_message(QueueUrl=queue, MessageBody=reconcile_message(object_key(tenant, path)))

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(send, paths))


def finished(
    connection: Connection, tenant: str, expected: Mapping[str, str]
) -> dict[str, DocumentRecord]:
    """Those of the expected documents (path → fingerprint) that are indexed, or failed for good."""
    ids = {document_id(tenant, path): path for path in expected}
    records = connection.operator.catalogue.get_many(tenant, list(ids))
    return {
        ids[found]: record
        for found, record in records.items()
        if record.status in ("indexed", "failed") and record.fingerprint == expected[ids[found]]
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
    waiting = deque(path for path in expected if path not in done)
    with bar:
        task = bar.add_task("documents", total=len(expected))
        while waiting and alive():
            asked = [waiting.popleft() for _ in range(min(ASKED, len(waiting)))]
            found = finished(connection, tenant, {path: expected[path] for path in asked})
            for path, record in found.items():
                done[path] = record
                last_progress = time.monotonic()
                bar.console.print(describe(record), soft_wrap=True)
            waiting.extend(path for path in asked if path not in found)
            bar.update(task, completed=len(done))
            if time.monotonic() - last_progress > deadline_s:
                break
            if waiting:
                time.sleep(POLL_S)
    return done


def describe(record: DocumentRecord) -> str:
    """One line that tells what became of a document, and one for each thing that was not read."""
    path = escape(record.path)
    if record.status == "failed":
        return f"  [red]✗[/] {path}  [red]{escape(record.reason or '')}[/]"
    if record.status == "deleted":
        return f"  [dim]- {path}  removed[/]"
    if record.status != "indexed":
        return f"  [yellow]…[/] {path}  {record.status} {escape(record.reason or '')}".rstrip()
    pages = f"{record.pages} pages, " if record.pages > 1 else ""
    chunks = counted(record.chunks, "chunk")
    line = f"  [green]✓[/] {path}  [dim]{pages}{chunks}, {record.duration_ms / 1000:.1f} s[/]"
    return "\n".join([line, *(f"    [yellow]![/] {said}" for said in warned(record))])


def warned(record: DocumentRecord) -> list[str]:
    """What was not read of a document: a line for each thing, safe to print."""
    return [
        escape(f"{one.where}: {one.what}" if one.where else one.what)
        + f"  [dim]{escape(one.advice)}[/]"
        for one in record.warnings
    ]
