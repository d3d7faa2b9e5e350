"""`nexus documents content`: a document's content, or where it is to be had."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from cli.connection import connect
from cli.documents import Named, find
from cli.failure import Failure
from cli.terminal import Stage, Tenant, console


def content(
    document: Named,
    stage: Stage = "local",
    tenant: Tenant = None,
    version: Annotated[
        str | None, typer.Option("--version", help="A version instead of the newest.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="File to write it to.", dir_okay=False)
    ] = None,
) -> None:
    """Print a URL that gives the content for 15 minutes, or download it."""
    connection = connect(stage)
    owner = connection.tenant(tenant)
    found = find(connection, owner, document)
    url = connection.curator.content(owner, found.document_id, version).url
    if output is None:
        console.print(url, soft_wrap=True, markup=False)
        return
    size = download(url, output)
    console.print(f"Wrote {size} bytes to {output}.", soft_wrap=True, markup=False)


def download(url: str, output: Path) -> int:
    """Writes what a URL gives to a file, whole or not at all; returns its size in bytes.

    Raises Failure if the URL does not give it.
    """
    partial = output.with_name(f".{output.name}.part")
    bar = Progress(
        TextColumn("  downloading"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=console,
        transient=True,
    )
    local = url.startswith("http://127.0.0.1:")
    try:
        with (
            bar,
            httpx2.Client(trust_env=not local, timeout=60) as client,
            client.stream("GET", url) as response,
        ):
            if not response.is_success:
                raise Failure(f"The bucket answered {response.status_code}: try again.")
            length = response.headers.get("content-length")
            task = bar.add_task("", total=int(length) if length else None)
            with partial.open("wb") as file:
                for piece in response.iter_raw():
                    file.write(piece)
                    bar.advance(task, len(piece))
        partial.replace(output)
    except httpx2.TransportError as err:
        raise Failure(f"The download broke off ({type(err).__name__}): try again.") from err
    finally:
        partial.unlink(missing_ok=True)
    return output.stat().st_size
