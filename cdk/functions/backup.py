"""The backup function: writes snapshots of the live index into the backups' bucket."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.backups_bucket import PREFIX
from cdk.data_stack import DataStack
from cdk.functions import rights
from cdk.functions.lambda_function import LambdaFunction, address
from cdk.functions.layers import Layers
from cdk.functions.scheduled_run import ScheduledRun, failures_name
from cdk.functions.variables import common, generation, index
from cdk.stages import Stage


def add(scope: Construct, stage: Stage, data: DataStack, layers: Layers) -> LambdaFunction:
    """Adds the function to a stack; it starts as scheduled, and itself until it is through."""
    backup = LambdaFunction(
        scope,
        "backup",
        stage=stage,
        log_group=data.logs["backup"],
        memory_mb=stage.backup_memory_mb,
        timeout_s=stage.backup_timeout_s,
        layers=layers.of("snapshots"),
        environment=environment(stage, data),
        recursive=True,
    )
    _grant(backup.role, stage, data, itself=backup.address)
    ScheduledRun(
        scope,
        "Backups",
        expression=stage.backup_schedule,
        queue_name=failures_name(stage, "backup"),
        function=backup.alias,
        description="Writes a snapshot of the live index generation",
    )
    return backup


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What copying the index reads."""
    return {
        **common(stage, "backup"),
        **generation(stage),
        **index(stage, data),
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_BACKUPS_BUCKET": data.backups.bucket_name,
        "NEXUS_BACKUP_FUNCTION": address(stage, "backup"),
    }


def _grant(role: iam.Role, stage: Stage, data: DataStack, *, itself: str) -> None:
    """The catalogue to page through, snapshots to write and go on with, itself to continue."""
    catalogue, bucket = data.tables.catalogue.table_arn, data.backups
    rights.allow(role, "dynamodb", ("GetItem", "Query", "Scan"), catalogue)
    rights.allow_first_generation(role, data)
    rights.allow(role, "s3", ("GetObject", "PutObject"), bucket.arn_for_objects(f"{PREFIX}*"))
    rights.acknowledge_prefix(role, bucket, PREFIX, "A snapshot's files are named as they come.")
    rights.allow_index(role, stage, data, ("GetVectors",))
    rights.allow_invoking(role, itself)
