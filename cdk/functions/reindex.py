"""The reindex function: compares bucket, catalogue and index, and queues what differs."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.functions import rights
from cdk.functions.lambda_function import LambdaFunction, address
from cdk.functions.layers import Layers
from cdk.functions.scheduled_run import ScheduledRun, failures_name
from cdk.functions.variables import common, generation, index
from cdk.stages import Stage


def add(scope: Construct, stage: Stage, data: DataStack, layers: Layers) -> LambdaFunction:
    """Adds the function to a stack; it starts every night, and itself until it is through."""
    reindex = LambdaFunction(
        scope,
        "reindex",
        stage=stage,
        log_group=data.logs["reindex"],
        memory_mb=stage.reindex_memory_mb,
        timeout_s=stage.reindex_timeout_s,
        layers=layers.of(),
        environment=environment(stage, data),
        recursive=True,
    )
    _grant(reindex.role, data, itself=reindex.address)
    ScheduledRun(
        scope,
        "Nightly",
        expression=stage.reindex_schedule,
        queue_name=failures_name(stage, "reindex"),
        function=reindex.alias,
        description="Compares the bucket with the catalogue and queues what differs",
    )
    return reindex


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What comparing bucket, catalogue and index reads."""
    return {
        **common(stage, "reindex"),
        **generation(stage),
        **index(stage, data),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_INGEST_QUEUE_URL": data.ingest.queue.queue_url,
        "NEXUS_REINDEX_FUNCTION": address(stage, "reindex"),
    }


def _grant(role: iam.Role, data: DataStack, *, itself: str) -> None:
    """The bucket to list, the catalogue to page through, the queue to fill, itself to continue.

    The index is compared and rid of orphans with its secret.
    """
    rights.allow_reading_documents(role, data, ("GetObject",))
    rights.allow(role, "dynamodb", (*rights.READ, "Scan"), data.tables.catalogue.table_arn)
    rights.allow_first_generation(role, data)
    rights.allow_secrets(role, data.pinecone_secret)
    rights.allow(role, "sqs", ("SendMessage",), data.ingest.queue.queue_arn)
    rights.allow_invoking(role, itself)
