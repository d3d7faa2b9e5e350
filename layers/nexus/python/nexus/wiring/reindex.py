"""What the reindexing function works with, made from its settings alone."""

from __future__ import annotations

from nexus.generations.lifecycle import PerGeneration
from nexus.services import ReindexServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory, aws_clients
from nexus.wiring.insights import roller_of
from nexus.wiring.parts import documents_of, generations_of, make_reindexers, secrets_of
from nexus.wiring.tracing import begin_tracing


def reindex_services(settings: Settings, aws: ClientFactory | None = None) -> ReindexServices:
    """The services of the reindexing function."""
    from nexus.adapters.aws.api_keys import ApiGatewayKeys
    from nexus.adapters.aws.continuation import LambdaContinuation
    from nexus.adapters.aws.function_versions import LambdaVersions
    from nexus.adapters.dynamodb.clients import DynamoClients

    aws = aws or aws_clients
    secrets = secrets_of(aws)
    begin_tracing(settings, secrets)
    reindexers = PerGeneration(
        generations_of(aws, settings),
        settings.generation,
        make_reindexers(aws, settings, secrets, documents_of(aws, settings)),
    )
    continuation = LambdaContinuation(aws("lambda"), settings.reindex_function)
    return ReindexServices(
        settings,
        reindexers,
        continuation,
        DynamoClients(aws("dynamodb"), settings.clients_table),
        ApiGatewayKeys(aws("apigateway")),
        LambdaVersions(aws("lambda")),
        roller=roller_of(aws, settings),
    )
