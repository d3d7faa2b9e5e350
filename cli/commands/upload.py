"""`nexus upload`: puts files into the bucket and follows them into the index."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cli.connection import connect
from cli.failure import Failure
from cli.ingestion import in_bucket, wait
from cli.local.folder import scan
from cli.terminal import Stage, Tenant, console
from nexus.models import DocumentMetadata
from nexus.object_keys import encode_metadata, object_key

PARALLEL = 8


def upload(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files and folders.")],
    stage: Stage = "local",
    tenant: Tenant = None,
    title: Annotated[str | None, typer.Option("--title", help="Title, for a single file.")] = None,
    author: Annotated[str | None, typer.Option("--author")] = None,
    department: Annotated[str | None, typer.Option("--department")] = None,
    date: Annotated[str | None, typer.Option("--date", help="YYYY-MM-DD.")] = None,
    tags: Annotated[str | None, typer.Option("--tags", help="Separated by commas.")] = None,
    wait_for_it: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until they are indexed.")
    ] = True,
) -> None:
    """Upload documents: a file under its name, a folder's files under their paths in it."""
    connection = connect(stage)
    owner = connection.tenant(tenant)
    metadata = encode_metadata(
        DocumentMetadata(
            title=title,
            author=author,
            department=department,
            date=date,
            tags=tuple(tag.strip() for tag in (tags or "").split(",") if tag.strip()),
        )
    )
    files = _files(paths, owner)
    if title and len(files) > 1:
        raise Failure("--title is for a single file: upload the files one by one.")
    s3 = connection.client("s3")
    bucket = connection.deployment.documents_bucket

    with Progress(console=console, transient=True) as bar, ThreadPoolExecutor(PARALLEL) as pool:
        task = bar.add_task(
            "  uploading", total=sum(path.stat().st_size for path in files.values())
        )

        def send(item: tuple[str, Path]) -> None:
            s3.upload_file(
                str(item[1]),
                bucket,
                object_key(owner, item[0]),
                ExtraArgs={"Metadata": metadata},
                Callback=lambda count: bar.advance(task, count),
            )

        list(pool.map(send, files.items()))
    console.print(f"Uploaded {len(files)} document{'s' if len(files) != 1 else ''}.")
    if not wait_for_it:
        return
    present = in_bucket(connection, owner)
    expected = {path: present[path] for path in files if path in present}
    done = wait(connection, owner, expected, console)
    if missing := sorted(expected.keys() - done.keys()):
        raise Failure(
            f"{len(missing)} not indexed yet, {missing[0]} among them: see `nexus documents`."
        )
    if any(record.status == "failed" for record in done.values()):
        raise typer.Exit(1)


def _files(paths: list[Path], tenant: str) -> dict[str, Path]:
    """The files by the path that each gets in the tenant's documents."""
    prefix = object_key(tenant, "x")[:-1]
    files: dict[str, Path] = {}
    for path in paths:
        if path.is_file():
            files[path.name] = path
            continue
        found, left_out = scan(path, tenant)
        for sentence in left_out:
            console.print(f"[yellow]{sentence}[/]")
        files |= {file.key.removeprefix(prefix): file.path for file in found}
    if not files:
        raise Failure("There is nothing to upload there.")
    return files
