"""The connect function: brings documents from where they are into the bucket."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.findings import acknowledge
from cdk.functions import rights
from cdk.functions.lambda_function import LambdaFunction, address
from cdk.functions.layers import Layers
from cdk.functions.scheduled_run import ScheduledRun
from cdk.functions.variables import common
from cdk.stages import Stage

# Where the function keeps what it knows of each source, in the documents' bucket.
INVENTORIES = "sources/"
SECRETS = "nexus/{stage}/sources/"


def add(
    scope: Construct, stage: Stage, data: DataStack, layers: Layers, failures: sqs.Queue
) -> LambdaFunction:
    """Adds the function to a stack; it starts as scheduled, once for each source.

    Runs that failed are kept with the nightly run's, in `failures`: an alarm costs what it watches.
    """
    connect = LambdaFunction(
        scope,
        "connect",
        stage=stage,
        log_group=data.logs["connect"],
        memory_mb=stage.connect_memory_mb,
        timeout_s=stage.connect_timeout_s,
        layers=layers.of("connect"),
        environment=environment(stage, data),
        recursive=True,
    )
    _grant(connect.role, stage, data, itself=connect.address)
    ScheduledRun(
        scope,
        "Connections",
        expression=stage.connect_schedule,
        function=connect.alias,
        description="Brings what the sources have, and removes what they have no more",
        failures=failures,
    )
    return connect


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What bringing documents reads."""
    return {
        **common(stage, "connect"),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_CONNECT_FUNCTION": address(stage, "connect"),
    }


def _grant(role: iam.Role, stage: Stage, data: DataStack, *, itself: str) -> None:
    """The documents and what is known of sources, the sources' items, their secrets, and itself.

    Of the catalogue it sees nothing but the sources; which secrets there are is not known here, so
    they are found by the beginning of their names.
    """
    bucket = data.documents
    rights.allow_reading_documents(role, data, ("GetObject", "PutObject", "DeleteObject"))
    known = bucket.arn_for_objects(f"{INVENTORIES}*")
    rights.allow(role, "s3", ("GetObject", "PutObject"), known)
    rights.acknowledge_prefix(role, bucket, INVENTORIES, "Each source has a file of its own.")
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
            resources=[data.tables.catalogue.table_arn],
            conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["sources"]}},
        )
    )
    _allow_secrets(role, stage)
    for name in stage.connect_buckets:
        _allow_bucket(role, name)
    rights.allow_invoking(role, itself)


def _allow_secrets(role: iam.Role, stage: Stage) -> None:
    stack = Stack.of(role)
    prefix = SECRETS.format(stage=stage.name)
    arn = f"arn:{stack.partition}:secretsmanager:{stack.region}:{stack.account}:secret:{prefix}*"
    rights.allow_secret(role, arn)
    region = stage.region or "<AWS::Region>"
    account = stage.account or "<AWS::AccountId>"
    acknowledge(
        role,
        f"IAM5[Resource::arn:<AWS::Partition>:secretsmanager:{region}:{account}:secret:{prefix}*]",
        "Operators make a secret for each source, below this name.",
    )


def _allow_bucket(role: iam.Role, name: str) -> None:
    stack = Stack.of(role)
    arn = f"arn:{stack.partition}:s3:::{name}"
    rights.allow(role, "s3", ("ListBucket",), arn)
    rights.allow(role, "s3", ("GetObject",), f"{arn}/*")
    acknowledge(
        role,
        f"IAM5[Resource::arn:<AWS::Partition>:s3:::{name}/*]",
        "The stage names this bucket as one that documents are brought from.",
    )
