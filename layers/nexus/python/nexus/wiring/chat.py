"""What the chat function works with, made from its settings alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, wait
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from nexus.bounded import CarryingExecutor, bounded
from nexus.deferred import deferred, make_ready
from nexus.errors import NexusError
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Generation
from nexus.ports import RefreshTokens, Secrets, VectorIndex
from nexus.retrieval.reader import Reader
from nexus.services import ChatServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory, aws_clients
from nexus.wiring.models import Models
from nexus.wiring.parts import catalogue_of, generations_of, index_of, secrets_of
from nexus.wiring.question_log import ledger_of, log_of, traces_of
from nexus.wiring.tracing import begin_tracing, traced_tool_chat

if TYPE_CHECKING:
    from nexus.agents.turn import Agents
    from nexus.ports.tool_chats import ToolChat
    from nexus.wiring.answering import AgentsAround


def chat_services(
    settings: Settings, aws: ClientFactory | None = None, executor: Executor | None = None
) -> ChatServices:
    """The services of the chat function; no connection is open before their `prepare`."""
    from nexus.adapters.dynamodb.cache import DynamoCache
    from nexus.adapters.dynamodb.clients import DynamoClients
    from nexus.adapters.dynamodb.conversations import DynamoConversations
    from nexus.adapters.dynamodb.ended_sign_ins import DynamoEndedSignIns
    from nexus.adapters.dynamodb.request_claims import DynamoRequestClaims
    from nexus.adapters.dynamodb.turns import DynamoTurns
    from nexus.operations.health import PATIENCE_S, Dependency, Health
    from nexus.wiring.answering import ChatParts, answering

    aws = aws or aws_clients
    executor = executor or CarryingExecutor()
    dynamodb = aws("dynamodb")
    log = log_of(aws, settings)
    conversations = DynamoConversations(
        dynamodb,
        settings.conversations_table,
        settings.conversation_ttl_h,
        logged_s=log.kept_s if log else 0.0,
        traces=traces_of(aws, settings),
    )
    clients = DynamoClients(dynamodb, settings.clients_table)
    secrets = secrets_of(aws)
    begin_tracing(settings, secrets)
    models = Models(settings, secrets)
    configured = settings.generation
    index, catalogue = (
        index_of(aws, settings, secrets, configured),
        catalogue_of(aws, settings, configured),
    )
    chat = models.chat()
    dependencies = {
        "embeddings": Dependency(models.embedder(configured).ping),
        "language_model": Dependency(chat.ping),
        "index": Dependency(index.ping),
        "catalogue": Dependency(catalogue.ping),
        "clients": Dependency(clients.ping),
        "conversations": Dependency(conversations.ping, required=False),
    }
    cache = claims = turns = None
    if settings.cache_table:
        tables = settings.cache_table, settings.conversations_table
        cache, claims = DynamoCache(dynamodb, *tables), DynamoRequestClaims(dynamodb, *tables)
        turns = DynamoTurns(
            dynamodb,
            settings.catalogue_table,
            conversations,
            settings.conversations_table,
            cache,
            settings.cache_table,
            log=log,
        )
        dependencies["cache"] = Dependency(cache.ping, required=False)

    def its_index(generation: Generation) -> VectorIndex:
        is_configured = generation.pinecone_host == configured.pinecone_host
        return index if is_configured else index_of(aws, settings, secrets, generation)

    health = Health(dependencies, executor)
    parts = ChatParts(
        ended_sign_ins=DynamoEndedSignIns(dynamodb, settings.clients_table),
        refresh_tokens=_refresh_tokens(settings),
        conversations=conversations,
        generations=generations_of(aws, settings),
        catalogue=lambda generation: catalogue_of(aws, settings, generation),
        index=its_index,
        embedder=models.embedder,
        chat=chat,
        reranker=models.reranker(),
        cache=cache,
        verifier=models.verifier(),
        rewriter=models.rewriter(),
        claims=claims,
        turns=turns,
        log=log,
        ledger=ledger_of(aws, settings),
        cheaper=models.cheaper(),
        agents=_agents(settings, aws, secrets, models) if settings.agents_folder else None,
    )
    services = answering(parts, health, settings, executor)

    def prepare() -> None:
        _read_ahead(secrets, settings, executor)
        others = (parts.reranker, parts.verifier, parts.rewriter)
        making = [executor.submit(make_ready, thing) for thing in others]
        making.append(executor.submit(_live, services.readers))
        health.checks()  # opens every connection, at once
        wait(making, timeout=PATIENCE_S)

    return replace(services, prepare=prepare)


def _agents(
    settings: Settings, aws: ClientFactory, secrets: Secrets, models: Models
) -> Callable[[AgentsAround], Agents]:
    """Makes the agents, with all that they need, when the first one is asked."""

    def made(around: AgentsAround) -> Agents:
        from nexus.budgets.admitting import AdmittedToolChat
        from nexus.wiring.agents import make_agents

        def chat_of(model: str) -> ToolChat:
            longest_s = settings.models_timeout_s
            chat = models.tool_chat(model)
            chat = bounded(chat, "models", longest_s, around.executor, "language_model")
            return AdmittedToolChat(traced_tool_chat(chat, model, settings))

        return make_agents(
            settings=settings,
            aws=aws,
            secrets=secrets,
            chat_of=chat_of,
            readers=around.readers,
            generator=around.generator,
            memory=around.memory,
            budgets=around.budgets,
            executor=around.executor,
        )

    return made


def _refresh_tokens(settings: Settings) -> RefreshTokens | None:
    if not settings.oidc_revocation_url:
        return None

    def made() -> RefreshTokens:
        from nexus.adapters.oidc.revocation import ProviderRefreshTokens

        return ProviderRefreshTokens(settings.oidc_revocation_url, settings.oidc_audiences[0])

    return deferred(made)


def _live(readers: PerGeneration[Reader]) -> None:
    with suppress(NexusError):
        readers.live()  # what the first question is answered from


def _read_ahead(secrets: Secrets, settings: Settings, executor: Executor) -> None:
    """Reads the keys side by side; what fails here fails again, and is told, where it is needed."""
    needed = {settings.models_secret}
    if settings.rerank_url:
        needed.add(settings.rerank_secret)
    if settings.vector_index == "pinecone":
        needed.add(settings.pinecone_secret)
    for reading in [executor.submit(secrets.get, secret_id) for secret_id in needed - {""}]:
        with suppress(NexusError):
            reading.result()
