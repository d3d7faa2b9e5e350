"""The ingest function: parses and indexes the documents that the queue names."""

from __future__ import annotations

from aws_cdk import Names
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.functions.lambda_function import LambdaFunction
from cdk.functions.layers import Layers
from cdk.functions.rights import (
    CHANGING,
    READ,
    WRITE,
    allow,
    allow_index,
    allow_models,
    allow_reading_documents,
)
from cdk.functions.variables import common, index, models
from cdk.stages import Stage


def add(scope: Construct, stage: Stage, data: DataStack, layers: Layers) -> LambdaFunction:
    """Adds the function to a stack; the queue starts it."""
    ingest = LambdaFunction(
        scope,
        "ingest",
        stage=stage,
        log_group=data.logs["ingest"],
        memory_mb=stage.ingest_memory_mb,
        timeout_s=stage.ingest_timeout_s,
        layers=layers.of("parsing", *(("ocr",) if stage.ocr else ())),
        environment=environment(stage, data),
    )
    _grant(ingest.role, stage, data)
    # Not `SqsEventSource`, which grants more than the poller calls, but under the id that it gives:
    # the queue has a mapping by this id already, and can have no second one.
    ingest.alias.add_event_source_mapping(
        f"SqsEventSource:{Names.node_unique_id(data.ingest.queue.node)}",
        event_source_arn=data.ingest.queue.queue_arn,
        batch_size=stage.ingest_batch_size,
        max_concurrency=stage.ingest_concurrency,
        report_batch_item_failures=True,
    )
    return ingest


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What indexing a document reads."""
    return {
        **common(stage, "ingest"),
        **models(stage, data),
        **index(stage, data),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_INGEST_QUEUE_URL": data.ingest.queue.queue_url,
        "NEXUS_OCR": "true" if stage.ocr else "false",
    }


def _grant(role: iam.Role, stage: Stage, data: DataStack) -> None:
    """The bucket to read, the catalogue to read and write, parts of large documents to queue.

    The queue's messages are received and deleted by Lambda's poller with this role.
    """
    allow_reading_documents(role, data)
    allow(role, "dynamodb", (*READ, *WRITE), data.tables.catalogue.table_arn)
    queue = data.ingest.queue.queue_arn
    # The worker itself puts off when its messages come again.
    allow(role, "sqs", ("SendMessage", "ChangeMessageVisibility"), queue)
    allow(role, "sqs", ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"), queue)
    allow_models(role, stage, data, stage.embedding_model)
    allow_index(role, stage, data, (*CHANGING, "CreateIndex"))
