"""What the documents function and the terminal's commands for documents work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nexus.deferred import deferred
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Generation
from nexus.services import DocumentsServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory, aws_clients
from nexus.wiring.figures import figures_of
from nexus.wiring.insights import analytics_of
from nexus.wiring.parts import catalogue_of, generations_of, index_of, secrets_of
from nexus.wiring.question_log import traces_of
from nexus.wiring.tracing import begin_tracing, traced_index

if TYPE_CHECKING:
    from nexus.documents.curating import Curator
    from nexus.documents.erasing import Eraser, Place


def documents_services(settings: Settings, aws: ClientFactory | None = None) -> DocumentsServices:
    """The services of the documents function."""
    aws = aws or aws_clients
    begin_tracing(settings, secrets_of(aws))

    def ping() -> None:
        catalogue_of(aws, settings, settings.generation).ping()
        index_of(settings, secrets_of(aws), settings.generation).ping()

    return DocumentsServices(
        settings=settings,
        curators=curators(settings, aws),
        eraser=eraser(settings, aws),
        figures=figures_of(settings, aws),
        analytics=analytics_of(aws, settings),
        ping=ping,
    )


def curators(settings: Settings, aws: ClientFactory) -> PerGeneration[Curator]:
    """What manages documents; `aws` makes S3 clients that are configured for SIGNING."""
    from nexus.adapters.s3.document_bucket import S3DocumentBucket
    from nexus.adapters.sqs.queue import SqsQueue
    from nexus.documents.curating import Curator
    from nexus.documents.text_search import TextSearch

    bucket = S3DocumentBucket(aws("s3"), settings.documents_bucket)
    queue, secrets = SqsQueue(aws("sqs"), settings.ingest_queue_url), secrets_of(aws)
    places = places_of(settings, aws)

    def curator(generation: Generation) -> Curator:
        catalogue = catalogue_of(aws, settings, generation)
        index = deferred(lambda: index_of(settings, secrets, generation))
        texts = TextSearch(index, catalogue, generation.namespace)
        return Curator(bucket, catalogue, queue, texts, places.all, settings.folder_groups)

    return PerGeneration(generations_of(aws, settings), settings.generation, curator)


def places_of(settings: Settings, aws: ClientFactory) -> PerGeneration[Place]:
    """Where documents stand in each generation."""
    from nexus.documents.erasing import Place

    secrets = secrets_of(aws)

    def place(generation: Generation) -> Place:
        index = traced_index(index_of(settings, secrets, generation), settings)
        return Place(catalogue_of(aws, settings, generation), index, generation.namespace)

    return PerGeneration(generations_of(aws, settings), settings.generation, place)


def eraser(settings: Settings, aws: ClientFactory) -> Callable[[], Eraser]:
    """Makes what erases documents from all generations that exist when it is made."""
    from nexus.adapters.dynamodb.cache import DynamoCache
    from nexus.adapters.dynamodb.cited_turns import DynamoCitedTurns
    from nexus.adapters.s3.erasure import S3Versions
    from nexus.documents.erasing import Eraser

    dynamodb = aws("dynamodb")
    versions = S3Versions(aws("s3"), settings.documents_bucket)
    turns = DynamoCitedTurns(dynamodb, settings.conversations_table)
    cache = None
    if settings.cache_table:
        cache = DynamoCache(dynamodb, settings.cache_table, settings.conversations_table)

    places = places_of(settings, aws)
    questions = traces_of(aws, settings)
    return lambda: Eraser(places.all(), versions, cache, turns, questions=questions)
