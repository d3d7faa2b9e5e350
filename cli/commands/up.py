"""`nexus up`: from nothing to a cited answer on this machine, and `nexus down` to end it."""

from __future__ import annotations

import importlib
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from cli.failure import Failure
from cli.local import stack
from cli.local.layout import Layout
from cli.local.models.prepare import ModelUnavailable, ensure_model
from cli.local.page.telling import addresses, local_stage, page_link, tell
from cli.local.run_record import Running, models_url
from cli.local.synthesis import is_deployed, synthesizing
from cli.local.upstreams import Upstreams, choose
from cli.step import Step
from cli.terminal import console

PORT = 4566
_FIRST_WORKER_S = 20.0  # longer than it ever takes; then the first question starts one itself


def up(
    docs: Annotated[
        Path | None,
        typer.Option("--docs", exists=True, file_okay=False, help="Folder to ingest and follow."),
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Leave it running and return.")] = False,
    port: Annotated[
        int,
        typer.Option(
            "--port",
            min=1024,
            max=65533,
            help="Port of the local AWS; the two after it serve, too.",
        ),
    ] = PORT,
) -> None:
    """Start the whole service on this machine, ingest documents, answer a question, and stay."""
    begun = time.monotonic()
    layout = Layout()
    if current := stack.running(layout):
        if not current.ready:
            raise Failure("It is starting in another terminal: see `nexus status`.")
        _tell_of_the_running(layout, current)
        return
    upstreams = choose(os.environ, models_url(port + 1))
    with stack.alone(layout), ExitStack() as beside:
        context = {**upstreams.context, **_index_context(layout, upstreams)}
        context |= addresses(port)
        # From here on beside everything else: it takes longer than all of it.
        synthesis = None
        if not is_deployed(layout, context):
            synthesis = beside.enter_context(synthesizing(layout, context))
        model = _prepared(layout)
        embedders = local_stage(port).page_embedders
        with stack.started(
            layout, port, model, _import_the_rest, embedders=embedders, detach=detach
        ) as current:
            from cli.connection import DEMO_TENANT
            from cli.local import opening

            folder = (docs or opening.SAMPLES).resolve()
            connection = opening.bring_up_to_date(layout, port, synthesis, context, upstreams)
            worker = opening.start_a_worker(connection)
            tell(layout, connection, port, samples=folder == opening.SAMPLES)
            stack.wait_for_servers(layout, current)
            key = opening.fill(connection, layout, current, folder)
            stack.mark_ready(layout, current)
            worker.join(_FIRST_WORKER_S)
            opening.first_answer(connection, key, folder)
            console.print(f"[dim]Ready after {time.monotonic() - begun:.0f} s.[/]")
            opening.introduce(connection, layout, port, key, folder)
            if detach:
                console.print("It goes on in the background: `nexus down` ends it.")
                return
            from cli.local import live

            console.print("[dim]Requests appear here. Ctrl-C stops everything.[/]\n")
            try:
                live.show_until_interrupted(
                    connection, layout, current, folder, DEMO_TENANT, console
                )
            except KeyboardInterrupt:
                console.print("\nStopping…")


def down() -> None:
    """Stop what `nexus up` started; documents and conversations stay for the next start."""
    layout = Layout()
    if stack.stop(layout):
        # What started it notices only now, and until it has ended nothing else can be started.
        stack.wait_until_ended(layout)
        console.print("Stopped.")
    else:
        console.print("Nothing was running.")


def _tell_of_the_running(layout: Layout, current: Running) -> None:
    from cli.connection import connect

    connection = connect("local")
    console.print(f"It is already running: {connection.deployment.api_url}", soft_wrap=True)
    console.print(f"[bold]page[/] {page_link(layout, current.port)}", soft_wrap=True)
    console.print("`nexus status` tells more, and `nexus down` ends it.")


def _prepared(layout: Layout) -> Path:
    with Step("preparing the emulator, the CDK and the embedding model") as step:
        try:
            model = stack.prepare(layout, ensure_model, lambda _what: None)
        except ModelUnavailable as err:
            raise Failure(str(err)) from err
        step.done("tools and embedding model are ready")
    return model


def _import_the_rest() -> None:
    # Half a second of AWS's SDK and others, while the emulator imports what it needs.
    importlib.import_module("cli.local.opening")


def _index_context(layout: Layout, upstreams: Upstreams) -> dict[str, str]:
    if upstreams.pinecone_key is None:
        return {"sqlite_path": str(layout.sqlite)}
    from nexus.settings import Settings
    from nexus.wiring.operating import create_pinecone_index

    dimension = int(upstreams.context.get("embedding_dimension", 384))
    # One index serves one vector length, so its name says which.
    name = f"nexus-local-{dimension}"
    settings = Settings(embedding_dimension=dimension)
    host = create_pinecone_index(upstreams.pinecone_key, name, settings)
    return {"vector_index": "pinecone", "pinecone_host": host}
