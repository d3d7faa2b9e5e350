"""What the terminal and the evaluation work with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from nexus.generations.lifecycle import PerGeneration, SingleGeneration, existing
from nexus.models import Generation
from nexus.ports import (
    Catalogue,
    ConversationStore,
    DocumentStore,
    Embedder,
    EmbeddingLedger,
    FunctionVersions,
    Secrets,
    VectorIndex,
    WorkQueue,
)
from nexus.services import (
    EvaluationServices,
    OperatorServices,
    RebuildServices,
    RestoreServices,
)
from nexus.settings import Settings

if TYPE_CHECKING:
    from nexus.operations.dead_letters import DeadLetters
    from nexus.snapshots.reading import SnapshotReader
    from nexus.snapshots.restoring import Restorer


from nexus.wiring.aws_clients import THREADS, ClientFactory
from nexus.wiring.parts import (
    Models,
    catalogue_of,
    documents_of,
    generations_of,
    index_of,
    make_indexer,
    make_reindexers,
    secrets_of,
)


def restore_services(
    settings: Settings, aws: ClientFactory, bucket: str, prefix: str | None = None
) -> RestoreServices:
    """What a restore works with; the snapshots are those of the bucket, below the prefix."""
    from nexus.adapters.dynamodb.embedding_ledger import DynamoEmbeddingLedger
    from nexus.adapters.parquet.snapshots import ParquetSnapshots
    from nexus.adapters.s3.snapshots import PREFIX, S3Snapshots
    from nexus.snapshots.reading import SnapshotReader
    from nexus.snapshots.restoring import Restorer

    secrets = secrets_of(aws)
    executor = ThreadPoolExecutor(THREADS)
    snapshots = S3Snapshots(aws("s3"), bucket, PREFIX if prefix is None else prefix)
    codec = ParquetSnapshots()
    documents = documents_of(aws, settings)

    def restorer(reader: SnapshotReader, generation: Generation) -> Restorer:
        return Restorer(
            reader,
            catalogue_of(aws, settings, generation),
            index_of(settings, secrets, generation),
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
        generations=generations_of(aws, settings),
        read=lambda snapshot_id: SnapshotReader(snapshots, codec, snapshot_id),
        restorer=restorer,
        reindexer=make_reindexers(aws, settings, secrets, documents),
        catalogue=lambda generation: catalogue_of(aws, settings, generation),
    )


def operator_services(settings: Settings, aws: ClientFactory) -> OperatorServices:
    """The tables that the CLI reads and writes; the catalogue is the live generation's."""
    from nexus.adapters.dynamodb.clients import DynamoClients

    store = generations_of(aws, settings)
    live = existing(store, settings.generation).answering
    return OperatorServices(
        catalogue_of(aws, settings, live),
        DynamoClients(aws("dynamodb"), settings.clients_table),
        store,
    )


def function_versions(aws: ClientFactory) -> FunctionVersions:
    """The versions of a stage's functions."""
    from nexus.adapters.aws.function_versions import LambdaVersions

    return LambdaVersions(aws("lambda"))


def rebuild_services(settings: Settings, aws: ClientFactory) -> RebuildServices:
    """The generations of a stage, each with its catalogue and index, and to search in."""
    from nexus.generations.rebuilding import Workplace
    from nexus.retrieval.reader import Reader
    from nexus.retrieval.retriever import Retriever

    secrets, executor = secrets_of(aws), ThreadPoolExecutor(THREADS)
    models = Models(settings, secrets)
    store = generations_of(aws, settings)

    def place(generation: Generation) -> Workplace:
        catalogue = catalogue_of(aws, settings, generation)
        return Workplace(generation, catalogue, index_of(settings, secrets, generation))

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
        return Reader(generation, retriever, where.catalogue, where.index)

    places = PerGeneration(store, settings.generation, place)
    return RebuildServices(store, places, PerGeneration(store, settings.generation, reader))


def dead_letters(
    settings: Settings,
    aws: ClientFactory,
    dead_letter_queue_url: str,
) -> DeadLetters:
    """What the ingestion gave up, with the queue to send it to again."""
    from nexus.adapters.sqs.dead_letters import SqsDeadLetters
    from nexus.adapters.sqs.queue import SqsQueue
    from nexus.operations.dead_letter_reasons import Explainer
    from nexus.operations.dead_letters import DeadLetters

    def catalogue(generation: Generation) -> Catalogue:
        return catalogue_of(aws, settings, generation)

    sqs = aws("sqs")
    return DeadLetters(
        SqsDeadLetters(sqs, dead_letter_queue_url, settings.ingest_queue_url),
        SqsQueue(sqs, settings.ingest_queue_url),
        Explainer(
            PerGeneration(generations_of(aws, settings), settings.generation, catalogue),
            documents_of(aws, settings),
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
    from nexus.answering.generator import Generator
    from nexus.answering.rewriting import rewriter_of
    from nexus.answering.turn import Answerer
    from nexus.answering.verifying import verifier_of
    from nexus.retrieval.reader import Reader
    from nexus.retrieval.retriever import Retriever

    executor = ThreadPoolExecutor(THREADS)
    models = Models(settings, secrets)
    generation = settings.generation
    index, embedder = index_of(settings, secrets, generation), models.embedder(generation)
    retriever = Retriever(
        searched(index), catalogue, embedder, models.reranker(), settings, generation, executor
    )
    reader = Reader(generation, retriever, catalogue, index)
    return EvaluationServices(
        index=index,
        indexer=make_indexer(
            settings,
            generation,
            documents,
            catalogue,
            index,
            indexed(embedder),
            ledger,
            queue,
            executor,
        ),
        retriever=retriever,
        answerer=Answerer(
            PerGeneration(SingleGeneration(generation), generation, lambda _: reader),
            Generator(models.chat(), settings.answer_max_tokens, verifier_of(models.verifier())),
            conversations,
            None,
            settings,
            executor,
            rewriter=rewriter_of(models.rewriter()),
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
    from nexus.adapters.pinecone.provisioning import create_index

    return create_index(
        api_key, name, settings.embedding_dimension, region=region, protected=protected
    )


def pinecone_regions() -> list[str]:
    """The regions of AWS that Pinecone's SDK knows indexes in; Pinecone may have further ones."""
    from nexus.adapters.pinecone.provisioning import REGIONS

    return list(REGIONS)
