"""The reindex function: looks at the keys, then compares what is stored and queues what differs."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.findings import acknowledge
from cdk.functions import rights
from cdk.functions.lambda_function import ALIAS, LambdaFunction, address
from cdk.functions.layers import Layers
from cdk.functions.scheduled_run import ScheduledRun, failures_name
from cdk.functions.variables import common, generation, index
from cdk.stages import FUNCTIONS, Stage

# Keys bear their stage under this tag (nexus/adapters/aws/managed_keys.py).
STAGE_TAG = "nexus-stage"
# The stage's functions, whose former versions it removes.
NAMES = FUNCTIONS


def add(
    scope: Construct, stage: Stage, data: DataStack, layers: Layers
) -> tuple[LambdaFunction, sqs.Queue]:
    """Adds the function to a stack, and the queue of its failed runs.

    It starts every night, and itself until it is through.
    """
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
    _grant(reindex.role, stage, data, itself=reindex.address)
    rights.allow(
        reindex.role,
        "dynamodb",
        ("Query", "BatchWriteItem", "DeleteItem"),
        data.tables.insights.table_arn,
    )
    _allow_removing_keys(reindex.role, stage, data)
    _allow_removing_versions(reindex.role, stage)
    nightly = ScheduledRun(
        scope,
        "Nightly",
        expression=stage.reindex_schedule,
        queue_name=failures_name(stage, "reindex"),
        function=reindex.alias,
        description="Looks at keys, sums the days' questions, compares bucket and catalogue",
    )
    return reindex, nightly.failures


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What looking at the keys, and comparing bucket, catalogue and index, reads."""
    return {
        **common(stage, "reindex"),
        **generation(stage),
        **index(stage, data),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_CLIENTS_TABLE": data.tables.clients.table_name,
        "NEXUS_INSIGHTS_TABLE": data.tables.insights.table_name,
        "NEXUS_INGEST_QUEUE_URL": data.ingest.queue.queue_url,
        "NEXUS_REINDEX_FUNCTION": address(stage, "reindex"),
        "NEXUS_FUNCTIONS": ",".join(_named(stage, name) for name in NAMES),
    }


def _grant(role: iam.Role, stage: Stage, data: DataStack, *, itself: str) -> None:
    """The bucket to list, the catalogue to page through, the queue to fill, itself to continue.

    The index is compared and rid of orphans with its secret.
    """
    rights.allow_reading_documents(role, data, ("GetObject",))
    rights.allow(role, "dynamodb", (*rights.READ, "Scan"), data.tables.catalogue.table_arn)
    rights.allow_first_generation(role, data)
    found = (*rights.SEARCHING, "ListVectors", "DeleteVectors")
    rights.allow_index(role, stage, data, found)
    rights.allow(role, "sqs", ("SendMessage",), data.ingest.queue.queue_arn)
    rights.allow_invoking(role, itself)


def _allow_removing_keys(role: iam.Role, stage: Stage, data: DataStack) -> None:
    """The clients to look through, and of the gateway's keys those of this stage to delete.

    A key's id is known only once it is made, and API Gateway has no other resource for it: so the
    right is bound to the tag that the stage's keys bear (API Gateway Developer Guide, "Using tags
    to control access to API Gateway REST API resources").
    """
    rights.allow(role, "dynamodb", ("Scan", "DeleteItem"), data.tables.clients.table_arn)
    stack = Stack.of(role)
    keys = f"arn:{stack.partition}:apigateway:{stack.region}::/apikeys/*"
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["apigateway:DELETE"],
            resources=[keys],
            conditions={"StringEquals": {f"aws:ResourceTag/{STAGE_TAG}": stage.name}},
        )
    )
    acknowledge(
        role,
        f"IAM5[Resource::arn:<AWS::Partition>:apigateway:{stage.region or '<AWS::Region>'}"
        "::/apikeys/*]",
        "Only keys that bear the stage's tag: `nexus keys` makes them after the deployment.",
    )


def _named(stage: Stage, name: str) -> str:
    return address(stage, name).removesuffix(f":{ALIAS}")


def _allow_removing_versions(role: iam.Role, stage: Stage) -> None:
    """Each function's versions to list, and to delete by number; never a function itself.

    Lambda refuses to delete a version that an alias names. Deleting a function is asked for its ARN
    without a version, which this does not match.
    """
    stack = Stack.of(role)
    shown = f"arn:<AWS::Partition>:lambda:{stage.region or '<AWS::Region>'}"
    shown += f":{stage.account or '<AWS::AccountId>'}:function:"
    for name in NAMES:
        arn = stack.format_arn(
            service="lambda",
            resource="function",
            resource_name=_named(stage, name),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        rights.allow(role, "lambda", ("ListVersionsByFunction", "GetAlias"), arn)
        rights.allow(role, "lambda", ("DeleteFunction",), f"{arn}:*")
        acknowledge(
            role,
            f"IAM5[Resource::{shown}{_named(stage, name)}:*]",
            "Versions are numbered as they are published; only those of one function.",
        )
