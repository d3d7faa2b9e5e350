"""What `nexus up` shows while it stays: requests, documents, and changes of the folder."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from cli.connection import Connection
from cli.ingestion import describe
from cli.local.layout import Layout
from cli.local.run_record import Running
from cli.local.stack import was_stopped
from cli.local.sync import follow as follow_folder
from cli.local.tail import Activity
from cli.local.tail import follow as follow_logs

POLL_S = 0.5


def show_until_interrupted(
    connection: Connection,
    layout: Layout,
    current: Running,
    folder: Path,
    tenant: str,
    console: Console,
) -> None:
    """Prints what happens until Ctrl-C, or until a background process ends on its own."""
    stop = threading.Event()
    watcher = threading.Thread(
        target=_follow_folder, args=(connection, layout, folder, tenant, stop, console), daemon=True
    )
    watcher.start()
    try:
        for activities in follow_logs(connection.session, connection.deployment):
            for activity in activities:
                if line := _line(connection, activity):
                    console.print(line, soft_wrap=True)
            if was_stopped(layout):
                console.print("Stopped from another terminal.")
                return
            if not current.alive():
                console.print(f"[red]A background process has ended: see {layout.logs}.[/]")
                return
            time.sleep(POLL_S)
    finally:
        stop.set()
        watcher.join(5)


def _follow_folder(
    connection: Connection,
    layout: Layout,
    folder: Path,
    tenant: str,
    stop: threading.Event,
    console: Console,
) -> None:
    bucket = connection.deployment.documents_bucket
    s3 = connection.client("s3")
    for changes in follow_folder(s3, bucket, tenant, folder, layout.synced_file, stop):
        for path in changes.uploaded:
            console.print(f"  [dim]↑ {escape(path)}[/]")
        for path in changes.removed:
            console.print(f"  [dim]↓ {escape(path)}[/]")
        for sentence in changes.left_out:
            console.print(f"  [yellow]{escape(sentence)}[/]")


def _line(connection: Connection, activity: Activity) -> str | None:
    fields = activity.fields
    at = time.strftime("%H:%M:%S", time.localtime(activity.at_ms / 1000))
    if activity.is_request:
        colour = (
            "green" if fields["status"] < 400 else "yellow" if fields["status"] < 500 else "red"
        )
        refused = "  refused" if fields.get("refused") else ""
        return (
            f"[dim]{at}[/] {fields['method']} {escape(str(fields['route']))} "
            f"[{colour}]{fields['status']}[/]  {fields['duration_ms']:.0f} ms"
            f"  [dim]{fields.get('client') or ''}{refused}[/]"
        )
    if "document_id" not in fields or fields["status"] in ("unchanged", "ignored"):
        return None
    record = connection.operator.catalogue.get(fields["tenant"], fields["document_id"])
    return f"[dim]{at}[/]{describe(record)}" if record else None
