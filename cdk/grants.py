"""What each function may do: only the calls it makes, only on the things it makes them to."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk.backups_bucket import PREFIX as SNAPSHOTS
from cdk.data_stack import DataStack
from cdk.documents_bucket import PREFIX
from cdk.findings import acknowledge

_READ = ("GetItem", "BatchGetItem", "Query")
_WRITE = ("PutItem", "UpdateItem", "BatchWriteItem")
_CHANGE = ("PutObject", "DeleteObject", "DeleteObjectVersion")
# A copy of an object that somebody tagged takes the tags with it, and is refused without these.
_TAGS = ("GetObjectTagging", "GetObjectVersionTagging", "PutObjectTagging")


def grant_chat(role: iam.Role, data: DataStack) -> None:
    """Conversations and cache to read and write, the catalogue to read, a client to look up."""
    tables = data.tables
    _allow(role, "dynamodb", (*_READ, *_WRITE), tables.conversations.table_arn)
    _allow(role, "dynamodb", _READ, tables.catalogue.table_arn)
    _grant_first_generation(role, data)
    _allow(role, "dynamodb", ("GetItem",), tables.clients.table_arn)
    _allow(role, "dynamodb", ("GetItem", "PutItem", "DeleteItem"), tables.cache.table_arn)
    _grant_secrets(role, data.models_secret, data.pinecone_secret, data.rerank_secret)


def grant_documents(role: iam.Role, data: DataStack) -> None:
    """The bucket's objects to write, copy and erase in all versions, and all that they became."""
    bucket, tables = data.documents, data.tables
    _grant_bucket(role, data)
    _allow(role, "s3", ("ListBucketVersions",), bucket.bucket_arn)
    _allow(role, "s3", (*_CHANGE, *_TAGS), bucket.arn_for_objects(f"{PREFIX}*"))
    _allow(role, "dynamodb", (*_READ, *_WRITE), tables.catalogue.table_arn)
    _allow(
        role,
        "dynamodb",
        ("BatchGetItem", "Query", "UpdateItem", "BatchWriteItem"),
        tables.conversations.table_arn,
    )
    _allow(role, "dynamodb", ("BatchGetItem", "BatchWriteItem"), tables.cache.table_arn)
    _allow(role, "dynamodb", ("GetItem",), tables.clients.table_arn)
    _allow(role, "sqs", ("SendMessage",), data.ingest.queue.queue_arn)
    _grant_secrets(role, data.pinecone_secret)


def grant_ingest(role: iam.Role, data: DataStack) -> None:
    """The bucket to read, the catalogue to read and write, parts of large documents to queue.

    The event source adds what it needs to receive.
    """
    _grant_bucket(role, data)
    _allow(role, "dynamodb", (*_READ, *_WRITE), data.tables.catalogue.table_arn)
    _allow(role, "sqs", ("SendMessage",), data.ingest.queue.queue_arn)
    _grant_secrets(role, data.models_secret, data.pinecone_secret)


def grant_reindex(role: iam.Role, data: DataStack, function: str) -> None:
    """The bucket to list, the catalogue to page through, the queue to fill, itself to continue.

    The index is compared and rid of orphans with its secret.
    """
    _grant_bucket(role, data)
    _allow(role, "dynamodb", (*_READ, "Scan"), data.tables.catalogue.table_arn)
    _grant_first_generation(role, data)
    _grant_secrets(role, data.pinecone_secret)
    _allow(role, "sqs", ("SendMessage", "GetQueueAttributes"), data.ingest.queue.queue_arn)
    _grant_invocation(role, function)


def grant_backup(role: iam.Role, data: DataStack, function: str) -> None:
    """The catalogue to page through, snapshots to write and go on with, itself to continue."""
    _allow(role, "dynamodb", ("GetItem", "Query", "Scan"), data.tables.catalogue.table_arn)
    _grant_first_generation(role, data)
    bucket = data.backups
    _allow(role, "s3", ("GetObject", "PutObject"), bucket.arn_for_objects(f"{SNAPSHOTS}*"))
    _acknowledge_prefix(role, bucket, SNAPSHOTS, "A snapshot's files are named as they come.")
    _grant_secrets(role, data.pinecone_secret)
    _grant_invocation(role, function)


def _grant_invocation(role: iam.Role, function: str) -> None:
    # By name: the function's own ARN would make it depend on its role, and its role on it.
    arn = Stack.of(role).format_arn(
        service="lambda",
        resource="function",
        resource_name=function,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    _allow(role, "lambda", ("InvokeFunction",), arn)


def _grant_first_generation(role: iam.Role, data: DataStack) -> None:
    # Whichever function runs first after the first deployment notes which generation is live.
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["dynamodb:PutItem"],
            resources=[data.tables.catalogue.table_arn],
            conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["generations"]}},
        )
    )


def _grant_bucket(role: iam.Role, data: DataStack) -> None:
    bucket = data.documents
    # Without the right to list, S3 answers 403 where an object is missing, and not 404.
    _allow(role, "s3", ("ListBucket",), bucket.bucket_arn)
    _allow(role, "s3", ("GetObject", "GetObjectVersion"), bucket.arn_for_objects(f"{PREFIX}*"))
    _acknowledge_prefix(
        role,
        bucket,
        PREFIX,
        "Every tenant's documents are read by these functions, and nothing outside the prefix.",
    )


def _acknowledge_prefix(role: iam.Role, bucket: s3.Bucket, prefix: str, reason: str) -> None:
    stack = Stack.of(bucket)
    exported = stack.resolve(stack.export_value(bucket.bucket_arn))["Fn::ImportValue"]
    acknowledge(role, f"IAM5[Resource::{exported}/{prefix}*]", reason)


def _grant_secrets(role: iam.Role, *secrets: secretsmanager.Secret | None) -> None:
    for secret in secrets:
        if secret is not None:
            _allow(role, "secretsmanager", ("GetSecretValue",), secret.secret_arn)


def _allow(role: iam.Role, service: str, actions: tuple[str, ...], resource: str) -> None:
    role.add_to_policy(
        iam.PolicyStatement(
            actions=[f"{service}:{action}" for action in actions], resources=[resource]
        )
    )
