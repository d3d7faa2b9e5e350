"""`nexus doctor`: checks everything that a deployment needs, and says what to do about the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import typer
from botocore.exceptions import BotoCoreError, ClientError

from cli import api
from cli.connection import Connection, connect
from cli.failure import Failure
from cli.local.node import node_program
from cli.model_retirements import retirement_warning
from cli.terminal import Stage, console, counted
from nexus.errors import NexusError

UNSET = "unset"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; `advice` says what to do when it is not well."""

    subject: str
    well: bool
    detail: str
    advice: str = ""
    serious: bool = True


def doctor(stage: Stage = "local") -> None:
    """Check tools, configuration, secrets and every upstream; exit 1 if something is broken."""
    findings: list[Finding] = []
    for finding in examine(stage):
        findings.append(finding)
        colour, mark = ("green", "✓") if finding.well else ("red", "✗")
        if not finding.well and not finding.serious:
            colour, mark = "yellow", "!"
        console.print(
            f"[{colour}]{mark}[/] [bold]{finding.subject}[/]  {finding.detail}", soft_wrap=True
        )
        if finding.advice and not finding.well:
            console.print(f"    → {finding.advice}", soft_wrap=True)
    if any(finding.serious and not finding.well for finding in findings):
        raise typer.Exit(1)


def examine(stage: str) -> Iterator[Finding]:
    """Every finding of a stage, in the order in which they build on each other."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")
    node = node_program()
    yield Finding("Node", node.exists(), str(node), "Run `make setup`.")
    try:
        connection = connect(stage)
    except Failure as failure:
        yield Finding("deployment", False, str(failure))
        return
    yield Finding("deployment", True, connection.deployment.api_url)
    for check in (_settings, _generation, _models_retire, _secrets, _queue):
        yield from _guarded(check, connection)
    yield from _guarded(_health, connection)


def _guarded(
    check: Callable[[Connection], Iterator[Finding]], connection: Connection
) -> Iterator[Finding]:
    subject = check.__name__.strip("_").replace("_", " ")
    try:
        yield from check(connection)
    except (ClientError, BotoCoreError, NexusError, Failure) as err:
        yield Finding(subject, False, str(err), "Check your AWS permissions and the stage.")


def _settings(connection: Connection) -> Iterator[Finding]:
    settings = connection.settings
    yield Finding(
        "configuration",
        True,
        f"{settings.embedding_model} ({settings.embedding_dimension}), {settings.chat_model}, "
        f"{settings.vector_index} index",
    )
    if settings.vector_index == "pinecone":
        yield Finding(
            "Pinecone host",
            bool(settings.pinecone_host),
            settings.pinecone_host or "is not set",
            "Make the index with `nexus pinecone-index`, put its host into cdk.json, deploy again.",
        )


def _generation(connection: Connection) -> Iterator[Finding]:
    live, configured = connection.live, connection.settings.generation
    same = live.generation_id == configured.generation_id
    about = f"{live.generation_id}: {live.embedding_model}, chunks of {live.chunk_chars} characters"
    yield Finding(
        "generation",
        same,
        about if same else f"{about} is live; {configured.generation_id} is configured",
        "`nexus reindex --plan` shows what changing to it takes.",
        serious=False,
    )


def _models_retire(connection: Connection) -> Iterator[Finding]:
    today = datetime.now(UTC).date()
    for model in (connection.settings.chat_model, connection.live.embedding_model):
        warning = retirement_warning(model, today)
        yield Finding(
            f"model {model}",
            warning is None,
            warning or "no retirement is announced",
            "Name another model in cdk.json and deploy again.",
            serious=False,
        )


def _secrets(connection: Connection) -> Iterator[Finding]:
    deployed = connection.deployment
    client = connection.client("secretsmanager")
    secrets = (deployed.models_secret, deployed.pinecone_secret, deployed.rerank_secret)
    for name in filter(None, secrets):
        value = client.get_secret_value(SecretId=name)["SecretString"]
        is_set = value.strip() not in ("", UNSET)
        yield Finding(
            f"secret {name.rsplit(':', 1)[-1]}",
            is_set,
            "is set" if is_set else "is not set",
            f"aws secretsmanager put-secret-value --secret-id '{name}' --secret-string YOUR_KEY",
        )


def _queue(connection: Connection) -> Iterator[Finding]:
    attributes = connection.client("sqs").get_queue_attributes(
        QueueUrl=connection.deployment.dead_letter_queue_url,
        AttributeNames=["ApproximateNumberOfMessages"],
    )["Attributes"]
    waiting = int(attributes["ApproximateNumberOfMessages"])
    yield Finding(
        "dead-letter queue",
        waiting == 0,
        counted(waiting, "message"),
        f"`nexus dead-letters list --stage {connection.stage}` says why. Mend the cause, then "
        f"`nexus dead-letters redrive --all --stage {connection.stage}`.",
        serious=False,
    )


def _health(connection: Connection) -> Iterator[Finding]:
    health = api.call(connection.deployment.api_url, "/health")
    for name, check in health["checks"].items():
        yield Finding(
            name,
            check["status"] == "ok",
            f"{check['latency_ms']:.0f} ms" if check["status"] == "ok" else check["detail"] or "",
            f"{ADVICE.get(name, UNKNOWN)} The chat function's log (dependency_failing) says more.",
            serious=name != "conversations",
        )


UNKNOWN = "Check the stage's settings and the service's status page."
ADVICE = {
    "models": "Check the models endpoint's URL, the models' names, its secret and its status page.",
    "index": "Check the index's host, its secret and its status page.",
    "catalogue": "Check that the data stack is deployed whole.",
    "clients": "Check that the data stack is deployed whole.",
    "conversations": "Answers are given but not remembered: check the conversations table.",
}
