"""What the ingestion function works with, made from its settings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.bounded import CarryingExecutor
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Generation
from nexus.services import IngestServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory, aws_clients
from nexus.wiring.parts import (
    Models,
    catalogue_of,
    documents_of,
    generations_of,
    index_of,
    make_indexer,
    secrets_of,
)
from nexus.wiring.tracing import begin_tracing, traced_embedder, traced_index

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from nexus.ingestion.indexer import Indexer


def ingest_services(
    settings: Settings, aws: ClientFactory | None = None, executor: Executor | None = None
) -> IngestServices:
    """The services of the ingestion function."""
    from nexus.adapters.dynamodb.embedding_ledger import DynamoEmbeddingLedger
    from nexus.adapters.sqs.queue import SqsQueue

    aws = aws or aws_clients
    secrets = secrets_of(aws)
    begin_tracing(settings, secrets)
    models = Models(settings, secrets)
    executor = executor or CarryingExecutor()
    documents = documents_of(aws, settings)
    queue = SqsQueue(aws("sqs"), settings.ingest_queue_url)

    def indexer(generation: Generation) -> Indexer:
        return make_indexer(
            settings,
            generation,
            documents,
            catalogue_of(aws, settings, generation),
            traced_index(index_of(settings, secrets, generation), settings),
            traced_embedder(models.embedder(generation), generation.embedding_model, settings),
            DynamoEmbeddingLedger(
                aws("dynamodb"), settings.catalogue_table, generation.generation_id
            ),
            queue,
            executor,
        )

    indexers = PerGeneration(generations_of(aws, settings), settings.generation, indexer)
    return IngestServices(settings, indexers, queue, executor)
