"""Copies every change of the documents to the stage that stands by, and tells if that stops."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk.documents_bucket import PREFIX
from cdk.findings import acknowledge
from cdk.monitoring.alarms import Watch, add_alarm
from cdk.stages import Stage

# What S3 needs of the source and of the replica, without tags of locks and other owners' keys:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
OF_BUCKET = ("s3:GetReplicationConfiguration", "s3:ListBucket")
OF_VERSIONS = (
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
)
OF_REPLICAS = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
RULE = "standby"
# S3 copies most objects within 15 minutes; a large one, or many at once, takes longer.
BEHIND_MIN = 30


class Replication(Construct):
    """One rule for `documents/`, with delete markers, and the role by which S3 follows it.

    S3 copies what changes from now on. It never copies the deletion of a version: what is erased
    here has to be erased there, too. Alarms tell the topic that it is behind, or failed.
    """

    def __init__(
        self, scope: Construct, name: str, *, stage: Stage, bucket: s3.Bucket, topic: sns.ITopic
    ) -> None:
        super().__init__(scope, name)
        replica = stage.replica_bucket
        resource = bucket.node.default_child
        if not isinstance(resource, s3.CfnBucket):
            raise TypeError("the bucket's resource is missing")
        arn = f"arn:{Stack.of(self).partition}:s3:::{replica}"
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("s3.amazonaws.com"))
        for actions, on in (
            (OF_BUCKET, bucket.bucket_arn),
            (OF_VERSIONS, bucket.arn_for_objects(f"{PREFIX}*")),
            (OF_REPLICAS, f"{arn}/{PREFIX}*"),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[on]))
        resource.replication_configuration = s3.CfnBucket.ReplicationConfigurationProperty(
            role=role.role_arn,
            rules=[
                s3.CfnBucket.ReplicationRuleProperty(
                    id=RULE,
                    priority=1,
                    status="Enabled",
                    filter=s3.CfnBucket.ReplicationRuleFilterProperty(prefix=PREFIX),
                    delete_marker_replication=s3.CfnBucket.DeleteMarkerReplicationProperty(
                        status="Enabled"
                    ),
                    destination=s3.CfnBucket.ReplicationDestinationProperty(
                        bucket=arn,
                        # What the alarms watch; a promised time (RTC) costs by the GB, and is none.
                        metrics=s3.CfnBucket.MetricsProperty(status="Enabled"),
                    ),
                )
            ],
        )
        logical = Stack.of(self).get_logical_id(resource)
        reason = "Every document is copied, and nothing outside the prefix."
        acknowledge(role, f"IAM5[Resource::<{logical}.Arn>/{PREFIX}*]", reason)
        acknowledge(role, f"IAM5[Resource::arn:<AWS::Partition>:s3:::{replica}/{PREFIX}*]", reason)
        for watch in _watches(bucket, replica):
            add_alarm(self, stage, topic, watch)


def _watches(bucket: s3.Bucket, replica: str) -> Iterator[Watch]:
    yield Watch(
        name="Behind",
        section="Replication behind",
        says=f"A change of a document has not reached the standby's bucket for {BEHIND_MIN} "
        "minutes.",
        metric=_metric(bucket, replica, "ReplicationLatency", "Maximum"),
        above=BEHIND_MIN * 60,
        # Once might be one large document.
        most=3,
        of=3,
    )
    yield Watch(
        name="Failed",
        section="Replication failures",
        says="S3 could not copy a change of a document to the standby's bucket, and does not try "
        "again.",
        metric=_metric(bucket, replica, "OperationsFailedReplication", "Sum"),
        above=0,
    )


def _metric(bucket: s3.Bucket, replica: str, name: str, statistic: str) -> cloudwatch.Metric:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
    return cloudwatch.Metric(
        namespace="AWS/S3",
        metric_name=name,
        dimensions_map={
            "SourceBucket": bucket.bucket_name,
            "DestinationBucket": replica,
            "RuleId": RULE,
        },
        statistic=statistic,
        period=Duration.minutes(5),
    )
