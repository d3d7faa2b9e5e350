"""`nexus reindex`: compares the index with the bucket, and changes how everything is indexed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.connection import Connection, connect
from cli.evaluation.questions import GoldenQuestion, read_questions
from cli.failure import Failure
from cli.generation_plans import show_generations, show_plan
from cli.rebuilding import approve, fill
from cli.reconciling import reconcile
from cli.terminal import Json, Stage, Tenant, console, print_json
from nexus.generations.lifecycle import begun, dropped, existing, flipped, rolled_back
from nexus.generations.rebuilding import clear
from nexus.models import Generation, Generations
from nexus.services import RebuildServices
from nexus.wiring.operating import rebuild_services

Model = Annotated[str | None, typer.Option("--embedding-model", help="Another embedding model.")]
Dimension = Annotated[
    int | None, typer.Option("--embedding-dimension", min=1, help="Length of its vectors.")
]
ChunkChars = Annotated[int | None, typer.Option("--chunk-chars", min=200, help="Longest chunk.")]
Overlap = Annotated[
    int | None, typer.Option("--chunk-overlap", min=0, help="Characters that chunks overlap.")
]
Host = Annotated[
    str | None,
    typer.Option(
        "--pinecone-host", help="Pinecone index of the new generation, if it needs another."
    ),
]


def reindex(
    stage: Stage = "local",
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what another generation would change and cost.")
    ] = False,
    run: Annotated[
        bool,
        typer.Option("--run", help="Build another generation, check it, and let it answer."),
    ] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Let the generation before answer again.")
    ] = False,
    drop: Annotated[
        str | None,
        typer.Option("--drop", metavar="ID", help="Remove a generation that is not live."),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="List the generations.")] = False,
    golden: Annotated[
        Path | None,
        typer.Option(
            "--golden",
            exists=True,
            dir_okay=False,
            help="With --run: questions (as for `nexus eval`) that the new generation must find no "
            "worse than the old one.",
        ),
    ] = None,
    tenant: Tenant = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare the index itself, too, and repair it.")
    ] = False,
    embedding_model: Model = None,
    embedding_dimension: Dimension = None,
    chunk_chars: ChunkChars = None,
    chunk_overlap: Overlap = None,
    pinecone_host: Host = None,
    as_json: Json = False,
) -> None:
    """Compare bucket, catalogue and index, and repair what differs.

    With --plan, --run, --rollback or --drop: change the embedding model or the chunking of all
    documents while the service goes on answering. Both generations receive every change until one
    is dropped. --run can be interrupted and called again.
    """
    if sum((plan, run, rollback, drop is not None, show)) > 1:
        raise Failure("Give one of --plan, --run, --rollback, --drop and --list.")
    connection = connect(stage)
    services = rebuild_services(connection.settings, connection.client)
    now = existing(services.generations, connection.settings.generation)
    wanted = _wanted(
        connection, embedding_model, embedding_dimension, chunk_chars, chunk_overlap, pinecone_host
    )
    if show:
        show_generations(now, as_json=as_json)
    elif plan:
        show_plan(connection, services, now, wanted, as_json=as_json)
    elif run:
        _run(
            connection,
            services,
            now,
            wanted,
            read_questions(golden) if golden else [],
            connection.tenant(tenant) if golden else "",
        )
    elif rollback:
        stored = services.generations.write(rolled_back(now))
        console.print(f"Generation {stored.live} answers again; {stored.previous} is kept.")
    elif drop is not None:
        _drop(services, now, drop)
    else:
        _compare(connection, verify=verify, as_json=as_json)


def _wanted(
    connection: Connection,
    model: str | None,
    dimension: int | None,
    chars: int | None,
    overlap: int | None,
    host: str | None,
) -> Generation:
    """The generation that the stage's settings and these options describe."""
    configured = connection.settings
    settings = replace(
        configured,
        embedding_model=model or configured.embedding_model,
        embedding_dimension=dimension or configured.embedding_dimension,
        chunk_chars=chars or configured.chunk_chars,
        chunk_overlap=configured.chunk_overlap if overlap is None else overlap,
        pinecone_host=host or configured.pinecone_host,
    )
    if settings.chunk_overlap * 2 > settings.chunk_chars:
        raise Failure("--chunk-overlap must be at most half of --chunk-chars.")
    stamp = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return replace(settings.generation, created_at=stamp)


def _compare(connection: Connection, *, verify: bool, as_json: bool) -> None:
    result = reconcile(connection, verify=verify)
    if as_json:
        print_json(result)
        return
    counts = ("listed", "missing", "changed", "removed", "unchanged", "damaged", "orphaned")
    console.print(", ".join(f"{result[name]:,} {name}" for name in counts))
    if result["phase"] != "done":
        console.print("The run goes on in another invocation.")


def _run(
    connection: Connection,
    services: RebuildServices,
    now: Generations,
    wanted: Generation,
    questions: list[GoldenQuestion],
    tenant: str,
) -> None:
    known = now.get(now.building) or now.get(wanted.generation_id) or wanted
    if known.generation_id == now.live:
        raise Failure(
            "What is configured is the live generation: give another --embedding-model, "
            "--chunk-chars …; `nexus reindex --plan` shows what would change."
        )
    if now.building and now.building != wanted.generation_id:
        console.print(f"Generation {now.building} is being built already: going on with it.")
    elif not now.building:
        now = services.generations.write(begun(now, known))
    try:
        fill(connection, services, now, known)
    except KeyboardInterrupt:
        console.print("\nInterrupted: `nexus reindex --run` goes on.")
        raise typer.Exit(130) from None
    approve(services, now, known, questions, tenant)
    stored = services.generations.write(flipped(services.generations.read() or now))
    console.print(
        f"Generation {stored.live} answers now. {stored.previous} is kept and follows every "
        "change: `nexus reindex --rollback` goes back to it, and "
        f"`nexus reindex --drop {stored.previous}` frees it."
    )


def _drop(services: RebuildServices, now: Generations, generation_id: str) -> None:
    generation = now.get(generation_id)
    if generation is None:
        raise Failure(f"There is no generation {generation_id}: see `nexus reindex --list`.")
    remaining = dropped(now, generation_id)
    # Nobody can go back to it from here on. It stays known until it is empty, so that a drop that
    # was interrupted can be called again; what arrives meanwhile goes with the second clearing.
    known = replace(remaining, known=now.known)
    stored = services.generations.write(known)
    clear(services.places.of(generation))
    services.generations.write(replace(remaining, edition=stored.edition))
    clear(services.places.of(generation))
    console.print(f"Generation {generation_id} is gone.")
