"""What the chat function works with, made from its settings alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress

from nexus.errors import NexusError
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Generation
from nexus.ports import Embedder, Secrets
from nexus.services import ChatServices
from nexus.settings import Settings
from nexus.wiring.parts import (
    THREADS,
    ClientFactory,
    Models,
    aws_clients,
    catalogue_of,
    generations_of,
    index_of,
    secrets_of,
)


def chat_services(settings: Settings, aws: ClientFactory | None = None) -> ChatServices:
    """The services of the chat function, with their connections opened where they can be."""
    from nexus.adapters.dynamodb.cache import DynamoCache
    from nexus.adapters.dynamodb.clients import DynamoClients
    from nexus.adapters.dynamodb.conversations import DynamoConversations
    from nexus.answering.caching import AnswerCache, CachedEmbedder, ForgivingCache
    from nexus.answering.generator import Generator
    from nexus.answering.turn import Answerer
    from nexus.clients import Authenticator
    from nexus.observability import count
    from nexus.operations.health import Dependency, Health
    from nexus.retrieval.reader import Reader
    from nexus.retrieval.retriever import Retriever

    aws = aws or aws_clients
    executor = ThreadPoolExecutor(THREADS)
    dynamodb = aws("dynamodb")
    conversations = DynamoConversations(
        dynamodb, settings.conversations_table, settings.conversation_ttl_h
    )
    clients = DynamoClients(dynamodb, settings.clients_table)
    secrets = secrets_of(aws)
    _read_ahead(secrets, settings, executor)
    models = Models(settings, secrets)
    configured = settings.generation
    index, catalogue = (
        index_of(settings, secrets, configured),
        catalogue_of(aws, settings, configured),
    )
    chat = models.chat()
    reranker = models.reranker()
    dependencies = {
        "models": Dependency(lambda: _all(models.embedder(configured).ping, chat.ping)),
        "index": Dependency(index.ping),
        "catalogue": Dependency(catalogue.ping),
        "clients": Dependency(clients.ping),
        "conversations": Dependency(conversations.ping, required=False),
    }
    answers = shared = None
    if settings.cache_table:
        store = DynamoCache(dynamodb, settings.cache_table, settings.conversations_table)
        dependencies["cache"] = Dependency(store.ping, required=False)
        shared = ForgivingCache(store, count)
        if settings.answer_cache_ttl_s:
            answers = AnswerCache(shared, settings.answer_cache_ttl_s)

    def questions(generation: Generation) -> Embedder:
        embedder = models.embedder(generation)
        if shared is None or not settings.embedding_cache_ttl_s:
            return embedder
        return CachedEmbedder(
            embedder,
            shared,
            generation.embedding_model,
            generation.embedding_dimension,
            settings.embedding_cache_ttl_s,
            executor,
        )

    def reader(generation: Generation) -> Reader:
        is_configured = generation.pinecone_host == configured.pinecone_host
        its_index = index if is_configured else index_of(settings, secrets, generation)
        its_catalogue = catalogue_of(aws, settings, generation)
        retriever = Retriever(
            its_index,
            its_catalogue,
            questions(generation),
            reranker,
            settings,
            generation,
            executor,
        )
        return Reader(generation, retriever, its_catalogue)

    readers = PerGeneration(generations_of(aws, settings), configured, reader)
    health = Health(dependencies, executor)
    executor.submit(readers.live)  # what the first question is answered from
    health.checks()  # opens every connection, at once, while the function initialises
    return ChatServices(
        settings=settings,
        authenticator=Authenticator(clients),
        answerer=Answerer(
            readers,
            Generator(chat, settings.answer_max_tokens),
            conversations,
            answers,
            settings,
            executor,
        ),
        readers=readers,
        executor=executor,
        conversations=conversations,
        health=health,
    )


def _read_ahead(secrets: Secrets, settings: Settings, executor: Executor) -> None:
    """Reads the keys side by side; what fails here fails again, and is told, where it is needed."""
    needed = {settings.models_secret}
    if settings.rerank_url:
        needed.add(settings.rerank_secret)
    if settings.vector_index != "sqlite":
        needed.add(settings.pinecone_secret)
    for reading in [executor.submit(secrets.get, secret_id) for secret_id in needed - {""}]:
        with suppress(NexusError):
            reading.result()


def _all(*pings: Callable[[], None]) -> None:
    for ping in pings:
        ping()
