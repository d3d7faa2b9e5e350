"""The parts that several services are made of: clients, models, indexes, catalogues."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING

from nexus.deferred import deferred
from nexus.errors import ConfigurationError
from nexus.models import Generation
from nexus.ports import (
    Catalogue,
    ChatModel,
    DocumentStore,
    Embedder,
    EmbeddingLedger,
    GenerationStore,
    Reranker,
    Secrets,
    StreamingChat,
    VectorIndex,
    WorkQueue,
)
from nexus.settings import Settings
from nexus.spending import SpendingChat, SpendingEmbedder, prices_of
from nexus.wiring.aws_clients import (
    THREADS,
    ClientFactory,
)
from nexus.wiring.tracing import traced_index

if TYPE_CHECKING:
    from nexus.adapters.openai.connection import ModelsClient
    from nexus.generations.reindexing import Reindexer
    from nexus.ingestion.indexer import Indexer


class Models:
    """The endpoint's embedder, chat model and reranker."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets
        self._prices = prices_of(settings.model_prices)

    def embedder(self, generation: Generation) -> Embedder:
        from nexus.adapters.openai.models import OpenAIEmbedder

        settings = self._settings
        return deferred(
            lambda: SpendingEmbedder(
                OpenAIEmbedder(
                    # A question or a chunk is embedded again rather than given up.
                    self._connect(settings.embedding_timeout_s, settings.embedding_retries),
                    generation.embedding_model,
                    generation.embedding_dimension,
                    settings.embedding_batch,
                ),
                generation.embedding_model,
                settings.embedding_price,
            )
        )

    def chat(self) -> StreamingChat:
        return self._chat(self._settings.chat_model)

    def verifier(self) -> ChatModel | None:
        """The model that verifies sentences; None where there is none."""
        named = self._settings.verifier_model
        return self._chat(named) if named else None

    def rewriter(self) -> ChatModel | None:
        """The model that rewrites the questions of conversations; None where there is none."""
        named = self._settings.rewrite_model
        return self._chat(named) if named else None

    def _chat(self, model: str) -> StreamingChat:
        from nexus.adapters.openai.models import OpenAIChat

        settings = self._settings
        return deferred(
            # One try: there is no time for a second.
            lambda: SpendingChat(
                OpenAIChat(
                    self._connect(settings.models_timeout_s, 0),
                    model,
                    settings.chat_api,
                    settings.reasoning_effort,
                ),
                model,
                self._prices,
            )
        )

    def reranker(self) -> Reranker | None:
        from nexus.adapters.rerank.endpoint import RerankEndpoint

        settings = self._settings
        if not settings.rerank_url:
            return None

        def read_key() -> str:
            return self._secrets.get(settings.rerank_secret) if settings.rerank_secret else ""

        return deferred(
            lambda: RerankEndpoint(
                settings.rerank_url,
                read_key(),
                settings.rerank_model,
                settings.rerank_timeout_s,
                read_key,
            )
        )

    def _connect(self, timeout_s: float, retries: int) -> ModelsClient:
        from nexus.adapters.openai.connection import connect

        def read_key() -> str:
            return self._secrets.get(self._settings.models_secret)

        return connect(self._settings.models_url, read_key(), timeout_s, retries, read_key=read_key)


def make_indexer(
    settings: Settings,
    generation: Generation,
    documents: DocumentStore,
    catalogue: Catalogue,
    index: VectorIndex,
    embedder: Embedder,
    ledger: EmbeddingLedger,
    queue: WorkQueue,
    executor: Executor,
) -> Indexer:
    """What indexes documents in one generation, over these parts."""
    from nexus.ingestion.chunk_writing import ChunkWriter
    from nexus.ingestion.indexer import Indexer
    from nexus.ingestion.part_indexer import PartIndexer

    writer = ChunkWriter(index, embedder, ledger, generation, executor)
    parts = PartIndexer(catalogue, index, writer, generation, settings, executor)
    return Indexer(documents, catalogue, index, parts, queue, generation, settings, executor)


def make_reindexers(
    aws: ClientFactory, settings: Settings, secrets: Secrets, documents: DocumentStore
) -> Callable[[Generation], Reindexer]:
    """Makes what compares the bucket with a generation."""
    from nexus.adapters.sqs.queue import SqsQueue
    from nexus.generations.reindexing import Reindexer

    executor = ThreadPoolExecutor(THREADS)
    queue = SqsQueue(aws("sqs"), settings.ingest_queue_url)
    return lambda generation: Reindexer(
        documents,
        catalogue_of(aws, settings, generation),
        traced_index(index_of(settings, secrets, generation), settings),
        queue,
        generation,
        executor,
    )


def documents_of(aws: ClientFactory, settings: Settings) -> DocumentStore:
    """The stage's bucket of documents, each with the groups of its folder or its own."""
    from nexus.adapters.s3.documents import S3Documents
    from nexus.ingestion.folder_groups import GovernedDocuments

    bucket = S3Documents(aws("s3"), settings.documents_bucket)
    return GovernedDocuments(bucket, settings.folder_groups)


def generations_of(aws: ClientFactory, settings: Settings) -> GenerationStore:
    """Where the stage's generations are noted."""
    from nexus.adapters.dynamodb.generations import DynamoGenerations

    return DynamoGenerations(aws("dynamodb"), settings.catalogue_table)


def catalogue_of(aws: ClientFactory, settings: Settings, generation: Generation) -> Catalogue:
    """A generation's catalogue."""
    from nexus.adapters.dynamodb.catalogue import DynamoCatalogue

    return DynamoCatalogue(aws("dynamodb"), settings.catalogue_table, generation.generation_id)


def index_of(settings: Settings, secrets: Secrets, generation: Generation) -> VectorIndex:
    """The index that holds a generation's vectors. Raises ConfigurationError."""
    if settings.vector_index == "sqlite":
        from nexus.adapters.sqlite.index import SqliteIndex

        if not settings.sqlite_path:
            raise ConfigurationError("NEXUS_SQLITE_PATH must name the index's file.")
        return SqliteIndex(settings.sqlite_path)

    from nexus.adapters.pinecone.index import PineconeIndex
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


def secrets_of(aws: ClientFactory) -> Secrets:
    """The stage's secrets."""
    from nexus.adapters.aws.secrets import SecretsManager

    return SecretsManager(aws("secretsmanager"))
