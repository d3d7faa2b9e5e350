"""The documents function: what administrators ask for, documents and the stage's figures."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.documents_bucket import PREFIX
from cdk.functions.lambda_function import LambdaFunction
from cdk.functions.layers import Layers
from cdk.functions.rights import CHANGING, READ, WRITE, allow, allow_index, allow_reading_documents
from cdk.functions.routes import Route
from cdk.functions.variables import common, generation, index
from cdk.stages import FUNCTIONS, Stage

# The function checks the caller's role itself.
_ROUTES = (
    Route("ANY", "/v1/documents", below=True),
    Route("GET", "/v1/analytics", below=True),
    Route("GET", "/v1/metrics"),
)
_CHANGE = ("PutObject", "DeleteObject", "DeleteObjectVersion")
# A copy of an object that somebody tagged takes the tags with it, and is refused without these.
_TAGS = ("GetObjectTagging", "GetObjectVersionTagging", "PutObjectTagging")


def add(scope: Construct, stage: Stage, data: DataStack, layers: Layers) -> LambdaFunction:
    """Adds the function to a stack."""
    documents = LambdaFunction(
        scope,
        "documents",
        stage=stage,
        log_group=data.logs["documents"],
        memory_mb=stage.documents_memory_mb,
        timeout_s=stage.documents_timeout_s,
        layers=layers.of("api"),
        environment=environment(stage, data),
        routes=_ROUTES,
    )
    _grant(documents.role, stage, data)
    _grant_figures(documents.role, stage, data)
    return documents


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What managing and erasing documents reads."""
    return {
        **common(stage, "documents"),
        **generation(stage),
        **index(stage, data),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_CONVERSATIONS_TABLE": data.tables.conversations.table_name,
        "NEXUS_CACHE_TABLE": data.tables.cache.table_name,
        "NEXUS_INSIGHTS_TABLE": data.tables.insights.table_name,
        "NEXUS_INGEST_QUEUE_URL": data.ingest.queue.queue_url,
        "NEXUS_CORS_ORIGINS": ",".join(data.origins(stage)),
        **_figures(stage, data),
    }


def _figures(stage: Stage, data: DataStack) -> dict[str, str]:
    if stage.figures == "cloudwatch":
        return {}
    groups = ",".join(data.logs[function].log_group_name for function in FUNCTIONS)
    return {"NEXUS_FIGURES": stage.figures, "NEXUS_METRICS_LOG_GROUPS": groups}


def _grant(role: iam.Role, stage: Stage, data: DataStack) -> None:
    """The bucket's objects to write, copy and erase in all versions, and all that they became."""
    bucket, tables = data.documents, data.tables
    allow_reading_documents(role, data)
    allow(role, "s3", ("ListBucketVersions",), bucket.bucket_arn)
    allow(role, "s3", (*_CHANGE, *_TAGS), bucket.arn_for_objects(f"{PREFIX}*"))
    allow(role, "dynamodb", (*READ, *WRITE), tables.catalogue.table_arn)
    allow(
        role,
        "dynamodb",
        ("BatchGetItem", "Query", "UpdateItem", "BatchWriteItem"),
        tables.conversations.table_arn,
    )
    allow(role, "dynamodb", ("BatchGetItem", "BatchWriteItem"), tables.cache.table_arn)
    allow(
        role,
        "dynamodb",
        ("BatchGetItem", "Query", "UpdateItem", "BatchWriteItem"),
        tables.insights.table_arn,
    )
    allow(role, "sqs", ("SendMessage",), data.ingest.queue.queue_arn)
    allow_index(role, stage, data, CHANGING)


def _grant_figures(role: iam.Role, stage: Stage, data: DataStack) -> None:
    """Metrics to read, or the logs that hold them.

    Here, and in no function that answers questions: CloudWatch knows neither a resource nor a
    condition for this action, so that it reads every metric of the account.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    """
    if stage.figures == "cloudwatch":
        allow(role, "cloudwatch", ("GetMetricData",), "*")
        return
    for function in FUNCTIONS:
        allow(role, "logs", ("FilterLogEvents",), data.logs[function].log_group_arn)
