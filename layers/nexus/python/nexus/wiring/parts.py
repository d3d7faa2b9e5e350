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
    DocumentStore,
    Embedder,
    EmbeddingLedger,
    GenerationStore,
    Secrets,
    VectorIndex,
    WorkQueue,
)
from nexus.settings import Settings
from nexus.wiring.aws_clients import (
    THREADS,
    ClientFactory,
)
from nexus.wiring.tracing import traced_index

if TYPE_CHECKING:
    from nexus.generations.reindexing import Reindexer
    from nexus.ingestion.indexer import Indexer


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
        traced_index(index_of(aws, settings, secrets, generation), settings),
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


def index_of(
    aws: ClientFactory, settings: Settings, secrets: Secrets, generation: Generation
) -> VectorIndex:
    """The index that holds a generation's vectors. Raises ConfigurationError."""
    if settings.vector_index == "sqlite":
        from nexus.adapters.sqlite.index import SqliteIndex

        if not settings.sqlite_path:
            raise ConfigurationError("NEXUS_SQLITE_PATH must name the index's file.")
        return SqliteIndex(settings.sqlite_path)
    if settings.vector_index == "s3vectors":
        from nexus.adapters.s3vectors.index import S3VectorsIndex

        bucket, dimension = settings.vector_bucket, generation.embedding_dimension
        return deferred(lambda: S3VectorsIndex(aws("s3vectors"), bucket, dimension))

    from nexus.adapters.pinecone.index import PineconeIndex
    from nexus.adapters.tls_context import tls_context

    host = generation.pinecone_host or settings.pinecone_host
    return deferred(
        lambda: PineconeIndex(
            host,
            secrets.get(settings.pinecone_secret),
            generation.embedding_dimension,
            retries=settings.index_retries,
            # The context that the models' clients have; loading certificates takes a while.
            verify=not host.startswith("http://") and tls_context(),
        )
    )


def secrets_of(aws: ClientFactory) -> Secrets:
    """The stage's secrets."""
    from nexus.adapters.aws.secrets import SecretsManager

    return SecretsManager(aws("secretsmanager"))
