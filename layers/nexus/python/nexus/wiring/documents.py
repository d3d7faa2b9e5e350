"""What the documents function and the terminal's commands for documents work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nexus.generations.lifecycle import PerGeneration
from nexus.models import Generation
from nexus.services import DocumentsServices
from nexus.settings import Settings
from nexus.wiring.figures import figures_of
from nexus.wiring.parts import (
    ClientFactory,
    aws_clients,
    catalogue_of,
    generations_of,
    index_of,
    secrets_of,
)
from nexus.wiring.tracing import begin_tracing, traced_index

if TYPE_CHECKING:
    from nexus.documents.curating import Curator
    from nexus.documents.erasing import Eraser, Place


def documents_services(settings: Settings, aws: ClientFactory | None = None) -> DocumentsServices:
    """The services of the documents function."""
    from nexus.adapters.dynamodb.clients import DynamoClients
    from nexus.clients import Authenticator

    aws = aws or aws_clients
    begin_tracing(settings, secrets_of(aws))
    clients = DynamoClients(aws("dynamodb"), settings.clients_table)

    def ping() -> None:
        clients.ping()
        catalogue_of(aws, settings, settings.generation).ping()
        index_of(aws, settings, secrets_of(aws), settings.generation).ping()

    return DocumentsServices(
        settings=settings,
        authenticator=Authenticator(clients),
        curators=curators(settings, aws),
        eraser=eraser(settings, aws),
        figures=figures_of(settings, aws),
        ping=ping,
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
        index = traced_index(index_of(aws, settings, secrets, generation), settings)
        return Place(catalogue_of(aws, settings, generation), index, generation.namespace)

    places = PerGeneration(generations_of(aws, settings), settings.generation, place)
    return lambda: Eraser(places.all(), versions, cache, turns)
