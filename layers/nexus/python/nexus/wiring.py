"""The composition root: from settings to the services that each function needs.

The only module that imports adapters, and it does so inside functions, so that a function loads no
SDK that it does not use.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from nexus.deferred import deferred
from nexus.errors import ConfigurationError, NexusError
from nexus.generations import PerGeneration, SingleGeneration, existing
from nexus.models import Generation
from nexus.ports import (
    Catalogue,
    ChatModel,
    ConversationStore,
    DocumentStore,
    Embedder,
    EmbeddingLedger,
    GenerationStore,
    Reranker,
    Secrets,
    VectorIndex,
    WorkQueue,
)
from nexus.services import (
    BackupServices,
    ChatServices,
    DocumentsServices,
    EvaluationServices,
    IngestServices,
    OperatorServices,
    RebuildServices,
    ReindexServices,
    RestoreServices,
)
from nexus.settings import Settings

if TYPE_CHECKING:
    import openai

    from nexus.backup import Backup
    from nexus.curating import Curator
    from nexus.dead_letters import DeadLetters
    from nexus.erasing import Eraser, Place
    from nexus.indexing import Indexer
    from nexus.reindexing import Reindexer
    from nexus.restoring import Restorer
    from nexus.snapshot_reading import SnapshotReader


T = TypeVar("T")

# Makes an AWS client by its service's name: botocore's in the functions, a stage's in the CLI.
ClientFactory = Callable[[str], Any]

THREADS = 16

# How an S3 client is configured whose URLs are given away: version 4 binds their headers, and the
# bucket's regional address is the one that does not redirect, which uploads do not survive.
SIGNING: dict[str, Any] = {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}


def chat_services(settings: Settings, aws: ClientFactory | None = None) -> ChatServices:
    """The services of the chat function, with their connections opened where they can be."""
    from nexus.adapters.dynamodb_cache import DynamoCache
    from nexus.adapters.dynamodb_clients import DynamoClients
    from nexus.adapters.dynamodb_conversations import DynamoConversations
    from nexus.answering import Answerer
    from nexus.caching import AnswerCache, CachedEmbedder, ForgivingCache
    from nexus.clients import Authenticator
    from nexus.generating import Generator
    from nexus.health import Dependency, Health
    from nexus.observability import count
    from nexus.reading import Reader
    from nexus.retrieval import Retriever

    aws = aws or aws_clients
    executor = ThreadPoolExecutor(THREADS)
    dynamodb = aws("dynamodb")
    conversations = DynamoConversations(
        dynamodb, settings.conversations_table, settings.conversation_ttl_h
    )
    clients = DynamoClients(dynamodb, settings.clients_table)
    secrets = _secrets(aws)
    _read_ahead(secrets, settings, executor)
    models = _Models(settings, secrets)
    configured = settings.generation
    index, catalogue = _index(settings, secrets, configured), _catalogue(aws, settings, configured)
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
        its_index = index if is_configured else _index(settings, secrets, generation)
        its_catalogue = _catalogue(aws, settings, generation)
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

    readers = PerGeneration(_generations(aws, settings), configured, reader)
    health = Health(dependencies, executor)
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
    from nexus.adapters.dynamodb_embedding_ledger import DynamoEmbeddingLedger
    from nexus.adapters.s3_documents import S3Documents
    from nexus.adapters.sqs_queue import SqsQueue

    aws = aws or aws_clients
    secrets = _secrets(aws)
    models = _Models(settings, secrets)
    documents = S3Documents(aws("s3"), settings.documents_bucket)
    queue = SqsQueue(aws("sqs"), settings.ingest_queue_url)

    def indexer(generation: Generation) -> Indexer:
        return _indexer(
            settings,
            generation,
            documents,
            _catalogue(aws, settings, generation),
            _index(settings, secrets, generation),
            models.embedder(generation),
            DynamoEmbeddingLedger(
                aws("dynamodb"), settings.catalogue_table, generation.generation_id
            ),
            queue,
        )

    indexers = PerGeneration(_generations(aws, settings), settings.generation, indexer)
    return IngestServices(settings, indexers, queue)


def reindex_services(settings: Settings, aws: ClientFactory | None = None) -> ReindexServices:
    """The services of the reindexing function."""
    from nexus.adapters.lambda_continuation import LambdaContinuation

    aws = aws or aws_clients
    reindexers = PerGeneration(
        _generations(aws, settings),
        settings.generation,
        _reindexers(aws, settings, _secrets(aws), _documents(aws, settings)),
    )
    continuation = LambdaContinuation(aws("lambda"), settings.reindex_function)
    return ReindexServices(settings, reindexers, continuation)


def backup_services(settings: Settings, aws: ClientFactory | None = None) -> BackupServices:
    """The services of the backup function."""
    from nexus.adapters.lambda_continuation import LambdaContinuation
    from nexus.adapters.parquet_snapshots import ParquetSnapshots
    from nexus.adapters.s3_snapshots import S3Snapshots
    from nexus.backup import Backup

    aws = aws or aws_clients
    secrets = _secrets(aws)
    store, codec = S3Snapshots(aws("s3"), settings.backups_bucket), ParquetSnapshots()

    def backup(generation: Generation) -> Backup:
        return Backup(
            _catalogue(aws, settings, generation),
            _index(settings, secrets, generation),
            store,
            codec,
            generation,
        )

    backups = PerGeneration(_generations(aws, settings), settings.generation, backup)
    continuation = LambdaContinuation(aws("lambda"), settings.backup_function)
    return BackupServices(settings, backups, continuation)


def restore_services(
    settings: Settings, aws: ClientFactory, bucket: str, prefix: str | None = None
) -> RestoreServices:
    """What a restore works with; the snapshots are those of the bucket, below the prefix."""
    from nexus.adapters.dynamodb_embedding_ledger import DynamoEmbeddingLedger
    from nexus.adapters.parquet_snapshots import ParquetSnapshots
    from nexus.adapters.s3_snapshots import PREFIX, S3Snapshots
    from nexus.restoring import Restorer
    from nexus.snapshot_reading import SnapshotReader

    secrets = _secrets(aws)
    executor = ThreadPoolExecutor(THREADS)
    snapshots = S3Snapshots(aws("s3"), bucket, PREFIX if prefix is None else prefix)
    codec = ParquetSnapshots()
    documents = _documents(aws, settings)

    def restorer(reader: SnapshotReader, generation: Generation) -> Restorer:
        return Restorer(
            reader,
            _catalogue(aws, settings, generation),
            _index(settings, secrets, generation),
            DynamoEmbeddingLedger(
                aws("dynamodb"), settings.catalogue_table, generation.generation_id
            ),
            generation,
            settings.documents_bucket,
            executor,
        )

    return RestoreServices(
        documents=documents,
        snapshots=snapshots,
        generations=_generations(aws, settings),
        read=lambda snapshot_id: SnapshotReader(snapshots, codec, snapshot_id),
        restorer=restorer,
        reindexer=_reindexers(aws, settings, secrets, documents),
        catalogue=lambda generation: _catalogue(aws, settings, generation),
    )


def operator_services(settings: Settings, aws: ClientFactory) -> OperatorServices:
    """The tables that the CLI reads and writes; the catalogue is the live generation's."""
    from nexus.adapters.dynamodb_clients import DynamoClients

    store = _generations(aws, settings)
    live = existing(store, settings.generation).answering
    return OperatorServices(
        _catalogue(aws, settings, live),
        DynamoClients(aws("dynamodb"), settings.clients_table),
        store,
    )


def rebuild_services(settings: Settings, aws: ClientFactory) -> RebuildServices:
    """The generations of a stage, each with its catalogue and index, and to search in."""
    from nexus.reading import Reader
    from nexus.rebuilding import Workplace
    from nexus.retrieval import Retriever

    secrets, executor = _secrets(aws), ThreadPoolExecutor(THREADS)
    models = _Models(settings, secrets)
    store = _generations(aws, settings)

    def place(generation: Generation) -> Workplace:
        return Workplace(
            generation, _catalogue(aws, settings, generation), _index(settings, secrets, generation)
        )

    def reader(generation: Generation) -> Reader:
        where = places.of(generation)
        retriever = Retriever(
            where.index,
            where.catalogue,
            models.embedder(generation),
            models.reranker(),
            settings,
            generation,
            executor,
        )
        return Reader(generation, retriever, where.catalogue)

    places = PerGeneration(store, settings.generation, place)
    return RebuildServices(store, places, PerGeneration(store, settings.generation, reader))


def dead_letters(
    settings: Settings,
    aws: ClientFactory,
    dead_letter_queue_url: str,
) -> DeadLetters:
    """What the ingestion gave up, with the queue to send it to again."""
    from nexus.adapters.s3_documents import S3Documents
    from nexus.adapters.sqs_dead_letters import SqsDeadLetters
    from nexus.adapters.sqs_queue import SqsQueue
    from nexus.dead_letter_reasons import Explainer
    from nexus.dead_letters import DeadLetters

    def catalogue(generation: Generation) -> Catalogue:
        return _catalogue(aws, settings, generation)

    sqs = aws("sqs")
    return DeadLetters(
        SqsDeadLetters(sqs, dead_letter_queue_url, settings.ingest_queue_url),
        SqsQueue(sqs, settings.ingest_queue_url),
        Explainer(
            PerGeneration(_generations(aws, settings), settings.generation, catalogue),
            S3Documents(aws("s3"), settings.documents_bucket),
            ThreadPoolExecutor(THREADS),
        ),
    )


def evaluation_services(
    settings: Settings,
    secrets: Secrets,
    documents: DocumentStore,
    catalogue: Catalogue,
    ledger: EmbeddingLedger,
    queue: WorkQueue,
    conversations: ConversationStore,
    *,
    searched: Callable[[VectorIndex], VectorIndex],
    indexed: Callable[[Embedder], Embedder],
) -> EvaluationServices:
    """The services that index and answer, over stores that the caller keeps; nothing is cached.

    `searched` wraps the index that questions are searched in, `indexed` the embedder of documents.
    """
    from nexus.answering import Answerer
    from nexus.generating import Generator
    from nexus.reading import Reader
    from nexus.retrieval import Retriever

    executor = ThreadPoolExecutor(THREADS)
    models = _Models(settings, secrets)
    generation = settings.generation
    index, embedder = _index(settings, secrets, generation), models.embedder(generation)
    retriever = Retriever(
        searched(index), catalogue, embedder, models.reranker(), settings, generation, executor
    )
    reader = Reader(generation, retriever, catalogue)
    return EvaluationServices(
        index=index,
        indexer=_indexer(
            settings, generation, documents, catalogue, index, indexed(embedder), ledger, queue
        ),
        retriever=retriever,
        answerer=Answerer(
            PerGeneration(SingleGeneration(generation), generation, lambda _: reader),
            Generator(models.chat(), settings.answer_max_tokens),
            conversations,
            None,
            settings,
            executor,
        ),
    )


def create_pinecone_index(
    api_key: str,
    name: str,
    settings: Settings,
    *,
    region: str = "us-east-1",
    protected: bool = False,
) -> str:
    """Creates the Pinecone index that these settings need, unless it exists; returns its host."""
    from nexus.adapters.pinecone_provisioning import create_index

    return create_index(
        api_key, name, settings.embedding_dimension, region=region, protected=protected
    )


@cache
def aws_clients(service: str) -> Any:
    """The process's client of an AWS service, with time limits that suit a Lambda function."""
    from botocore.config import Config

    return _session().create_client(
        service,
        config=Config(
            connect_timeout=2,
            # DynamoDB answers in milliseconds or not at all; S3 may take its time over a document.
            read_timeout=2 if service == "dynamodb" else 20,
            retries={"mode": "standard", "max_attempts": 2 if service == "dynamodb" else 4},
            max_pool_connections=THREADS,
            **(SIGNING if service == "s3" else {}),
        ),
    )


@cache
def _session() -> Any:
    from botocore.session import Session

    return Session()


class _Models:
    """The endpoint's embedder, chat model and reranker."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets

    def embedder(self, generation: Generation) -> Embedder:
        from nexus.adapters.openai_models import OpenAIEmbedder

        settings = self._settings
        return deferred(
            lambda: OpenAIEmbedder(
                # A question or a chunk is embedded again rather than given up.
                self._connect(settings.embedding_timeout_s, settings.embedding_retries),
                generation.embedding_model,
                generation.embedding_dimension,
                settings.embedding_batch,
            )
        )

    def chat(self) -> ChatModel:
        from nexus.adapters.openai_models import OpenAIChat

        settings = self._settings
        return deferred(
            # One try: the gateway does not wait for a second.
            lambda: OpenAIChat(
                self._connect(settings.models_timeout_s, 0), settings.chat_model, settings.chat_api
            )
        )

    def reranker(self) -> Reranker | None:
        from nexus.adapters.rerank_endpoint import RerankEndpoint

        settings = self._settings
        if not settings.rerank_url:
            return None
        return deferred(
            lambda: RerankEndpoint(
                settings.rerank_url,
                self._secrets.get(settings.rerank_secret) if settings.rerank_secret else "",
                settings.rerank_model,
                settings.models_timeout_s,
            )
        )

    def _connect(self, timeout_s: float, retries: int) -> openai.OpenAI:
        from nexus.adapters.openai_connection import connect

        key = self._secrets.get(self._settings.models_secret)
        return connect(self._settings.models_url, key, timeout_s, retries)


def _indexer(
    settings: Settings,
    generation: Generation,
    documents: DocumentStore,
    catalogue: Catalogue,
    index: VectorIndex,
    embedder: Embedder,
    ledger: EmbeddingLedger,
    queue: WorkQueue,
) -> Indexer:
    from nexus.chunk_writing import ChunkWriter
    from nexus.indexing import Indexer
    from nexus.part_indexing import PartIndexer

    writer = ChunkWriter(index, embedder, ledger, generation)
    parts = PartIndexer(catalogue, index, writer, generation, settings)
    return Indexer(documents, catalogue, index, parts, queue, generation, settings)


def _reindexers(
    aws: ClientFactory, settings: Settings, secrets: Secrets, documents: DocumentStore
) -> Callable[[Generation], Reindexer]:
    from nexus.adapters.sqs_queue import SqsQueue
    from nexus.reindexing import Reindexer

    executor = ThreadPoolExecutor(THREADS)
    queue = SqsQueue(aws("sqs"), settings.ingest_queue_url)
    return lambda generation: Reindexer(
        documents,
        _catalogue(aws, settings, generation),
        _index(settings, secrets, generation),
        queue,
        generation,
        executor,
    )


def _documents(aws: ClientFactory, settings: Settings) -> DocumentStore:
    from nexus.adapters.s3_documents import S3Documents

    return S3Documents(aws("s3"), settings.documents_bucket)


def _generations(aws: ClientFactory, settings: Settings) -> GenerationStore:
    from nexus.adapters.dynamodb_generations import DynamoGenerations

    return DynamoGenerations(aws("dynamodb"), settings.catalogue_table)


def _catalogue(aws: ClientFactory, settings: Settings, generation: Generation) -> Catalogue:
    from nexus.adapters.dynamodb_catalogue import DynamoCatalogue

    return DynamoCatalogue(aws("dynamodb"), settings.catalogue_table, generation.generation_id)


def _index(settings: Settings, secrets: Secrets, generation: Generation) -> VectorIndex:
    if settings.vector_index == "sqlite":
        from nexus.adapters.sqlite_index import SqliteIndex

        if not settings.sqlite_path:
            raise ConfigurationError("NEXUS_SQLITE_PATH must name the index's file.")
        return SqliteIndex(settings.sqlite_path)

    from nexus.adapters.pinecone_index import PineconeIndex
    from nexus.adapters.tls_context import tls_context

    host = generation.pinecone_host or settings.pinecone_host
    return deferred(
        lambda: PineconeIndex(
            host,
            secrets.get(settings.pinecone_secret),
            generation.embedding_dimension,
            # The context that the models' clients have; loading certificates takes a while.
            verify=not host.startswith("http://") and tls_context(),
        )
    )


def _secrets(aws: ClientFactory) -> Secrets:
    from nexus.adapters.secrets_manager import SecretsManager

    return SecretsManager(aws("secretsmanager"))


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


def documents_services(settings: Settings, aws: ClientFactory | None = None) -> DocumentsServices:
    """The services of the documents function."""
    from nexus.adapters.dynamodb_clients import DynamoClients
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
    from nexus.adapters.s3_document_bucket import S3DocumentBucket
    from nexus.adapters.sqs_queue import SqsQueue
    from nexus.curating import Curator

    bucket = S3DocumentBucket(aws("s3"), settings.documents_bucket)
    queue = SqsQueue(aws("sqs"), settings.ingest_queue_url)
    return PerGeneration(
        _generations(aws, settings),
        settings.generation,
        lambda generation: Curator(bucket, _catalogue(aws, settings, generation), queue),
    )


def eraser(settings: Settings, aws: ClientFactory) -> Callable[[], Eraser]:
    """Makes what erases documents from all generations that exist when it is made."""
    from nexus.adapters.dynamodb_cache import DynamoCache
    from nexus.adapters.dynamodb_cited_turns import DynamoCitedTurns
    from nexus.adapters.s3_erasure import S3Versions
    from nexus.erasing import Eraser, Place

    dynamodb, secrets = aws("dynamodb"), _secrets(aws)
    versions = S3Versions(aws("s3"), settings.documents_bucket)
    turns = DynamoCitedTurns(dynamodb, settings.conversations_table)
    cache = None
    if settings.cache_table:
        cache = DynamoCache(dynamodb, settings.cache_table, settings.conversations_table)

    def place(generation: Generation) -> Place:
        index = _index(settings, secrets, generation)
        return Place(_catalogue(aws, settings, generation), index, generation.namespace)

    places = PerGeneration(_generations(aws, settings), settings.generation, place)
    return lambda: Eraser(places.all(), versions, cache, turns)
