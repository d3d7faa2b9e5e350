"""What `nexus up` does once the local AWS answers: deploys, ingests, asks, tells how to go on."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

from rich.markup import escape

from cli import api
from cli.answer_view import show_answer
from cli.commands.dashboard import local_figures_url
from cli.connection import DEMO_CLIENT, DEMO_TENANT, Connection, demo_key, keep_demo_key
from cli.deployment_checks import generation
from cli.failure import Failure
from cli.findings import show
from cli.ingestion import ask_again, describe, fingerprints, finished, in_bucket, wait
from cli.local.access import credentials
from cli.local.deploy import deploy, has_stacks
from cli.local.expiry import enable_expiry
from cli.local.layout import PROJECT, Layout
from cli.local.page.telling import page_link
from cli.local.people import make_people, people
from cli.local.run_record import Running
from cli.local.sync import sync
from cli.local.synthesis import Synthesis, synthesizing
from cli.local.upstreams import Upstreams
from cli.reconciling import reconcile
from cli.stacks import local_session, read_deployment
from cli.step import Step
from cli.terminal import console, counted
from nexus.errors import NotFound

SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
SAMPLE_QUESTION = "What is the fine for returning a book late?"
SAMPLE_CURL = "When does the library open on Saturday?"
ANY_CURL = "What do these documents say first?"


def bring_up_to_date(
    layout: Layout,
    port: int,
    synthesis: Synthesis | None,
    context: dict[str, str],
    upstreams: Upstreams,
) -> Connection:
    """Deploys what is being synthesized, or what turns out to be missing; None is up to date.

    Raises Failure if the emulator does not answer or the deployment fails.
    """
    session = local_session(layout)
    with Step("deploying the CDK app onto the local AWS") as step, ExitStack() as begun:
        if synthesis is None and not has_stacks(session):
            synthesis = begun.enter_context(synthesizing(layout, context))
        if synthesis:
            deploy(layout, session, port, synthesis, step.update)
        step.done(f"{'deployed' if synthesis else 'already deployed'} ({upstreams.description})")
    connection = Connection("local", session, read_deployment("local", session))
    _set_secrets(connection, upstreams, credentials.current(layout).models_key)
    return connection


def start_a_worker(connection: Connection) -> threading.Thread:
    """Has the chat function start beside what comes before the first question; ends once it has.

    It needs nothing but its secrets to be set, and a failure only means that the question waits.
    """

    def read_the_reference() -> None:
        with suppress(Failure):
            api.call(connection.deployment.api_url, "/docs")

    starting = threading.Thread(target=read_the_reference, daemon=True, name="first-worker")
    starting.start()
    return starting


def fill(connection: Connection, layout: Layout, current: Running, folder: Path) -> str:
    """Ingests what the index lacks of a folder, and returns the demo client's key.

    Raises Failure if a document is not indexed in time.
    """
    enable_expiry(connection.session, layout.assembly)
    if current.unclean:
        _recover(connection)
    key = _demo_key(connection, layout)
    make_people(connection, layout)
    ingest(connection, layout, current, folder)
    return key


def ingest(connection: Connection, layout: Layout, current: Running, folder: Path) -> None:
    """Uploads what differs of a folder, and waits until all of the bucket is through.

    Raises Failure if a document is not indexed in time.
    """
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
    for finding in generation(connection):
        if not finding.well:  # such as other models than those of the start before
            show(finding)
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


def first_answer(connection: Connection, key: str, folder: Path) -> None:
    """Asks the sample documents the first question, and shows the answer."""
    if folder != SAMPLES:
        return
    console.print(f"\n[bold]{SAMPLE_QUESTION}[/]")
    url = connection.deployment.api_url
    show_answer(api.call(url, "/v1/chat", key=key, body={"message": SAMPLE_QUESTION}))


def introduce(connection: Connection, layout: Layout, port: int, key: str, folder: Path) -> None:
    """Tells the page's link, the URL, the key, where the figures are, and how to ask."""
    question = SAMPLE_CURL if folder == SAMPLES else ANY_CURL
    url = connection.deployment.api_url
    program = Path(sys.argv[0])
    command = os.path.relpath(program) if program.name == "nexus" else "nexus"
    console.print(f"\n[bold]page[/] {page_link(layout, port)}", soft_wrap=True)
    console.print(f"[bold]URL[/]  {url}", soft_wrap=True)
    console.print(f"[bold]docs[/] {url}/docs", soft_wrap=True)
    console.print(f"[bold]figures[/] {local_figures_url(layout)}", soft_wrap=True)
    console.print(f"[bold]key[/]  {key}", soft_wrap=True)
    for person in people(layout):
        shown = f"{person.email} {person.password} (group {person.group})"
        console.print(f"[bold]person[/] {escape(shown)}", soft_wrap=True)
    console.print()
    console.print(
        f"curl -s {url}/v1/chat -H 'x-api-key: {key}' -H 'content-type: application/json' "
        f'-d \'{{"message": "{question}"}}\'\n',
        soft_wrap=True,
        markup=False,
    )
    console.print(f'or in another terminal: [bold]{command} ask "…"[/]', soft_wrap=True)


def _set_secrets(connection: Connection, upstreams: Upstreams, local_key: str) -> None:
    deployed, client = connection.deployment, connection.client("secretsmanager")
    # Only the local models rerank here.
    wanted = {
        deployed.models_secret: upstreams.models_key or local_key,
        deployed.rerank_secret: local_key,
    }
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
    if key and connection.access.entering.known(key):
        return key
    with suppress(NotFound):  # it has none yet
        connection.access.keys.revoke(DEMO_TENANT, DEMO_CLIENT)
    key, _ = connection.access.keys.create(DEMO_TENANT, DEMO_CLIENT, "user")
    keep_demo_key(key, layout)
    return key
