"""What the functions work with, each made from its settings alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from nexus.errors import NexusError
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Generation
from nexus.ports import (
    Embedder,
    Secrets,
)
from nexus.services import (
    BackupServices,
    ChatServices,
    DocumentsServices,
    IngestServices,
    ReindexServices,
)
from nexus.settings import Settings

if TYPE_CHECKING:
    from nexus.documents.curating import Curator
    from nexus.documents.erasing import Eraser, Place
    from nexus.ingestion.indexer import Indexer
    from nexus.snapshots.backup import Backup


from nexus.wiring.parts import (
    THREADS,
    ClientFactory,
    Models,
    aws_clients,
    catalogue_of,
    documents_of,
    generations_of,
    index_of,
    make_indexer,
    make_reindexers,
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


def ingest_services(settings: Settings, aws: ClientFactory | None = None) -> IngestServices:
    """The services of the ingestion function."""
    from nexus.adapters.dynamodb.embedding_ledger import DynamoEmbeddingLedger
    from nexus.adapters.s3.documents import S3Documents
    from nexus.adapters.sqs.queue import SqsQueue

    aws = aws or aws_clients
    secrets = secrets_of(aws)
    models = Models(settings, secrets)
    documents = S3Documents(aws("s3"), settings.documents_bucket)
    queue = SqsQueue(aws("sqs"), settings.ingest_queue_url)

    def indexer(generation: Generation) -> Indexer:
        return make_indexer(
            settings,
            generation,
            documents,
            catalogue_of(aws, settings, generation),
            index_of(settings, secrets, generation),
            models.embedder(generation),
            DynamoEmbeddingLedger(
                aws("dynamodb"), settings.catalogue_table, generation.generation_id
            ),
            queue,
        )

    indexers = PerGeneration(generations_of(aws, settings), settings.generation, indexer)
    return IngestServices(settings, indexers, queue)


def reindex_services(settings: Settings, aws: ClientFactory | None = None) -> ReindexServices:
    """The services of the reindexing function."""
    from nexus.adapters.aws.continuation import LambdaContinuation

    aws = aws or aws_clients
    reindexers = PerGeneration(
        generations_of(aws, settings),
        settings.generation,
        make_reindexers(aws, settings, secrets_of(aws), documents_of(aws, settings)),
    )
    continuation = LambdaContinuation(aws("lambda"), settings.reindex_function)
    return ReindexServices(settings, reindexers, continuation)


def backup_services(settings: Settings, aws: ClientFactory | None = None) -> BackupServices:
    """The services of the backup function."""
    from nexus.adapters.aws.continuation import LambdaContinuation
    from nexus.adapters.parquet.snapshots import ParquetSnapshots
    from nexus.adapters.s3.snapshots import S3Snapshots
    from nexus.snapshots.backup import Backup

    aws = aws or aws_clients
    secrets = secrets_of(aws)
    store, codec = S3Snapshots(aws("s3"), settings.backups_bucket), ParquetSnapshots()

    def backup(generation: Generation) -> Backup:
        return Backup(
            catalogue_of(aws, settings, generation),
            index_of(settings, secrets, generation),
            store,
            codec,
            generation,
        )

    backups = PerGeneration(generations_of(aws, settings), settings.generation, backup)
    continuation = LambdaContinuation(aws("lambda"), settings.backup_function)
    return BackupServices(settings, backups, continuation)


def documents_services(settings: Settings, aws: ClientFactory | None = None) -> DocumentsServices:
    """The services of the documents function."""
    from nexus.adapters.dynamodb.clients import DynamoClients
    from nexus.clients import Authenticator

    aws = aws or aws_clients
    return DocumentsServices(
        settings=settings,
        authenticator=Authenticator(DynamoClients(aws("dynamodb"), settings.clients_table)),
        curators=curators(settings, aws),
        eraser=eraser(settings, aws),
    )


def curators(settings: Settings, aws: ClientFactory) -> PerGeneration[Curator]:
    """What manages documents; `aws` makes S3 clients that are configured for SIGNING."""
    from nexus.adapters.s3.document_bucket import S3DocumentBucket
    from nexus.adapters.sqs.queue import SqsQueue
    from nexus.documents.curating import Curator

    bucket = S3DocumentBucket(aws("s3"), settings.documents_bucket)
    queue = SqsQueue(aws("sqs"), settings.ingest_queue_url)
    return PerGeneration(
        generations_of(aws, settings),
        settings.generation,
        lambda generation: Curator(bucket, catalogue_of(aws, settings, generation), queue),
    )


def eraser(settings: Settings, aws: ClientFactory) -> Callable[[], Eraser]:
    """Makes what erases documents from all generations that exist when it is made."""
    from nexus.adapters.dynamodb.cache import DynamoCache
    from nexus.adapters.dynamodb.cited_turns import DynamoCitedTurns
    from nexus.adapters.s3.erasure import S3Versions
    from nexus.documents.erasing import Eraser, Place

    dynamodb, secrets = aws("dynamodb"), secrets_of(aws)
    versions = S3Versions(aws("s3"), settings.documents_bucket)
    turns = DynamoCitedTurns(dynamodb, settings.conversations_table)
    cache = None
    if settings.cache_table:
        cache = DynamoCache(dynamodb, settings.cache_table, settings.conversations_table)

    def place(generation: Generation) -> Place:
        index = index_of(settings, secrets, generation)
        return Place(catalogue_of(aws, settings, generation), index, generation.namespace)

    places = PerGeneration(generations_of(aws, settings), settings.generation, place)
    return lambda: Eraser(places.all(), versions, cache, turns)


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
