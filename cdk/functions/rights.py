"""Rights that several functions have, each to the calls it makes on the things it makes them to."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk.data_stack import DataStack
from cdk.documents_bucket import PREFIX
from cdk.findings import acknowledge
from cdk.stages import Stage

# DynamoDB's actions on items, without Scan and DeleteItem, which few functions need.
READ = ("GetItem", "BatchGetItem", "Query")
WRITE = ("PutItem", "UpdateItem", "BatchWriteItem")
# S3 Vectors' actions on an index. A filter and what is stored beside a vector need GetVectors, too.
SEARCHING = ("QueryVectors", "GetVectors")
CHANGING = (*SEARCHING, "PutVectors", "DeleteVectors")


def allow(role: iam.Role, service: str, actions: tuple[str, ...], resource: str) -> None:
    """Lets the role call a service's actions, such as "GetItem", on one ARN."""
    role.add_to_policy(
        iam.PolicyStatement(
            actions=[f"{service}:{action}" for action in actions], resources=[resource]
        )
    )


def allow_secrets(role: iam.Role, *secrets: secretsmanager.Secret | None) -> None:
    """Lets the role read those secrets that the stage has."""
    for secret in secrets:
        if secret is not None:
            allow_secret(role, secret.secret_arn)


def allow_secret(role: iam.Role, arn: str) -> None:
    """Lets the role read one secret."""
    allow(role, "secretsmanager", ("GetSecretValue",), arn)


def allow_models(
    role: iam.Role, stage: Stage, data: DataStack, *models: str, written_by: tuple[str, ...] = ()
) -> None:
    """Lets the role ask models: by the endpoint's key, or each by its name in Bedrock.

    `written_by` are those that write text, by OpenAI's protocol.
    """
    allow_secrets(role, data.models_secret)
    if stage.models_provider != "bedrock":
        return
    stack = Stack.of(role)
    asked: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(models), ("InvokeModel",))
    # OpenAI's paths ask for both, streamed or not.
    asked |= dict.fromkeys(sorted(written_by), ("InvokeModel", "InvokeModelWithResponseStream"))
    for model, actions in asked.items():
        if model:
            arn = f"arn:{stack.partition}:bedrock:{stack.region}::foundation-model/{model}"
            allow(role, "bedrock", actions, arn)


def allow_index(role: iam.Role, stage: Stage, data: DataStack, actions: tuple[str, ...]) -> None:
    """Lets the role use the vector index: by Pinecone's key, or by these actions on S3 Vectors."""
    allow_secrets(role, data.pinecone_secret)
    if stage.vector_index != "s3vectors" or data.vectors is None:
        return
    allow(role, "s3vectors", ("ListIndexes",), data.vectors.arn)
    allow(role, "s3vectors", actions, f"{data.vectors.arn}/index/*")
    stack = Stack.of(data.vectors)
    exported = stack.resolve(stack.export_value(data.vectors.arn))["Fn::ImportValue"]
    acknowledge(
        role,
        f"IAM5[Resource::{exported}/index/*]",
        "Each tenant's index is made when its first document comes; nothing else is in the bucket.",
    )


def allow_reading_documents(
    role: iam.Role, data: DataStack, actions: tuple[str, ...] = ("GetObject", "GetObjectVersion")
) -> None:
    """Lets the role list the documents' bucket and read its objects, or all their versions."""
    bucket = data.documents
    # Without the right to list, S3 answers 403 where an object is missing, and not 404.
    allow(role, "s3", ("ListBucket",), bucket.bucket_arn)
    allow(role, "s3", actions, bucket.arn_for_objects(f"{PREFIX}*"))
    acknowledge_prefix(
        role,
        bucket,
        PREFIX,
        "Every tenant's documents are read by these functions, and nothing outside the prefix.",
    )


def allow_first_generation(role: iam.Role, data: DataStack) -> None:
    """Lets the role note in the catalogue which generation is live, and nothing else there."""
    # Whichever function runs first after the first deployment notes it.
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["dynamodb:PutItem"],
            resources=[data.tables.catalogue.table_arn],
            conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["generations"]}},
        )
    )


def allow_invoking(role: iam.Role, function: str) -> None:
    """Lets the role start a function, given its name with the alias."""
    # By name: the function's own ARN would make it depend on its role, and its role on it.
    arn = Stack.of(role).format_arn(
        service="lambda",
        resource="function",
        resource_name=function,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    allow(role, "lambda", ("InvokeFunction",), arn)


def acknowledge_prefix(role: iam.Role, bucket: s3.Bucket, prefix: str, reason: str) -> None:
    """Tells cdk-nag why the role's right to every object under a prefix is meant."""
    stack = Stack.of(bucket)
    exported = stack.resolve(stack.export_value(bucket.bucket_arn))["Fn::ImportValue"]
    acknowledge(role, f"IAM5[Resource::{exported}/{prefix}*]", reason)
