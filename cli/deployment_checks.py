"""What is checked of a stage that is deployed: its settings, secrets, queue and upstreams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from cli import api
from cli.aws.account import emulated_at
from cli.aws.checks import guarded, retirement
from cli.aws.smoke_test import advice_of
from cli.aws.upstream_keys import UNSET
from cli.connection import Connection
from cli.findings import Finding
from cli.local.layout import PROJECT, Layout
from cli.local.run_record import read_record
from cli.stage_names import LOCAL
from cli.terminal import counted
from nexus.errors import ConfigurationError
from nexus.models import Generation


def deployment_findings(connection: Connection, today: date) -> Iterator[Finding]:
    """Every finding of a deployed stage; a check that fails keeps no other from being made."""
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "configuration": lambda: configuration(connection),
        "agents": lambda: agents(connection),
        "generation": lambda: generation(connection),
        "models": lambda: models(connection, today),
        "live embedding model": lambda: embedding(connection, today),
        "dead-letter queue": lambda: queue(connection),
        "health": lambda: health(connection),
        "page": lambda: page(connection),
    }
    for name, check in checks.items():
        yield from guarded(name, check, serious=name != "page")
    for name in _secrets(connection):
        yield from guarded(_secret(name), partial(secret, connection, name), serious=True)


def configuration(connection: Connection) -> Iterator[Finding]:
    """What the functions were told."""
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
            "Make the index with `nexus pinecone-index NAME`, put its host into cdk.json, deploy "
            "again.",
        )


def agents(connection: Connection) -> Iterator[Finding]:
    """Whether the folder of agents here is one that the functions can read."""
    folder = connection.settings.agents_folder
    if not folder:
        return
    from nexus.agents.reading import read_agents

    try:
        found = read_agents(PROJECT / folder)
    except ConfigurationError as error:
        yield Finding("agents", False, str(error), "Correct it, then deploy again.")
        return
    tools = counted(len(found.tools), "tool")
    yield Finding("agents", True, f"{', '.join(found.agents)}; {tools}")


def generation(connection: Connection) -> Iterator[Finding]:
    """Whether the index that answers is the configured one, and what another one means."""
    live, configured = connection.live, connection.settings.generation
    reindex = f"`nexus reindex --run --stage {connection.stage}` indexes them anew"
    plan = f"`nexus reindex --plan --stage {connection.stage}` shows first what that takes."
    yield Finding(
        "generation",
        live.generation_id == configured.generation_id,
        _told(live, configured),
        f"{reindex}, and {plan}",
        serious=False,
    )


def _told(live: Generation, configured: Generation) -> str:
    about = f"{live.generation_id}: {live.embedding_model}, chunks of {live.chunk_chars} characters"
    if live.generation_id == configured.generation_id:
        return about
    indexed, wanted = (
        f"{one.embedding_model} ({one.embedding_dimension})" for one in (live, configured)
    )
    if indexed == wanted:
        return f"{about} is live; {configured.generation_id} is configured"
    # Questions are embedded as the documents were, at the endpoint that is configured now.
    return (
        f"The documents are indexed by {indexed}, and {wanted} is configured: searches by meaning "
        f"do not work until they are indexed anew, unless the configured endpoint serves "
        f"{live.embedding_model}, too."
    )


def models(connection: Connection, today: date) -> Iterator[Finding]:
    """Whether the models that write, decide and rewrite are about to retire."""
    settings = connection.settings
    named = (settings.chat_model, settings.verifier_model, settings.rewrite_model)
    yield from (retirement(model, today) for model in dict.fromkeys(filter(None, named)))


def embedding(connection: Connection, today: date) -> Iterator[Finding]:
    """Whether the embedding model of the live index is about to retire."""
    yield retirement(connection.live.embedding_model, today)


def secret(connection: Connection, name: str) -> Iterator[Finding]:
    """Whether a secret holds a key."""
    client = connection.client("secretsmanager")
    is_set = client.get_secret_value(SecretId=name)["SecretString"].strip() not in ("", UNSET)
    command = (
        "`nexus up`" if connection.stage == LOCAL else f"`nexus secrets --stage {connection.stage}`"
    )
    yield Finding(
        _secret(name), is_set, "is set" if is_set else "is not set", f"{command} sets it."
    )


def queue(connection: Connection) -> Iterator[Finding]:
    """Whether ingestion has given something up."""
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


def health(connection: Connection) -> Iterator[Finding]:
    """What the chat function says of each dependency."""
    answer = api.call(connection.deployment.api_url, "/health")
    for name, check in answer["checks"].items():
        well = check["status"] == "ok"
        detail = f"{check['latency_ms']:.0f} ms" if well else check["detail"] or ""
        yield Finding(name, well, detail, advice_of(name), serious=name != "conversations")


def page(connection: Connection) -> Iterator[Finding]:
    """Whether the page is there and calls this deployment; nothing of a stage without one."""
    local = connection.stage == LOCAL
    url = local_page() if local else connection.deployment.page_url.rstrip("/")
    if not url:
        return
    if not local and emulated_at(connection.session):
        yield Finding("page", True, url)  # CloudFront has no such name there
        return
    called = api.call(url, "/config.json").get("api")
    command = "`nexus up`" if local else f"`nexus deploy --stage {connection.stage}`"
    well = called == connection.deployment.api_url
    said = f"{url}/" if well else f"{url}/ calls {called}, which is not this deployment"
    yield Finding("page", well, said, f"{command} publishes it anew.", serious=False)


def local_page() -> str:
    """Where the local stage's page is; "" while nothing runs."""
    current = read_record(Layout())
    return current.page_origin if current else ""


def _secrets(connection: Connection) -> list[str]:
    deployed = connection.deployment
    named = (deployed.models_secret, deployed.pinecone_secret, deployed.rerank_secret)
    return [name for name in named if name]


def _secret(name: str) -> str:
    return f"secret {name.rsplit(':', 1)[-1]}"
