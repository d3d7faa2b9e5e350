"""`nexus up`: from nothing to a cited answer on this machine, and `nexus down` to end it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cli import api, keys
from cli.commands.ask import show_answer
from cli.connection import DEMO_TENANT, Connection, connect, demo_key, keep_demo_key
from cli.failure import Failure
from cli.ingestion import ask_again, describe, fingerprints, finished, in_bucket, wait
from cli.local import live, stack
from cli.local.access import credentials
from cli.local.deploy import deploy
from cli.local.layout import PROJECT, Layout
from cli.local.models.prepare import ModelUnavailable, ensure_model
from cli.local.run_record import Running
from cli.local.sync import sync
from cli.local.upstreams import Upstreams, choose
from cli.reconciling import reconcile
from cli.stacks import local_session, read_deployment
from cli.step import Step
from cli.terminal import console, counted
from nexus.settings import Settings
from nexus.wiring.operating import create_pinecone_index

SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
DEMO_CLIENT = "demo"
SAMPLE_QUESTION = "What is the fine for returning a book late?"
SAMPLE_CURL = "When does the library open on Saturday?"
ANY_CURL = "What do these documents say first?"
PORT = 4566


def up(
    docs: Annotated[
        Path | None,
        typer.Option("--docs", exists=True, file_okay=False, help="Folder to ingest and follow."),
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Leave it running and return.")] = False,
    port: Annotated[
        int, typer.Option("--port", min=1024, max=65534, help="Port of the local AWS.")
    ] = PORT,
) -> None:
    """Start the whole service on this machine, ingest documents, answer a question, and stay."""
    layout = Layout()
    if current := stack.running(layout):
        if not current.ready:
            raise Failure("It is starting in another terminal: see `nexus status`.")
        connection = connect("local")
        console.print(f"It is already running: {connection.deployment.api_url}", soft_wrap=True)
        console.print("`nexus status` tells more, and `nexus down` ends it.")
        return
    folder = (docs or SAMPLES).resolve()
    begun = time.monotonic()
    with Step("preparing the emulator, the CDK and the embedding model") as step:
        try:
            model = stack.prepare(layout, ensure_model, lambda _what: None)
        except ModelUnavailable as err:
            raise Failure(str(err)) from err
        step.done("tools and embedding model are ready")
    with stack.started(layout, port, model, detach=detach) as current:
        connection = _deploy(layout, current, port)
        if current.unclean:
            _recover(connection)
        key = _demo_key(connection, layout)
        _ingest(connection, layout, current, folder)
        stack.mark_ready(layout, current)
        _first_answer(connection, key, folder)
        console.print(f"[dim]Ready after {time.monotonic() - begun:.0f} s.[/]")
        _introduce(connection, key, SAMPLE_CURL if folder == SAMPLES else ANY_CURL)
        if detach:
            console.print("It goes on in the background: `nexus down` ends it.")
            return
        console.print("[dim]Requests appear here. Ctrl-C stops everything.[/]\n")
        try:
            live.show_until_interrupted(connection, layout, current, folder, DEMO_TENANT, console)
        except KeyboardInterrupt:
            console.print("\nStopping…")


def down() -> None:
    """Stop what `nexus up` started; documents and conversations stay for the next start."""
    if stack.stop(Layout()):
        console.print("Stopped.")
    else:
        console.print("Nothing was running.")


def _deploy(layout: Layout, current: Running, port: int) -> Connection:
    session = local_session(layout)
    upstreams = choose(os.environ, current, credentials.current(layout).models_key)
    context = {**upstreams.context, **_index_context(layout, upstreams)}
    with Step("deploying the CDK app onto the local AWS") as step:
        deployed = deploy(layout, session, port, context, step.update)
        step.done(f"{'deployed' if deployed else 'already deployed'} ({upstreams.description})")
    connection = Connection("local", session, read_deployment("local", session))
    _set_secrets(connection, upstreams, credentials.current(layout).models_key)
    return connection


def _index_context(layout: Layout, upstreams: Upstreams) -> dict[str, str]:
    if upstreams.pinecone_key is None:
        return {"sqlite_path": str(layout.sqlite)}
    dimension = int(upstreams.context.get("embedding_dimension", 384))
    # One index serves one vector length, so its name says which.
    name = f"nexus-local-{dimension}"
    settings = Settings(embedding_dimension=dimension)
    host = create_pinecone_index(upstreams.pinecone_key, name, settings)
    return {"vector_index": "pinecone", "pinecone_host": host}


def _set_secrets(connection: Connection, upstreams: Upstreams, local_key: str) -> None:
    deployed, client = connection.deployment, connection.client("secretsmanager")
    # Only the local models rerank here.
    wanted = {deployed.models_secret: upstreams.models_key, deployed.rerank_secret: local_key}
    if upstreams.pinecone_key and deployed.pinecone_secret:
        wanted[deployed.pinecone_secret] = upstreams.pinecone_key
    for name, value in wanted.items():
        if client.get_secret_value(SecretId=name)["SecretString"] != value:
            client.put_secret_value(SecretId=name, SecretString=value)


def _recover(connection: Connection) -> None:
    with Step("the last stop was cut short: comparing every tenant's documents") as step:
        found = reconcile(connection, verify=True)
        queued = sum(found[name] for name in ("missing", "changed", "removed", "damaged"))
        step.done(
            "the last stop was cut short: every tenant's documents were compared, "
            f"{counted(queued, 'difference')} queued"
        )


def _demo_key(connection: Connection, layout: Layout) -> str:
    key = demo_key(layout)
    if key and keys.known(connection, key):
        return key
    keys.revoke(connection, DEMO_TENANT, DEMO_CLIENT)
    key, _ = keys.create(connection, DEMO_TENANT, DEMO_CLIENT, "user")
    keep_demo_key(key, layout)
    return key


def _ingest(connection: Connection, layout: Layout, current: Running, folder: Path) -> None:
    bucket = connection.deployment.documents_bucket
    s3 = connection.client("s3")
    with Step(f"uploading {folder}") as step:
        changes = sync(s3, bucket, DEMO_TENANT, folder, layout.synced_file)
        step.done(
            f"{counted(len(changes.uploaded), 'document')} uploaded, "
            f"{len(changes.removed)} removed, {changes.unchanged} unchanged"
        )
    for sentence in changes.left_out:
        console.print(f"  [yellow]{escape(sentence)}[/]")
    expected = fingerprints(connection, DEMO_TENANT, in_bucket(connection, DEMO_TENANT))
    unchanged = {path: mark for path, mark in expected.items() if path not in changes.uploaded}
    known = finished(connection, DEMO_TENANT, unchanged)
    indexed = [record for record in known.values() if record.status == "indexed"]
    if indexed:
        console.print(f"[green]✓[/] {counted(len(indexed), 'document')} indexed already")
    for record in known.values():
        if record.status == "failed":
            console.print(describe(record), soft_wrap=True)
    # An interrupted run, another model: whatever the index lacks is queued again.
    ask_again(connection, DEMO_TENANT, unchanged.keys() - known.keys())
    done = wait(connection, DEMO_TENANT, expected, console, 120.0, current.alive, known)
    if missing := sorted(expected.keys() - done.keys()):
        raise Failure(
            f"{len(missing)} documents were not indexed, {missing[0]} among them; "
            f"see {layout.logs}."
        )
    if not expected:
        console.print("[yellow]The folder holds no documents yet: add some while this runs.[/]")


def _first_answer(connection: Connection, key: str, folder: Path) -> None:
    if folder != SAMPLES:
        return
    console.print(f"\n[bold]{SAMPLE_QUESTION}[/]")
    url = connection.deployment.api_url
    show_answer(api.call(url, "/v1/chat", key=key, body={"message": SAMPLE_QUESTION}))


def _introduce(connection: Connection, key: str, question: str) -> None:
    url = connection.deployment.api_url
    program = Path(sys.argv[0])
    command = os.path.relpath(program) if program.name == "nexus" else "nexus"
    console.print(f"\n[bold]URL[/]  {url}", soft_wrap=True)
    console.print(f"[bold]docs[/] {url}/docs", soft_wrap=True)
    console.print(f"[bold]key[/]  {key}\n", soft_wrap=True)
    console.print(
        f"curl -s {url}/v1/chat -H 'x-api-key: {key}' -H 'content-type: application/json' "
        f'-d \'{{"message": "{question}"}}\'\n',
        soft_wrap=True,
        markup=False,
    )
    console.print(f'or in another terminal: [bold]{command} ask "…"[/]', soft_wrap=True)
