"""`nexus restore`: rebuilds an index generation from a snapshot, checks it, and makes it answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.commands.backup import From, snapshots_of
from cli.connection import Connection, connect
from cli.failure import Failure
from cli.terminal import Json, Stage, console, counted, errors, print_json
from nexus.errors import Superseded
from nexus.generations.lifecycle import existing, flipped
from nexus.models import Generation, Generations
from nexus.services import RestoreServices
from nexus.snapshots.layout import restored_generation
from nexus.snapshots.restoring import Step, behind, check_free, has_documents, registered

PROBLEMS_SHOWN = 5
POLL_S = 2.0
LONGEST_POLL_S = 60.0
# What changed since the snapshot is indexed in this time, or the restored generation waits.
CATCHING_UP_S = 3_600.0


class Index(StrEnum):
    """Kinds of vector index."""

    SQLITE = "sqlite"
    PINECONE = "pinecone"


def restore(
    snapshot_id: Annotated[str, typer.Argument(metavar="SNAPSHOT", help="See `nexus backups`.")],
    stage: Stage = "local",
    source: From = None,
    index: Annotated[
        Index | None, typer.Option("--index", help="Another index than the stage's own.")
    ] = None,
    pinecone_host: Annotated[
        str, typer.Option("--pinecone-host", help="Pinecone index to restore into (https://…).")
    ] = "",
    pinecone_secret: Annotated[
        str, typer.Option("--pinecone-secret", help="Secret that holds the Pinecone API key.")
    ] = "",
    sqlite_path: Annotated[
        str, typer.Option("--sqlite-path", help="SQLite file to restore into.")
    ] = "",
    generation_suffix: Annotated[
        str,
        typer.Option("--generation-suffix", help="Ends the new generation's name; else the time."),
    ] = "",
    activate: Annotated[
        bool, typer.Option("--activate", help="Let it answer, once it has caught up.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Rebuild the index from a snapshot as a new generation, without embedding anything.

    An interrupted restore is continued by the same command. To give one up, let it end and free it
    with `nexus reindex --drop`; in an index that the stage does not read, clear that index instead.
    """
    connection = connect(stage)
    given = {
        "vector_index": index.value if index else "",
        "pinecone_host": pinecone_host,
        "pinecone_secret": pinecone_secret,
        "sqlite_path": sqlite_path,
    }
    overridden = {name: value for name, value in given.items() if value}
    services = snapshots_of(connection, source, **overridden)
    reader = services.read(snapshot_id)
    host = _pinecone_host(connection, overridden)
    generation = restored_generation(reader.snapshot, generation_suffix, host)
    configured = connection.settings.generation
    now = existing(services.generations, configured)
    check_free(now, generation)

    snapshot = reader.snapshot
    known = now.get(generation.generation_id) is not None
    if not known:
        restorer = services.restorer(reader, generation)
        _followed("restoring", snapshot.documents, restorer.fill())
        if problems := _followed("checking", snapshot.documents, restorer.verify()):
            raise Failure(f"The restored generation is not whole: {_some(problems)}")
    report: dict[str, Any] = {
        "generation": generation.generation_id,
        "documents": snapshot.documents,
        "chunks": snapshot.chunks,
        "live": False,
    }
    if _reads(connection, overridden):
        now = registered(services.generations, configured, generation)
        if activate and now.live != generation.generation_id:
            _catch_up(services, generation)
            now = _flip(services, configured, generation)
        report["live"] = now.live == generation.generation_id
    elif activate:
        raise Failure(
            f"{generation.generation_id} is restored and checked, in an index that stage {stage} "
            "does not read: configure that index in cdk.json, deploy, and run this again."
        )
    if as_json:
        print_json(report)
        return
    state = "answers now" if report["live"] else "answers once it is activated (--activate)"
    console.print(
        f"Generation [bold]{generation.generation_id}[/] {state}: "
        f"{counted(snapshot.documents, 'document')}, {counted(snapshot.chunks, 'chunk')}, "
        "nothing embedded.",
        soft_wrap=True,
    )


def _pinecone_host(connection: Connection, overridden: dict[str, str]) -> str:
    settings = replace(connection.settings, **overridden)  # type: ignore[arg-type]
    if settings.vector_index != "pinecone":
        return ""
    if not settings.pinecone_host:
        raise Failure("Name the Pinecone index to restore into with --pinecone-host.")
    return settings.pinecone_host


def _reads(connection: Connection, overridden: dict[str, str]) -> bool:
    """Whether the stage's functions read the index that was restored into."""
    theirs = connection.settings
    ours = replace(theirs, **overridden)  # type: ignore[arg-type]
    # Of Pinecone's indexes a generation names its own.
    return (theirs.vector_index, theirs.sqlite_path) == (ours.vector_index, ours.sqlite_path)


def _followed(what: str, documents: int, steps: Iterator[Step]) -> list[str]:
    """Goes through the steps under a bar; the problems that they told."""
    columns = (
        TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    problems = []
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=documents)
        for step in steps:
            bar.advance(task, step.documents)
            if step.problem:
                problems.append(step.problem)
    return problems


def _some(problems: list[str]) -> str:
    rest = len(problems) - PROBLEMS_SHOWN
    shown = " ".join(problems[:PROBLEMS_SHOWN])
    return f"{shown} And {rest} more." if rest > 0 else shown


def _catch_up(
    services: RestoreServices,
    generation: Generation,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Waits until the generation holds what has changed in the bucket since the snapshot.

    Raises Failure when time is up.
    """
    if not has_documents(services.documents):
        errors.print(
            "[yellow]The documents' bucket is empty: copy the documents into it before the next "
            "nightly run, which removes from the index what the bucket does not hold.[/]"
        )
        return
    reindexer, catalogue = services.reindexer(generation), services.catalogue(generation)
    started, pause = now(), POLL_S
    while left := behind(reindexer, catalogue):
        if now() - started > CATCHING_UP_S:
            raise Failure(
                f"After an hour {counted(left, 'document')} are still being indexed in "
                f"{generation.generation_id}: run this again, or see `nexus documents`."
            )
        sleep(pause)
        pause = min(pause * 1.5, LONGEST_POLL_S)


def _flip(services: RestoreServices, configured: Generation, generation: Generation) -> Generations:
    while True:
        now = existing(services.generations, configured)
        if now.live == generation.generation_id:
            return now
        if now.building != generation.generation_id:
            raise Failure(
                f"{generation.generation_id} is no longer being built: see `nexus reindex --plan`."
            )
        try:
            return services.generations.write(flipped(now))
        except Superseded:
            continue
