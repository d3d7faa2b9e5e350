"""`nexus upload`: puts files into the bucket and follows them into the index."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress

from cli.connection import connect
from cli.documents import given_lists
from cli.failure import Failure
from cli.ingestion import fingerprints, wait
from cli.local.folder import LocalFile, scan
from cli.local.sync import metadata_of
from cli.terminal import Stage, Tenant, console
from nexus.errors import InvalidRequest
from nexus.object_keys import object_key, tenant_prefix

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
    url: Annotated[
        str | None, typer.Option("--url", help="Its address on the web, for a single file.")
    ] = None,
    groups: Annotated[
        str | None, typer.Option("--groups", help="Who may see them, separated by commas.")
    ] = None,
    wait_for_it: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until they are indexed.")
    ] = True,
) -> None:
    """Upload documents: a file under its name, a folder's files under their paths in it.

    What `metadata.json` in a folder says of its files goes with them; an option overrides it. What
    neither says stays as it was set before; null in the file, or an empty option, takes it away.
    """
    connection = connect(stage)
    owner = connection.tenant(tenant)
    given: dict[str, Any] = {
        name: value or None
        for name, value in {
            "title": title,
            "author": author,
            "department": department,
            "date": date,
            "url": url,
        }.items()
        if value is not None
    }
    given |= given_lists(tags, groups)
    files = gathered(paths, owner, given)
    for name, value in (("--title", title), ("--url", url)):
        if value and len(files) > 1:
            raise Failure(f"{name} is for a single file: upload the files one by one.")
    s3 = connection.client("s3")
    bucket = connection.deployment.documents_bucket

    with Progress(console=console, transient=True) as bar, ThreadPoolExecutor(PARALLEL) as pool:
        task = bar.add_task("  uploading", total=sum(file.path.stat().st_size for file in files))

        def send(file: LocalFile) -> None:
            try:
                metadata = file.metadata(metadata_of(s3, bucket, file.key))
            except InvalidRequest as err:
                raise Failure(f"{file.path}: {err}") from err
            s3.upload_file(
                str(file.path),
                bucket,
                file.key,
                ExtraArgs={"Metadata": metadata},
                Callback=lambda count: bar.advance(task, count),
            )

        list(pool.map(send, files))
    console.print(f"Uploaded {len(files)} document{'s' if len(files) != 1 else ''}.")
    if not wait_for_it:
        return
    prefix = tenant_prefix(owner)
    expected = fingerprints(connection, owner, [file.key.removeprefix(prefix) for file in files])
    done = wait(connection, owner, expected, console)
    if missing := sorted(expected.keys() - done.keys()):
        raise Failure(
            f"{len(missing)} not indexed yet, {missing[0]} among them: see `nexus documents`."
        )
    if any(record.status == "failed" for record in done.values()):
        raise typer.Exit(1)


def gathered(paths: list[Path], tenant: str, given: dict[str, Any]) -> list[LocalFile]:
    """The files to upload, with what is known of each overlaid by what is given for all.

    `given` holds fields of DocumentMetadata. Raises Failure if there are none, or if two would
    become the same document.
    """
    files: dict[str, LocalFile] = {}
    for file in _found(paths, tenant):
        other = files.setdefault(file.key, file)
        if other.path.resolve() != file.path.resolve():
            raise Failure(
                f"{other.path} and {file.path} would become the same document: upload a folder "
                "that holds both, or rename one."
            )
    if not files:
        raise Failure("There is nothing to upload there.")
    overlaid = [replace(file, said={**file.said, **given}) for file in files.values()]
    for file in overlaid:
        file.metadata({})  # what is wrong with it is told before anything is uploaded
    return overlaid


def _found(paths: list[Path], tenant: str) -> Iterator[LocalFile]:
    for path in paths:
        if path.is_file():
            yield LocalFile(path, object_key(tenant, unicodedata.normalize("NFC", path.name)), {})
            continue
        found, left_out = scan(path, tenant)
        for sentence in left_out:
            console.print(f"[yellow]{escape(sentence)}[/]")
        yield from found
