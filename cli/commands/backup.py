"""`nexus backup` and `nexus backups`: writes a snapshot of the index, and lists what there is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.connection import Connection, connect
from cli.failure import Failure
from cli.terminal import Json, Stage, console, counted, errors, print_json
from nexus.errors import NotFound, SnapshotDamaged
from nexus.ports import SnapshotStore
from nexus.services import RestoreServices
from nexus.snapshots.layout import PROGRESS, SUMMARY, Snapshot, from_json, new_snapshot_id
from nexus.snapshots.progress import Progress
from nexus.wiring.operating import restore_services

POLL_S = 1.0
# The function says something at least once in its longest invocation, and is retried after a minute
# or two if it died.
SILENT_S = 1_200.0

From = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="Where the snapshots are, as s3://bucket/prefix; else the stage's own bucket.",
    ),
]


def backup(
    stage: Stage = "local",
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until the snapshot is finished.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Write a snapshot of the live index: catalogue, manifests and vectors, as Parquet files."""
    connection = connect(stage)
    snapshot_id = new_snapshot_id(connection.live.generation_id, time.time())
    connection.client("lambda").invoke(
        FunctionName=connection.deployment.backup_function,
        InvocationType="Event",
        Payload=json.dumps({"snapshot": snapshot_id}).encode(),
    )
    if not wait:
        if as_json:
            print_json({"snapshot_id": snapshot_id})
        else:
            console.print(
                f"Snapshot {snapshot_id} has begun: `nexus backups` tells when it is done."
            )
        return
    store = snapshots_of(connection).snapshots
    followed(store, snapshot_id)
    snapshot = from_json(store.get(snapshot_id, SUMMARY))
    if as_json:
        print_json(_described(snapshot))
        return
    console.print(
        f"Snapshot [bold]{snapshot_id}[/]: {counted(snapshot.documents, 'document')}, "
        f"{counted(snapshot.chunks, 'chunk')}, {_megabytes(snapshot)}.",
        soft_wrap=True,
    )
    if snapshot.unreadable:
        console.print(
            f"[yellow]Of {counted(snapshot.unreadable, 'document')} the index has lost chunks: "
            "they are without vectors in it, and a restore indexes them again.[/]"
        )


def backups(stage: Stage = "local", source: From = None, as_json: Json = False) -> None:
    """List the snapshots, the newest first."""
    store = snapshots_of(connect(stage), source).snapshots
    found = [_summary(store, snapshot_id) for snapshot_id in reversed(store.list_snapshots())]
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("There are no snapshots: `nexus backup` writes one.")
        return
    table = Table("snapshot", "state", "documents", "chunks", "embedding model", "size")
    table.columns[0].overflow = "fold"
    for one in found:
        table.add_row(
            escape(one["snapshot_id"]),
            one["state"],
            str(one.get("documents", "")),
            str(one.get("chunks", "")),
            escape(one.get("embedding_model", "")),
            one.get("size", ""),
        )
    console.print(table)


def snapshots_of(
    connection: Connection, source: str | None = None, **overridden: Any
) -> RestoreServices:
    """A stage's snapshots, or those at `s3://bucket/prefix`, and what restoring them takes.

    `overridden` are settings of the index. Raises Failure for another kind of source.
    """
    deployment = connection.deployment
    settings = replace(
        connection.settings,
        documents_bucket=deployment.documents_bucket,
        ingest_queue_url=deployment.ingest_queue_url,
        **overridden,
    )
    if source is None:
        return restore_services(settings, connection.client, deployment.backups_bucket)
    kind, _, rest = source.partition("://")
    bucket, _, prefix = rest.partition("/")
    if kind != "s3" or not bucket:
        raise Failure(f"--from is s3://bucket/prefix; it is {source!r}.")
    prefix = prefix.strip("/")
    return restore_services(settings, connection.client, bucket, f"{prefix}/" if prefix else prefix)


def followed(
    store: SnapshotStore,
    snapshot_id: str,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Returns when the snapshot is finished. Raises Failure if it has said nothing for long."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("copying")
        said, since = None, now()
        while True:
            progress = _progress(store, snapshot_id)
            if progress and progress.phase == "done":
                return
            if progress != said:
                said, since = progress, now()
            if progress:
                bar.update(
                    task,
                    description=f"copying: {counted(progress.documents, 'document')}, "
                    f"{counted(progress.chunks, 'chunk')}",
                )
            if now() - since > SILENT_S:
                raise Failure(
                    f"The backup function has not gone on with {snapshot_id} for 20 minutes: "
                    "see its log."
                )
            sleep(POLL_S)


def _progress(store: SnapshotStore, snapshot_id: str) -> Progress | None:
    try:
        return Progress(**json.loads(store.get(snapshot_id, PROGRESS)))
    except NotFound:
        return None


def _summary(store: SnapshotStore, snapshot_id: str) -> dict[str, Any]:
    try:
        return _described(from_json(store.get(snapshot_id, SUMMARY)))
    except NotFound:
        return {"snapshot_id": snapshot_id, "state": "unfinished"}
    except SnapshotDamaged as err:
        return {"snapshot_id": snapshot_id, "state": str(err)}


def _described(snapshot: Snapshot) -> dict[str, Any]:
    values = asdict(snapshot)
    return {
        "snapshot_id": snapshot.snapshot_id,
        "state": "finished",
        "generation": snapshot.generation.generation_id,
        "embedding_model": snapshot.generation.embedding_model,
        "size": _megabytes(snapshot),
        **{
            name: values[name]
            for name in ("documents", "chunks", "unreadable", "started_at", "finished_at")
        },
    }


def _megabytes(snapshot: Snapshot) -> str:
    return f"{sum(file.size for file in snapshot.files) / 1e6:,.1f} MB"
